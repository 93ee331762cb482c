"""Whether all that was kept is still what was kept: the database, the journal, every record, every file.

1. Nothing is mended here and nothing removed.
2. What takes long is remembered in the vault: a verification that was stopped goes on within a week.
3. How it ended is an event of the journal, and so is what was found.
"""

from __future__ import annotations

import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from archive.database import VaultDamaged, VaultError
from archive.journal import Head, JournalBroken
from archive.keeping.boxes import Boxes, Progress, digest
from archive.keeping.keyring import Keyring
from archive.keeping.telling import told
from archive.objects import DamagedObject, Objects
from archive.store import Name, Record
from archive.vault import BOXED, OBJECT, Vault, place_and_key

FAR: Final = ("setting", "verification")
"""The record that says how far a verification came: places of files, and a day."""
GOOD_FOR: Final = timedelta(days=7)
"""What was verified longer ago is verified again."""
OFTEN: Final = 5.0
"""Seconds of work that a stop may cost."""
MOST: Final = 100
"""Records that an event names; there may be any number."""


@dataclass
class Findings:
    """What a verification found."""

    records: int = 0
    objects: int = 0
    head: Head | None = None
    problems: list[str] = field(default_factory=list)
    names: list[Name] = field(default_factory=list)
    """The records and files that are damaged or missing."""
    notes: list[str] = field(default_factory=list)
    """What is no damage, and good to know."""


def verify(vault: Vault, seen: Head | None = None, progress: Progress = lambda done, all: None) -> Findings:
    """Look through the whole vault, and journal how it ended. *seen* is a head that was noted earlier.

    May be stopped, and goes on when it is run again.
    """
    found = Findings()
    try:
        found.problems += [f"the database: {fault}" for fault in vault.store.faults()[:MOST]]
        _journal(vault, seen, found)
        places = _records(vault, found)
        _objects(vault, places, found, progress)
    except VaultDamaged as damaged:
        found.problems.append(str(damaged))
        return found
    _note_orphans(vault, places, found)
    with vault.together():
        vault.store.remove([FAR])
        _end(vault, "vault", found)
    return found


def _journal(vault: Vault, seen: Head | None, found: Findings) -> None:
    try:
        found.head = vault.journal.head()
        vault.journal.events(seen)
    except JournalBroken as broken:
        found.problems.append(f"the journal: {broken}")


def _end(vault: Vault, what: str, found: Findings) -> None:
    """Journal how it ended; over a journal that is broken nothing is written, and `verify` has told that."""
    ids = [f"{kind}:{name}" for kind, name in found.names[:MOST]]
    with suppress(JournalBroken):
        vault.journal.append("fix", "archive", [what, *ids], "fail" if found.problems else "pass")


def _records(vault: Vault, found: Findings) -> dict[str, tuple[Name, bytes]]:
    """Open every record; whose files lie where, and under which key."""
    places: dict[str, tuple[Name, bytes]] = {}
    closed: list[Name] = []
    for record in vault.store.records():
        found.records += 1
        try:
            plain = record.open()
        except VaultError:
            closed.append((record.kind, record.name))
            continue
        if record.kind.startswith(OBJECT):
            place, key = place_and_key(plain)
            places[place] = ((record.kind.removeprefix(OBJECT), record.name), key)
    _tell(found, closed, "do not open")
    _tell(found, vault.store.unpaired(), "have lost their key, or are lost themselves")
    return places


def _objects(
    vault: Vault, places: dict[str, tuple[Name, bytes]], found: Findings, progress: Progress
) -> None:
    """Read every file to its end, in the order of their places, from where the last verification stopped."""
    far = _far(vault)
    saved = time.monotonic()
    for number, (place, (_, key)) in enumerate(sorted(places.items()), 1):
        if place > far["place"]:
            if not is_whole(vault.objects, place, key):
                far["damaged"].append(place)
            far["place"] = place
            if time.monotonic() - saved > OFTEN or far["damaged"][-1:] == [place]:
                vault.put_json(*FAR, far)
                saved = time.monotonic()
        found.objects = number
        progress(number, len(places))
    # What was shredded while this ran has no file any more, and no record either.
    bad = [places[place][0] for place in far["damaged"] if place in places]
    bad = [(kind, name) for kind, name in bad if vault.holds(f"{OBJECT}{kind}", name)]
    _tell(found, bad, "have no file, or a damaged one")


def _far(vault: Vault) -> dict[str, Any]:
    """How far the last verification came, unless it was too long ago."""
    now = datetime.now(UTC)
    if vault.holds(*FAR):
        far: dict[str, Any] = vault.json(*FAR)
        if timedelta() <= now - datetime.fromisoformat(far["began"]) < GOOD_FOR:
            return far
    return {"began": now.isoformat(timespec="seconds"), "place": "", "damaged": []}


def _note_orphans(vault: Vault, places: dict[str, tuple[Name, bytes]], found: Findings) -> None:
    here = [path for path in vault.objects.folder.iterdir() if path.suffix != ".part"]
    orphans = sum(path.name not in places for path in here)
    if orphans:
        found.notes.append(
            f"{orphans} files in {vault.objects.folder.name} have no record: a stop left "
            "them, or this database is an older copy"
        )


def is_whole(objects: Objects, place: str, key: bytes) -> bool:
    """Whether a sealed file is there and whole to its last byte."""
    try:
        for _ in objects.read(place, key):
            pass
    except DamagedObject:
        return False
    return True


def verify_backup(
    vault: Vault, boxes: Boxes, ring: Keyring, progress: Progress = lambda done, all: None
) -> Findings:
    """Look through a backup of this vault: every record in the keyring has a box, and every box opens."""
    found = Findings(head=ring.journal.head)
    wanted = {held.digest: held for held in ring.records}
    places: list[tuple[Name, bytes]] = []
    closed: list[Name] = []
    without_key = 0
    for sealed in boxes.sealed():
        held = wanted.pop(digest(sealed), None)
        if held is None:
            without_key += 1
            continue
        found.records += 1
        try:
            plain = Record(held.kind, held.name, sealed, held.key).open()
        except VaultError:
            closed.append((held.kind, held.name))
            continue
        if held.kind.startswith((OBJECT, BOXED)):
            places.append(((held.kind, held.name), plain))
    _tell(found, closed, "do not open in the backup")
    _tell(found, [(held.kind, held.name) for held in wanted.values()], "have no box")
    lost = []
    for number, (name, row) in enumerate(places, 1):
        if not is_whole(boxes.objects, *place_and_key(row)):
            lost.append(name)
        progress(number, len(places))
    found.objects = len(places)
    _tell(found, lost, "have no file in the boxes, or a damaged one")
    found.problems += [f"a pack is damaged: {name}" for name in boxes.damaged]
    _compare(vault, ring, found)
    if without_key:
        found.notes.append(f"{without_key} boxes have no key: those records were shredded or replaced")
    _end(vault, "backup", found)
    return found


def _compare(vault: Vault, ring: Keyring, found: Findings) -> None:
    """How far the backup is behind, and whether it is of this vault's past at all."""
    try:
        events = vault.journal.events(ring.journal.head)
    except JournalBroken:
        found.problems.append(
            "the keyring holds events that this vault does not: is this vault an older copy?"
        )
        return
    later = Counter(event.type for event in events[ring.journal.head.count :])
    if shredded := later["del"]:
        found.notes.append(f"{shredded} records were destroyed since: the keyring still opens them")
    found.notes.append(f"the backup is of {ring.day}; {later.total()} events came after it")


def _tell(found: Findings, names: list[Name], what: str) -> None:
    if names:
        found.names += names
        found.problems.append(f"{len(names)} records {what}: {told(names)}")
