"""What the archive signed and this intake shows or obeys: keycard, capsule card, mandate.

1. Each is verified before it takes the place of the one before, and is never older than that.
2. The chain of rotations is kept for her page: a receipt is bound to the root of its day.
3. All of them change places one by one, each in one step: the site may be reading what it replaces.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Final

from crypto import durable
from crypto import keycard as keycards
from crypto import mandate as mandates
from crypto.errors import CryptoError, DamagedPart
from crypto.stick import Stick
from server.intake.config import CAPSULE, KEYCARD, MANDATE, ROTATION, IntakeConfig, raise_floor

LARGEST: Final = 64 * 1024
KEPT: Final = (KEYCARD, CAPSULE, MANDATE)
_ISSUED: Final = re.compile(r"^issued (\d{4}-\d\d-\d\d)$", re.MULTILINE)


class NotesRefused(Exception):
    """A note is missing or is not one; the message says which."""


def read(folder: Path) -> dict[str, bytes]:
    """The notes that lie in *folder* and can be read. Nothing is verified."""
    stick, found = Stick(folder), {}
    for name in (*KEPT, ROTATION):
        try:
            found[name] = stick.read(name, LARGEST)
        except DamagedPart:
            continue
    return found


def follow(config: IntakeConfig, untrusted: Mapping[str, bytes]) -> IntakeConfig:
    """The settings with the root that rotations among the notes lead to; as they were without one."""
    note, root = untrusted.get(ROTATION), config.root
    if note is None or mandates.leads_to(note, root):
        return config  # followed before
    root = mandates.verify_rotation(note, origin=config.origin, root=root)
    return replace(config, root_hex=root.raw.hex())


def take(config: IntakeConfig, folder: Path, today: date) -> IntakeConfig:
    """Verify the notes in *folder* and put them in the place of those in the home; the settings from now on.

    Keycard and mandate have to be there. `NotesRefused` or a `CryptoError`, and then nothing has changed.
    """
    notes = read(folder)
    for name in (KEYCARD, MANDATE):
        if name not in notes:
            raise NotesRefused(f"there is no {name} in this folder; is this what the archive wrote?")
    config = follow(config, notes)
    kept = {name: notes[name] for name in KEPT if name in notes}
    for name, note in kept.items():
        _verify(config, name, note, today)
    _keep(config, kept, today)
    _keep_chain(config, notes.get(ROTATION, b""))
    return config


def take_usable(
    config: IntakeConfig, notes: Mapping[str, bytes], today: date
) -> tuple[IntakeConfig, dict[str, str]]:
    """As `take`, but each note by itself: the settings from now on, and why a note was not taken.

    A new root is followed only with a keycard and a mandate of its own: those of the old one end with it.
    """
    followed, refused, usable = follow(config, notes), dict[str, str](), dict[str, bytes]()
    for name in (name for name in KEPT if name in notes):
        try:
            _verify(followed, name, notes[name], today)
        except CryptoError as reason:
            refused[name] = str(reason)
        else:
            usable[name] = notes[name]
    if followed != config and not {KEYCARD, MANDATE} <= usable.keys():
        left = dict.fromkeys(usable, "by a new root, whose keycard and mandate are not both here")
        return config, refused | left
    _keep(followed, usable, today)
    _keep_chain(followed, notes.get(ROTATION, b""))
    return followed, refused


def issued(config: IntakeConfig, name: str) -> date | None:
    """The day on which the archive made this note; None where there is none that can be read."""
    with suppress(OSError, ValueError):
        if day := _ISSUED.search((config.home / name).read_text("ascii", "replace")):
            return date.fromisoformat(day[1])
    return None


def newest(config: IntakeConfig) -> date:
    """The day of the newest note here; `date.min` without one.

    It was made on another machine, so this one's day cannot lie before it.
    """
    return max(issued(config, name) or date.min for name in KEPT)


def _verify(config: IntakeConfig, name: str, note: bytes, today: date) -> int:
    """The serial of a note that may be kept; a `CryptoError` otherwise."""
    origin, root, floor = config.origin, config.root, config.floor_of(name, config.root)
    if name == MANDATE:
        return mandates.verify(note, origin=origin, root=root, today=today, floor=floor).serial
    kind: keycards.Kind = "capsule" if name == CAPSULE else "intake"
    return keycards.verify(note, origin=origin, root=root, today=today, floor=floor, kind=kind).serial


def _keep(config: IntakeConfig, notes: Mapping[str, bytes], today: date) -> None:
    serials = {name: _verify(config, name, note, today) for name, note in notes.items()}
    config.write()
    for name, note in notes.items():
        # The note first: what is here must never be below its floor, whenever this is stopped.
        durable.write(config.home / name, note)
        raise_floor(config.home, name, serials[name], config.root)


def _keep_chain(config: IntakeConfig, untrusted: bytes) -> None:
    """Keep what leads to this root and was verified, unless what is here leads to it from further back."""
    path = config.home / ROTATION
    kept = path.read_bytes() if path.exists() else b""
    led = len(mandates.roots_before(untrusted, config.root))
    if led > len(mandates.roots_before(kept, config.root)):
        durable.write(path, b"".join(mandates.each_rotation(untrusted, config.origin)[-led:]))
