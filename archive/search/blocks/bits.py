"""Numbers in as few bits as they need, written and read many at a time.

1. The lowest bit of a number comes first, and of a byte too.
2. A list of an even width (`EVEN`) is read as it lies, or with one shift; of an odd one number by number.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[Any]

WIDTHS: Final = (0, 1, 2, 4, 8, 16, 32)
EVEN: Final = np.array(WIDTHS)
SPREAD: Final = {
    width: (np.arange(256)[:, None] >> np.arange(0, 8, width) & ((1 << width) - 1)).astype(np.float64)
    for width in (1, 2, 4)
}
"""Of each width below a byte the numbers that a byte has in it."""
BEHIND: Final = 8
"""Bytes that must follow a number's first one, so that it is read with those behind it."""


def even(largest: Numbers) -> Numbers:
    """Of each list its place in `EVEN`, by the largest number in it."""
    return np.searchsorted([0, 1, 3, 15, 255, 65535], largest)


def filled(widths: Any) -> Any:
    """How many bytes so many bits take."""
    return (widths + 7) >> 3


def pour(into: Numbers, at: Numbers, values: Numbers) -> None:
    """Set each of *values*, below 2**32, into empty bytes with its lowest bit at the bit *at*."""
    moved, byte = values.astype(np.uint64) << (at & 7).astype(np.uint64), at >> 3
    while len(some := np.flatnonzero(moved)):
        moved, byte = moved[some], byte[some]
        np.add.at(into, byte, moved.astype(np.uint8))
        moved >>= np.uint64(8)
        byte += 1


def peek(data: Numbers, at: Numbers, widths: Any) -> Numbers:
    """The numbers of *widths* bits, each below 2**32, that begin at the bits *at*."""
    eights = np.ndarray((max(0, len(data) - BEHIND + 1),), "<i8", data, strides=(1,))
    found: Numbers = (eights[at >> 3] >> (at & 7)) & ((1 << widths) - 1)
    return found


def cut(data: Numbers, width: int, start: int, stop: int) -> Numbers:
    """The numbers from *start* to *stop* of the list of an even width that begins where *data* does.

    As floats, for scores are made of them.
    """
    if width == 0:
        return np.zeros(stop - start)
    if width >= 8:
        size = width // 8
        return data[start * size : stop * size].view(f"<u{size}").astype(np.float64)
    each = 8 // width
    first = start // each
    some = data[first : -(-stop // each)]
    spread = SPREAD[width].take(some, axis=0).ravel()
    return spread[start - first * each : stop - first * each]
