"""A backup on two media: boxes that only grow, and a small keyring that is replaced.

1. Boxes first, the keyring last: a backup that was stopped leaves the last one good, and is run again.
2. Nobody can shred between the keyring's last look at the vault and its last byte on the medium.
3. A keyring of another archive, or of a later state than this vault's, is never replaced.
"""

from __future__ import annotations

import secrets
import shutil
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

from archive import keyring as dated_keys
from archive import locks, quarantine, requests
from archive.courier import OUTGOING
from archive.errors import ArchiveError
from archive.journal import JournalBroken
from archive.keeping import keyring
from archive.keeping.boxes import Boxes, Progress, copy, digest
from archive.keeping.keyring import Held, Keyring, KeyringRefused, Shut
from archive.objects import DamagedObject
from archive.redaction import figure_key
from archive.store import Name, Record, UnknownRecord
from archive.vault import BOXED, CUT, DATABASE, LOCK, OBJECT, OBJECTS, Vault, place_and_key

FOLDERS: Final = (dated_keys.NOTES, OUTGOING)
"""What goes into the keyring as it lies in the home: notes, and what waits for the courier."""
SINGLE: Final = (requests.FILE, figure_key.FILE)
"""Files that go into it in the same way."""
APART: Final = (
    DATABASE,
    f"{DATABASE}-journal",
    f"{LOCK}.lock",
    f"{LOCK}.slips",
    OBJECTS,
    quarantine.FOLDER,
    "root",
)
"""What is kept in another way; the root has a backup of its own, with its keeper."""


class BackupRefused(ArchiveError):
    """Nothing was replaced; the last backup is as good as it was."""


@dataclass
class Report:
    """What one backup added."""

    records: int = 0
    boxes: int = 0
    objects: int = 0
    damaged: list[Name] = field(default_factory=list)
    """Objects that the vault names and that are missing or damaged; no backup of them was made."""
    packs: list[str] = field(default_factory=list)
    """Packs on the medium that are damaged. What they held was written again."""
    left_out: list[str] = field(default_factory=list)
    """What lies in the home and is nothing that this program knows."""


def back_up(
    vault: Vault, into: Path, file: Path, today: date, progress: Progress = lambda done, all: None
) -> Report:
    """Add to the boxes in *into* whatever they lack, and then replace the keyring in *file*.

    `BackupRefused`, `NoBoxes` or `VaultError`; after a stop, run it again.
    """
    _check_keyring(vault, file)
    boxes, report = Boxes.make(into), Report()
    held = {digest(sealed) for sealed in boxes.sealed(progress)}
    report.packs = list(boxes.damaged)
    _box_quarantine(vault, boxes)
    # Without a lock on the vault, for this may take long; whatever changes meanwhile comes below.
    _fill(vault, boxes, held, report, progress)
    with vault.together():
        records = _fill(vault, boxes, held, report, lambda done, all: None)
        files = _files(vault.home, report)
        ring = Keyring(today.isoformat(), tuple(records), vault.journal.copy(), files)
        lock, slips = (_content(place(vault.home, LOCK)) for place in (locks.lock_file, locks.slips_file))
        keyring.write(file, ring, vault.keyring_key, lock=lock, slips=slips)
        vault.journal.append("rep", "archive", [f"backup:{secrets.token_hex(8)}"])
    report.records = len(records)
    return report


def _check_keyring(vault: Vault, file: Path) -> None:
    """Refuse to put another archive's keyring, or a newer one, out of the world."""
    if not file.exists():
        return
    try:
        seen = Shut.read(file).open(vault.keyring_key).journal.head
    except KeyringRefused:
        raise BackupRefused(
            "the file there is no keyring of this archive, or a damaged one; name another, or move it away"
        ) from None
    try:
        vault.journal.events(seen)
    except JournalBroken:
        raise BackupRefused(
            "the keyring there holds events that this vault does not; is this vault an older copy?"
        ) from None


def _fill(vault: Vault, boxes: Boxes, held: set[str], report: Report, progress: Progress) -> list[Held]:
    """Put what is lacking into the boxes; every record with its key."""
    records: list[Held] = []
    report.damaged, all_of_them = [], vault.store.count()
    for number, record in enumerate(vault.store.records(), 1):
        if record.kind == CUT:
            continue  # made anew from the words, and boxes only grow
        plain = record.open()  # a record that does not open must not replace one that did
        records.append(kept := Held(record.kind, record.name, record.key, digest(record.sealed)))
        if kept.digest not in held:
            boxes.add(record.sealed)
            held.add(kept.digest)
            report.boxes += 1
        if record.kind.startswith(OBJECT):
            _box_object(vault, boxes, record, plain, report)
        progress(number, max(all_of_them, number))
    boxes.flush()
    return records


def _box_object(vault: Vault, boxes: Boxes, record: Record, plain: bytes, report: Report) -> None:
    place, key = place_and_key(plain)
    if boxes.holds(place):
        return
    try:
        copy(vault.objects, place, key, boxes.objects)
        report.objects += 1
    except DamagedObject:
        report.damaged.append((record.kind.removeprefix(OBJECT), record.name))


def _box_quarantine(vault: Vault, boxes: Boxes) -> None:
    """Seal each envelope in quarantine once more, under a key that goes when its record does.

    As it came, it would open for ever to a dated key out of an old keyring.
    """
    kind, folder = f"{BOXED}{quarantine.FOLDER}", quarantine.folder(vault)
    for path in sorted(folder.iterdir()) if folder.exists() else ():
        if path.suffix == ".part":
            continue
        try:
            place, key = place_and_key(vault.store.get(kind, path.name))
        except UnknownRecord:
            place, key = secrets.token_hex(16), secrets.token_bytes(32)
        if boxes.holds(place):
            continue
        with boxes.objects.stage(place, key) as staged, path.open("rb") as waiting:
            shutil.copyfileobj(waiting, staged)
        with vault.together():
            vault.store.put(kind, path.name, place.encode() + key)
            vault.journal.append("rep", "archive", [f"envelope:{path.name}"])


def _files(home: Path, report: Report) -> dict[str, bytes]:
    """What else lies in the home and belongs into a backup; what does not is named in the report."""
    found = [path for name in FOLDERS for path in (home / name).rglob("*")]
    found += [home / name for name in SINGLE]
    kept = {path.relative_to(home).as_posix(): _content(path) for path in found if path.is_file()}
    known = {*FOLDERS, *APART, *SINGLE}
    report.left_out = sorted(path.name for path in home.iterdir() if path.name not in known)
    return kept


def _content(file: Path) -> bytes:
    return file.read_bytes() if file.exists() else b""
