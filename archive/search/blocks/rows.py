"""Terms in a row: in which documents they follow one another, from their positions alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from archive.search.blocks.segment import Field, Postings

Numbers = NDArray[Any]


class Row:
    """Where one term of a phrase stands."""

    def __init__(self, field: Field, term: int, held: Postings) -> None:
        self.documents, self._frequencies = held.documents, held.frequencies
        self._ends = np.cumsum(held.frequencies, dtype=np.int64)
        self._positions = field.positions(term)

    def within(self, documents: Numbers) -> tuple[Numbers, Numbers]:
        """All places of the term in *documents*, which have it: of each its document's rank, and where."""
        at = np.searchsorted(self.documents, documents)
        counts = self._frequencies[at].astype(np.int64)
        begins = self._ends[at] - counts
        ranks = np.repeat(np.arange(len(documents)), counts)
        places = np.arange(len(ranks)) + (begins - np.cumsum(counts) + counts)[ranks]
        return ranks, self._positions[places].astype(np.int64)

    def stands(self, documents: Numbers, ranks: Numbers, wanted: Numbers) -> NDArray[np.bool_]:
        """Whether the term stands at each *wanted* place of the document with that rank, which has it."""
        at = np.searchsorted(self.documents, documents)
        count = self._frequencies[at].astype(np.int64)
        low, left = (self._ends[at] - count)[ranks], count[ranks]
        # All at once by halves, inside each document's own positions.
        for _ in range(int(left.max(initial=1) - 1).bit_length()):
            half = left >> 1
            low += half * (self._positions[low + half] <= wanted)
            left -= half
        found: NDArray[np.bool_] = self._positions[low] == wanted
        return found


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


def is_in(some: Numbers, others: Numbers) -> NDArray[np.bool_]:
    """Which of *some* are among *others*; both are in order."""
    if not len(others):
        return np.zeros(len(some), bool)
    at = np.searchsorted(others, some)
    at[at == len(others)] = 0
    return np.asarray(others[at] == some, bool)
