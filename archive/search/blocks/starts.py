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

    They are in order, and none comes twice. *most*: how many positions each piece may have. No more is
    unpacked than is asked for; `EngineError` when there are fewer, or for what `begun` did not pack.
    """
    counts = np.zeros(len(packed), np.intp)
    counts[ranks] = positions + 1  # of each document the last counts
    ahead = counts.cumsum() - counts
    told, large = list[bytes](), list[tuple[Numbers, Numbers]]()
    for piece, count, limit, at in zip(packed, counts.tolist(), most, ahead.tolist(), strict=True):
        opening = zlib.decompressobj(-15)
        try:
            some = opening.decompress(piece, 4 + count)
            if more := int.from_bytes(some[:4], "little"):
                if more > limit:
                    raise EngineError(DAMAGED)
                some += opening.decompress(opening.unconsumed_tail, 8 * more)
        except zlib.error:
            raise EngineError(DAMAGED) from None
        codes = some[4 + 8 * more : 4 + 8 * more + count]
        if len(codes) < count:
            raise EngineError(DAMAGED)
        told.append(codes)
        if more:
            where, by = np.frombuffer(some, "<u4", more, 4), np.frombuffer(some, "<i4", more, 4 + 4 * more)
            within = where < count
            large.append((at + where[within], by[within]))
    steps: Numbers = np.frombuffer(b"".join(told), np.uint8)
    if large:
        steps = steps.astype(np.int64)
        for places, by in large:
            steps[places] = by
    # From one place that is asked for to the next: less than a sum for every place. A document's last one is
    # the end of its steps.
    ends = ahead[ranks] + positions + 1
    ends[1:], ends[0] = ends[:-1].copy(), 0
    moved = np.add.reduceat(steps, ends, dtype=np.int64)
    first = ranks.searchsorted(ranks)
    reached = moved.cumsum()
    return np.asarray(reached - reached[first] + moved[first])
