"""Whether a reader finds what no machine points at: a little is left out of the list, and counted.

1. What is left out is drawn at random, held in the memory of one desk, and forgotten with it.
2. Nothing is lost by it: what she did not find is shown to her, and stands in the list, before she proposes.
3. Kept are numbers: how many were left out, how many she had hidden herself, and who she was.

She is told that it happens. A rate of so few is rough; over many testimonies it says what is missed by eye.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any, Final

from archive.people import Person
from archive.redaction.choices import Choice
from archive.redaction.spans import version_of
from archive.redaction.worklist import RISK, Row
from archive.vault import Vault

RECORD: Final = "seeds"
MOST: Final = 3
"""So many are left out of one list, and never more than one in `OF` of those that could be."""
OF: Final = 10
SURE: Final = 0.9
"""What is less sure may be nothing, and not to hide it no miss."""
Span = tuple[int, int]


@dataclass(frozen=True)
class Planted:
    """What is left out of the list of one text, and whether it was shown since."""

    version_sha256: str
    spans: tuple[Span, ...] = field(repr=False)
    shown: bool = False

    def without(self, rows: Iterable[Row]) -> list[Row]:
        """The *rows* as she sees them; what was shown to her since comes first."""
        if not self.shown:
            return [row for row in rows if (row.start, row.end) not in self.spans]
        return sorted(rows, key=lambda row: (row.start, row.end) not in self.spans)

    def missed(self, standing: Iterable[Choice]) -> tuple[Span, ...]:
        """What was left out, not shown yet, and is not hidden whole by the choices that stand."""
        hidden = {at for c in standing if c.hidden for at in range(c.start, c.end)}
        return () if self.shown else tuple(s for s in self.spans if not hidden.issuperset(range(*s)))

    def revealed(self) -> Planted:
        """The same, once she has been told."""
        return replace(self, shown=True)


def plant(text: str, rows: Sequence[Row], draw: Random) -> Planted:
    """Draw what is left out of the undecided *rows* of *text*: certain, grave, and said only once.

    What stands a second time, whole or in part, is none: the other place would tell.
    """
    words = [row.words for row in rows]
    fit = [
        (row.start, row.end)
        for row in rows
        if not row.state and row.step == 0 and row.probability >= SURE and RISK.get(row.kind, 3) < 2
        and text.count(row.words) == 1 and not any(_akin(row.words, other) for other in words)
    ]  # fmt: skip
    return Planted(version_of(text), tuple(draw.sample(fit, min(MOST, len(fit) // OF))))


def _akin(words: str, other: str) -> bool:
    return words != other and (words in other or other in words)


def count(vault: Vault, person: Person, testimony_id: str, planted: Planted, missed: Iterable[Span]) -> None:
    """Keep how many *person* found by herself of what was left out; nothing when nothing was."""
    if not planted.spans or planted.shown:
        return
    many = len(planted.spans)
    with vault.together():
        passes = [*counted(vault, testimony_id), (person.name, many, many - len(tuple(missed)))]
        total = {"planted": sum(row[1] for row in passes), "caught": sum(row[2] for row in passes)}
        vault.put_json(RECORD, testimony_id, {"v": 1, **total, "by": person.name, "passes": passes})
        vault.journal.append("mod", person.name, [f"testimony:{testimony_id}"])


def counted(vault: Vault, testimony_id: str) -> list[tuple[str, int, int]]:
    """Of each pass who read, how many were left out, and how many she found; the oldest first."""
    kept: dict[str, Any] = vault.json(RECORD, testimony_id) if vault.holds(RECORD, testimony_id) else {}
    return [(str(by), int(planted), int(caught)) for by, planted, caught in kept.get("passes", [])]
