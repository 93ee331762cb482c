"""How many identifiers may still stand in a release, reckoned from what recognisers were measured to miss.

1. `measures.json` says how many mentions of each kind were missed, and of how many, in texts that resemble
   testimonies. `python -m benchmarks.measures` writes it; it names the models that it measured.
2. As many are taken to be missed here, for each that was hidden, as were missed there. What a person found
   beyond the recognisers lowers the figure: it is given too, where reviewers were tried with planted words.
3. An estimate, and no proof of anything: where nothing was hidden it says nothing.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from archive.redaction.chain import MODELS
from archive.redaction.spans import LABELS
from archive.redaction.worklist import CATEGORY
from archive.risk.chance import Interval, missed

DIRECT: Final = ("name", "contact", "number")
"""Categories that tell who somebody is by themselves."""
PAGE: Final = {"kor": 900, "zho": 700, "eng": 1800}
"""Signs of a printed page."""
_FILE: Final = Path(__file__).with_name("measures.json")


@dataclass(frozen=True)
class Expected:
    """What may be left of one category in one language, where *hidden* mentions of it are hidden."""

    lang: str
    category: str
    hidden: int
    misses: int
    of: int
    left: Interval


@dataclass(frozen=True)
class Leaks:
    """The estimate of a release. *pages* are those of all its texts together."""

    rows: tuple[Expected, ...]
    pages: float

    @property
    def direct(self) -> Interval:
        """All direct identifiers together; the ends are added, which makes them wider than 95 %."""
        mine = [row.left for row in self.rows if row.category in DIRECT]
        return Interval(*(sum(getattr(each, end) for each in mine) for end in ("value", "low", "high")))

    @property
    def one_in(self) -> float | None:
        """In how many pages one direct identifier may be left; None where none is expected."""
        return self.pages / self.direct.value if self.direct.value else None


def leaks(hidden: Mapping[tuple[str, str], int], signs: Mapping[str, int]) -> Leaks:
    """Of how many mentions are *hidden* by language and category, and how many *signs* are shown."""
    rows = []
    for (lang, category), many in sorted(hidden.items(), key=lambda each: (each[0][0], _rank(each[0][1]))):
        misses, of = measured(lang, category)
        rows.append(Expected(lang, category, many, misses, of, missed(many, misses, of)))
    return Leaks(tuple(rows), sum(many / PAGE[lang] for lang, many in signs.items()))


def caught(left: Interval, rate: Interval | None) -> Interval | None:
    """What is *left* when reviewers catch as large a share of it as of what was planted."""
    if rate is None:
        return None
    return Interval(left.value * (1 - rate.value), left.low * (1 - rate.high), left.high * (1 - rate.low))


def counted(marks: Iterable[tuple[str, str]]) -> Counter[tuple[str, str]]:
    """How many mentions are hidden, by language and category, of marks given so."""
    return Counter(each for each in marks if each[1] in LABELS)


def measured(lang: str, category: str) -> tuple[int, int]:
    """How many mentions of a category were missed in the measure, and of how many."""
    kinds = _measures()["missed"].get(lang, {})
    mine = [kinds[kind] for kind, named in CATEGORY.items() if named == category and kind in kinds]
    return sum(misses for misses, _ in mine), sum(of for _, of in mine)


def is_of_these_models() -> bool:
    """Whether the measure was made with the models that are here now."""
    return bool(_measures()["models"] == models())


def models() -> dict[str, str]:
    """What tells these models from others."""
    kept: dict[str, Any] = json.loads((MODELS / "models.json").read_text("utf-8"))
    return {name: str(row["sha256"]) for name, row in sorted(kept.items())}


@cache
def _measures() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_FILE.read_text("utf-8"))
    return found


def _rank(category: str) -> int:
    return list(LABELS).index(category) if category in LABELS else len(LABELS)
