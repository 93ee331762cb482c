"""Terms in a row: in which documents they follow one another, from their positions alone."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from archive.search.blocks.segment import Field, Postings

Numbers = NDArray[Any]


class Row:
    """Where one term of a phrase stands."""

    def __init__(self, field: Field, term: int, held: Postings) -> None:
        self.documents, self._frequencies = held.documents, held.frequencies
        self._widths, self._ends = field.bits(held)
        self._read = partial(field.positions, term)

    def within(self, documents: Numbers) -> tuple[Numbers, Numbers]:
        """All places of the term in *documents*, which have it: of each its document's rank, and where."""
        at = np.searchsorted(self.documents, documents)
        counts, widths = self._frequencies[at], self._widths[at]
        ranks = np.repeat(np.arange(len(documents)), counts)
        last = np.cumsum(counts)[ranks]
        return ranks, self._read(
            (self._ends[at])[ranks] + (np.arange(len(ranks)) - last) * widths[ranks], widths[ranks]
        )

    def stands(self, documents: Numbers, ranks: Numbers, wanted: Numbers) -> NDArray[np.bool_]:
        """Whether the term stands at each *wanted* place of the document with that rank, which has it."""
        at = np.searchsorted(self.documents, documents)
        counts, widths = self._frequencies[at], self._widths[at]
        low, left, width = (self._ends[at] - counts * widths)[ranks], counts[ranks], widths[ranks]
        # All at once by halves, inside each document's own positions.
        for _ in range(int(left.max(initial=1) - 1).bit_length()):
            half = left >> 1
            ahead = low + half * width
            low = np.where(self._read(ahead, width) <= wanted, ahead, low)
            left -= half
        return np.asarray(self._read(low, width) == wanted, bool)


def in_a_row(documents: Numbers, rows: Sequence[tuple[int, Row]]) -> Numbers:
    """Which of *documents*, that have all terms, have them in a row; of each term how many are before it.

    Quickest with the rarest term first.
    """
    if not len(documents):
        return documents
    (ahead, first), *others = rows
    ranks, places = first.within(documents)
    for at, row in others:
        stays = row.stands(documents, ranks, places + (at - ahead))
        ranks, places = ranks[stays], places[stays]
    new = np.ones(len(ranks), bool)
    new[1:] = ranks[1:] != ranks[:-1]
    return documents[ranks[new]]
