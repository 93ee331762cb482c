"""What the archive signed and this intake shows or obeys: keycard, capsule card, mandate.

1. Each is verified before it takes the place of the one before, and is never older than that.
2. All of them change places one by one, each in one step: the site may be reading what it replaces.
"""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Final

from crypto import keycard as keycards
from crypto import mandate as mandates
from server.intake.config import CAPSULE, FLOOR, KEYCARD, MANDATE, IntakeConfig

LARGEST: Final = 64 * 1024
ROTATION: Final = "root-rotation.note"


class NotesRefused(Exception):
    """A note is missing or is not one; the message says which."""


def follow(config: IntakeConfig, folder: Path) -> IntakeConfig:
    """The settings with the root that a rotation note in *folder* leads to; as they were without one."""
    if not (folder / ROTATION).is_file():
        return config
    note, root = _read(folder, ROTATION), config.root
    if mandates.leads_to(note, root):
        return config  # followed before
    root = mandates.verify_rotation(note, origin=config.origin, root=root)
    return replace(config, root_hex=root.raw.hex())


def take(config: IntakeConfig, folder: Path, today: date) -> IntakeConfig:
    """Verify the notes in *folder* and put them in the place of those in the home; the settings from now on.

    Keycard and mandate have to be there. `NotesRefused` or a `CryptoError`, and then nothing has changed.
    """
    config = follow(config, folder)
    verify = partial(keycards.verify, origin=config.origin, root=config.root, today=today, floor=config.floor)
    notes = {name: _read(folder, name) for name in (KEYCARD, MANDATE)}
    serial = verify(notes[KEYCARD]).serial
    mandates.verify(notes[MANDATE], origin=config.origin, root=config.root, today=today, floor=config.floor)
    if (folder / CAPSULE).is_file():
        notes[CAPSULE] = _read(folder, CAPSULE)
        verify(notes[CAPSULE], kind="capsule")
    config.write()
    for name, note in notes.items():
        put(config.home / name, note)
    put(config.home / FLOOR, str(serial).encode())
    return config


def put(path: Path, content: bytes) -> None:
    """Put *content* in the place of what was under *path*, in one step and synced."""
    temporary = path.with_name(f"{path.name}.tmp")
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def _read(folder: Path, name: str) -> bytes:
    path = folder / name
    if path.is_symlink() or not path.is_file():
        raise NotesRefused(f"there is no {name} in this folder; is this what the archive wrote?")
    with path.open("rb") as file:
        note = file.read(LARGEST + 1)
    if len(note) > LARGEST:
        raise NotesRefused(f"{name} is longer than any that the archive writes")
    return note
