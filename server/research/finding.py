"""What a reader asks for, and the released testimonies that answer: by words, and by what was coded of them.

Nothing here sees more than the release that is shown, and nothing of what was asked is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from archive.coding.edtf import MalformedDate, parse
from archive.release import RedactedTestimony
from archive.search.document import FACETS
from archive.search.excerpt import Excerpt
from archive.search.index import Hit
from archive.search.words import MARKS, QUOTED
from archive.vocabulary.lists import codes
from archive.vocabulary.places import places
from server.research.facets import CODED, LISTS
from server.research.masking import masked, told_by_total
from server.research.shelf import Reading

SEVERE: Final = 3
"""A part this hard to read is closed until a reader opens it, and never shown in a list (R28)."""


class DateRefused(Exception):
    """What was typed as a date is none; the message says why."""


NO_MARKS: Final = {ord(mark): " " for mark in MARKS}
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
        chosen = {name: value for name in (*FACETS, *CODED) if (value := arguments.get(name))}
        phrase = arguments.get("phrase", "").translate(NO_MARKS).strip()
        words = f'{arguments.get("q", "")} "{phrase}"'.strip() if phrase else arguments.get("q", "")
        return cls(words, chosen, arguments.get("when", "").strip())


def found(shown: Reading, asked: Asked) -> tuple[str, ...]:
    """The ids of all that answers, best first.

    `archive.search.words.QueryRefused` when too much is asked, `DateRefused` when the date is none.
    """
    try:
        when = parse(asked.when) if asked.when else None
    except MalformedDate as error:
        raise DateRefused(str(error)) from None
    own = {name: value for name, value in asked.chosen.items() if name in FACETS}
    ids = shown.index.found(asked.words, own)
    masks = [shown.spread.having(name, value) for name, value in asked.chosen.items() if name in CODED]
    if when:
        first, last = (day.year if day else None for day in (when.date_min, when.date_max))
        masks.append(shown.spread.between(first, last))
    return shown.spread.only(ids, np.logical_and.reduce(masks)) if masks else ids


def hits(shown: Reading, asked: Asked, ids: Sequence[str]) -> list[tuple[Hit, int]]:
    """A page of what was found: each with its excerpts, and how many of them are closed (R28)."""
    found = shown.index.search(asked.words, within=ids, size=max(1, len(ids)))
    return [_mild(shown, hit) for hit in found.hits]


def meant(shown: Reading, asked: Asked) -> str | None:
    """The words that she may have meant, where some of hers stand nowhere; they find something."""
    changed = asked.words
    for chunk in reversed(list(QUOTED.finditer(asked.words))):
        word = chunk[2]
        if word and not shown.index.found(word) and (near := shown.spelling.near(word)):
            changed = changed[: chunk.start(2)] + near + changed[chunk.end(2) :]
    if changed == asked.words or not found(shown, replace(asked, words=changed)):
        return None
    return changed


def testimonies(shown: Reading, ids: Iterable[str]) -> list[RedactedTestimony]:
    """The released testimonies of these ids, in that order."""
    return [shown.testimonies[id] for id in ids]


def counts(shown: Reading, ids: Sequence[str]) -> Iterator[tuple[str, dict[str, int | None]]]:
    """Each facet with its values and how many have it, masked; a facet without values is left out."""
    mask = shown.spread.mask(ids)
    for facet in (*FACETS, *CODED):
        counted = shown.spread.counts(facet, mask)
        if counted and not told_by_total(counted, len(ids)):
            yield facet, masked(counted, len(ids), apart=facet in FACETS)


def _mild(shown: Reading, hit: Hit) -> tuple[Hit, int]:
    """*hit* without the excerpts of severe parts, and how many were left out (R28)."""
    hard = severe(shown.testimonies[hit.document.id])
    kept: tuple[Excerpt, ...] = tuple(each for each in hit.excerpts if each.segment not in hard)
    return replace(hit, excerpts=kept), len(hit.excerpts) - len(kept)


def severe(told: RedactedTestimony) -> set[str]:
    """The parts that are closed until somebody opens them."""
    return {each.id for each in told.segments if each.severity >= SEVERE}


def label(facet: str, value: str, language: str) -> str:
    """A coded value in words; the value itself where there are none."""
    if facet in LISTS:
        known = codes(LISTS[facet]).get(value)
        return known.label(language) if known else value
    if facet == "decade":
        return DECADE.get(language, DECADE["en"]).format(value)
    if facet in ("place", "way"):
        ends = [places()[end].label(language) if end in places() else end for end in value.split(">")]
        return " → ".join(ends)
    return value
