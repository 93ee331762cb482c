"""What a reader asks for, and the released testimonies that answer: by words, and by what was coded of them.

Nothing here sees more than the release that is shown, and nothing of what was asked is kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from archive.release import RedactedTestimony
from archive.search.excerpt import Excerpt
from archive.search.index import FACETS, Hit
from archive.vocabulary.lists import codes
from archive.vocabulary.places import places
from server.research.masking import masked
from server.research.shelf import Reading

SEVERE: Final = 3
"""A part this hard to read is closed until a reader opens it, and never shown in a list (R28)."""
LISTS: Final = {
    "exploitation": "vic_TypeOfExploitation",
    "recruitment": "vic_MethodOfRecruitment",
    "control": "vic_MethodsOfControl",
}
CODED: Final = (*LISTS, "place", "way", "decade")
"""Facets of which a testimony may have several values."""


@dataclass(frozen=True)
class Asked:
    """Words, and one value for each facet that is narrowed."""

    words: str = field(default="", repr=False)
    chosen: Mapping[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, arguments: Mapping[str, str]) -> Asked:
        """What an address asks for; other names in it mean nothing here."""
        chosen = {name: value for name in (*FACETS, *CODED) if (value := arguments.get(name))}
        return cls(arguments.get("q", ""), chosen)


def values(found: RedactedTestimony, facet: str) -> tuple[str, ...]:
    """The values of a facet that a testimony has."""
    if facet in FACETS:
        return (str(getattr(found, facet)),)
    if facet == "decade":
        return tuple(sorted({f"{year[:3]}0" for year in found.coding.get("year", ())}))
    return found.coding.get(facet, ())


def hits(shown: Reading, asked: Asked) -> list[Hit]:
    """Everything that answers, best first; `archive.search.words.QueryRefused` when too much is asked."""
    own = {name: value for name, value in asked.chosen.items() if name in FACETS}
    coded = {name: value for name, value in asked.chosen.items() if name in CODED}
    results = shown.index.search(asked.words, own, start=0, size=max(1, shown.index.count))
    return [
        hit
        for hit in results.hits
        if all(value in values(shown.testimonies[hit.document.id], name) for name, value in coded.items())
    ]


def testimonies(shown: Reading, found: Iterable[Hit]) -> list[RedactedTestimony]:
    """The released testimonies of *found*, in that order."""
    return [shown.testimonies[hit.document.id] for hit in found]


def counts(told: list[RedactedTestimony]) -> Iterator[tuple[str, dict[str, int | None]]]:
    """Each facet with its values and how many have it, masked; a facet without values is left out."""
    for facet in (*FACETS, *CODED):
        counted = Counter(value for each in told for value in values(each, facet))
        if counted:
            yield facet, masked(dict(sorted(counted.items())), len(told), apart=facet in FACETS)


def mild(shown: Reading, hit: Hit) -> tuple[Hit, int]:
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
    if facet in ("place", "way"):
        ends = [places()[end].label(language) if end in places() else end for end in value.split(">")]
        return " → ".join(ends)
    return value
