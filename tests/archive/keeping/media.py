"""A vault with things worth keeping, and its two media."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from archive import locks
from archive.keeping.backup import Report, back_up
from archive.keeping.boxes import Boxes
from archive.keeping.keyring import Shut
from archive.keeping.restore import Backup
from archive.vault import LOCK
from tests.people import PASSPHRASE, TODAY, Archive


@dataclass
class Media:
    """The medium with the boxes, and the other with the keyring."""

    archive: Archive
    boxes: Path
    keyring: Path

    def back_up(self) -> Report:
        return back_up(self.archive.vault, self.boxes, self.keyring, TODAY)

    def backup(self, boxes: Path | None = None, keyring: Path | None = None) -> Backup:
        """What somebody has who holds both and knows the passphrase."""
        shut = Shut.read(keyring or self.keyring)
        return Backup(Boxes(boxes or self.boxes), shut, locks.unlock_copy(shut.lock, PASSPHRASE, LOCK))


@dataclass
class Told:
    """A testimony with a photo, and an envelope in quarantine."""

    id: str
    photo: bytes
    unopened: str
