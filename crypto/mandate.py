"""What the root signs about other keys: the mandate of those who work, and the root that follows it.

Format: docs/formats/mandate.md. Vectors: tests/vectors/mandate/ and tests/vectors/rotation/.

1. The root is opened at ceremonies only. Between them the desk's key signs, and the mandate says that it may.
2. A release needs two of the mandate's archivists beside the desk: the vault alone publishes nothing.
3. A new root is believed only when the old one and the new one both say so; a chain of such notes leads on
   from whichever of its roots a reader knows.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from crypto.errors import CryptoError, MalformedKeycard
from crypto.keycard import MAX_SIZE, after, check_life, day, read_life
from crypto.keys import SigningKey, VerifyKey
from crypto.notes import countersign, open_note, sign_note

LONGEST: Final = timedelta(days=366)
MOST_BEFORE: Final = 7
"""Roots before the newest whose receipts a page still tries: each makes it ask and compute as much again."""
_KEY = re.compile(r"[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True)
class Mandate:
    """Who may act for the archive until it expires. `reply` is the X25519 key that replies come from."""

    origin: str
    serial: int
    issued: date
    expires: date
    desk: VerifyKey
    reply: bytes
    archivists: tuple[VerifyKey, ...]


def issue(mandate: Mandate, root: SigningKey) -> bytes:
    """The mandate as a note signed by the archive's *root*."""
    lines = [f"{mandate.origin}/mandate", "v1", f"serial {mandate.serial}", f"issued {mandate.issued}"]
    lines += [f"expires {mandate.expires}", f"desk {mandate.desk.raw.hex()}", f"reply {mandate.reply.hex()}"]
    lines += [f"archivist {key.raw.hex()}" for key in mandate.archivists]
    return sign_note("\n".join(lines) + "\n", f"{mandate.origin}/root", root)


def verify(untrusted: bytes, *, origin: str, root: VerifyKey, today: date, floor: int = 0) -> Mandate:
    """The mandate in *untrusted* when *root* gave it for *origin* and it holds *today*.

    Raises `NoteError`, `BadSignature` or a `KeycardError`. *floor* is the lowest serial to accept.
    """
    given = read(untrusted, origin=origin, root=root)
    check_life(given.serial, given.issued, given.expires, today=today, floor=floor)
    return given


def read(untrusted: bytes, *, origin: str, root: VerifyKey) -> Mandate:
    """The mandate that *root* gave for *origin*, whenever it held. For what was verified in its time."""
    lines = _lines(untrusted, f"{origin}/root", root)
    if len(lines) < 7 or lines[:2] != [f"{origin}/mandate", "v1"]:
        raise MalformedKeycard("not a version 1 mandate of this archive")
    serial, issued, expires = read_life(lines, LONGEST)
    archivists = tuple(VerifyKey(raw_key(line, "archivist ")) for line in lines[7:])
    if len(set(archivists)) != len(archivists):
        raise MalformedKeycard("an archivist is listed twice")
    desk, reply = VerifyKey(raw_key(lines[5], "desk ")), raw_key(lines[6], "reply ")
    return Mandate(origin, serial, issued, expires, desk, reply, archivists)


def issue_rotation(origin: str, issued: date, old: SigningKey, new: SigningKey) -> bytes:
    """The note by which *new* follows *old*, signed by both."""
    lines = [f"{origin}/root-rotation", "v1", f"issued {issued}"]
    lines += [f"from {old.public.raw.hex()}", f"to {new.public.raw.hex()}"]
    return countersign(sign_note("\n".join(lines) + "\n", f"{origin}/root", old), f"{origin}/root", new)


def verify_rotation(untrusted: bytes, *, origin: str, root: VerifyKey) -> VerifyKey:
    """The root that follows *root*, by one note or a chain, the oldest first; what `verify` raises otherwise.

    Each was signed by both. What leads to *root* is passed over unread. Not checked: the days. Whoever holds
    an old root can name a follower at any time, to those who know only that one.
    """
    if len(untrusted) > MAX_SIZE:
        raise MalformedKeycard("longer than 64 KiB")
    notes, seen = each_rotation(untrusted, origin), {root}
    leaving = [at for at, note in enumerate(notes) if f"\nfrom {root.raw.hex()}\n".encode() in note]
    # Where none leads on from here, the first says why it is not believed.
    for note in notes[leaving[0] if leaving else 0 :]:
        root = _verify_one(note, origin, root)
        if root in seen:
            raise MalformedKeycard("these rotations lead back to a root that was left")
        seen.add(root)
    return root


def each_rotation(untrusted: bytes, origin: str) -> list[bytes]:
    """The notes of a chain, apart; what does not begin as one is one. Nothing is verified."""
    head = f"{origin}/root-rotation\n".encode()
    first, *rest = (b"\n" + untrusted).split(b"\n" + head)
    if first or not rest:
        return [untrusted]
    return [head + note + b"\n" for note in rest[:-1]] + [head + rest[-1]]


def roots_before(untrusted: bytes, root: VerifyKey) -> list[VerifyKey]:
    """The roots from which this chain leads to *root*, the newest first; each note was signed by both of its.

    What does not lead to *root* ends the list. Receipts of the first `MOST_BEFORE` are tried by her page.
    """
    origin = untrusted.partition(b"/root-rotation\n")[0].decode("utf-8", "replace")
    roots = [root]
    with suppress(CryptoError):
        for note in reversed(each_rotation(untrusted, origin) if len(untrusted) <= MAX_SIZE else []):
            before = VerifyKey(bytes.fromhex(_leaves(note)))
            if _verify_one(note, origin, before) != roots[-1] or before in roots:
                break
            roots.append(before)
    return roots[1:]


def _leaves(note: bytes) -> str:
    """The root that a note says it leaves, in digits; none where it says none."""
    named = re.search(rb"^from ([0-9a-f]{64})$", note, re.MULTILINE)
    return named[1].decode() if named else ""


def _verify_one(untrusted: bytes, origin: str, root: VerifyKey) -> VerifyKey:
    lines = _lines(untrusted, f"{origin}/root", root)
    if len(lines) != 5 or lines[:2] != [f"{origin}/root-rotation", "v1"]:
        raise MalformedKeycard("not a version 1 root rotation of this archive")
    day(after(lines[2], "issued "))
    old, new = VerifyKey(raw_key(lines[3], "from ")), VerifyKey(raw_key(lines[4], "to "))
    if old != root or new == root:
        raise MalformedKeycard("this rotation does not lead from the root that is known here to another")
    open_note(untrusted, f"{origin}/root", new)
    return new


def leads_to(untrusted: bytes, root: VerifyKey) -> bool:
    """Whether these rotations say that they end at *root*. Nothing is verified: it tells only old news."""
    return untrusted.rpartition(b"\nto ")[2].startswith(f"{root.raw.hex()}\n".encode())


def _lines(untrusted: bytes, name: str, root: VerifyKey) -> list[str]:
    if len(untrusted) > MAX_SIZE:
        raise MalformedKeycard("longer than 64 KiB")
    return open_note(untrusted, name, root).removesuffix("\n").split("\n")


def raw_key(line: str, label: str) -> bytes:
    """The 32 bytes after *label*, or `MalformedKeycard`."""
    text = after(line, label)
    if not _KEY.fullmatch(text):
        raise MalformedKeycard(f"{label.strip()!r} is not a key of 64 hexadecimal digits")
    return bytes.fromhex(text)
