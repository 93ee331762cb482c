"""What each released testimony can be narrowed by and counted in, as arrays, so that counting is quick.

A testimony has one value of `FACETS`, and any number of those that archivists coded or translated.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from archive.release import RedactedTestimony
from archive.search.document import FACETS

LISTS: Final = {
    "exploitation": "vic_TypeOfExploitation",
    "recruitment": "vic_MethodOfRecruitment",
    "control": "vic_MethodsOfControl",
}
CODED: Final = (*LISTS, "place", "way", "decade", "translation")
"""Facets of which a testimony may have several values."""
YEAR: Final = "year"
"""Coded too, and drawn; narrowed by a date."""


def values(told: RedactedTestimony, facet: str) -> tuple[str, ...]:
    """The values of a facet that a testimony has, each once."""
    if facet in FACETS:
        return (str(getattr(told, facet)),)
    if facet == "translation":
        return tuple(sorted(told.translations))
    coded = told.coding.get(YEAR if facet == "decade" else facet, ())
    return tuple(sorted({f"{year[:3]}0" for year in coded} if facet == "decade" else set(coded)))


class Spread:
    """Who has which value, over all testimonies of a release, each known by its place among them.

    Some of them are an array of places; a set of them is a mask over all places.
    """

    def __init__(self, told: Iterable[RedactedTestimony]) -> None:
        holders: dict[str, dict[str, list[int]]] = {
            name: defaultdict(list) for name in (*FACETS, *CODED, YEAR)
        }
        self._count = 0
        for number, each in enumerate(told):
            self._count += 1
            for facet, holding in holders.items():
                for value in values(each, facet):
                    holding[value].append(number)
        self._holders: Mapping[str, Mapping[str, NDArray[Any]]] = {
            facet: {value: np.array(numbers, np.int32) for value, numbers in sorted(holding.items())}
            for facet, holding in holders.items()
        }

    def having(self, facet: str, value: str) -> NDArray[Any]:
        """Which testimonies have this value, as a mask over all."""
        return self.mask(self._holders[facet].get(value, np.array([], np.int32)))

    def between(self, first: int | None, last: int | None) -> NDArray[Any]:
        """Which testimonies tell of a year from *first* to *last*, as a mask; None is an open end."""
        found = self.mask(np.array([], np.int32))
        for year, holding in self._holders[YEAR].items():
            # A decade, `199X`, is found when all of it was asked for.
            start, end = year.replace("X", "0"), year.replace("X", "9")
            if start.isdecimal() and (first or 0) <= int(start) and int(end) <= (last or int(end)):
                found[holding] = True
        return found

    def counts(self, facet: str, mask: NDArray[Any]) -> dict[str, int]:
        """How many of those in *mask* have each value; values that none has are left out."""
        counted = {
            value: int(np.count_nonzero(mask[holding])) for value, holding in self._holders[facet].items()
        }
        return {value: count for value, count in counted.items() if count}

    def together(self, rows: str, columns: str, mask: NDArray[Any]) -> dict[tuple[str, str], int]:
        """How many of those in *mask* have both a value of *rows* and one of *columns*."""
        found: dict[tuple[str, str], int] = {}
        for row in self._holders[rows]:
            both = mask & self.having(rows, row)
            for column, holding in self._holders[columns].items():
                found[row, column] = int(np.count_nonzero(both[holding]))
        return found

    def mask(self, places: NDArray[Any]) -> NDArray[Any]:
        """These testimonies, as a mask over all."""
        mask = np.zeros(self._count, np.bool_)
        mask[places] = True
        return mask
