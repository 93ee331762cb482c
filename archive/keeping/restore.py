"""A vault again, from boxes and a keyring.

1. Nothing is written over a vault, and a vault is there only whole: the database gets its name last.
2. What the keyring has no key for stays gone. What it has a key for and the boxes lack is named.
3. After a stop, run it again with the same keyring.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from sqlalchemy.exc import DatabaseError

from archive import locks, quarantine
from archive.database import VaultError, connect, refusal
from archive.errors import ArchiveError
from archive.journal import Head, Journal
from archive.keeping.boxes import Boxes, Progress, copy, digest
from archive.keeping.keyring import Held, Keyring, Shut
from archive.keeping.telling import told
from archive.objects import DamagedObject, Objects
from archive.store import PAGE, Record, Store
from archive.vault import (
    BOXED,
    DATABASE,
    LOCK,
    OBJECT,
    OBJECTS,
    Vault,
    keyring_key,
    place_and_key,
)
from crypto import durable
from crypto.keys import SigningKey
from migrations.run import migrate

HALF: Final = f"{DATABASE}.part"
BEGUN: Final = "restoring"
"""The file that says by which keyring a restore was begun."""
JOURNAL: Final = ("secret", "journal")


class RestoreRefused(ArchiveError):
    """There is no vault yet; what was copied is kept for the next try."""


@dataclass
class Report:
    """What a restore found."""

    day: str
    """Of the backup whose keyring this is."""
    head: Head
    records: int = 0
    lost: list[tuple[str, str]] = field(default_factory=list)
    """Records whose boxes, or whose files, are missing or damaged."""
    without_key: int = 0
    """Boxes of records that were shredded or replaced since, or that are newer than this keyring."""
    packs: list[str] = field(default_factory=list)
    """Packs that are damaged."""


@dataclass(frozen=True, repr=False)
class Backup:
    """Boxes and a keyring that was opened, and the vault's key."""

    boxes: Boxes
    shut: Shut
    key: bytes

    @property
    def ring(self) -> Keyring:
        return self.shut.open(keyring_key(self.key))


def restore(
    backup: Backup, home: Path, *, partial: bool = False, progress: Progress = lambda done, all: None
) -> Report:
    """Make the vault of *backup* in *home*, and journal that; `RestoreRefused` where anything is lost.

    With *partial* what is there becomes a vault all the same, and the report names what is not.
    """
    if (home / DATABASE).exists() and not (home / BEGUN).exists():
        raise RestoreRefused("there is a vault here already; name another folder")
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    durable.sync(home.parent)
    _begin(home, backup.shut)
    ring = backup.ring
    report = Report(ring.day, ring.journal.head)
    if not (home / DATABASE).exists():
        _fill(backup, ring, home, report, partial, progress)
    with Vault.open_with_key(home, backup.key) as vault:
        vault.journal.append("rec", "archive", ["vault"], "partial pass" if report.lost else "pass")
        report.head = vault.journal.head()
    (home / BEGUN).unlink()
    durable.sync(home)
    return report


def _begin(home: Path, shut: Shut) -> None:
    """Two keyrings must not be mixed in one vault: the older one would bring back what was shredded."""
    mine = hashlib.sha256(shut.sealed).hexdigest()
    if not (home / BEGUN).exists():
        if {path.name for path in home.iterdir()} - {f"{BEGUN}.tmp"}:
            raise RestoreRefused("this folder holds something else; name a new one")
        durable.write(home / BEGUN, mine.encode())
    elif (home / BEGUN).read_text("utf-8") != mine:
        raise RestoreRefused("a restore with another keyring was begun here; name a new folder")


def _fill(
    backup: Backup, ring: Keyring, home: Path, report: Report, partial: bool, progress: Progress
) -> None:
    store = Store(connect(home / HALF, backup.key))
    try:
        migrate(store.engine, "vault")
        places = _records(backup.boxes, ring, store, report, progress)
        _objects(backup.boxes, places, home, report, progress)
        _decide(report, store, partial)
        for name, content in ring.files.items():
            (home / name).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            durable.write(home / name, content)
        Journal(store.together, SigningKey(store.get(*JOURNAL))).continue_from(ring.journal)
    except DatabaseError as error:
        raise refusal(error) or error from None
    finally:
        store.close()
    durable.write(locks.lock_file(home, LOCK), backup.shut.lock)
    if backup.shut.slips:
        durable.write(locks.slips_file(home, LOCK), backup.shut.slips)
    durable.rename(home / HALF, home / DATABASE)


def _records(
    boxes: Boxes, ring: Keyring, store: Store, report: Report, progress: Progress
) -> dict[tuple[str, str], bytes]:
    """Lay every record whose box is here into the half vault; what says where the objects lie."""
    wanted = {held.digest: held for held in ring.records}
    places: dict[tuple[str, str], bytes] = {}
    page: list[Record] = []
    for sealed in boxes.sealed(progress):
        held = wanted.pop(digest(sealed), None)
        if held is None:
            report.without_key += 1
            continue
        record = Record(held.kind, held.name, sealed, held.key)
        try:
            plain = record.open()
        except VaultError:
            report.lost.append((held.kind, held.name))
            continue
        if held.kind.startswith((OBJECT, BOXED)):
            places[held.kind, held.name] = plain
        page.append(record)
        if len(page) == PAGE:
            store.lay(page)
            page = []
    store.lay(page)
    report.records = len(ring.records) - len(wanted) - len(report.lost)
    report.lost += _names(wanted.values())
    report.packs = list(boxes.damaged)
    return places


def _objects(
    boxes: Boxes, places: dict[tuple[str, str], bytes], home: Path, report: Report, progress: Progress
) -> None:
    into = Objects(home / OBJECTS)
    for number, ((kind, name), row) in enumerate(places.items(), 1):
        place, key = place_and_key(row)
        try:
            if kind.startswith(BOXED):
                _quarantined(boxes, place, key, home / quarantine.FOLDER / name)
            elif not (into.folder / place).exists():
                copy(boxes.objects, place, key, into)
        except DamagedObject:
            report.lost.append((kind, name))
        progress(number, len(places))


def _quarantined(boxes: Boxes, place: str, key: bytes, path: Path) -> None:
    """The envelope as it came, out of the box that was made for it."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    temporary = path.with_name(f"{path.name}.part")
    with temporary.open("wb") as written:
        for piece in boxes.objects.read(place, key):
            written.write(piece)
        written.flush()
        os.fsync(written.fileno())
    durable.rename(temporary, path)


def _decide(report: Report, store: Store, partial: bool) -> None:
    if not report.lost:
        return
    report.lost.sort()
    if not store.holds(*JOURNAL):
        raise RestoreRefused("the boxes do not hold this archive's own records; are they the right ones?")
    if not partial:
        raise RestoreRefused(
            f"the boxes lack {len(report.lost)} of the records that this keyring opens, or they are damaged: "
            f"{told(report.lost)}; look for later boxes, or take what there is with --partial"
        )


def _names(records: Iterable[Held]) -> list[tuple[str, str]]:
    return [(held.kind, held.name) for held in records]
