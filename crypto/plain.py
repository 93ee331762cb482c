"""What an envelope holds: front, meta, body, zeros. Format: docs/formats/envelope.md.

Whoever sealed it is a stranger: what comes out of a box is read as strictly as what came in by the door.
Meta is one text for one meaning, so that no two readers, in two languages, can understand it differently.
"""

from __future__ import annotations

import json
import re
from typing import Final, Protocol

from crypto.errors import DamagedEnvelope, MalformedEnvelope
from crypto.padding import padme
from crypto.stanza import Purpose

FLOOR: Final = 65536
"""No sealed text is shorter than this, so that a word and a page look alike."""
FLOORS: Final[dict[Purpose, int]] = {
    "intake": FLOOR,
    "capsule": FLOOR,
    "server-sealed": FLOOR,
    "custody": FLOOR,
    "reply": 2048,
}
FRONT: Final = 16
MAX_META: Final = 64 * 1024
SAFE: Final = 2**53
"""Whole numbers from here on are not exact in every JSON reader."""

_MAGIC: Final = b"pt1\0"
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,31}", re.ASCII)


class Sink(Protocol):
    """Where opened bytes go; a buffered file will do. `write` takes the whole piece."""

    def write(self, piece: bytes, /) -> int: ...


def head(meta: dict[str, object], length: int) -> bytes:
    """Front and meta of a body of *length* bytes, or `MalformedEnvelope`."""
    text = _text(meta)
    if text is None:
        raise MalformedEnvelope("meta is names with texts, whole numbers, true or false, and nothing else")
    if len(text) > MAX_META:
        raise MalformedEnvelope("meta is longer than 64 KiB")
    return _MAGIC + len(text).to_bytes(4, "little") + length.to_bytes(8, "little") + text


def padded(length: int, purpose: Purpose) -> int:
    """The size that *length* bytes of front, meta and body are filled up to."""
    return padme(max(length, FLOORS[purpose]))


def parse_front(front: bytes | bytearray) -> tuple[int, int]:
    """The lengths of meta and body, or `DamagedEnvelope`."""
    if len(front) < FRONT or front[:4] != _MAGIC:
        raise DamagedEnvelope("what was sealed is not of this format")
    meta = int.from_bytes(front[4:8], "little")
    if meta > MAX_META:
        raise DamagedEnvelope("what was sealed has too long a meta")
    return meta, int.from_bytes(front[8:FRONT], "little")


def parse_meta(text: bytes) -> dict[str, object]:
    """The meta that `head` would write as *text*, or `DamagedEnvelope`."""
    try:
        meta = json.loads(text.decode())
        if isinstance(meta, dict) and _text(meta) == text:
            return meta
    except (ValueError, RecursionError):
        pass
    raise DamagedEnvelope("what was sealed has no readable meta")


def _text(meta: dict[str, object]) -> bytes | None:
    """The one text of *meta*, or None when it has none: nested, a fraction, or half a character."""
    if not all(isinstance(name, str) and _NAME.fullmatch(name) for name in meta):
        return None
    if not all(type(v) in (str, bool) or (type(v) is int and abs(v) < SAFE) for v in meta.values()):
        return None
    try:
        return json.dumps(meta, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        return None


class Body:
    """Takes the padded plaintext in pieces, at constant memory, and passes the body on."""

    def __init__(self, into: Sink, purpose: Purpose) -> None:
        self._into, self._purpose = into, purpose
        self._front: bytearray | None = bytearray()
        self._meta = b""
        self._head = self._seen = 0
        self.length = 0

    def take(self, piece: bytes) -> None:
        if self._front is not None:
            self._front += piece
            piece = self._parse(self._front)
        if not piece:
            return
        wanted = max(0, self._head + self.length - self._seen)
        self._into.write(piece[:wanted])
        if piece.count(0, wanted) != len(piece[wanted:]):
            raise DamagedEnvelope("the padding is not zeros")
        self._seen += len(piece)

    def _parse(self, front: bytearray) -> bytes:
        if len(front) < FRONT:
            return b""
        meta, self.length = parse_front(front)
        if len(front) < FRONT + meta:
            return b""
        self._head = self._seen = FRONT + meta
        self._meta, rest = bytes(front[FRONT : self._head]), bytes(front[self._head :])
        self._front = None
        return rest

    def finish(self) -> dict[str, object]:
        """The meta, when everything came and is padded as it must be; `DamagedEnvelope` otherwise."""
        if self._front is not None or self._seen != padded(self._head + self.length, self._purpose):
            raise DamagedEnvelope("what was sealed is not padded as it must be")
        return parse_meta(self._meta)
