"""Drawings of what was found, as numbers for an SVG, each beside its table; small counts are masked.

The map is ours: no tile, no network. Places are provinces and countries, as they were released.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from math import cos, inf, radians, sqrt
from pathlib import Path
from typing import Any, Final

from numpy.typing import NDArray

import archive.vocabulary
from archive.vocabulary.places import places
from server.research.facets import YEAR, Spread
from server.research.masking import masked, small

WIDTH: Final = 800
FAR: Final = (96.0, 12.0, 134.0, 50.5)
"""West, south, east, north of the map, in degrees."""
APART: Final = 24
"""From the foot of one name on the map to the next."""
PAIRS: Final = (("exploitation", "control"), ("recruitment", "exploitation"), ("recruitment", "control"))


@dataclass(frozen=True)
class Cell:
    """How many testimonies have both codes; *count* is None when that is not said."""

    row: str
    column: str
    count: int | None


@dataclass(frozen=True)
class Drawn:
    """What was found, to draw: *mask* over all testimonies of *spread*, and how many are in it."""

    spread: Spread
    mask: NDArray[Any]
    total: int

    def counts(self, facet: str) -> dict[str, int]:
        """How many have each value, before anything is masked."""
        return self.spread.counts(facet, self.mask)

    def masked(self, facet: str) -> dict[str, int | None]:
        """The same as it may be said."""
        return masked(self.counts(facet), self.total, apart=False)


def by_year(told: Drawn) -> dict[str, int | None]:
    """How many testimonies tell of something that began in each year."""
    return told.masked(YEAR)


def together(told: Drawn, rows: str, columns: str) -> list[list[Cell]]:
    """Two facets against each other; a cell is masked too where few of a row, a column or all lack it."""
    one, two = told.counts(rows), told.counts(columns)
    both = told.spread.together(rows, columns, told.mask)

    def cell(a: str, b: str) -> Cell:
        count = both[a, b]
        left = (one[a] - count, two[b] - count, told.total - one[a], told.total - two[b])
        hidden = any(small(each) for each in (count, one[a], two[b], *left))
        return Cell(a, b, None if hidden else count)

    return [[cell(a, b) for b in two] for a in one]


def chart(told: Drawn, language: str) -> dict[str, Any]:
    """Shapes, places and ways of the map; a masked place is a ring of one size."""
    west, south, east, north = FAR
    narrow = cos(radians((south + north) / 2))
    scale = WIDTH / ((east - west) * narrow)

    def at(longitude: float, latitude: float) -> tuple[float, float]:
        return round((longitude - west) * narrow * scale, 1), round((north - latitude) * scale, 1)

    def path(points: list[list[float]]) -> str:
        return "M" + " L".join(f"{a} {b}" for a, b in (at(x, y) for x, y in points))

    counted = {name: told.masked(name) for name in ("place", "way")}
    drawn, most = outlines(), max((n or 0 for n in counted["place"].values()), default=0) or 1
    known = {id: place for id in counted["place"] if (place := places().get(id))}
    where = {id: at(place.longitude, place.latitude) for id, place in known.items()}
    ends = [(way, *way.split(">")) for way in counted["way"]]
    stops = [
        (*where[id], known[id].label(language), count, round(6 + 16 * sqrt((count or 0) / most), 1))
        for id, count in counted["place"].items()
        if id in known
    ]
    return {
        "width": WIDTH,
        "height": round((north - south) * scale),
        "lands": [path(points) + "Z" for points in drawn["lands"].values()],
        "borders": [path(points) for points in drawn["borders"]],
        "rivers": [path(points) for points in drawn["rivers"].values()],
        "stops": stops,
        "names": list(_beside(stops)),
        "ways": [
            _bowed(where[start], where[end]) for _, start, end in ends if start in where and end in where
        ],
        "places": counted["place"],
        "routes": counted["way"],
    }


def _beside(stops: list[tuple[float, float, str, Any, float]]) -> Iterator[tuple[float, float, str]]:
    """Where the names of stops stand, towards the middle of the map and none on another of its side.

    A name that would stand too far from its stop is left out; the table has it.
    """
    foot = dict.fromkeys((True, False), -inf)
    for x, y, name, _, size in sorted(stops, key=lambda stop: stop[1]):
        east, beside = x > WIDTH / 2, y + APART / 3
        at = max(beside, foot[east] + APART)
        if at - beside < 2 * APART:
            foot[east] = at
            yield round(x + (size + 5) * (-1 if east else 1), 1), round(at, 1), name


def _bowed(a: tuple[float, float], b: tuple[float, float]) -> str:
    """A line that bends to one side, so that there and back do not lie on each other."""
    x, y = (a[0] + b[0]) / 2 + (b[1] - a[1]) / 6, (a[1] + b[1]) / 2 - (b[0] - a[0]) / 6
    return f"M{a[0]} {a[1]} Q{x:.1f} {y:.1f} {b[0]} {b[1]}"


@cache
def outlines() -> dict[str, Any]:
    """The shapes of the map, in degrees."""
    [folder] = archive.vocabulary.__path__
    return dict(json.loads((Path(folder) / "outlines.json").read_text("utf-8")))
