"""The sealed testimony: a browser seals it, only the archive can unseal it.

Format: docs/formats/envelope.md. Vectors: tests/vectors/envelope/.

1. `parse_header` and `check_size` read untrusted bytes and promise nothing about what is inside.
2. `unseal`, `unseal_stream` and `unseal_seekable` are the only ways from an envelope to what it holds.
3. The sender is not authenticated: anyone may seal to a published key.
4. Nothing here touches a disk, a clock or a log.
"""

from __future__ import annotations

import hashlib
import io
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO, Final

from cryptography.cobblestone import Cobblestone256Decryptor, Cobblestone256Encryptor
from cryptography.exceptions import InvalidTag

from crypto.cobblestone import CHUNK, PREFIX, TAG, Message, Window
from crypto.errors import DamagedEnvelope, DamagedMessage, MalformedEnvelope, SourceChanged
from crypto.keys import IntakePublic, IntakeSecret
from crypto.padding import padme
from crypto.plain import FLOORS, FRONT, Body, head, padded, parse_front, parse_meta
from crypto.plain import Sink as Sink  # part of what `seal` and `unseal_stream` promise
from crypto.stanza import BODY, KIND, STANZA, Purpose, unwrap, wrap

MAGIC: Final = b"ONGGIEN1"
SUITE: Final = 1
MAX_RECIPIENTS: Final = 16
MAX_HEADER: Final = len(MAGIC) + 2 + MAX_RECIPIENTS * STANZA
PIECE: Final = 1 << 20
"""Bytes read at once; the C2SP chunk of 16 KiB is too small to read efficiently."""


@dataclass(frozen=True)
class Header:
    """The readable part of an envelope. `digest` (SHA-512) is the envelope's name."""

    size: int
    stanzas: tuple[tuple[bytes, bytes], ...]
    digest: bytes

    @property
    def key_ids(self) -> tuple[bytes, ...]:
        return tuple(key_id for key_id, _ in self.stanzas)


@dataclass(frozen=True)
class Opened:
    """What an envelope said beside its body. The body went where the caller wished."""

    meta: dict[str, object]
    digest: bytes
    length: int


class Sealer:
    """Seals one body to its recipients. `digest` is known before the body is read."""

    def __init__(self, recipients: Sequence[IntakePublic], purpose: Purpose = "intake") -> None:
        if not 1 <= len(recipients) <= MAX_RECIPIENTS:
            raise MalformedEnvelope(f"an envelope has 1 to {MAX_RECIPIENTS} recipients")
        self._purpose: Final = purpose
        self._key: bytes | None = secrets.token_bytes(32)
        stanzas = b"".join(wrap(r, purpose, self._key) for r in recipients)
        self._header: Final = MAGIC + bytes([SUITE, len(recipients)]) + stanzas
        self.digest: Final = hashlib.sha512(self._header).digest()

    def size(self, length: int, meta: dict[str, object]) -> int:
        """The bytes that `seal` will write for a body of *length* bytes, for the intake to know before."""
        inside = self.padded(length, meta)
        return len(self._header) + PREFIX + inside + TAG * (inside // CHUNK + 1)

    def padded(self, length: int, meta: dict[str, object]) -> int:
        """The padded length inside: what a statement says of a file."""
        return padded(len(head(meta, length)) + length, self._purpose)

    def seal(self, source: BinaryIO, length: int, meta: dict[str, object], into: Sink) -> int:
        """Write the envelope of *length* bytes of *source*; return its size. Once only.

        Raises `SourceChanged` when *source* holds more or less; what was written must then be discarded.
        """
        key, self._key = self._key, None
        if key is None:
            raise SourceChanged("a sealer seals once; make another for another try")
        front = head(meta, length)
        encryptor = Cobblestone256Encryptor(key, _context(self._purpose, self.digest))
        size = into.write(self._header) + into.write(encryptor.update(front))
        left = length
        while left:
            piece = source.read(min(PIECE, left))
            if not piece:
                raise SourceChanged("the source ended early; nothing usable was sealed")
            left -= len(piece)
            size += into.write(encryptor.update(piece))
        if source.read(1):
            raise SourceChanged("the source grew while it was sealed")
        end = padded(len(front) + length, self._purpose)
        for start in range(len(front) + length, end, PIECE):
            size += into.write(encryptor.update(bytes(min(PIECE, end - start))))
        return size + into.write(encryptor.finalize())


def seal(
    body: bytes, meta: dict[str, object], recipients: Sequence[IntakePublic], purpose: Purpose = "intake"
) -> bytes:
    """The envelope of a *body* that fits in memory."""
    into = io.BytesIO()
    Sealer(recipients, purpose).seal(io.BytesIO(body), len(body), meta, into)
    return into.getvalue()


def parse_header(untrusted: bytes) -> Header:
    """Read the header at the front of *untrusted*, or raise `MalformedEnvelope`."""
    if untrusted[: len(MAGIC)] != MAGIC:
        raise MalformedEnvelope("does not begin as an envelope does")
    if len(untrusted) < 10 or untrusted[8] != SUITE:
        raise MalformedEnvelope("an unknown suite; this reader knows suite 1")
    count = untrusted[9]
    size = 10 + count * STANZA
    if not 1 <= count <= MAX_RECIPIENTS or len(untrusted) < size:
        raise MalformedEnvelope("the header is cut short, or names no recipient or too many")
    stanzas = []
    for at in range(10, size, STANZA):
        key_id, length = untrusted[at + 1 : at + 9], int.from_bytes(untrusted[at + 9 : at + 11], "little")
        if untrusted[at] != KIND or length != BODY:
            raise MalformedEnvelope("a stanza of unknown kind or length")
        stanzas.append((bytes(key_id), bytes(untrusted[at + 11 : at + STANZA])))
    return Header(size, tuple(stanzas), hashlib.sha512(untrusted[:size]).digest())


def check_size(header: Header, total: int) -> None:
    """Raise `MalformedEnvelope` unless *total* bytes is a size that a padded envelope can have."""
    padded_size(header, total)


def padded_size(header: Header, total: int) -> int:
    """The padded length inside an envelope of *total* bytes, or `MalformedEnvelope`."""
    full, rest = divmod(total - header.size - PREFIX, CHUNK + TAG)
    inside = full * CHUNK + rest - TAG
    if full < 0 or rest < TAG or inside < min(FLOORS.values()) or padme(inside) != inside:
        raise MalformedEnvelope("no padded envelope has this size")
    return inside


def unseal(
    untrusted: bytes, key: IntakeSecret, purpose: Purpose = "intake"
) -> tuple[dict[str, object], bytes]:
    """The meta and body of an envelope in memory, or an `EnvelopeError`."""
    into = io.BytesIO()
    opened = unseal_stream(io.BytesIO(untrusted), key, into, purpose)
    return opened.meta, into.getvalue()


def unseal_stream(source: BinaryIO, key: IntakeSecret, into: Sink, purpose: Purpose = "intake") -> Opened:
    """Write the body of the envelope in *source* to *into*, at constant memory.

    On any exception *into* holds a part that was never shown to be whole: discard it.
    Raises `MalformedEnvelope`, `WrongKey` or `DamagedEnvelope`.
    """
    header, rest = _read_header(source)
    decryptor = Cobblestone256Decryptor(
        unwrap(header.stanzas, key, purpose), _context(purpose, header.digest)
    )
    body = Body(into, purpose)
    try:
        body.take(decryptor.update(rest))
        while piece := source.read(PIECE):
            body.take(decryptor.update(piece))
        body.take(decryptor.finalize())
    except (InvalidTag, ValueError):
        raise DamagedEnvelope("cut short or changed after it was sealed") from None
    return Opened(body.finish(), header.digest, body.length)


def unseal_seekable(
    source: BinaryIO, key: IntakeSecret, purpose: Purpose = "intake"
) -> tuple[Opened, Window]:
    """What the envelope *source* says, and its body as a file to seek in: a film played from the middle.

    *source* can seek and holds nothing else; closing the body closes it. Checked before this returns:
    header, key, purpose, commitment, the last chunk, the lengths, the padded size, and meta. Checked as it
    is read: each chunk of 16 KiB that is touched (`DamagedMessage`). **Not** checked: chunks that nobody
    reads, and that the padding is zeros. `unseal_stream` checks everything.
    Raises `MalformedEnvelope`, `WrongKey` or `DamagedEnvelope`.
    """
    source.seek(0)
    header, _ = _read_header(source)
    file_key = unwrap(header.stanzas, key, purpose)
    try:
        message = Message(source, file_key, _context(purpose, header.digest), header.size)
        meta, length = parse_front(message.read_at(0, FRONT))
        if message.size != padded(FRONT + meta + length, purpose):
            raise DamagedEnvelope("what was sealed is not padded as it must be")
        opened = Opened(parse_meta(message.read_at(FRONT, meta)), header.digest, length)
    except DamagedMessage:
        raise DamagedEnvelope("cut short or changed after it was sealed") from None
    return opened, Window(message, FRONT + meta, length)


def _context(purpose: Purpose, digest: bytes) -> bytes:
    return b"onggi-env1|" + purpose.encode() + b"|" + digest


def _read_header(source: BinaryIO) -> tuple[Header, bytes]:
    front = source.read(MAX_HEADER)
    header = parse_header(front)
    return header, front[header.size :]
