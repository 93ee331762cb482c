"""Drawings of a life as numbers for an SVG: a timeline, and a map of our own. No tile, no file, no network.

The outlines are drawn by hand from known coordinates, good to some 20 km; equirectangular, narrowed by
the cosine of the middle latitude.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from functools import cache
from math import cos, radians
from pathlib import Path
from typing import Any, Final

from archive.coding.chronology import Moment, Stop, bounds
from archive.vocabulary.places import Place

NEAR: Final = (119.0, 37.3, 132.5, 47.6)
FAR: Final = (96.0, 12.0, 134.0, 50.5)
"""West, south, east, north, in degrees."""
WIDTH: Final = 800
LEFT: Final = 46
"""Room for the numbers of the acts."""


@dataclass(frozen=True)
class Bar:
    """An act on the timeline: from *x* over *width*; where an end is not known it fades."""

    number: int
    y: int
    x: float
    width: float
    fades_left: bool
    fades_right: bool
    conflict: bool


@cache
def outlines() -> dict[str, Any]:
    """The shapes of the map, in degrees."""
    return dict(json.loads((Path(__file__).parents[1] / "vocabulary" / "outlines.json").read_text("utf-8")))


def timeline(told: list[Moment]) -> dict[str, Any] | None:
    """Bars and years, or nothing when no date was said."""
    span = bounds(told)
    if span is None:
        return None
    first, last = span
    scale = (WIDTH - LEFT - 10) / ((last - first).days + 1)

    def across(day: date) -> float:
        return round(LEFT + (day - first).days * scale, 1)

    bars = []
    for row, each in enumerate(m for m in told if m.when):
        assert each.when
        start, end = each.when.date_min or first, each.when.date_max or last
        doubt = each.when.approximate or each.when.uncertain
        bars.append(
            Bar(
                each.number,
                34 + row * 28,
                across(start),
                max(8.0, round(((end - start).days + 1) * scale, 1)),
                doubt or each.when.date_min is None,
                doubt or each.when.date_max is None,
                bool(each.against),
            )
        )
    step = max(1, (last.year - first.year) // 8 + 1)
    years = [(year, across(date(year, 1, 1))) for year in range(first.year, last.year + 1, step)]
    return {"bars": bars, "years": years, "width": WIDTH, "height": 50 + len(bars) * 28}


def goes_far(stops: list[Stop]) -> bool:
    """Whether a place lies outside the near map."""
    return any(not _inside(each.place, NEAR) for each in stops)


def chart(
    stops: list[Stop], ways: list[tuple[Place, Place]], language: str, box: tuple[float, ...]
) -> dict[str, Any]:
    """Shapes, names, rivers, numbered places and ways of one map."""
    west, south, east, north = box
    narrow = cos(radians((south + north) / 2))
    scale = WIDTH / ((east - west) * narrow)

    def at(longitude: float, latitude: float) -> tuple[float, float]:
        return round((longitude - west) * narrow * scale, 1), round((north - latitude) * scale, 1)

    def path(points: list[list[float]]) -> str:
        return "M" + " L".join(f"{a} {b}" for a, b in (at(x, y) for x, y in points))

    drawn = outlines()
    return {
        "width": WIDTH,
        "height": round((north - south) * scale),
        "lands": [(name, path(points) + "Z") for name, points in drawn["lands"].items()],
        "borders": [path(points) for points in drawn["borders"]],
        "rivers": [path(points) for points in drawn["rivers"].values()],
        "names": [
            (*at(x, y), n[0] if language == "ko" else n[1], size)
            for x, y, *n, size in drawn["names"]
            if (size != "small" or box == NEAR) and _within(x, y, box)
        ],
        "stops": _apart(
            [
                (n, *at(s.place.longitude, s.place.latitude), s)
                for n, s in enumerate(stops, 1)
                if _inside(s.place, box)
            ]
        ),
        "ways": [
            _arrow(at(a.longitude, a.latitude), at(b.longitude, b.latitude))
            for a, b in ways
            if _inside(a, box) or _inside(b, box)
        ],
    }


def _apart(told: list[tuple[int, float, float, Stop]]) -> list[tuple[int, float, float, Stop]]:
    """The numbered places, each moved aside until it covers no other."""
    kept: list[tuple[int, float, float, Stop]] = []
    for number, x, y, stop in told:
        while any(abs(x - other[1]) < 22 and abs(y - other[2]) < 22 for other in kept):
            x, y = x + 6, y - 12
        kept.append((number, round(x, 1), round(y, 1), stop))
    return kept


def _arrow(a: tuple[float, float], b: tuple[float, float]) -> str:
    """A bowed line from one to the other, so that a way back does not lie on the way there."""
    bend = ((a[0] + b[0]) / 2 + (b[1] - a[1]) * 0.18, (a[1] + b[1]) / 2 - (b[0] - a[0]) * 0.18)
    return f"M{a[0]} {a[1]} Q{bend[0]:.1f} {bend[1]:.1f} {b[0]} {b[1]}"


def _inside(each: Place, box: tuple[float, ...]) -> bool:
    return _within(each.longitude, each.latitude, box)


def _within(x: float, y: float, box: tuple[float, ...]) -> bool:
    return box[0] < x < box[2] and box[1] < y < box[3]
