"""What the archive writes back: sealed to her account, sure for her and provable to nobody.

Format: docs/formats/board.md. Vectors: tests/vectors/board/.

1. Each part is one entry of the board, always of the same size.
2. The words lie in a NaCl box between the archive's reply key and her own: she could have made it herself.
3. What opens but is not by the archive, or of another version, is passed over in silence.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Final

import nacl.exceptions
from nacl.public import Box, PrivateKey, PublicKey

from crypto.envelope import seal, unseal
from crypto.errors import EnvelopeError, KeyFormatError, MalformedReply
from crypto.keys import IntakePublic, IntakeSecret

ENTRY: Final = 3407
"""Bytes of every entry: an envelope for one recipient, at the floor of its purpose."""
PART: Final = 1920
"""Bytes of text in one entry: some 640 syllables."""
MOST_PARTS: Final = 16
_MESSAGE = re.compile(
    r"onggi-reply\nv1\nserial ([1-9][0-9]{0,5})\nday (20[0-9]{2}-[0-9]{2}-[0-9]{2})\nlang ([a-z]{3})\n"
    r"part ([1-9][0-9]?) ([1-9][0-9]?)\n\n([^\x00-\x08\x0b-\x1f\x7f]+)"
)


@dataclass(frozen=True)
class Reply:
    """One reply to one account. A part that did not come is None."""

    serial: int
    day: date
    lang: str
    parts: tuple[str | None, ...] = field(repr=False)

    @property
    def whole(self) -> bool:
        return None not in self.parts


@dataclass(frozen=True)
class _Part:
    serial: int
    day: date
    lang: str
    number: int
    of: int
    text: str = field(repr=False)


def compose(serial: int, day: date, lang: str, text: str) -> Reply:
    """A reply of *text* cut into parts, or `MalformedReply`."""
    text = unicodedata.normalize("NFC", text)
    parts = tuple(_cut(text))
    if not text.strip() or len(parts) > MOST_PARTS:
        raise MalformedReply(f"a reply says something, in at most {MOST_PARTS} parts of {PART} bytes")
    reply = Reply(serial, day, lang, parts)
    for number in range(1, len(parts) + 1):
        try:
            parsed = _parse(_message(reply, number))
        except UnicodeEncodeError:
            parsed = None
        if parsed is None:
            raise MalformedReply("a reply has a number, a day, a language of three letters and plain text")
    return reply


def seal_reply(reply: Reply, to: IntakePublic, sender: bytes) -> list[bytes]:
    """The entries of *reply*, sealed anew at each call. *sender* is the archive's X25519 reply secret.

    Raises `MalformedReply` when *to* is not a key that anything can be sealed to.
    """
    try:
        box = Box(PrivateKey(sender), PublicKey(to.x25519))
        return [
            _sized(seal(box.encrypt(_message(reply, number)), {}, [to], "reply"))
            for number in range(1, len(reply.parts) + 1)
        ]
    except (nacl.exceptions.CryptoError, KeyFormatError):
        raise MalformedReply("the keys of this account are not keys that work") from None


def dummy() -> bytes:
    """An entry that nobody can open: made as a reply is, to keys that are dropped."""
    return _sized(seal(b"", {}, [IntakeSecret.generate().public], "reply"))


def read_replies(entries: Iterable[bytes], key: IntakeSecret, sender: bytes) -> tuple[Reply, ...]:
    """Her replies among *entries*, by their numbers. *sender* is the archive's X25519 reply public key.

    Only an entry whose sealed box opens costs more than one X25519; what is not hers is passed over.
    """
    found: dict[int, list[_Part]] = defaultdict(list)
    for entry in entries:
        part = _open(entry, key, sender)
        if part is not None:
            found[part.serial].append(part)
    replies = (_join(found[serial]) for serial in sorted(found))
    return tuple(reply for reply in replies if reply is not None)


def _open(entry: bytes, key: IntakeSecret, sender: bytes) -> _Part | None:
    try:
        meta, body = unseal(entry, key, "reply")
        message = Box(PrivateKey(key.x25519), PublicKey(sender)).decrypt(body)
    except (EnvelopeError, nacl.exceptions.CryptoError):
        return None
    return _parse(message) if meta == {} else None


def _parse(message: bytes) -> _Part | None:
    try:
        matched = _MESSAGE.fullmatch(message.decode())
        if matched is None:
            return None
        serial, day, lang, number, of, text = matched.groups()
        part = _Part(int(serial), date.fromisoformat(day), lang, int(number), int(of), text)
    except ValueError:
        return None
    fits = part.number <= part.of <= MOST_PARTS and len(text.encode()) <= PART
    return part if fits and unicodedata.is_normalized("NFC", text) else None


def _join(parts: list[_Part]) -> Reply | None:
    """The reply that *parts* of one serial are, or None when two of them disagree."""
    first = parts[0]
    texts: list[str | None] = [None] * first.of
    for part in parts:
        if (part.day, part.lang, part.of) != (first.day, first.lang, first.of):
            return None
        if texts[part.number - 1] not in (None, part.text):
            return None
        texts[part.number - 1] = part.text
    return Reply(first.serial, first.day, first.lang, tuple(texts))


def _message(reply: Reply, number: int) -> bytes:
    head = f"onggi-reply\nv1\nserial {reply.serial}\nday {reply.day}\nlang {reply.lang}\n"
    return f"{head}part {number} {len(reply.parts)}\n\n{reply.parts[number - 1]}".encode()


def _cut(text: str) -> Iterable[str]:
    start = size = 0
    for at, letter in enumerate(text):
        length = len(letter.encode("utf-8", "surrogatepass"))
        if size + length > PART:
            yield text[start:at]
            start, size = at, 0
        size += length
    yield text[start:]


def _sized(entry: bytes) -> bytes:
    if len(entry) != ENTRY:
        raise MalformedReply("a part is longer than an entry holds")
    return entry
