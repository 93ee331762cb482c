"""Our arrays as an engine: in memory, or where a file of them is mapped. The default everywhere."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh import query

from archive.search.backend import FIELDS, Asked, EngineError, Entry, Found, Spans
from archive.search.blocks.build import Prepared, build
from archive.search.blocks.erase import without
from archive.search.blocks.page import Page, page
from archive.search.blocks.segment import Segment
from archive.search.blocks.standing import places


class Blocks:
    """A `Segment`, asked as every engine is; a change makes another segment in its place."""

    def __init__(self, segment: Segment | None = None) -> None:
        self._segment = segment or Segment(memoryview(build([], FIELDS, [], {})))

    @property
    def told(self) -> Mapping[str, str]:
        mine: Mapping[str, str] = self._segment.told.get("about", {})
        return mine

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(self._segment.columns)

    @property
    def count(self) -> int:
        return self._segment.count

    def ids(self) -> list[str]:
        return sorted(self._segment.names)

    @property
    def names(self) -> list[str]:
        """The ids of all, in the order of their numbers."""
        return self._segment.names

    def replace(self, entries: Iterable[Entry], columns: Sequence[str], told: Mapping[str, str]) -> int:
        self._segment = Segment(memoryview(encoded(entries, columns, told)))
        return self.count

    def find(self, words: query.Query | None, asked: Asked) -> Found:
        segment = self._segment
        if asked.order is not None and asked.order not in segment.columns:
            raise EngineError(f"there is no column {asked.order}")
        found = self._page(words, asked, segment.columns)
        hits = zip(map(segment.name, found.documents.tolist()), found.scores.tolist(), strict=True)
        return Found(found.total, tuple(hits), found.facets)

    def numbers(self, words: query.Query | None, asked: Asked) -> NDArray[Any]:
        """Those that `find` gives, each by its number, and nothing else of them."""
        return self._page(words, asked).documents

    def _page(self, words: query.Query | None, asked: Asked, facets: Iterable[str] = ()) -> Page:
        return page(
            self._segment,
            words if words is not None else query.Every(),
            asked.between,
            only=None if asked.within is None else np.array(self._numbers(asked.within), np.intp),
            order=asked.order,
            start=asked.start,
            size=asked.size,
            facets=facets,
        )

    def bodies(self, ids: Sequence[str]) -> Mapping[str, Any]:
        return {id: self._segment.kept(n) for id in ids if (n := self._segment.number(id)) is not None}

    def spans(self, ids: Sequence[str], terms: Collection[tuple[str, str]]) -> Spans:
        names = {number: id for id in ids if (number := self._segment.number(id)) is not None}
        documents = np.array(sorted(names), np.intp)
        spans: Spans = {}
        for name, field in self._segment.fields.items():
            known = (field.words.find(text.encode()) for wanted, text in terms if wanted == name)
            found = places(field, [term for term in known if term is not None], documents)
            for numbers, _, starts, ends in found:
                stand = list(zip(starts.tolist(), ends.tolist(), strict=True))
                edges = (np.diff(numbers).nonzero()[0] + 1).tolist()
                for low, high in pairwise([0, *edges, len(stand)]):
                    spans.setdefault(names[int(numbers[low])], []).extend(stand[low:high])
        return spans

    def erase(self, ids: Iterable[str]) -> int:
        before = self.count
        self._segment = Segment(memoryview(without(self._segment, ids)))
        return before - self.count

    def close(self) -> None:
        """Nothing is open; memory goes with the object."""

    def rare(self, most: int) -> Iterator[tuple[str, tuple[str, ...]]]:
        """The terms that stand in two testimonies at least and in *most* at most, with their ids."""
        field = self._segment.fields["text"]
        for term in np.flatnonzero((field.df > 1) & (field.df <= most)).tolist():
            ids = tuple(self._segment.name(number) for number in field.documents(term).tolist())
            yield field.words[term].decode(), ids

    def common(self, least: int) -> Iterator[tuple[str, int]]:
        """The terms that stand in *least* testimonies or more, and in how many."""
        field = self._segment.fields["text"]
        for term in np.flatnonzero(field.df >= least).tolist():
            yield field.words[term].decode(), int(field.df[term])

    def _numbers(self, ids: Iterable[str]) -> list[int]:
        return [number for id in ids if (number := self._segment.number(id)) is not None]


def encoded(entries: Iterable[Entry], columns: Sequence[str], told: Mapping[str, str]) -> bytes:
    """The bytes of an index of *entries*; `Repeated` when two have one id."""

    def prepared() -> Iterator[Prepared]:
        for each in entries:
            yield each.id, each.values, each.body, {name: each.terms(name) for name in FIELDS}

    return build(prepared(), FIELDS, columns, {"about": dict(told)})
