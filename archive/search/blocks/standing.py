"""Where terms stand in documents: whether in a row, and on which letters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from archive.search.blocks.hits import looked_up
from archive.search.blocks.segment import Field, Postings
from archive.search.blocks.whole import WIDEST

Numbers = NDArray[Any]

BITS: Final = WIDEST + 1
"""Of a place beside the rank of its document: a place before the first is then none of another document."""
FEW: Final = 2048
"""Places that are sooner all read than looked for by halves."""


class Standing:
    """Where one term stands."""

    def __init__(self, held: Postings) -> None:
        self.documents, self._frequencies = held.documents, held.frequencies.astype(np.intp)
        self._widths, self._ends = held.field.bits(self.documents, self._frequencies)
        self._read = partial(held.field.positions, held.term)
        self._longer, self._widened = partial(held.field.longer, held.term), held.field.widened(held.term)

    def within(self, documents: Numbers) -> tuple[Numbers, Numbers]:
        """All places of the term in *documents*, which have it: of each its document's rank, and where."""
        at, ranks, back = self._times(documents)
        widths = self._widths[at][ranks]
        return ranks, self._read(self._ends[at][ranks] + back * widths, widths)

    def longer(self, documents: Numbers) -> Any:
        """Of each of the same places, how many code points more than the term stand there; where it is none
        everywhere, 0.
        """
        if not self._widened:
            return 0
        at, ranks, back = self._times(documents)
        return self._longer(self._frequencies.cumsum()[at][ranks] + back)

    def _times(self, documents: Numbers) -> tuple[Numbers, Numbers, Numbers]:
        """Each document's rank in the list; of each place its document's rank, and its own from the last."""
        at = self.documents.searchsorted(documents)
        counts = self._frequencies[at]
        ranks = np.arange(len(documents)).repeat(counts)
        return at, ranks, np.arange(len(ranks)) - counts.cumsum()[ranks]

    def stands(self, documents: Numbers, ranks: Numbers, wanted: Numbers) -> NDArray[np.bool_]:
        """Whether the term stands at each *wanted* place of the document with that rank, which has it."""
        at = self.documents.searchsorted(documents)
        counts, widths = self._frequencies[at], self._widths[at]
        if counts.sum() < 4 * len(wanted) + FEW:
            theirs, places = self.within(documents)
            return looked_up((ranks << BITS) + wanted, (theirs << BITS) + places)
        low, left, width = (self._ends[at] - counts * widths)[ranks], counts[ranks], widths[ranks]
        # All at once by halves, inside each document's own positions.
        for _ in range(int(left.max(initial=1) - 1).bit_length()):
            half = left >> 1
            ahead = low + half * width
            low = np.where(self._read(ahead, width) <= wanted, ahead, low)
            left -= half
        return np.asarray(self._read(low, width) == wanted, bool)


def in_a_row(documents: Numbers, rows: Sequence[tuple[int, Standing]]) -> Numbers:
    """Which of *documents*, that have all terms, have them in a row; of each term how many are before it.

    Quickest with the rarest term first.
    """
    (ahead, first), *others = rows
    ranks, places = first.within(documents)
    for at, row in others:
        stays = row.stands(documents, ranks, places + (at - ahead))
        ranks, places = ranks[stays], places[stays]
    new = np.ones(len(ranks), bool)
    new[1:] = ranks[1:] != ranks[:-1]
    return documents[ranks[new]]


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
            mine, standing = documents[at], Standing(held)
            ranks, positions = standing.within(mine)
            length = len(field.words[term].decode()) + standing.longer(mine)
            found.append((at[ranks], positions, np.broadcast_to(length, positions.shape)))
    if not found:
        none = np.empty(0, np.intp)
        return none, none, none, none
    ranks, positions, length = found[0] if len(found) == 1 else map(np.concatenate, zip(*found, strict=True))
    keys, back = (ranks << BITS) + positions, slice(None)
    if len(found) > 1:
        keys, back = np.unique(keys, return_inverse=True)
    start = field.starts(documents, keys >> BITS, keys & (1 << BITS) - 1)[back]
    return ranks, positions, start, start + length
