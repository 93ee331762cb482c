"""The reply board: one file for everybody, of fixed size, signed, filled up with dummies, opened by trial.

Format: docs/formats/board.md. Vectors: tests/vectors/board/, read by Python and by the browser.

1. Nothing of it is used before the desk's signature and the digest of the entries are verified.
2. Two boards have no entry in common, and none says whom it is for, or whether for anybody.
3. Whoever hands it out learns that somebody asked, and nothing else.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from crypto.errors import BoardFull, MalformedBoard
from crypto.keycard import after, check_life, number, read_life
from crypto.keys import SigningKey, VerifyKey
from crypto.notes import open_note, sign_note
from crypto.reply import ENTRY, dummy

SIZES: Final = (256, 512, 1024)
"""Entries on a board. The size is a class: it tells no number of replies but a limit."""
FRONT: Final = 1024
LONGEST: Final = timedelta(days=31)
_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Board:
    """A board that the desk signed. Only `verify` makes one."""

    serial: int
    issued: date
    expires: date
    entries: tuple[bytes, ...] = field(repr=False)


def issue(
    entries: Sequence[bytes],
    *,
    origin: str,
    serial: int,
    issued: date,
    expires: date,
    size: int,
    desk: SigningKey,
) -> bytes:
    """A board of *size* entries that holds *entries* somewhere, signed by the *desk*.

    `BoardFull` when they are more; `MalformedBoard` for a size that no board has. The caller seals every
    entry anew for every board: one that came twice would show that it is no dummy.
    """
    if size not in SIZES or any(len(entry) != ENTRY for entry in entries):
        raise MalformedBoard(f"a board has {', '.join(map(str, SIZES))} entries of {ENTRY} bytes")
    if len(entries) > size:
        raise BoardFull(f"{len(entries)} parts of replies do not fit into {size} entries; take the next size")
    filled = [*entries, *(dummy() for _ in range(size - len(entries)))]
    secrets.SystemRandom().shuffle(filled)
    digest = hashlib.sha256(b"".join(filled)).hexdigest()
    lines = [f"{origin}/board", "v1", f"serial {serial}", f"issued {issued}", f"expires {expires}"]
    lines += [f"count {size}", f"sha256 {digest}"]
    note = sign_note("\n".join(lines) + "\n", f"{origin}/desk", desk)
    if len(note) > FRONT - 2:
        raise MalformedBoard("the name of this archive is too long for a board")
    return (len(note).to_bytes(2, "little") + note).ljust(FRONT, b"\0") + b"".join(filled)


def verify(untrusted: bytes, *, origin: str, desk: VerifyKey, today: date, floor: int = 0) -> Board:
    """The board in *untrusted* when *desk* signed it for *origin* and it may be shown *today*.

    Raises `MalformedBoard`, `NoteError`, `BadSignature` or a `KeycardError`. *floor* is the lowest serial.
    """
    count, rest = divmod(len(untrusted) - FRONT, ENTRY)
    if count not in SIZES or rest:
        raise MalformedBoard("no board has this size; was it cut short?")
    end = 2 + int.from_bytes(untrusted[:2], "little")
    if end > FRONT or any(untrusted[end:FRONT]):
        raise MalformedBoard("what follows the note is not zeros")
    lines = open_note(untrusted[2:end], f"{origin}/desk", desk).removesuffix("\n").split("\n")
    if len(lines) != 7 or lines[:2] != [f"{origin}/board", "v1"]:
        raise MalformedBoard("not a version 1 board of this archive")
    serial, issued, expires = read_life(lines, LONGEST)
    digest = after(lines[6], "sha256 ")
    if number(lines[5], "count ") != count or not _HASH.fullmatch(digest):
        raise MalformedBoard("the note is of a board of another size")
    if hashlib.sha256(untrusted[FRONT:]).hexdigest() != digest:
        raise MalformedBoard("the entries are not those that were signed")
    check_life(serial, issued, expires, today=today, floor=floor)
    entries = tuple(untrusted[at : at + ENTRY] for at in range(FRONT, len(untrusted), ENTRY))
    return Board(serial, issued, expires, entries)
