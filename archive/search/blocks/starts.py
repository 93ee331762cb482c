"""Where the terms of a document begin: of each position how far behind the one before, packed.

Raw deflate: four bytes, how many steps are not from 0 to 255; the position of each and, in all their places
behind, the step itself, four bytes each; then a byte for every position.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from archive.search.backend import DAMAGED, EngineError

Numbers = NDArray[Any]


def begun(position: Numbers, start: Numbers) -> bytes:
    """Of the terms of a document, in order, packed; `EngineError` when terms that share a position begin on
    two code points, or a position comes after a later one.
    """
    if not len(position):
        return b""
    step = np.diff(position, prepend=-1)
    new = step > 0
    moved = np.diff(start, prepend=0)
    if step.min() < 0 or moved[~new].any():
        raise EngineError("terms do not come in order, or begin on two letters at one place")
    steps = np.zeros(int(position[-1]) + 1, "<i4")
    steps[position[new]] = moved[new]
    large = np.flatnonzero((steps < 0) | (steps > 255))
    told = [len(large).to_bytes(4, "little"), large.astype("<u4").tobytes(), steps[large].tobytes()]
    steps[large] = 0
    packing = zlib.compressobj(1, zlib.DEFLATED, -15, 8, zlib.Z_RLE)
    return packing.compress(b"".join([*told, steps.astype(np.uint8).tobytes()])) + packing.flush()


def starts(packed: Sequence[bytes], most: Sequence[int], ranks: Numbers, positions: Numbers) -> Numbers:
    """At which code point of its document each of *positions* begins, which is of that piece of *packed*.

    *most*: how many positions each may have. Of none more is unpacked than is asked for; `EngineError` when there
    are fewer, or for what `begun` did not pack.
    """
    counts = np.zeros(len(packed), np.intp)
    np.maximum.at(counts, ranks, positions + 1)
    ahead = np.append(0, counts.cumsum())
    told, large = [], []
    for piece, count, limit, at in zip(packed, counts.tolist(), most, ahead.tolist(), strict=False):
        opening = zlib.decompressobj(-15)
        try:
            some = opening.decompress(piece, 4 + count)
            if more := int.from_bytes(some[:4], "little"):
                if more > limit:
                    raise EngineError(DAMAGED)
                some += opening.decompress(opening.unconsumed_tail, 8 * more)
                large.append((at, count, more, some))
        except zlib.error:
            raise EngineError(DAMAGED) from None
        if len(some) < 4 + 8 * more + count:
            raise EngineError(DAMAGED)
        told.append(some[4 + 8 * more : 4 + 8 * more + count])
    steps: Numbers = np.frombuffer(b"".join(told), np.uint8)
    if large:
        steps = steps.astype(np.int64)
        for at, count, more, some in large:
            where, by = np.frombuffer(some, "<u4", more, 4), np.frombuffer(some, "<i4", more, 4 + 4 * more)
            within = where < count
            steps[at + where[within]] = by[within]
    sums = np.append(0, steps.cumsum(dtype=np.int64))
    return np.asarray(sums[ahead[ranks] + positions + 1] - sums[ahead[ranks]])
