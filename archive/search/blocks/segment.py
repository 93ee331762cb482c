"""An index that is read where it lies: terms, postings, columns and what is kept of each document."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from whoosh.util.numeric import byte_to_length

from archive.search.backend import unzipped
from archive.search.blocks.arrays import Damaged, Packed, parted
from archive.search.blocks.whole import require_whole

LENGTHS: Final = np.array([byte_to_length(code) for code in range(256)], np.float64)
"""Whoosh keeps the length of a field in a byte, and scores with what the byte stands for."""

APART: Final = 64
"""Terms from one signpost of a lexicon to the next."""

Numbers = NDArray[Any]


@dataclass(frozen=True)
class Postings:
    """Of one term: its documents in order, and how often it stands in each."""

    documents: Numbers
    frequencies: Numbers


class Field:
    """The lexicon and postings of one field."""

    def __init__(self, name: str, arrays: dict[str, Numbers], total: int) -> None:
        mine = {key.removeprefix(f"{name}/"): a for key, a in arrays.items() if key.startswith(f"{name}/")}
        self._lexicon = mine["lexicon"]
        self._words, self.df, self.cf = mine["words"], mine["df"], mine["cf"]
        self.norm, self.total = mine["norm"], total
        self._gaps, self._freqs = Packed("gaps", mine), Packed("freqs", mine)
        self._positions, self._starts, self._lengths = (
            Packed(column, mine) for column in ("positions", "starts", "lengths")
        )

    def __len__(self) -> int:
        return len(self.df)

    def word(self, at: int) -> bytes:
        """The term in place *at* of the order of UTF-8."""
        return self._lexicon[int(self._words[at]) : int(self._words[at + 1])].tobytes()

    def place(self, word: bytes) -> int:
        """Where *word* is or would be in the order."""
        after = bisect_left(self._signposts, word) * APART
        return bisect_left(
            range(len(self)), word, max(0, after - APART), min(after, len(self)), key=self.word
        )

    @cached_property
    def _signposts(self) -> list[bytes]:
        """Each term in so many, so that most of a search for a word is one in a list."""
        return [self.word(at) for at in range(0, len(self), APART)]

    def find(self, word: bytes) -> int | None:
        """The place of a term that is there."""
        at = self.place(word)
        return at if at < len(self) and self.word(at) == word else None

    def prefixed(self, prefix: bytes) -> range:
        """The places of all terms that begin so."""
        start = self.place(prefix)
        after = prefix.rstrip(b"\xff")
        end = self.place(after[:-1] + bytes([after[-1] + 1])) if after else len(self)
        return range(start, end)

    def documents(self, term: int) -> Numbers:
        """The documents of a term, in order."""
        return np.cumsum(self._gaps.get(term, int(self.df[term])), dtype=np.int32)

    def postings(self, term: int) -> Postings:
        return Postings(self.documents(term), self._freqs.get(term, int(self.df[term])))

    def positions(self, term: int) -> Numbers:
        """The positions of a term, document after document."""
        return self._positions.get(term, int(self.cf[term]))

    def unrolled(self) -> tuple[Numbers, Numbers, list[Numbers]]:
        """Of each time a term stands somewhere its term, its document, and its position, start and length."""
        held = [self.postings(term) for term in range(len(self))]
        document = [np.repeat(each.documents, each.frequencies) for each in held]
        columns = (self._positions, self._starts, self._lengths)
        places = [[column.get(at, int(self.cf[at])) for at in range(len(self))] for column in columns]
        return (
            np.repeat(np.arange(len(self)), self.cf.astype(np.int64)),
            np.concatenate([np.empty(0, np.int64), *document]),
            [np.concatenate([np.empty(0, np.int64), *each]) for each in places],
        )

    def places(self, term: int, documents: Numbers) -> Iterator[tuple[int, int, int, int]]:
        """Document, position, start and end of each time that a term stands in *documents*, in order."""
        held = self.postings(term)
        inside = np.searchsorted(held.documents, documents)
        ends = np.cumsum(held.frequencies, dtype=np.int64)
        count = int(self.cf[term])
        columns = (self.positions(term), self._starts.get(term, count), self._lengths.get(term, count))
        for document, at in zip(documents.tolist(), inside.tolist(), strict=True):
            if at == len(held.documents) or held.documents[at] != document:
                continue
            these = slice(int(ends[at]) - int(held.frequencies[at]), int(ends[at]))
            for position, start, length in zip(*(c[these].tolist() for c in columns), strict=True):
                yield document, position, start, start + length


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
            self._kept, self._sizes = arrays["kept"], arrays["sizes"]
            self._ids, self._named, self._by_id = arrays["ids"], arrays["named"], arrays["by_id"]
            if len(self._sizes) != self.count + 1:
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
        found = np.bincount(self._codes[column][documents], minlength=len(values))
        return tuple((values[at], int(found[at])) for at in np.flatnonzero(found))

    def name(self, document: int) -> str:
        """The id of a document."""
        return self._ids[int(self._named[document]) : int(self._named[document + 1])].tobytes().decode()

    def kept(self, document: int) -> Any:
        """What was kept of a document, as JSON's types; `EngineError` for what nobody here packed."""
        return unzipped(self.packed(document))

    def packed(self, document: int) -> bytes:
        """The same, as it lies in the file."""
        return self._kept[int(self._sizes[document]) : int(self._sizes[document + 1])].tobytes()

    def number(self, document_id: str) -> int | None:
        """The number of the document with this id."""
        at = bisect_left(self._by_id, document_id, key=lambda number: self.name(int(number)))
        if at < self.count and self.name(number := int(self._by_id[at])) == document_id:
            return number
        return None
