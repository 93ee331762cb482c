"""What a reader asks for, and the released testimonies that answer: by words, and by what was coded of them.

Nothing here sees more than the release that is shown, and nothing of what was asked is kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from archive.coding.edtf import MalformedDate, parse
from archive.release import RedactedTestimony
from archive.search.document import FACETS
from archive.search.excerpt import Excerpt
from archive.search.typed import words_of
from archive.search.words import MARKS
from archive.vocabulary.lists import codes
from archive.vocabulary.places import places
from server.research.facets import CODED, LISTS
from server.research.fields import WHEN, taken_out
from server.research.indexed import standing
from server.research.masking import masked, told_by_total
from server.research.reading import Reading

SEVERE: Final = 3
"""A part this hard to read is closed until a reader opens it, and never shown in a list (R28)."""


class DateRefused(Exception):
    """What was typed as a date is none; the message says why."""


NO_MARKS: Final = {ord(mark): " " for mark in (*MARKS, *"()")}
DECADE: Final = {"ko": "{}년대", "zh": "{}年代", "en": "{}s"}


@dataclass(frozen=True)
class Asked:
    """Words, and one value for each facet that is narrowed."""

    words: str = field(default="", repr=False)
    chosen: Mapping[str, str] = field(default_factory=dict, repr=False)
    when: str = field(default="", repr=False)
    """A date or an interval in EDTF: one of the years that were coded has to be in it."""

    @classmethod
    def of(cls, arguments: Mapping[str, str]) -> Asked:
        """What an address asks for; other names in it mean nothing here."""
        words, fields = taken_out(arguments.get("q", ""))
        told = fields | {name: value for name in (*FACETS, *CODED, WHEN) if (value := arguments.get(name))}
        when = told.pop(WHEN, "").strip()
        phrase, some, none = (
            arguments.get(name, "").translate(NO_MARKS) for name in ("phrase", "any", "without")
        )
        more = [f'"{phrase.strip()}"'] if phrase.strip() else []
        more += [f"({' OR '.join(some.split())})"] if some.split() else []
        more += [f"-{word}" for word in none.split()]
        return cls(" ".join([words, *more]).strip() if more else words, told, when)


def _of_the_form(arguments: Mapping[str, str]) -> str:
    """What is written into the form's fields, as it would be typed."""
    row, some, without = (
        arguments.get(name, "").translate(NO_MARKS).split() for name in ("phrase", "any", "without")
    )
    told = [f'"{" ".join(row)}"'] if row else []
    told += [f"({' OR '.join(some)})"] if some else []
    return " ".join([*told, *(f"-{word}" for word in without)])


@dataclass(frozen=True)
class Passage:
    """Words of one part, hers or those of a *translation*, which is named by its language."""

    part: str
    translation: str
    pieces: tuple[tuple[str, bool], ...] = field(repr=False)

    @classmethod
    def of(cls, excerpt: Excerpt) -> Passage:
        """Where the index found it, as a reader knows it."""
        return cls(*standing(excerpt.segment), excerpt.pieces)

    def lang(self, told: RedactedTestimony) -> str:
        """The language that it is in."""
        return self.translation or told.lang


@dataclass(frozen=True)
class Listed:
    """One testimony of a list, with its excerpts, and how many of them are closed (R28)."""

    told: RedactedTestimony
    excerpts: tuple[Passage, ...]
    closed: int


def found(shown: Reading, asked: Asked) -> NDArray[Any]:
    """All that answers, best first, each by its place in the index (`Index.names`).

    `archive.search.words.QueryRefused` when too much is asked, `DateRefused` when the date is none.
    """
    try:
        when = parse(asked.when) if asked.when else None
    except MalformedDate as error:
        raise DateRefused(str(error)) from None
    own = {name: value for name, value in asked.chosen.items() if name in FACETS}
    places = shown.index.found(asked.words, own)
    masks = [shown.spread.having(name, value) for name, value in asked.chosen.items() if name in CODED]
    if when:
        first, last = (day.year if day else None for day in (when.date_min, when.date_max))
        masks.append(shown.spread.between(first, last))
    return places[np.logical_and.reduce(masks)[places]] if masks else places


def named(shown: Reading, places: NDArray[Any]) -> list[str]:
    """The ids of what was found."""
    return [shown.index.names[place] for place in places.tolist()]


def listed(shown: Reading, asked: Asked, places: NDArray[Any]) -> list[Listed]:
    """A page of what was found, each with its excerpts."""
    found = shown.index.each_marked(named(shown, places), asked.words, whole=False)
    return [_mild(shown.testimonies[id], excerpts) for id, excerpts in found]


def meant(shown: Reading, asked: Asked) -> str | None:
    """The words that she may have meant, where some of hers stand nowhere; they find something."""
    changed = asked.words
    for start, end in reversed(words_of(asked.words)):
        word = asked.words[start:end]
        if not shown.index.found(word).size and (near := shown.spelling.near(word)):
            changed = changed[:start] + near + changed[end:]
    if changed == asked.words or not found(shown, replace(asked, words=changed)).size:
        return None
    return changed


def counts(shown: Reading, places: NDArray[Any]) -> Iterator[tuple[str, dict[str, int | None]]]:
    """Each facet with its values and how many have it, masked; a facet without values is left out."""
    mask = shown.spread.mask(places)
    for facet in (*FACETS, *CODED):
        counted = shown.spread.counts(facet, mask)
        if counted and not told_by_total(counted, len(places)):
            yield facet, masked(counted, len(places), apart=facet in FACETS)


def _mild(told: RedactedTestimony, excerpts: tuple[Excerpt, ...]) -> Listed:
    """*told* without the excerpts of severe parts (R28)."""
    hard = severe(told)
    kept = tuple(each for each in map(Passage.of, excerpts) if each.part not in hard)
    return Listed(told, kept, len(excerpts) - len(kept))


def severe(told: RedactedTestimony) -> set[str]:
    """The parts that are closed until somebody opens them."""
    return {each.id for each in told.segments if each.severity >= SEVERE}


def label(facet: str, value: str, language: str) -> str:
    """A coded value in words; the value itself where there are none."""
    if facet in LISTS:
        known = codes(LISTS[facet]).get(value)
        return known.label(language) if known else value
    if facet == "decade" or value.endswith("X"):  # a year that is told as its decade: 199X
        return DECADE.get(language, DECADE["en"]).format(value.replace("X", "0"))
    if facet in ("place", "way"):
        ends = [places()[end].label(language) if end in places() else end for end in value.split(">")]
        return " → ".join(ends)
    return value
