"""A signed note as codes on a screen: frames of text that a phone reads in any order.

Format: docs/formats/bundle.md.

1. Each frame names the note that it is a piece of, so that pieces of different notes never mix.
2. Frames may come in any order and more than once, with other text about them; a missing one is named.
3. Nothing here is believed: what is joined is still untrusted, and its signature is what counts.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from typing import Final

from crypto.errors import BrokenFrames

LONGEST: Final = 600
"""Characters of a frame: what a QR code of version 15 holds in its alphanumeric mode, with correction M."""
MOST: Final = 99
"""Frames of one note: nobody holds a phone to more."""
_MARK: Final = "ONGGI1"
_FRAME = re.compile(
    rf"{_MARK}:([1-9][0-9]?)/([1-9][0-9]?):([A-Z2-7]{{16}}):([A-Z2-7]{{1,{LONGEST}}})(?![A-Z0-9])"
)
_ROOM: Final = LONGEST - len(f"{_MARK}:{MOST}/{MOST}:{'A' * 16}:")


def cut(note: bytes) -> list[str]:
    """The frames of *note*, or `BrokenFrames` when they would be too many to show."""
    told = base64.b32encode(note).decode().rstrip("=")
    pieces = [told[at : at + _ROOM] for at in range(0, len(told), _ROOM)]
    if len(pieces) > MOST:
        raise BrokenFrames(f"this note would fill {len(pieces)} codes; carry it on a stick")
    return [f"{_MARK}:{n}/{len(pieces)}:{_name(note)}:{piece}" for n, piece in enumerate(pieces, 1)]


def join(untrusted: bytes) -> list[bytes]:
    """Every note whose frames are in this text, in the order in which they begin; or `BrokenFrames`."""
    found: dict[tuple[str, int], dict[int, str]] = {}
    for number, of, name, piece in _FRAME.findall(untrusted.decode("ascii", "replace")):
        pieces = found.setdefault((name, int(of)), {})
        if pieces.setdefault(int(number), piece) != piece:
            raise BrokenFrames(f"frame {number} of {of} is here twice, and not the same; scan it again")
    return [_joined(name, of, pieces) for (name, of), pieces in found.items()]


def _joined(name: str, of: int, pieces: dict[int, str]) -> bytes:
    if missing := [str(n) for n in range(1, of + 1) if n not in pieces]:
        raise BrokenFrames(f"of {of} frames these are missing or damaged: {', '.join(missing)}")
    told = "".join(pieces[n] for n in range(1, of + 1))
    try:
        note = base64.b32decode(told + "=" * (-len(told) % 8))
    except binascii.Error:
        note = b""
    if len(pieces) != of or _name(note) != name:
        raise BrokenFrames("the frames do not join to the note that they name; scan them again")
    return note


def _name(note: bytes) -> str:
    return base64.b32encode(hashlib.sha256(note).digest()[:10]).decode()
