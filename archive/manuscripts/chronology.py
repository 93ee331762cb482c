"""Lives in order of time, beside what happened around them; what contradicts, and what is missing.

Pure. For readers outside give it lives that `coding.outside.widened` has made wider.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Final

from archive.coding.chronology import moments
from archive.coding.edtf import Dated, year_of
from archive.coding.record import Life
from archive.manuscripts.context import Fact
from archive.testimony import TAGS, Language
from archive.vocabulary.lists import codes
from archive.vocabulary.places import place

WIDTH: Final = 600
"""Units of the drawing; years stand above, each bar has a line of its own."""
TOP: Final = 24
STEP: Final = 14
THIN: Final = 3.0
"""Of a single day, so that it is seen."""


@dataclass(frozen=True)
class Row:
    """One line: of a life, by the name it has in the book, or of the time, which has none."""

    when: Dated | None
    told: str
    where: str = ""
    who: str = ""
    source: str = ""
    against: bool = False
    """Its place in the telling and its date contradict another's."""

    @property
    def year(self) -> str:
        """As a table shows it: a year, or two, about or open; nothing where none was said."""
        return year_of(self.when).replace("/", "–").replace("..", "") if self.when else ""


@dataclass(frozen=True)
class Bar:
    """A row on the picture, in units of the drawing; *life* or of the time."""

    row: Row
    x: float
    y: int
    width: float
    life: bool


@dataclass(frozen=True)
class Drawing:
    """What happened as bars under years: first the time, then the lives."""

    bars: tuple[Bar, ...]
    years: tuple[tuple[float, int], ...]
    height: int
    width: int = WIDTH


@dataclass(frozen=True)
class Gap:
    """Years of a life of which nothing is told, between two acts that have dates."""

    who: str
    first: int
    last: int


def rows(lives: Mapping[str, Life], facts: Iterable[Fact], lang: Language) -> list[Row]:
    """Every act and fact in order of time; an act without a date stands after the one told before it."""
    found: list[tuple[date, int, Row]] = []
    for who, life in lives.items():
        at = date.min
        for each in moments(life):
            if each.when and each.when.date_min:
                at = each.when.date_min
            where = place(each.act.place_ref).label(TAGS[lang]) if each.act.place_ref else ""
            row = Row(
                each.when,
                codes("hte_Type")[each.act.type].label(TAGS[lang]),
                where,
                who,
                against=bool(each.against),
            )
            found.append((at, 1, row))
    for fact in facts:
        found.append((fact.when.date_min or date.min, 0, Row(fact.when, fact.told[lang], source=fact.source)))
    return [row for _, _, row in sorted(found, key=lambda each: each[:2])]


def gaps(lives: Mapping[str, Life], years: int = 2) -> list[Gap]:
    """Where more than *years* lie between the end of one dated act and the beginning of the next."""
    found = []
    for who, life in lives.items():
        dated = sorted(
            (each.when.date_min, each.when.date_max)
            for each in moments(life)
            if each.when and each.when.date_min and each.when.date_max
        )
        reached = date.min
        for (_, ends), (begins, _) in pairwise(dated):
            reached = max(reached, ends)
            if begins.year - reached.year > years:
                found.append(Gap(who, reached.year + 1, begins.year - 1))
    return found


def drawing(told: Iterable[Row]) -> Drawing | None:
    """The rows that have dates, as numbers for an SVG of `WIDTH`; None where there is no date."""
    dated = [
        (row.when.date_min, row.when.date_max, row)
        for row in told
        if row.when and row.when.date_min and row.when.date_max
    ]
    if not dated:
        return None
    dated.sort(key=lambda each: (bool(each[2].who), each[0]))
    first = min(begins for begins, _, _ in dated).year
    last = max(ends for _, ends, _ in dated).year + 1
    scale = WIDTH / (date(last, 1, 1) - date(first, 1, 1)).days

    def across(day: date) -> float:
        return round((day - date(first, 1, 1)).days * scale, 1)

    bars = tuple(
        Bar(row, across(begins), TOP + n * STEP, max(across(ends) - across(begins), THIN), bool(row.who))
        for n, (begins, ends, row) in enumerate(dated)
    )
    every = next(n for n in (1, 2, 5, 10, 20, 50, 100, 1000) if (last - first) / n <= 10)
    labels = range(-(-first // every) * every, last, every)
    years = tuple((across(date(year, 1, 1)), year) for year in labels)
    return Drawing(bars, years, TOP + len(bars) * STEP + 4)
