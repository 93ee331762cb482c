"""What the archive sends out to the intake on a stick: notes, acknowledgements, the board, the offline pages.

Format: docs/formats/bundle.md.

1. The manifest's signature is checked before a line of it is parsed; only names of a fixed list are taken.
2. Every file is held in memory and checked there: what was checked is what is used.
3. A damaged file is named, and keeps no other back.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from crypto.bundle import MAX_MANIFEST
from crypto.errors import BadSignature, DamagedPart, MalformedBundle, NoteError, UntrustedBundle
from crypto.keys import SigningKey, VerifyKey
from crypto.notes import open_note, sign_note
from crypto.stick import HALF, MANIFEST, Stick

LARGEST: Final = MAX_MANIFEST
"""Bytes of one file. The largest are the acknowledgement of ten thousand envelopes and a full board."""
MOST: Final = 64
"""Files in one bundle."""
BOARD: Final = "board"
_NAME = re.compile(
    r"(keycard|capsule|mandate|root-rotation|page|acknowledgement-[0-9]{6,15})\.note|board"
    r"|album(-en|-zh-hans|-zh-hant)?\.html(\.note)?"
)
_FILE = re.compile(r"file ([a-z0-9.-]+) ([0-9a-f]{64}) (0|[1-9][0-9]{0,8})")
_NUMBER = re.compile(r"number ([1-9][0-9]{0,14})")
_PREVIOUS = re.compile(r"previous ([0-9a-f]{64})")


@dataclass(frozen=True)
class Outgoing:
    """An outgoing bundle that the desk signed: `files` are whole, `damaged` names those that are not."""

    number: int
    previous: str
    hash: str
    files: Mapping[str, bytes]
    damaged: tuple[str, ...]
    foreign: int


def acknowledgement_name(number: int) -> str:
    """The name under which the acknowledgement of the courier's bundle *number* travels."""
    return f"acknowledgement-{number:06d}.note"


def sign(origin: str, number: int, previous: str, files: Mapping[str, bytes], desk: SigningKey) -> bytes:
    """The manifest of *files* as a note by the desk."""
    lines = [f"{origin}/outgoing", "v1", f"number {number}", f"previous {previous}"]
    for name, content in sorted(files.items()):
        lines.append(f"file {name} {hashlib.sha256(content).hexdigest()} {len(content)}")
    text = "\n".join(lines) + "\n"
    _parse(text, origin)
    return sign_note(text, f"{origin}/desk", desk)


def lay(folder: Path, origin: str, files: Mapping[str, bytes]) -> None:
    """Write *files* into *folder*, and take away what an earlier outgoing bundle left there.

    What is there and whole is kept. Until `finish` there is no manifest, and so no bundle. `MalformedBundle`
    when the folder holds something else than a bundle of this archive's.
    """
    stick = Stick(folder)
    if stick.holds(MANIFEST) and not _is_ours(stick, origin):
        raise MalformedBundle("this folder holds another bundle, perhaps the intake's; name a new one")
    stick.remove(MANIFEST)
    for name in stick.others(files):
        if _NAME.fullmatch(name.removesuffix(HALF)):
            stick.remove(name)
    for name, content in files.items():
        if not stick.is_whole(name, hashlib.sha256(content).hexdigest(), len(content)):
            stick.write(name, content)


def finish(folder: Path, manifest: bytes) -> None:
    """Write the manifest that `sign` made, last."""
    Stick(folder).finish(manifest)


def read(folder: Path, *, origin: str, desk: VerifyKey) -> Outgoing:
    """The outgoing bundle in *folder*, every file checked; raises a `BundleError`."""
    stick = Stick(folder)
    try:
        note = stick.read(MANIFEST, MAX_MANIFEST)
    except DamagedPart:
        raise MalformedBundle("no MANIFEST here that can be read; is this what the archive sent?") from None
    try:
        text = open_note(note, f"{origin}/desk", desk)
    except (NoteError, BadSignature):
        raise UntrustedBundle(
            "the manifest is not signed by the desk that the mandate names; is this the archive's stick?"
        ) from None
    number, previous, listed = _parse(text, origin)
    files: dict[str, bytes] = {}
    for name, (sha256, size) in listed.items():
        try:
            files[name] = b"".join(stick.pieces(name, sha256, size))
        except DamagedPart:
            continue
    return Outgoing(
        number,
        previous,
        hashlib.sha256(note).hexdigest(),
        files,
        tuple(sorted(listed.keys() - files.keys())),
        len(stick.others({MANIFEST, *listed})),
    )


def _parse(text: str, origin: str) -> tuple[int, str, dict[str, tuple[str, int]]]:
    lines = text.removesuffix("\n").split("\n")
    if lines[:2] != [f"{origin}/outgoing", "v1"] or len(lines) < 4:
        raise MalformedBundle("not a version 1 bundle from this archive")
    number, previous = _NUMBER.fullmatch(lines[2]), _PREVIOUS.fullmatch(lines[3])
    if not number or not previous:
        raise MalformedBundle("the bundle's number or the one before it is not well formed")
    listed: dict[str, tuple[str, int]] = {}
    for line in lines[4:]:
        found = _FILE.fullmatch(line)
        if not found or not _NAME.fullmatch(found[1]) or found[1] in listed or int(found[3]) > LARGEST:
            raise MalformedBundle("a line names a file that the archive does not send, or names one twice")
        listed[found[1]] = found[2], int(found[3])
    if len(listed) > MOST:
        raise MalformedBundle(f"more than {MOST} files in one bundle")
    return int(number[1]), previous[1], listed


def _is_ours(stick: Stick, origin: str) -> bool:
    try:
        return stick.read(MANIFEST, MAX_MANIFEST).startswith(f"{origin}/outgoing\n".encode())
    except DamagedPart:
        return False
