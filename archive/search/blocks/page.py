"""One page of what a query finds: how many in all, the first of them, and how they spread over columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh import query

from archive.search.blocks.asking import Asking
from archive.search.blocks.hits import is_in
from archive.search.blocks.segment import Segment


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
        hits = hits[is_in(hits, np.sort(only))]
    for name, (low, high) in (between or {}).items():
        if name in segment.columns:
            hits = hits[segment.between(name, low, high, hits)]
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
    if 0 < wanted < len(keys):
        parted = keys.copy()
        parted.partition(wanted - 1)
        chosen: NDArray[Any] = (keys <= parted[wanted - 1]).nonzero()[0]
    else:
        chosen = np.arange(len(keys))
    shown: NDArray[Any] = chosen[keys[chosen].argsort(kind="stable")][start:wanted]
    return shown
