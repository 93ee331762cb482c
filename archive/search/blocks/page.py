"""One page of what a query finds: how many in all, the first of them, and how they spread over columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from whoosh import query

from archive.search.blocks.asking import Asking
from archive.search.blocks.hits import chosen, is_in
from archive.search.blocks.segment import Segment

TOGETHER: Final = 64
"""Keys of which at first only the least is looked at."""


@dataclass(frozen=True)
class Page:
    """Documents that are shown, in their order, with their scores; and counts over all that were found."""

    total: int
    documents: NDArray[Any]
    scores: NDArray[Any]
    facets: Mapping[str, tuple[tuple[str, int], ...]]


def page(
    segment: Segment,
    asked: query.Query,
    between: Mapping[str, tuple[str, str]] | None = None,
    *,
    only: NDArray[Any] | None = None,
    order: str | None = None,
    start: int = 0,
    size: int = 20,
    facets: Iterable[str] = (),
) -> Page:
    """What *asked* finds, best first; of equals, what came into the index first. With no *size* nothing is
    scored.

    *between* names a column and its first and last value, *order* a column whose values go up instead; *only*
    are the documents that may be found at all. A column that the index has not narrows nothing and has no
    counts.
    """
    asking = Asking(segment)
    hits = asking.hits(asked)
    if only is not None:
        hits = chosen(hits, is_in(hits, np.sort(only)))
    for name, (low, high) in (between or {}).items():
        if name in segment.columns:
            hits = chosen(hits, segment.between(name, low, high, hits))
    if not size:
        shown, scores = np.empty(0, np.intp), np.empty(0)
    elif order is None:
        scores = asking.scores(asked, hits)
        shown = _first(-scores, start, size)
        scores = scores[shown]
    else:
        shown = _first(segment.codes(order)[hits], start, size)
        scores = _scores(asking, asked, hits[shown])
    counts = {name: segment.counts(name, hits) for name in facets if name in segment.columns}
    return Page(len(hits), hits[shown], scores, counts)


def _scores(asking: Asking, asked: query.Query, documents: NDArray[Any]) -> NDArray[Any]:
    order = np.argsort(documents)
    scores = np.empty(len(documents))
    scores[order] = asking.scores(asked, documents[order])
    return scores


def _first(keys: NDArray[Any], start: int, size: int) -> NDArray[Any]:
    """Which of *keys* are on a page, smallest first; of equal ones that which came in first."""
    wanted = start + size
    near = (keys <= _bound(keys, wanted)).nonzero()[0]
    shown: NDArray[Any] = near[keys[near].argsort(kind="stable")][start:wanted]
    return shown


def _bound(keys: NDArray[Any], wanted: int) -> Any:
    """What at least so many of *keys* are not above, and few more; where there are not so many, all are."""
    if not 0 < wanted < len(keys):
        return np.inf
    rows = keys[: len(keys) // TOGETHER * TOGETHER].reshape(TOGETHER, -1)
    # The least of each column first: much quicker than to put all keys in two halves.
    few = np.minimum.reduce(rows, axis=0) if wanted <= rows.shape[1] else keys.copy()
    few.partition(wanted - 1)
    return few[wanted - 1]
