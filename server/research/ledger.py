"""What this room has shown, so that a citation still leads somewhere after a newer release.

Ids, and numbers and days of releases only: no word, no digest of one, nothing of who read. A testimony that a
newer release leaves out keeps its line here as a tombstone; why it went is not known here, and not kept.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Final

from archive.release import VerifiedRelease
from server.research import kept

LEDGER, DAYS = "shown", "days"
EARLIEST: Final = date(1970, 1, 1)
"""Of a release that came before days were kept."""


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
        rows = json.loads((home / LEDGER).read_text("ascii"))
    except FileNotFoundError:
        return {}
    return {id: Shown(**row) for id, row in rows.items()}


def after(
    known: Mapping[str, Shown], before: VerifiedRelease | None, now: VerifiedRelease
) -> dict[str, Shown]:
    """The ledger once *now* takes the place of *before*, which is None where it cannot be read."""
    old = {each.id: each.segments for each in before.testimonies} if before else {}
    shown = dict(known)
    for each in now.testimonies:
        was = known.get(each.id)
        same = was is not None and old.get(each.id) == each.segments
        first, changed = (was.first if was else now.number), (was.changed if was and same else now.number)
        shown[each.id] = Shown(first, changed, now.number)
    return shown


@dataclass(frozen=True)
class Days:
    """The day on which each release began to be shown here."""

    known: Mapping[int, date]

    @property
    def earliest(self) -> date:
        """No change is older."""
        return min(self.known.values(), default=EARLIEST)

    def of(self, number: int) -> date:
        """The day of a release; of one that came before days were kept, the earliest."""
        return self.known.get(number, self.earliest)

    def after(self, number: int) -> date:
        """The day on which what was last in that release was not shown any more."""
        later = [each for each in self.known if each > number]
        return self.known[min(later)] if later else self.of(number)


def days(home: Path) -> Days:
    """The days of all releases that were shown."""
    try:
        known = json.loads((home / DAYS).read_text("ascii"))
    except FileNotFoundError:
        return Days({})
    return Days({int(number): date.fromisoformat(day) for number, day in known.items()})


def note_day(home: Path, number: int, today: date) -> None:
    """Keep that this release is shown from *today* on."""
    known = {str(each): day.isoformat() for each, day in days(home).known.items()}
    kept.write(home / DAYS, json.dumps({**known, str(number): today.isoformat()}).encode())


def write(home: Path, shown: Mapping[str, Shown]) -> None:
    """Put the ledger in the place of the one before, in one step."""
    told = {id: asdict(row) for id, row in sorted(shown.items())}
    kept.write(home / LEDGER, json.dumps(told).encode())
