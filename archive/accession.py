"""Door one, from the inside: a bundle becomes testimonies, files, and what waits in quarantine.

1. Nothing is ever deleted because it cannot be read: it is set aside, as it came, with the reason.
2. Each envelope is kept whole or not at all (`unsealing`); a stopped accession is run again.
3. The acknowledgement names what this archive holds, quarantine included, and nothing else.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import BinaryIO, Final

from archive import courier, keyring, quarantine
from archive.courier import NEW, Place
from archive.errors import ArchiveError
from archive.testimony import Attachment, MalformedTestimony, TestimonyId
from archive.unsealing import Came, Keys, Unreadable, unseal
from archive.vault import Vault
from crypto import bundle, durable
from crypto.capsule import container
from crypto.errors import DamagedPart, EnvelopeError

UNDER_WAY: Final = "another accession is at work here; run this again when it is done"


class AccessionUnderWay(ArchiveError):
    """Another process is taking in; two at once would take the same twice."""


@dataclass
class Report:
    """What one accession did. Ids only. A capsule has the number 0 and is not acknowledged."""

    number: int
    taken: list[TestimonyId] = field(default_factory=list)
    files: int = 0
    changed: int = 0
    """Consents that were changed."""
    withdrawn: int = 0
    again: int = 0
    quarantined: list[str] = field(default_factory=list)
    damaged: tuple[str, ...] = ()
    bad: tuple[str, ...] = ()
    foreign: int = 0
    place: Place = NEW
    acknowledgement: bytes = b""

    def count(self, came: Came) -> None:
        """Add what was in one envelope."""
        if came == "again":
            self.again += 1
        elif came == "file":
            self.files += 1
        elif came == "consent":
            self.changed += 1
        elif came == "withdrawal":
            self.withdrawn += 1
        else:
            self.taken.append(TestimonyId(came))


def accession(
    vault: Vault,
    folder: Path,
    *,
    today: Callable[[], date] = lambda: datetime.now(UTC).date(),
    progress: Callable[[int, int], None] = lambda done, all: None,
) -> Report:
    """Take in the bundle in *folder*; may be run again.

    A `BundleError` for a false one, `AccessionUnderWay` while another process takes something in.
    """
    found = bundle.read(folder, keyring.courier(vault))
    report = Report(found.number, damaged=found.damaged, bad=found.bad, foreign=found.foreign)
    held: list[str] = []
    with _alone(vault):
        secrets_by_id = keyring.intake_secrets(vault)
        vault.sweep()
        report.place = courier.place(vault, found)
        for number, entry in enumerate(found.entries, 1):
            try:
                _take(vault, entry.id, partial(found.copy, entry.id), secrets_by_id, today(), report)
            except DamagedPart:
                report.damaged = (*report.damaged, entry.id)
            else:
                held.append(entry.id)
            progress(number, len(found.entries))
        report.acknowledgement = courier.arrived(vault, found, held)
    return report


def accession_capsule(
    vault: Vault,
    file: Path,
    *,
    today: Callable[[], date] = lambda: datetime.now(UTC).date(),
    progress: Callable[[int, int], None] = lambda done, all: None,
) -> Report:
    """Take in a capsule that somebody carried here; may be run again. `MalformedCapsule` for another file.

    Of one that was cut on its way, what is whole is taken; the report's `damaged` names the other places.
    """
    secrets_by_id = keyring.intake_secrets(vault)
    vault.sweep()
    with _alone(vault), file.open("rb") as source:
        found = container.read(source)
        missing = range(len(found.entries) + 1, found.announced + 1)
        report = Report(0, damaged=tuple(str(number) for number in missing))
        for number, entry in enumerate(found.entries, 1):
            copy = partial(container.copy, source, entry)
            # Named by all its bytes: a damaged copy in quarantine must not keep a good one out.
            name = _Name()
            copy(name)
            _take(vault, name.digest[:32], copy, secrets_by_id, today(), report)
            progress(number, len(found.entries))
    vault.journal.append("tra", "archive", [f"capsule:{secrets.token_hex(8)}"])
    return report


def retry(vault: Vault, *, today: Callable[[], date] = lambda: datetime.now(UTC).date()) -> Report:
    """Try everything in quarantine again; what opens now is taken in, and the rest stays as it is."""
    with _alone(vault):
        return _retry(vault, today)


def _retry(vault: Vault, today: Callable[[], date]) -> Report:
    keys, report = keyring.intake_secrets(vault), Report(0)
    for name in vault.names("quarantine"):
        waiting = quarantine.folder(vault) / name
        try:
            came = unseal(vault, waiting, keys, today())
        except (Unreadable, EnvelopeError, MalformedTestimony, OSError):
            report.quarantined.append(name)
            continue
        report.count(came)
        if came != "again":  # else this may be a damaged copy of what is here, and is kept
            vault.shred("quarantine", name, "archive")
            waiting.unlink()
    return report


@contextmanager
def _alone(vault: Vault) -> Iterator[None]:
    folder = os.open(vault.home, os.O_RDONLY)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AccessionUnderWay(UNDER_WAY) from None
        yield
    finally:
        os.close(folder)


def attachment_state(vault: Vault, attachment: Attachment) -> str:
    """`here`, `waiting` while its envelope has not come, or `differs` when the statement lists another."""
    held = vault.holds("file", attachment.digest)
    return attachment.state(vault.json("file", attachment.digest) if held else None)


def _take(
    vault: Vault,
    entry_id: str,
    copy: Callable[[BinaryIO], None],
    keys: Keys,
    today: date,
    report: Report,
) -> None:
    folder = quarantine.folder(vault)
    folder.mkdir(mode=0o700, exist_ok=True)
    staged = folder / f"{entry_id}.part"
    try:
        with staged.open("wb") as file:
            copy(file)
            file.flush()
            os.fsync(file.fileno())
        name = _waiting_name(folder, entry_id, staged)
        if (folder / name).exists() and vault.holds("quarantine", name):
            report.again += 1
            return
        try:
            report.count(unseal(vault, staged, keys, today))
        except (Unreadable, EnvelopeError, MalformedTestimony) as reason:
            durable.rename(staged, folder / name)
            with vault.together():
                vault.put_json("quarantine", name, [str(reason), today.isoformat()])
                vault.journal.append("qua", "archive", [f"envelope:{name}"], "fail")
            report.quarantined.append(name)
    finally:
        staged.unlink(missing_ok=True)


def _waiting_name(folder: Path, entry_id: str, staged: Path) -> str:
    """Its name in quarantine: the id, or its SHA-256 where other bytes lie under that id already."""
    held = folder / entry_id
    if not held.exists() or _sha256(held) == (own := _sha256(staged)):
        return entry_id
    # No id of a bundle is as long, so nobody can take this name beforehand.
    return own


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class _Name:
    """A sink that keeps of what passes only its SHA-256."""

    def __init__(self) -> None:
        self._sha256 = hashlib.sha256()

    def write(self, piece: bytes, /) -> int:
        self._sha256.update(piece)
        return len(piece)

    @property
    def digest(self) -> str:
        return self._sha256.hexdigest()
