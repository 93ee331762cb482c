"""Documents and their terms into the arrays of an index, in memory, in one pass and one sort."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, count, pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from whoosh.util.numeric import length_to_byte

from archive.search.analyzer import Term
from archive.search.backend import Repeated
from archive.search.blocks.arrays import Arrays, bounds_of, joined, narrow
from archive.search.blocks.kept import packed
from archive.search.blocks.lists import Lists, Occurrences, stretches
from archive.search.blocks.starts import begun

Numbers = NDArray[Any]
Prepared = tuple[str, Mapping[str, str], Any, str, Mapping[str, Sequence[Term]]]
"""A document: its id, its values by column, JSON's types that are kept, its text, its terms by field."""

SORTED: Final = 1 << 22
"""Occurrences that are sorted at once."""


class _Field:
    """The terms of one field as they come in, document after document."""

    def __init__(self) -> None:
        self.known: defaultdict[str, int] = defaultdict(count().__next__)
        self.terms, self.positions, self.lengths, self.counts = (array("I") for _ in range(4))
        self.bits = bytearray()
        self.starts: list[bytes] = []

    def add(self, terms: Sequence[Term]) -> None:
        self.counts.append(len(terms))
        # Not zip(*terms): its iterators, one for each term, wake the garbage collector again and again.
        flat: list[Any] = list(chain.from_iterable(terms))
        self.terms.extend(map(self.known.__getitem__, flat[::4]))
        position, start, end = (np.array(flat[at::4], np.int64) for at in (1, 2, 3))
        self.positions.frombytes(position.astype(np.uint32).tobytes())
        self.lengths.frombytes((end - start).astype(np.uint32).tobytes())
        self.bits.append(int(position[-1]).bit_length() if terms else 0)
        self.starts.append(begun(position, start))

    def arrays(self, name: str) -> Arrays:
        """Its lexicon and postings, in the order of the terms' bytes."""
        texts = sorted(self.known)  # in the order of code points, which is that of their UTF-8
        rank = np.empty(len(texts), np.int64)
        rank[[self.known[text] for text in texts]] = np.arange(len(texts))
        words = [text.encode() for text in texts]
        lists = Lists(len(self.counts), np.frombuffer(self.bits, np.uint8))
        runs = list(self._runs(rank, np.array([len(text) for text in texts], np.int64)))
        cf = np.bincount(_numbers(self.terms), minlength=len(texts))
        ordered = np.empty_like(cf)
        ordered[rank] = cf
        for low, high in stretches(ordered):
            mine = []
            for run in runs:
                first, last = np.searchsorted(run.term, [low, high]).tolist()
                mine.append(run.among(slice(first, last)))
            columns = [np.concatenate(each).astype(np.int64) for each in zip(*mine, strict=True)]
            columns[0] -= low
            order = _in_order(columns[0])
            lists.add(words[low:high], Occurrences(*columns).among(order))
        norm = np.array([length_to_byte(n) for n in self.counts], np.uint8)
        return field_arrays(name, lists, norm, bytes(self.bits), self.starts)

    def _runs(self, rank: Numbers, points: Numbers) -> Iterator[Occurrences]:
        """So many occurrences at a time, each run in the order of terms and documents."""
        document = np.repeat(np.arange(len(self.counts), dtype=np.uint32), _numbers(self.counts))
        for start in range(0, len(self.terms), SORTED):
            run = slice(start, start + SORTED)
            term = rank[_numbers(self.terms[run])]
            more = _numbers(self.lengths[run]).astype(np.int64) - points[term]
            longer = ((more << 1) ^ (more >> 63)).astype(np.uint32)
            columns = (term.astype(np.uint32), document[run], _numbers(self.positions[run]), longer)
            yield Occurrences(*columns).among(_in_order(term))


def _in_order(terms: Numbers) -> Numbers:
    """Where each was before terms are in order; of one term what came first stays first."""
    bits = max(len(terms) - 1, 1).bit_length()
    # One sort of single numbers is quicker than a stable sort of places by term.
    return np.asarray(np.sort((terms << bits) | np.arange(len(terms))) & ((1 << bits) - 1))


def field_arrays(name: str, lists: Lists, norm: Numbers, bits: bytes, starts: Sequence[bytes]) -> Arrays:
    """The arrays of one field: its lists, and of each document what it tells of itself."""
    made = lists.arrays() | {
        "norm": norm,
        "bits": np.frombuffer(bits, np.uint8),
        "starts": np.frombuffer(b"".join(starts), np.uint8),
        "starts_at": bounds_of(starts),
    }
    return {f"{name}/{key}": value for key, value in made.items()}


def document_arrays(ids: Sequence[str], kept: Sequence[bytes | memoryview]) -> Arrays:
    """The arrays of the documents' ids and of what is kept of each; `Repeated` when two have one id."""
    by_id = sorted(range(len(ids)), key=ids.__getitem__)
    if any(ids[one] == ids[two] for one, two in pairwise(by_id)):
        raise Repeated("two documents have one id")
    named = [each.encode() for each in ids]
    return {
        "kept": np.frombuffer(b"".join(kept), np.uint8),
        "sizes": bounds_of(kept),
        "ids": np.frombuffer(b"".join(named), np.uint8),
        "named": bounds_of(named),
        "by_id": narrow(np.array(by_id, np.int64)),
    }


def column_arrays(values: Mapping[str, Sequence[str]]) -> tuple[Arrays, dict[str, list[str]]]:
    """The arrays of the columns, and the sorted values of each."""
    made: Arrays = {}
    names: dict[str, list[str]] = {}
    for at, (name, column) in enumerate(values.items()):
        names[name] = sorted(set(column))
        codes = {value: code for code, value in enumerate(names[name])}
        made[f"column{at}"] = narrow(np.array([codes[value] for value in column], np.int64))
    return made, names


def build(
    documents: Iterable[Prepared],
    fields: Sequence[str],
    columns: Sequence[str],
    told: Mapping[str, Any],
    progress: Callable[[int], None] = lambda done: None,
) -> bytes:
    """The bytes of an index of *documents*; *told* is kept in its table of contents."""
    made = {name: _Field() for name in fields}
    values: dict[str, list[str]] = {name: [] for name in columns}
    ids: list[str] = []
    kept: list[bytes] = []
    for document_id, row, body, text, terms in documents:
        for name, field in made.items():
            field.add(terms.get(name, ()))
        for name, column in values.items():
            column.append(row.get(name, ""))
        kept.append(packed(body, text))
        ids.append(document_id)
        progress(len(ids))
    arrays = document_arrays(ids, kept)
    for name, field in made.items():
        arrays |= field.arrays(name)
    columns_of, names = column_arrays(values)
    totals = {name: sum(field.counts) for name, field in made.items()}
    told = {**told, "documents": len(ids), "fields": list(fields), "totals": totals, "columns": names}
    return joined(arrays | columns_of, told)


def _numbers(values: array[int]) -> Numbers:
    return np.frombuffer(values, np.uint32) if values else np.empty(0, np.uint32)
