"""Documents and their terms into the arrays of an index, in memory, in one pass and one sort."""

from __future__ import annotations

import json
import zlib
from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import accumulate, count, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh.util.numeric import length_to_byte

from archive.search.analyzer import Term
from archive.search.backend import Repeated
from archive.search.blocks.arrays import Arrays, joined, narrow, packed

Prepared = tuple[str, Mapping[str, str], Any, Mapping[str, Sequence[Term]]]
"""A document: its id, its values by column, what is kept of it as JSON's types, and its terms by field."""


class _Field:
    """The terms of one field as they come in, document after document."""

    def __init__(self) -> None:
        self.known: defaultdict[str, int] = defaultdict(count().__next__)
        self.terms, self.positions, self.starts, self.ends, self.counts = (array("I") for _ in range(5))

    def add(self, terms: Sequence[Term]) -> None:
        self.counts.append(len(terms))
        if terms:
            texts, *places = zip(*terms, strict=True)
            self.terms.extend(map(self.known.__getitem__, texts))
            for column, values in zip((self.positions, self.starts, self.ends), places, strict=True):
                column.extend(values)

    def arrays(self, name: str) -> Arrays:
        """Its lexicon and postings, in the order of the terms' bytes."""
        words = sorted((word.encode(), at) for word, at in self.known.items())
        rank = np.empty(len(words), np.int64)
        rank[[at for _, at in words]] = np.arange(len(words))
        term, order = _in_order(rank[_numbers(self.terms)])
        position, start, end = (
            _numbers(column)[order] for column in (self.positions, self.starts, self.ends)
        )
        document = np.repeat(np.arange(len(self.counts)), _numbers(self.counts))[order]
        norm = np.array([length_to_byte(n) for n in self.counts], "u1")
        places = (position, start, end - start)
        return field_arrays(name, [word for word, _ in words], norm, term, document, places)


def _in_order(terms: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Terms in order, and where each was; of one term what came first stays first."""
    bits = max(len(terms) - 1, 1).bit_length()
    # One sort of single numbers is much quicker than a stable sort of places by term.
    keys = np.sort((terms << bits) | np.arange(len(terms)))
    return keys >> bits, keys & ((1 << bits) - 1)


def field_arrays(
    name: str,
    words: Sequence[bytes],
    norm: NDArray[Any],
    term: NDArray[Any],
    document: NDArray[Any],
    places: Sequence[NDArray[Any]],
) -> Arrays:
    """The arrays of one field from its sorted terms and, of each time that one stands somewhere in the order
    of terms and documents, its term, its document and its places: position, start and length.
    """
    new = np.ones(len(term), bool)
    new[1:] = (term[1:] != term[:-1]) | (document[1:] != document[:-1])
    first = np.flatnonzero(new)
    frequency = np.diff(np.append(first, len(term)))
    owner, held = term[first], document[first]
    df = np.bincount(owner, minlength=len(words))
    cf = np.bincount(term, minlength=len(words))
    posting, occurrence = _bounds(df), _bounds(cf)
    gaps = np.diff(held, prepend=0)
    begins = posting[:-1][df > 0]
    gaps[begins] = held[begins]
    made: Arrays = {
        "lexicon": np.frombuffer(b"".join(words), "u1"),
        "words": bounds_of(words),
        "df": df.astype("<u4"),
        "cf": narrow(cf),
        "norm": norm,
    }
    made |= packed("gaps", gaps, posting) | packed("freqs", frequency, posting)
    for column, values in zip(("positions", "starts", "lengths"), places, strict=True):
        made |= packed(column, values, occurrence)
    return {f"{name}/{key}": value for key, value in made.items()}


def document_arrays(ids: Sequence[str], kept: Sequence[bytes]) -> Arrays:
    """The arrays of the documents' ids and of what is kept of each; `Repeated` when two have one id."""
    by_id = sorted(range(len(ids)), key=ids.__getitem__)
    if any(ids[one] == ids[two] for one, two in pairwise(by_id)):
        raise Repeated("two documents have one id")
    named = [each.encode() for each in ids]
    return {
        "kept": np.frombuffer(b"".join(kept), "u1"),
        "sizes": bounds_of(kept),
        "ids": np.frombuffer(b"".join(named), "u1"),
        "named": bounds_of(named),
        "by_id": np.array(by_id, "<u4"),
    }


def column_arrays(values: Mapping[str, Sequence[str]]) -> tuple[Arrays, dict[str, list[str]]]:
    """The arrays of the columns, and the sorted values of each."""
    made: Arrays = {}
    names: dict[str, list[str]] = {}
    for at, (name, column) in enumerate(values.items()):
        names[name] = sorted(set(column))
        codes = {value: code for code, value in enumerate(names[name])}
        made[f"column{at}"] = np.array([codes[value] for value in column], "<u4")
    return made, names


def bounds_of(pieces: Sequence[bytes]) -> NDArray[Any]:
    """Where each of *pieces* begins when they are joined, and the end."""
    return narrow(np.array(list(accumulate(map(len, pieces), initial=0))))


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
    for document_id, row, body, terms in documents:
        for name, field in made.items():
            field.add(terms.get(name, ()))
        for name, column in values.items():
            column.append(row.get(name, ""))
        kept.append(zlib.compress(json.dumps(body, ensure_ascii=False).encode(), 6))
        ids.append(document_id)
        progress(len(ids))
    arrays = document_arrays(ids, kept)
    for name, field in made.items():
        arrays |= field.arrays(name)
    columns_of, names = column_arrays(values)
    totals = {name: sum(field.counts) for name, field in made.items()}
    told = {**told, "documents": len(ids), "fields": list(fields), "totals": totals, "columns": names}
    return joined(arrays | columns_of, told)


def _numbers(values: array[int]) -> NDArray[Any]:
    return np.frombuffer(values, np.uint32).astype(np.int64) if values else np.empty(0, np.int64)


def _bounds(counts: NDArray[Any]) -> NDArray[Any]:
    return np.append(0, np.cumsum(counts)).astype(np.int64)
