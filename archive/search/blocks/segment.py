"""An index that is read where it lies: terms, postings, columns and what is kept of each document."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property, partial
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from whoosh.util.numeric import byte_to_length

from archive.search.backend import DAMAGED, EngineError, unzipped
from archive.search.blocks.arrays import Arrays, Damaged, parted
from archive.search.blocks.bits import EVEN, cut, peek
from archive.search.blocks.lists import BITMAP, FULL
from archive.search.blocks.whole import require_whole, steps

LENGTHS: Final = np.array([byte_to_length(code) for code in range(256)], np.float64)
"""Whoosh keeps the length of a field in a byte, and scores with what the byte stands for."""

B: Final = 0.75
K1: Final = 1.2
"""Of BM25F, as Whoosh has them."""

APART: Final = 64
"""Terms from one signpost of a lexicon to the next, and ids from one of theirs."""

Numbers = NDArray[Any]


class Postings:
    """Of one term its documents, in order; and, when it is asked for, how often it stands in each."""

    def __init__(self, documents: Numbers, frequencies: Callable[[], Numbers]) -> None:
        self.documents: Final = documents
        self._frequencies = frequencies

    @cached_property
    def frequencies(self) -> Numbers:
        return self._frequencies()


class Field:
    """The lexicon and postings of one field."""

    def __init__(self, name: str, arrays: Arrays, total: int) -> None:
        self.arrays: Final = {
            key.removeprefix(f"{name}/"): each for key, each in arrays.items() if key.startswith(f"{name}/")
        }
        mine = self.arrays
        self._lexicon, self._words, self.df, self.cf = mine["lexicon"], mine["words"], mine["df"], mine["cf"]
        self._kinds, self._at, self._lists = mine["kinds"], mine["at"], mine["lists"]
        self._place_at, self._places, self._bits = mine["place_at"], mine["places"], mine["bits"]
        self._starts, self._starts_at = mine["starts"], mine["starts_at"]
        self.norm, self.total = mine["norm"], total

    def __len__(self) -> int:
        return len(self.df)

    @cached_property
    def weights(self) -> Numbers:
        """What the length of each document adds to a frequency, in BM25F."""
        average = self.total / (len(self.norm) or 1) or 1
        return np.asarray((K1 * ((1 - B) + B * LENGTHS / average))[self.norm])

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
        kind, df = int(self._kinds[term]), int(self.df[term])
        begin = int(self._at[term]) + _bytes(df, kind >> 2 & 7) + _bytes(int(self.cf[term]), kind >> 5)
        data, unit = self._lists[begin : int(self._at[term + 1])], kind & 3
        if unit == BITMAP:
            inside = np.unpackbits(data, count=len(self.norm), bitorder="little")
            return inside.view(bool).nonzero()[0]
        units = data if unit == 1 else data.view("<u2")
        reached = np.cumsum(units, dtype=np.intp)
        return reached if len(units) == df else reached[units != FULL[unit]]

    def frequencies(self, term: int) -> Numbers:
        """How often a term stands in each of its documents."""
        data, width = self._lists[int(self._at[term]) :], int(EVEN[self._kinds[term] >> 2 & 7])
        return np.add(cut(data, width, 0, int(self.df[term])), 1, dtype=np.intp)

    def postings(self, term: int) -> Postings:
        return Postings(self.documents(term), partial(self.frequencies, term))

    def bits(self, held: Postings) -> tuple[Numbers, Numbers]:
        """Of each document of a term, how wide its positions are and at which bit of the term's they end."""
        widths = self._bits[held.documents].astype(np.intp)
        return widths, np.cumsum(widths * held.frequencies)

    def positions(self, term: int, at: Numbers, widths: Any) -> Numbers:
        """The positions of a term that begin at these of its bits."""
        return peek(self._places, at + 8 * int(self._place_at[term]), widths)

    def places(
        self, terms: Iterable[int], documents: Numbers
    ) -> Iterator[tuple[int, Numbers, Numbers, Numbers]]:
        """Of each of *terms* and each of *documents* in which it stands: the document, and the positions, the
        starts and the ends of all times.
        """
        begun: dict[int, Numbers] = {}
        for term in terms:
            held = self.postings(term)
            inside = is_in(documents, held.documents)
            if not inside.any():
                continue
            at = np.searchsorted(held.documents, documents[inside])
            widths, ends = self.bits(held)
            last = np.cumsum(held.frequencies)
            length = len(self.word(term).decode())
            for document, rank in zip(documents[inside].tolist(), at.tolist(), strict=True):
                often, width = int(held.frequencies[rank]), int(widths[rank])
                bits = int(ends[rank]) + np.arange(-often, 0) * width
                positions = self.positions(term, bits, width)
                if document not in begun:
                    begun[document] = self._begun(document)
                lengths = self._longer(term, int(last[rank]) - often, int(last[rank])) + length
                if int(positions[-1]) >= len(begun[document]):
                    raise EngineError(DAMAGED)
                starts = begun[document][positions]
                yield document, positions, starts, starts + lengths

    def _longer(self, term: int, start: int, stop: int) -> Numbers:
        """How many code points more than the term some of its occurrences have."""
        kind = int(self._kinds[term])
        begin = int(self._at[term]) + _bytes(int(self.df[term]), kind >> 2 & 7)
        told = cut(self._lists[begin:], int(EVEN[kind >> 5]), start, stop).astype(np.intp)
        return np.asarray((told >> 1) ^ -(told & 1))

    def begun(self, document: int) -> bytes:
        """Where the terms of a document begin, as it lies in the file."""
        return self._starts[int(self._starts_at[document]) : int(self._starts_at[document + 1])].tobytes()

    def _begun(self, document: int) -> Numbers:
        """Of each position of a document the code point at which its terms begin."""
        return np.cumsum(steps(self.begun(document), int(self._bits[document])), dtype=np.intp)


def _bytes(count: int, width: int) -> int:
    return (count * int(EVEN[width]) + 7) >> 3


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
    at = np.searchsorted(others, some)
    at[at == len(others)] = 0
    return np.asarray(others[at] == some, bool)


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
        found = np.bincount(self._codes[column][documents], minlength=len(values)).tolist()
        return tuple((value, count) for value, count in zip(values, found, strict=True) if count)

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
        after = bisect_left(self._signposts, document_id) * APART
        near = self._by_id[max(0, after - APART) : after].tolist()
        at = max(0, after - APART) + bisect_left(near, document_id, key=self.name)
        if at < self.count and self.name(number := int(self._by_id[at])) == document_id:
            return number
        return None

    @cached_property
    def _signposts(self) -> list[str]:
        """Each id in so many, in order."""
        return [self.name(number) for number in self._by_id[::APART].tolist()]
