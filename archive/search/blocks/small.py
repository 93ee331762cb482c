"""Numbers of which most are small, a byte each; and bounds, whose distances are such numbers.

Where a byte says `MORE`, the number stands in a list beside, and its place in another.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from archive.search.blocks.arrays import Arrays, Damaged, narrow

Numbers = NDArray[Any]

MORE: Final = 255
TOGETHER: Final = 64
"""Distances from one bound that is written to the next."""


def small(name: str, values: Numbers) -> Arrays:
    """The arrays of *values*."""
    large = np.flatnonzero(values >= MORE)
    return {
        name: np.minimum(values, MORE).astype(np.uint8),
        f"{name}_at": narrow(large),
        f"{name}_more": narrow(values[large]),
    }


def bounds(name: str, sizes: Numbers) -> Arrays:
    """The arrays of where pieces of these *sizes* begin when they are joined, and the end."""
    ends = np.append(0, np.cumsum(sizes))
    return {f"{name}_from": narrow(np.append(ends[:-1:TOGETHER], ends[-1])), **small(name, sizes)}


class Small:
    """The numbers that `small` wrote."""

    def __init__(self, arrays: Arrays, name: str) -> None:
        self._array, at, more = arrays[name], arrays[f"{name}_at"], arrays[f"{name}_more"]
        self._at_all, self._more_all = at, more
        # Of a view one number or slice costs a third of what it costs of an array.
        self._told, self._at, self._more = self._array.data, at.data, more.data

    def __len__(self) -> int:
        return len(self._told)

    def __getitem__(self, number: int) -> int:
        told: int = self._told[number]
        return told if told < MORE else self._more[bisect_left(self._at, number)]

    def sum(self, low: int, high: int) -> int:
        """That of the numbers from *low* to before *high*."""
        some = self._told[low:high].tobytes()
        if MORE not in some:
            return sum(some)
        first = bisect_left(self._at, low)
        more = self._more[first : bisect_left(self._at, high, first)].tolist()
        return sum(some) + sum(more) - MORE * len(more)

    def all(self, low: int = 0, high: int | None = None) -> Numbers:
        """The numbers from *low* to before *high*, in eight bytes each."""
        made = self._array[low:high].astype(np.int64)
        first, last = np.searchsorted(self._at_all, [low, low + len(made)])
        made[self._at_all[first:last].astype(np.int64) - low] = self._more_all[first:last]
        return made

    def require_whole(self) -> None:
        """Return when every number that is in the list beside is looked for there; `Damaged` otherwise."""
        at = np.flatnonzero(self._array == MORE)
        if not np.array_equal(at, self._at_all) or len(at) != len(self._more_all):
            raise Damaged("the index is not whole")


class Bounds:
    """The bounds that `bounds` wrote."""

    def __init__(self, arrays: Arrays, name: str) -> None:
        self.sizes: Final = Small(arrays, name)
        self._from_all = arrays[f"{name}_from"]
        self._from = self._from_all.data

    def begin(self, piece: int) -> int:
        """Where a piece begins."""
        begin: int = self._from[piece // TOGETHER]
        return begin + self.sizes.sum(piece - piece % TOGETHER, piece)

    def all(self, low: int = 0, high: int | None = None) -> Numbers:
        """Where the pieces from *low* to before *high* begin, and the end of the last."""
        sizes = self.sizes.all(low, high)
        ends: Numbers = np.append(0, np.cumsum(sizes)) + (self.begin(low) if low < len(self.sizes) else 0)
        return ends

    def require_whole(self, joined: int) -> None:
        """Return when the pieces lie one after the other in so many bytes; `Damaged` otherwise."""
        self.sizes.require_whole()
        sizes = self.sizes.all()
        if len(sizes) and int(sizes.max()) > joined:
            raise Damaged("the index is not whole")
        ends = np.append(0, np.cumsum(sizes))
        if not np.array_equal(np.append(ends[:-1:TOGETHER], ends[-1]), self._from_all) or ends[-1] != joined:
            raise Damaged("the index is not whole")
