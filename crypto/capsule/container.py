"""The capsule's file: sealed envelopes one after another, the statement's last, for any channel.

Format: docs/formats/capsule.md. Vectors: tests/vectors/capsule/.

1. Nothing around the envelopes is secret, signed or believed: whoever carries the file learns their sizes.
2. A file that was cut on its way still gives the envelopes that are whole, and says that it was cut.
3. No envelope is held in memory.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from crypto.envelope import MAGIC as ENVELOPE
from crypto.envelope import PIECE, SUITE, Header, Sink, padded_size
from crypto.errors import MalformedCapsule, MalformedEnvelope
from crypto.plain import FLOORS
from crypto.stanza import STANZA

MAGIC: Final = b"ONGGICP1"
NAME: Final = "photo-backup.bin"
"""What such a file is called where nobody chooses another name."""
MOST: Final = 201
"""Envelopes: the 200 files that a statement may list, and the statement."""
FRONT: Final = 10
"""Bytes at the front of a capsule and of an envelope: magic and two more."""
LARGEST: Final = 2**48 - 1
"""Bytes of an envelope that both languages can count."""


@dataclass(frozen=True)
class Entry:
    """Where one envelope lies in the file, and its bytes."""

    at: int
    size: int


@dataclass(frozen=True)
class Capsule:
    """The envelopes that are whole. *announced* counts those that were sealed into it."""

    entries: tuple[Entry, ...]
    announced: int

    @property
    def cut(self) -> bool:
        return len(self.entries) < self.announced


def front(count: int) -> bytes:
    """How a capsule of *count* envelopes begins."""
    if not 1 <= count <= MOST:
        raise MalformedCapsule(f"a capsule holds 1 to {MOST} envelopes")
    return MAGIC + count.to_bytes(2, "little")


def before(size: int) -> bytes:
    """What stands before an envelope of *size* bytes."""
    return size.to_bytes(8, "little")


def read(untrusted: BinaryIO) -> Capsule:
    """Where the envelopes of a capsule lie, or `MalformedCapsule`. Of each, 18 bytes are read.

    **Not** checked: what an envelope holds, beyond how it begins and a size that it can have.
    """
    total = untrusted.seek(0, os.SEEK_END)
    head = _read(untrusted, 0, FRONT)
    if head[:8] != MAGIC:
        raise MalformedCapsule("does not begin as a capsule does")
    if len(head) < FRONT:
        return Capsule((), 1)
    announced = int.from_bytes(head[8:], "little")
    front(announced)
    entries = tuple(_entries(untrusted, total, announced))
    end = entries[-1].at + entries[-1].size if entries else FRONT
    if len(entries) == announced and end != total:
        raise MalformedCapsule("something follows the last envelope")
    return Capsule(entries, announced)


def copy(untrusted: BinaryIO, entry: Entry, into: Sink) -> None:
    """Write one envelope to *into*; `MalformedCapsule` when the file changed since it was read."""
    untrusted.seek(entry.at)
    left = entry.size
    while left:
        piece = untrusted.read(min(PIECE, left))
        if not piece:
            raise MalformedCapsule("the file became shorter while it was read")
        into.write(piece)
        left -= len(piece)


def _entries(untrusted: BinaryIO, total: int, announced: int) -> Iterator[Entry]:
    at = FRONT
    for _ in range(announced):
        length, head = _read(untrusted, at, 8), _read(untrusted, at + 8, FRONT)
        if len(head) < FRONT:
            return
        size = int.from_bytes(length, "little")
        _check(head, size)
        if at + 8 + size > total:
            return
        yield Entry(at + 8, size)
        at += 8 + size


def _check(head: bytes, size: int) -> None:
    if head[:8] != ENVELOPE or head[8] != SUITE or not 1 <= head[9] <= 16 or size > LARGEST:
        raise MalformedCapsule("what is inside does not begin as an envelope does")
    try:
        padded = padded_size(Header(FRONT + head[9] * STANZA, (), b""), size)
    except MalformedEnvelope as error:
        raise MalformedCapsule(str(error)) from None
    if padded < FLOORS["capsule"]:
        raise MalformedCapsule("no padded envelope has this size")


def _read(untrusted: BinaryIO, at: int, size: int) -> bytes:
    untrusted.seek(at)
    return untrusted.read(size)
