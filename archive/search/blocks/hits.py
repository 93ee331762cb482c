"""Documents that answer: a list in order, and a mask over all documents where one is there already."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[Any]


class Hits(NamedTuple):
    """Some documents of an index. Where many are joined, a mask saves looking each one up."""

    documents: Numbers
    mask: NDArray[np.bool_] | None = None

    def both(self, other: Hits) -> Hits:
        """Those that are among *other* too."""
        if self.mask is not None and other.mask is not None:
            return masked(self.mask & other.mask)
        return Hits(chosen(self.documents, other.has(self.documents)))

    def without(self, other: Hits) -> Hits:
        """Those that are not among *other*."""
        return Hits(chosen(self.documents, ~other.has(self.documents)))

    def has(self, documents: Numbers) -> NDArray[np.bool_]:
        """Which of *documents*, in order, are among these."""
        if self.mask is not None:
            return np.asarray(self.mask[documents])
        return is_in(documents, self.documents)


def chosen(some: Numbers, mask: NDArray[np.bool_]) -> Numbers:
    """Those of *some* that are set in *mask*; a fifth of the time that it takes with the mask as index."""
    return np.asarray(some.take(mask.nonzero()[0]))


def masked(mask: NDArray[np.bool_]) -> Hits:
    """All that are set in *mask*."""
    return Hits(mask.nonzero()[0], mask)


def joined(count: int, lists: Iterable[Hits]) -> Hits:
    """Of *count* documents all that are in one of *lists* at least."""
    seen = np.zeros(count, bool)
    for each in lists:
        if each.mask is not None:
            seen |= each.mask
        else:
            seen[each.documents] = True
    return masked(seen)


def is_in(some: Numbers, others: Numbers) -> NDArray[np.bool_]:
    """Which of *some* are among *others*; both are in order."""
    if not len(others):
        return np.zeros(len(some), bool)
    last = int(others[-1])
    if len(some) and len(others) < 16 * len(some) and last < 64 * len(some):
        # Over all documents at once: quicker than looking each one up.
        among = np.zeros(max(last, int(some[-1])) + 1, bool)
        among[others] = True
        return np.asarray(among[some])
    return looked_up(some, others)


def looked_up(some: Numbers, others: Numbers) -> NDArray[np.bool_]:
    """The same, where *others* are not empty and numbers may be far apart, or below nothing."""
    at = np.searchsorted(others, some)
    at[at == len(others)] = 0
    return np.asarray(others[at] == some, bool)
