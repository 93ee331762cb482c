"""Our arrays as an engine: in memory, or where a file of them is mapped. The default everywhere."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray
from whoosh import query

from archive.search.backend import BEGINS, FIELDS, NEAR, Asked, EngineError, Entry, Found, Kept
from archive.search.blocks.build import Prepared, build
from archive.search.blocks.erase import without
from archive.search.blocks.kept import body, text
from archive.search.blocks.page import Page, page
from archive.search.blocks.segment import Field, Segment
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
        hits = zip(segment.tell(found.documents.tolist()), found.scores.tolist(), strict=True)
        return Found(found.total, tuple(hits), found.facets)

    def numbers(self, words: query.Query | None, asked: Asked) -> NDArray[np.intp]:
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

    def held(self, ids: Sequence[str], terms: Collection[tuple[str, str]] = ()) -> Mapping[str, Kept]:
        segment = self._segment
        names = {number: id for id in ids if (number := segment.number(id)) is not None}
        documents = np.array(sorted(names), np.intp)
        spans: dict[int, list[tuple[int, int]]] = {number: [] for number in names}
        for name, field in segment.fields.items():
            meant = {at for wanted, word in terms if wanted == name for at in _meant(field, word)}
            ranks, _, starts, ends = places(field, sorted(meant), documents)
            stand = zip(documents[ranks].tolist(), starts.tolist(), ends.tolist(), strict=True)
            for number, start, end in stand:
                spans[number].append((start, end))
        kept = {id: (segment.held(number), spans[number]) for number, id in names.items()}
        return {id: Kept(body(each), partial(text, each), stand) for id, (each, stand) in kept.items()}

    def erase(self, ids: Iterable[str]) -> int:
        before = self.count
        self._segment = Segment(memoryview(without(self._segment, ids)))
        return before - self.count

    def close(self) -> None:
        """Nothing is open; memory goes with the object."""

    def rare(self, most: int) -> Iterator[tuple[str, tuple[str, ...]]]:
        """The terms that stand in two testimonies at least and in *most* at most, with their ids."""
        field = self._segment.fields["text"]
        df = field.df.all()
        for term in np.flatnonzero((df > 1) & (df <= most)).tolist():
            ids = tuple(self._segment.name(number) for number in field.documents(term).tolist())
            yield field.words[term].decode(), ids

    def common(self, least: int) -> Iterator[tuple[str, int]]:
        """The terms that stand in *least* testimonies or more, and in how many."""
        field = self._segment.fields["text"]
        for term in np.flatnonzero(field.df.all() >= least).tolist():
            yield field.words[term].decode(), field.df[term]

    def _numbers(self, ids: Iterable[str]) -> list[int]:
        return [number for id in ids if (number := self._segment.number(id)) is not None]


def _meant(field: Field, text: str) -> Iterable[int]:
    """The terms that `held` means by a text."""
    if text.endswith(BEGINS):
        return field.prefixed(text.removesuffix(BEGINS).encode())
    if text.endswith(NEAR):
        plain = text.removesuffix(NEAR)
        return field.near.to(plain, 1, field.prefixed(plain[:1].encode()))
    at = field.words.find(text.encode())
    return () if at is None else (at,)


def encoded(entries: Iterable[Entry], columns: Sequence[str], told: Mapping[str, str]) -> bytes:
    """The bytes of an index of *entries*; `Repeated` when two have one id."""

    def prepared() -> Iterator[Prepared]:
        for each in entries:
            yield each.id, each.values, each.body, each.text, {name: each.terms(name) for name in FIELDS}

    return build(prepared(), FIELDS, columns, {"about": dict(told)})
