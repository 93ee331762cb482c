"""Counts as numbers for an SVG: a column for each, in the order given. Each stands beside its table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

WIDTH: Final = 360
HEIGHT: Final = 120
"""Units of the drawing, of the columns; the numbers stand above them and the names below."""
GAP: Final = 0.25
"""Of a column, left free beside it."""
NAMED: Final = 8
"""With more columns than this only the first and the last are named below; the table names all."""


@dataclass(frozen=True)
class Column:
    """One count: where its column stands, and what is written at it."""

    key: str
    count: int
    x: float
    y: float
    width: float
    height: float
    named: bool

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 1)


def columns(counts: Sequence[tuple[str, int]]) -> list[Column]:
    """A column for each count, the largest as high as the drawing."""
    most, each = max((n for _, n in counts), default=0) or 1, WIDTH / max(len(counts), 4)
    drawn, last = [], len(counts) - 1
    for at, (key, count) in enumerate(counts):
        height = HEIGHT * count / most
        width = each * (1 - GAP)
        named = last < NAMED or at in (0, last)
        drawn.append(
            Column(
                key,
                count,
                round(each * at + each * GAP / 2, 1),
                round(HEIGHT - height, 1),
                round(width, 1),
                round(height, 1),
                named,
            )
        )
    return drawn
