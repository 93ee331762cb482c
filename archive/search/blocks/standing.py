"""Where terms stand in documents: whether in a row, and on which letters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial, reduce
from operator import add
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from archive.search.blocks.segment import Field, Postings
from archive.search.blocks.whole import WIDEST

Numbers = NDArray[Any]

BITS: Final = WIDEST + 1
"""Of a place, which is a position beside the rank of its document: a place before the first is then none of
another document.
"""
POSITION: Final = (1 << BITS) - 1
FEW: Final = 2048
"""Places that are sooner all read than looked for by halves."""
STRETCH: Final = 1 << 14
"""Places that are read and compared at once, so that they stay in a processor's cache."""


class Standing:
    """Where one term stands in some documents, in order, which have it."""

    def __init__(self, held: Postings, documents: Numbers) -> None:
        self._often = often = held.frequencies.astype(np.intp)
        self._at = at = _ranks(documents, held)
        widths, ends = held.field.bits(held.documents, often)
        self.counts, self._widths = often[at], widths[at]
        self._ends = ends[at] + held.field.places(held.term)
        self._read = held.field.positions
        self._longer, self._widened = partial(held.field.longer, held.term), held.field.widened(held.term)

    def within(self, some: slice) -> Numbers:
        """All places of the term, in order, in *some* of the documents."""
        counts, widths = self.counts[some], self._widths[some]
        each = widths.repeat(counts)
        ends = each.cumsum()
        # Between two documents that are not neighbours in the list there are positions of others.
        ends += (self._ends[some] - (counts * widths).cumsum()).repeat(counts)
        ends -= each
        found = self._read(ends, each)
        found += (np.arange(some.start, some.stop) << BITS).repeat(counts)
        return found

    def longer(self) -> Any:
        """Of each place, how many code points more than the term stand there; 0 where it is never any."""
        if not self._widened:
            return 0
        ahead = self._often.cumsum()[self._at] - self.counts.cumsum()
        return self._longer(ahead.repeat(self.counts) + np.arange(int(self.counts.sum())))

    def among(self, wanted: Numbers, some: slice) -> Numbers:
        """Those of *wanted*, places in order, in *some* documents or beside them, where the term stands."""
        if self.counts[some].sum() < 8 * len(wanted) + FEW:
            return _both(wanted, self.within(some))
        ranks, positions = wanted >> BITS, wanted & POSITION
        left, width = self.counts[ranks], self._widths[ranks]
        low = self._ends[ranks] - left * width
        # All at once by halves, inside each document's own positions.
        for _ in range(int(left.max(initial=1) - 1).bit_length()):
            half = left >> 1
            ahead = low + half * width
            low = np.where(self._read(ahead, width) <= positions, ahead, low)
            left -= half
        return np.asarray(wanted[self._read(low, width) == positions])


def _ranks(documents: Numbers, held: Postings) -> Numbers:
    """Where each of *documents*, which all have the term, is in its list."""
    if len(documents) == len(held.documents):
        return np.arange(len(documents))
    if 16 * len(documents) < max(len(held.documents), FEW):
        return np.asarray(held.documents.searchsorted(documents))
    wanted = np.zeros(int(held.documents[-1]) + 1, bool)
    wanted[documents] = True
    return np.asarray(wanted[held.documents].nonzero()[0])


def _both(some: Numbers, others: Numbers) -> Numbers:
    """What is among both; each is in order and has nothing twice."""
    # To sort two runs is to merge them: a fraction of what it takes to look each one up.
    all = np.concatenate((some, others))
    all.sort(kind="stable")
    return np.asarray(all[:-1][all[1:] == all[:-1]])


def in_a_row(documents: Numbers, rows: Sequence[tuple[int, Standing]]) -> Numbers:
    """Which of *documents*, that have all terms, have them in a row; of each term how many are before it.

    Quickest with the rarest term first.
    """
    (ahead, first), *others = rows
    found = list[Numbers]()
    for some in _stretches(reduce(add, (row.counts for _, row in rows))):
        places = first.within(some)
        for at, row in others:
            places = row.among(places + (at - ahead), some) - (at - ahead)
        ranks = places >> BITS
        new = np.ones(len(ranks), bool)
        new[1:] = ranks[1:] != ranks[:-1]
        found.append(documents[ranks[new]])
    return found[0] if len(found) == 1 else np.concatenate(found)


def _stretches(costs: Numbers) -> Iterator[slice]:
    """So many documents at a time that a stretch has some `STRETCH` places; *costs* are those of each."""
    if costs.sum() < STRETCH:
        return iter([slice(0, len(costs))])
    owner = costs.cumsum() // STRETCH
    edges = [0, *(np.flatnonzero(owner[1:] != owner[:-1]) + 1).tolist(), len(costs)]
    return map(slice, edges, edges[1:])


def places(
    field: Field, terms: Iterable[int], documents: Numbers
) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """All times that one of *terms* stands in *documents*, which are in order, term after term.

    Of each the document's place among them, the position, the start and the end. `EngineError` for a position
    that begins nowhere.
    """
    found: list[tuple[Numbers, Numbers, Numbers]] = []
    for term in terms:
        held = field.postings(term)
        at = held.hits.has(documents).nonzero()[0]
        if len(at):
            standing = Standing(held, documents[at])
            mine = standing.within(slice(0, len(at)))
            length = len(field.words[term].decode()) + standing.longer()
            found.append((at[mine >> BITS], mine & POSITION, np.broadcast_to(length, mine.shape)))
    if not found:
        none = np.empty(0, np.intp)
        return none, none, none, none
    ranks, positions, length = found[0] if len(found) == 1 else map(np.concatenate, zip(*found, strict=True))
    keys, back = (ranks << BITS) + positions, slice(None)
    if len(found) > 1:
        keys, back = np.unique(keys, return_inverse=True)
    start = field.starts(documents, keys >> BITS, keys & POSITION)[back]
    return ranks, positions, start, start + length
