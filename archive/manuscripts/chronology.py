"""Lives in order of time, beside what happened around them; what contradicts, and what is missing.

Pure. For readers outside give it lives that `coding.outside.widened` has made wider.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Literal

from archive.coding.chronology import moments
from archive.coding.edtf import Dated, year_of
from archive.coding.record import Life
from archive.manuscripts.context import Fact
from archive.testimony import Language
from archive.vocabulary.lists import codes
from archive.vocabulary.places import place

TWO_LETTERS: dict[Language, Literal["ko", "zh", "en"]] = {"kor": "ko", "zho": "zh", "eng": "en"}


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
            where = place(each.act.place_ref).label(TWO_LETTERS[lang]) if each.act.place_ref else ""
            row = Row(
                each.when,
                codes("hte_Type")[each.act.type].label(TWO_LETTERS[lang]),
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
