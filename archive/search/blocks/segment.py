"""An index that is read where it lies: terms, postings, columns and what is kept of each document."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from whoosh.util.numeric import byte_to_length

from archive.search.blocks.arrays import Arrays, Damaged, parted
from archive.search.blocks.bits import WIDTHS, cut, peek
from archive.search.blocks.hits import Hits
from archive.search.blocks.lists import BITMAP, FULL, Written
from archive.search.blocks.near import Near
from archive.search.blocks.starts import starts
from archive.search.blocks.texts import Lexicon, Texts
from archive.search.blocks.whole import require_whole

LENGTHS: Final = np.array([byte_to_length(code) for code in range(256)], np.float64)
"""Whoosh keeps the length of a field in a byte, and scores with what the byte stands for."""

B: Final = 0.75
K1: Final = 1.2
"""Of BM25F, as Whoosh has them."""

Numbers = NDArray[Any]


class Field:
    """The lexicon and postings of one field."""

    def __init__(self, name: str, arrays: Arrays, total: int) -> None:
        mine = {
            key.removeprefix(f"{name}/"): each for key, each in arrays.items() if key.startswith(f"{name}/")
        }
        self.written: Final = Written(mine)
        self.df: Final = self.written.df
        self.words: Final = Lexicon(mine, len(self.df))
        self._starts = Texts(mine["starts"], mine["starts_at"])
        self._kinds, self._list, self._place = mine["kinds"].data, self.written.list, self.written.place
        self._lists, self._places, self._bits = mine["lists"], mine["places"], mine["bits"]
        self.norm, self.total = mine["norm"], total

    @cached_property
    def weights(self) -> Numbers:
        """What the length of each document adds to a frequency, in BM25F."""
        average = self.total / (len(self.norm) or 1) or 1
        return np.asarray((K1 * ((1 - B) + B * LENGTHS / average))[self.norm])

    def prefixed(self, prefix: bytes) -> range:
        """The places of all terms that begin so."""
        start = self.words.place(prefix)
        after = prefix.rstrip(b"\xff")
        end = self.words.place(after[:-1] + bytes([after[-1] + 1])) if after else len(self.words)
        return range(start, end)

    @cached_property
    def near(self) -> Near:
        """What tells which terms are a few edits from a word."""
        return Near(self.words)

    def documents(self, term: int) -> Numbers:
        """The documents of a term, in order."""
        return self.hits(term).documents

    def hits(self, term: int) -> Hits:
        """The same, with the mask where the list is one."""
        kind, df, at = self._kinds[term], self.df[term], self._list.begin(term)
        begin, end = at + _bytes(df, kind >> 2 & 7), at + self._list.sizes[term]
        if kind >> 5:
            begin += _bytes(self.often(term), kind >> 5)
        data, unit = self._lists[begin:end], kind & 3
        if unit == BITMAP:
            mask = np.unpackbits(data, count=len(self.norm), bitorder="little").view(bool)
            return Hits(mask.nonzero()[0], mask)
        units = data if unit == 1 else data.view("<u2")
        reached = units.cumsum(dtype=np.intp)
        return Hits(reached if len(units) == df else reached[units != FULL[unit]])

    def frequencies(self, term: int) -> Numbers:
        """How often a term stands in each of its documents."""
        data, width = self._lists[self._list.begin(term) :], WIDTHS[self._kinds[term] >> 2 & 7]
        often = cut(data, width, 0, self.df[term])
        often += 1
        return often

    def often(self, term: int) -> int:
        """How often a term stands in all documents."""
        return int(self.frequencies(term).sum())

    def postings(self, term: int) -> Postings:
        return Postings(self, term)

    def bits(self, documents: Numbers, often: Numbers) -> tuple[Numbers, Numbers]:
        """Of each document of a term, how wide its positions are and at which bit of the term's they end."""
        widths = self._bits[documents].astype(np.intp)
        return widths, np.cumsum(widths * often)

    def places(self, term: int) -> int:
        """At which bit the positions of a term begin."""
        return 8 * self._place.begin(term)

    def positions(self, at: Numbers, widths: Any) -> Numbers:
        """The positions that begin at these bits."""
        return peek(self._places, at, widths)

    def widened(self, term: int) -> bool:
        """Whether the term stands on more or fewer code points than it has, somewhere."""
        return self._kinds[term] >> 5 > 0

    def longer(self, term: int, times: Numbers) -> Numbers:
        """On how many code points more than it has such a term stands, at these of all its times."""
        kind = self._kinds[term]
        begin, width = self._list.begin(term) + _bytes(self.df[term], kind >> 2 & 7), WIDTHS[kind >> 5]
        told = peek(self._lists, 8 * begin + times * width, width)
        return np.asarray((told >> 1) ^ -(told & 1))

    def begun(self, document: int) -> bytes:
        """Where the terms of a document begin, as it lies in the file."""
        return self._starts[document]

    def starts(self, documents: Numbers, ranks: Numbers, positions: Numbers) -> Numbers:
        """At which code point each of *positions* begins, which is of that one of *documents*."""
        most = [1 << bits for bits in self._bits[documents].tolist()]
        return starts([self.begun(each) for each in documents.tolist()], most, ranks, positions)


class Postings:
    """One term: its documents, in order; and, when it is asked for, how often it stands in each."""

    def __init__(self, field: Field, term: int) -> None:
        self.field: Final = field
        self.term: Final = term
        self.hits: Final = field.hits(term)
        self.documents: Final = self.hits.documents

    @cached_property
    def frequencies(self) -> Numbers:
        return self.field.frequencies(self.term)


def _bytes(count: int, width: int) -> int:
    return (count * WIDTHS[width] + 7) >> 3


class Segment:
    """One whole index. Of the file only what is asked for is read; `Damaged` when it is none."""

    def __init__(self, file: memoryview, *, untrusted: bool = False) -> None:
        arrays, self.told = parted(file)
        if untrusted:
            require_whole(arrays, self.told)
        try:
            self.count: Final[int] = self.told["documents"]
            self.columns: Final[dict[str, list[str]]] = self.told["columns"]
            self.fields = {
                name: Field(name, arrays, self.told["totals"][name]) for name in self.told["fields"]
            }
            self._codes = {name: arrays[f"column{at}"] for at, name in enumerate(self.columns)}
            self._kept = Texts(arrays["kept"], arrays["sizes"])
            self._ids = Texts(arrays["ids"], arrays["named"], arrays["by_id"])
            self._told: dict[str, int] = {}
            if len(self._kept) != self.count:
                raise Damaged("the index is not whole")
        except (KeyError, TypeError):
            raise Damaged("the index is not whole") from None

    def codes(self, column: str) -> Numbers:
        """Of each document the place of its value among the column's sorted values."""
        return self._codes[column]

    def between(self, column: str, low: str, high: str, documents: Numbers) -> NDArray[np.bool_]:
        """Which of *documents* have a value from *low* to *high*, both included."""
        values = self.columns[column]
        codes = self._codes[column][documents]
        return (codes >= bisect_left(values, low)) & (codes < bisect_right(values, high))

    def counts(self, column: str, documents: Numbers) -> tuple[tuple[str, int], ...]:
        """How often each value of a column stands in *documents*, in the order of values."""
        values = self.columns[column]
        found = np.bincount(self._codes[column][documents], minlength=len(values)).tolist()
        return tuple((value, count) for value, count in zip(values, found, strict=True) if count)

    def name(self, document: int) -> str:
        """The id of a document."""
        return self._ids[document].decode()

    @cached_property
    def names(self) -> list[str]:
        """The ids of all documents."""
        return [self.name(document) for document in range(self.count)]

    def tell(self, documents: Sequence[int]) -> list[str]:
        """The ids of documents that are shown: who is told them soon asks for them."""
        told = list(map(self.name, documents))
        self._told = dict(zip(told, documents, strict=True))
        return told

    def number(self, document_id: str) -> int | None:
        """The number of the document with this id."""
        known = self._told.get(document_id)
        return self._ids.find(document_id.encode()) if known is None else known

    def held(self, document: int) -> memoryview:
        """What is kept of a document, as it lies in the file (`blocks.kept`)."""
        return self._kept.lying(document)
