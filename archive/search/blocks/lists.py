"""The posting lists of a field: in which documents a term stands, how often in each, and where.

Written and unrolled a stretch of terms at a time, without a step of Python for each term. What a list looks
like: docs/formats/index.md. One term's lists are read by `segment.Field`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from archive.search.blocks.arrays import Arrays, Damaged
from archive.search.blocks.bits import BEHIND, EVEN, even, filled, peek, pour
from archive.search.blocks.small import Bounds, Small, bounds, small
from archive.search.blocks.texts import lexicon

Numbers = NDArray[Any]

STRETCH: Final = 1 << 19
"""Occurrences that are packed at once: enough for arrays to pay, few enough for a processor's cache."""
BITMAP: Final = 0
FULL: Final = {1: 255, 2: 65535}
"""Of each kind of gaps, which is the bytes of a unit, the unit that only adds and names no document."""


class Occurrences(NamedTuple):
    """Each time that a term stands somewhere, in the order of terms, documents and positions."""

    term: Numbers
    document: Numbers
    position: Numbers
    longer: Numbers
    """How many code points more it has than the term: 0, then -1, 1, -2, 2 … as 1, 2, 3, 4 …"""

    def among(self, chosen: Any) -> Occurrences:
        """Some of them, by place or as a mask."""
        return Occurrences(*(column[chosen] for column in self))


def stretches(costs: Numbers) -> Iterator[tuple[int, int]]:
    """The first term and the one behind the last of each stretch; *costs* is how often each term stands."""
    owner = np.cumsum(costs) // STRETCH
    edges = [0, *(np.flatnonzero(np.diff(owner)) + 1).tolist(), len(costs)]
    for low, high in pairwise(edges):
        if high > low:
            yield low, high


def before(counts: Numbers) -> Numbers:
    """How much there is before each."""
    return np.asarray(np.cumsum(counts) - counts)


class Lists:
    """The lists of a field as they are written."""

    def __init__(self, documents: int, bits: Numbers) -> None:
        """*bits*: of each document the bits that its positions need."""
        self._documents, self._bits = documents, bits.astype(np.int64)
        self._words: list[bytes] = []
        self._made: list[dict[str, Numbers]] = []

    def add(self, words: Sequence[bytes], all: Occurrences) -> None:
        """The next terms, in the order of their bytes; *all* has their numbers from 0, each at least once."""
        term, document, position, longer = all
        new = np.ones(len(term), bool)
        new[1:] = (term[1:] != term[:-1]) | (document[1:] != document[:-1])
        first = np.flatnonzero(new)
        more = np.diff(np.append(first, len(term))) - 1
        owner, held = term[first], document[first]
        df, cf = (np.bincount(each, minlength=len(words)) for each in (owner, term))
        begins, stands = before(df), before(cf)
        often, wide = even(np.maximum.reduceat(more, begins)), even(np.maximum.reduceat(longer, stands))
        often_bytes, wide_bytes = filled(df * EVEN[often]), filled(cf * EVEN[wide])
        kind, gaps, gap_bytes = self._gaps(held, begins)
        sizes = often_bytes + wide_bytes + gap_bytes
        at = before(sizes)
        lists = np.zeros(int(sizes.sum()), np.uint8)
        _pour_even(lists, at, often, owner, more, begins)
        _pour_even(lists, at + often_bytes, wide, term, longer, stands)
        _pour_gaps(lists, at + often_bytes + wide_bytes, kind, owner, held, gaps)

        width = self._bits[document]
        ahead = before(width)
        place_bytes = filled(np.add.reduceat(width, stands))
        places = np.zeros(int(place_bytes.sum()), np.uint8)
        pour(places, (before(place_bytes) * 8 - ahead[stands])[term] + ahead, position)
        self._words += words
        self._made.append(
            {
                "df": df,
                "kinds": kind | often << 2 | wide << 5,
                "list": sizes,
                "place": place_bytes,
                "lists": lists,
                "places": places,
            }
        )

    def _gaps(self, held: Numbers, begins: Numbers) -> tuple[Numbers, Numbers, Numbers]:
        """Of each term the kind of gaps that takes least; the gaps; and the bytes that they take."""
        gaps = np.diff(held, prepend=0)
        gaps[begins] = held[begins]
        bitmap = np.full(len(begins), filled(np.int64(self._documents)))
        told = [np.add.reduceat(1 + gaps // full, begins) * size for size, full in FULL.items()]
        choice = np.stack([bitmap, *told])
        return np.argmin(choice, axis=0), gaps, choice.min(axis=0)

    def arrays(self) -> Arrays:
        """All that was added."""
        empty = np.empty(0, np.int64)
        made = {name: np.concatenate([empty, *(each[name] for each in self._made)]) for name in _COUNTED}
        bytes_of = {
            name: np.concatenate([_NO_BYTES, *(each[name] for each in self._made)]) for name in _BYTES
        }
        return {
            **lexicon(self._words),
            **small("df", made["df"]),
            "kinds": made["kinds"].astype(np.uint8),
            **bounds("list", made["list"]),
            **bounds("place", made["place"]),
            **{name: np.append(each, np.zeros(BEHIND, np.uint8)) for name, each in bytes_of.items()},
        }


_COUNTED: Final = ("df", "kinds", "list", "place")
_BYTES: Final = ("lists", "places")
_NO_BYTES: Final = np.empty(0, np.uint8)


def _pour_even(
    into: Numbers, at: Numbers, kind: Numbers, owner: Numbers, values: Numbers, begins: Numbers
) -> None:
    some = np.flatnonzero(values)  # what is nothing is there already
    mine = owner[some]
    pour(into, (at * 8)[mine] + (some - begins[mine]) * EVEN[kind][mine], values[some])


def _pour_gaps(
    into: Numbers, at: Numbers, kind: Numbers, owner: Numbers, held: Numbers, gaps: Numbers
) -> None:
    kinds = kind[owner]
    dense = kinds == BITMAP
    pour(into, (at * 8)[owner[dense]] + held[dense], np.ones(int(dense.sum()), np.uint8))
    for size, full in FULL.items():
        mine = kinds == size
        times, last = np.divmod(gaps[mine], full)
        times += 1
        units = np.full(int(times.sum()), full)
        units[np.cumsum(times) - 1] = last
        of = np.repeat(owner[mine], times)
        rank = np.arange(len(of)) - before(np.bincount(of, minlength=len(at)))[of]
        pour(into, (at[of] + rank * size) * 8, units)


class Written:
    """The lists of a field as they lie in a file."""

    def __init__(self, arrays: Arrays) -> None:
        self.df, self.list, self.place = Small(arrays, "df"), Bounds(arrays, "list"), Bounds(arrays, "place")
        self.kinds, self.bits = arrays["kinds"], arrays["bits"]
        self.lists, self.places = arrays["lists"], arrays["places"]

    def stretches(self) -> Iterator[tuple[int, int]]:
        """Terms that are unrolled at once."""
        return stretches(self.df.all() + self.place.sizes.all())

    def held(self, terms: tuple[int, int]) -> tuple[Numbers, Numbers]:
        """The documents of the terms from the first of *terms* to before the second.

        With each how often the term stands there, less one. `Damaged` when a list has not as many.
        """
        df, kinds, ends = self._heads(terms)
        often, owner = EVEN[kinds >> 2 & 7], np.repeat(np.arange(len(df)), df)
        more = _uniform(self.lists, ends[:-1], often, owner, df)
        cf = np.add.reduceat(more + 1, before(df)) if len(more) else df
        gaps_at = ends[:-1] + filled(df * often) + filled(cf * EVEN[kinds >> 5])
        kind, found = kinds & 3, np.empty(len(owner), np.int64)
        for each in (BITMAP, *FULL):
            chosen = np.flatnonzero(kind == each)
            told, counts = _told(self.lists, gaps_at[chosen], ends[1:][chosen], each, len(self.bits))
            # In all there may be as many as are counted, and one of this list stand for one of another.
            if not np.array_equal(counts, df[chosen]):
                raise Damaged("a list has not as many documents as are counted")
            found[(kind == each)[owner]] = told
        return found, more

    def unrolled(self, terms: tuple[int, int]) -> Occurrences:
        """What `Lists.add` was given for the terms from the first of *terms* to before the second."""
        df, kinds, ends = self._heads(terms)
        some, more = self.held(terms)
        cf = np.add.reduceat(more + 1, before(df)) if len(more) else df
        places = self.placed(terms, some, more)
        wide_at = ends[:-1] + filled(df * EVEN[kinds >> 2 & 7])
        return Occurrences(*places, _uniform(self.lists, wide_at, EVEN[kinds >> 5], places[0], cf))

    def placed(
        self, terms: tuple[int, int], some: Numbers, more: Numbers
    ) -> tuple[Numbers, Numbers, Numbers]:
        """The same without the lengths, of what `held` told: terms, documents and positions."""
        df, place_at = self.df.all(*terms), self.place.all(*terms)
        term, document = (np.repeat(each, 1 + more) for each in (np.repeat(np.arange(len(df)), df), some))
        width = self.bits[document].astype(np.int64)
        ahead = before(width)
        cf = np.bincount(term, minlength=len(df))
        first = np.append(ahead, 0)[before(cf)] if len(cf) else ahead
        return term, document, peek(self.places, (place_at[:-1] * 8 - first)[term] + ahead, width)

    def _heads(self, terms: tuple[int, int]) -> tuple[Numbers, Numbers, Numbers]:
        return self.df.all(*terms), self.kinds[slice(*terms)].astype(np.int64), self.list.all(*terms)


def _uniform(lists: Numbers, begin: Numbers, width: Numbers, of: Numbers, counts: Numbers) -> Numbers:
    """The numbers of lists of these widths that begin at these bytes, list after list."""
    rank = np.arange(len(of)) - before(counts)[of]
    return peek(lists, (begin * 8)[of] + rank * width[of], width[of])


def _told(lists: Numbers, at: Numbers, ends: Numbers, kind: int, documents: int) -> tuple[Numbers, Numbers]:
    """The documents of several terms whose gaps are of one kind, term after term; and how many each has."""
    if not len(at):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    sizes = ends - at
    if (
        sizes.min() < 0
        or (kind == BITMAP and np.any(sizes != filled(documents)))
        or (kind == 2 and np.any(sizes & 1))
    ):
        raise Damaged("a list is longer or shorter than it can be")
    byte = np.repeat(at - before(sizes), sizes) + np.arange(int(sizes.sum()))
    data = lists[byte]
    if kind == BITMAP:
        rows = np.unpackbits(data.reshape(len(at), -1), axis=1, count=documents, bitorder="little")
        return np.nonzero(rows)[1], rows.sum(axis=1, dtype=np.int64)
    units = data.view(f"<u{kind}")
    counts = sizes // kind
    reached = np.cumsum(units, dtype=np.int64)
    reached -= np.repeat(np.append(0, reached)[before(counts)], counts)
    named = units != FULL[kind]
    return reached[named], np.add.reduceat(named, before(counts), dtype=np.int64)
