"""What follows from a receipt and a file alone: where a deposit goes on, what arrived, what can be erased.

Format: docs/formats/resume.md. Vectors: tests/vectors/resume/, tests/vectors/arrived/.

1. A file's key and place come from the receipt and every byte of the file: another file has another of both.
2. Nothing here seals. What a page made is the same bytes each time, and any reader of envelopes opens it.
3. Nothing here touches a disk, a clock or a log.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Final

from crypto.errors import MalformedArrivals
from crypto.keys import IntakePublic, VerifyKey
from crypto.receipt import Receipt
from crypto.stanza import Purpose

PIECE: Final = 1 << 20
"""Bytes of plaintext under one digest: what the page seals at once."""
MAGIC: Final = b"ONGGIAR1"
RECORD: Final = 17
WAITING: Final = 1
HELD: Final = 2
EACH_DAY: Final = 4
"""Statement numbers that a day adds, so that a number is never used again after its deposit is forgotten."""
BACK: Final = 124
"""Days that a statement can be seen: 30 until the archive has it, 90 after, and some for clocks."""
WINDOW: Final = 640
"""Numbers that a page looks for, whatever is there: those days, and room for many tellings in one."""
EPOCH: Final = date(1970, 1, 1)


@dataclass(frozen=True, repr=False)
class FileSecrets:
    """What one file derives. `stream` is all randomness of its envelope, in the order that it is drawn."""

    deposit: str
    key: bytes
    stream: bytes


def file_root(pieces: Iterable[bytes], recipient: IntakePublic, purpose: Purpose = "intake") -> bytes:
    """The digest of a plaintext in *pieces* of 1 MiB: head, body and zeros, as an envelope seals them."""
    bundle = hashlib.sha256(recipient.bundle).digest()
    root = hashlib.sha256(b"onggi-file1|" + purpose.encode() + b"|" + bundle)
    for piece in pieces:
        root.update(hashlib.sha256(piece).digest())
    return root.digest()


def of_file(receipt: Receipt, root: VerifyKey, file_root: bytes) -> FileSecrets:
    """The secrets of the file of this `file_root`, for the archive of this *root*."""
    stream = receipt.derive(root, b"file|" + file_root, 152)
    return FileSecrets(receipt.derive(root, b"deposit|" + file_root, 16).hex(), stream[:32], stream)


def statement_id(receipt: Receipt, root: VerifyKey, seq: int) -> str:
    """Where the statement of this number lies at the intake: the words are enough to look for it."""
    return receipt.derive(root, b"statement|%d" % seq, 16).hex()


def token(receipt: Receipt, root: VerifyKey, seq: int) -> bytes:
    """What erases the deposits of one telling, early, at the intake."""
    return receipt.derive(root, b"erase|%d" % seq, 32)


def erasure(token: bytes, index: int) -> str:
    """What the intake keeps of a token: for the statement *index* 0, for a telling's files 1 to 200."""
    return hashlib.sha256(token + bytes([index])).hexdigest()


def first(day: date) -> int:
    """The lowest number that a statement may have on *day*."""
    return EACH_DAY * (day - EPOCH).days


def window(day: date) -> range:
    """The numbers of all statements that can still be seen on *day*."""
    start = max(0, first(day) - EACH_DAY * BACK)
    return range(start, start + WINDOW)


def arrivals(states: Iterable[tuple[str, int]]) -> bytes:
    """The list of what has arrived: the ids of whole deposits in ascending order, each `WAITING` or `HELD`.

    `ValueError` when they are in another order. Nothing is kept of them but the list itself.
    """
    told, last = bytearray(MAGIC), ""
    for id_, state in states:
        if id_ <= last:
            raise ValueError("ids of deposits ascend")
        told += bytes.fromhex(id_) + bytes([state])
        last = id_
    return bytes(told)


def parse_arrivals(untrusted: bytes) -> dict[str, int]:
    """Read a list, or raise `MalformedArrivals`. **Not** checked: whether the intake tells the truth."""
    records = untrusted[len(MAGIC) :]
    if untrusted[: len(MAGIC)] != MAGIC or len(records) % RECORD:
        raise MalformedArrivals("does not begin as a list of arrivals does, or is cut short")
    rows = [records[at : at + RECORD] for at in range(0, len(records), RECORD)]
    if any(row[-1] not in (WAITING, HELD) for row in rows):
        raise MalformedArrivals("a state that is not known")
    ids = [row[:-1] for row in rows]
    if any(one >= other for one, other in pairwise(ids)):
        raise MalformedArrivals("not in order, or one is there twice")
    return {row[:-1].hex(): row[-1] for row in rows}
