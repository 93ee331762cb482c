"""What this room has shown, so that a citation still leads somewhere after a newer release.

Ids and numbers of releases only: no word, no digest of one, nothing of who read. A testimony that a newer
release leaves out keeps its line here as a tombstone; why it went is not known here, and not kept.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from archive.release import VerifiedRelease

LEDGER: Final = "shown"


@dataclass(frozen=True)
class Shown:
    """A testimony in the releases shown here: the first, the one its text last changed in, the last."""

    first: int
    changed: int
    last: int

    def same_since(self, version: int) -> bool:
        """Whether what release *version* said of it is, letter for letter, what is shown now."""
        return self.changed <= version <= self.last


def read(home: Path) -> dict[str, Shown]:
    """Every testimony that was ever shown here, by its id."""
    try:
        kept = json.loads((home / LEDGER).read_text("ascii"))
    except FileNotFoundError:
        return {}
    return {id: Shown(**row) for id, row in kept.items()}


def after(
    known: Mapping[str, Shown], before: VerifiedRelease | None, now: VerifiedRelease
) -> dict[str, Shown]:
    """The ledger once *now* takes the place of *before*, which is None where it cannot be read."""
    old = {each.id: each.segments for each in before.testimonies} if before else {}
    kept = dict(known)
    for each in now.testimonies:
        was = known.get(each.id)
        same = was is not None and old.get(each.id) == each.segments
        first, changed = (was.first if was else now.number), (was.changed if was and same else now.number)
        kept[each.id] = Shown(first, changed, now.number)
    return kept


def write(home: Path, kept: Mapping[str, Shown]) -> None:
    """Put the ledger in the place of the one before, in one step."""
    temporary = home / f"{LEDGER}.tmp"
    with temporary.open("w", encoding="ascii") as file:
        json.dump({id: asdict(row) for id, row in sorted(kept.items())}, file)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(home / LEDGER)
