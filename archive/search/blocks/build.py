"""Documents and their terms into the arrays of an index, in memory, in one pass and one sort."""

from __future__ import annotations

import json
import zlib
from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import accumulate, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh.util.numeric import length_to_byte

from archive.search.analyzer import Term
from archive.search.blocks.arrays import Arrays, joined, packed

Prepared = tuple[str, Mapping[str, str], Any, Mapping[str, Sequence[Term]]]
"""A document: its id, its values by column, what is kept of it as JSON's types, and its terms by field."""


class Repeated(ValueError):
    """Two documents came with one id."""


class _Field:
    """The terms of one field as they come in, document after document."""

    def __init__(self) -> None:
        self.known: dict[str, int] = {}
        self.terms, self.documents, self.positions, self.starts, self.lengths = (array("I") for _ in range(5))
        self.counts = array("I")

    def add(self, number: int, terms: Sequence[Term]) -> None:
        known = self.known
        self.terms.extend([known.setdefault(t.text, len(known)) for t in terms])
        self.documents.extend([number] * len(terms))
        self.positions.extend([t.position for t in terms])
        self.starts.extend([t.start for t in terms])
        self.lengths.extend([t.end - t.start for t in terms])
        self.counts.append(len(terms))

    def arrays(self, name: str) -> Arrays:
        """Its lexicon in the order of UTF-8, and each term's documents, frequencies, positions and places."""
        words = sorted((word.encode(), at) for word, at in self.known.items())
        rank = np.empty(len(words), np.int64)
        rank[[at for _, at in words]] = np.arange(len(words))
        term = rank[np.frombuffer(self.terms, np.uint32)] if self.terms else np.empty(0, np.int64)
        document = _numbers(self.documents)
        # Stable: inside a term the documents, and inside a document the positions, stay in order.
        order = np.argsort(term, kind="stable")
        term, document = term[order], document[order]
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
        lexicon = b"".join(word for word, _ in words)
        made: Arrays = {
            "lexicon": np.frombuffer(lexicon, "u1"),
            "words": np.array(list(accumulate((len(w) for w, _ in words), initial=0)), "<u8"),
            "df": df.astype("<u4"),
            "cf": cf.astype("<u8"),
            "norm": np.array([length_to_byte(n) for n in self.counts], "u1"),
        }
        made |= packed("gaps", gaps, posting) | packed("freqs", frequency, posting)
        for column in ("positions", "starts", "lengths"):
            made |= packed(column, _numbers(getattr(self, column))[order], occurrence)
        return {f"{name}/{key}": value for key, value in made.items()}


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
    kept, sizes = bytearray(), [0]
    for document_id, row, body, terms in documents:
        for name, field in made.items():
            field.add(len(ids), terms.get(name, ()))
        for name, column in values.items():
            column.append(row.get(name, ""))
        kept += zlib.compress(json.dumps(body, ensure_ascii=False).encode(), 6)
        sizes.append(len(kept))
        ids.append(document_id)
        progress(len(ids))
    arrays: Arrays = {"kept": np.frombuffer(bytes(kept), "u1"), "sizes": np.array(sizes, "<u8")}
    for name, field in made.items():
        arrays |= field.arrays(name)
    names: dict[str, list[str]] = {}
    for at, (name, column) in enumerate(values.items()):
        names[name] = sorted(set(column))
        codes = {value: code for code, value in enumerate(names[name])}
        arrays[f"column{at}"] = np.array([codes[value] for value in column], "<u4")
    by_id = sorted(range(len(ids)), key=ids.__getitem__)
    if any(ids[one] == ids[two] for one, two in pairwise(by_id)):
        raise Repeated("two documents have one id")
    named = [each.encode() for each in ids]
    arrays["by_id"] = np.array(by_id, "<u4")
    arrays["ids"] = np.frombuffer(b"".join(named), "u1")
    arrays["named"] = np.array(list(accumulate(map(len, named), initial=0)), "<u8")
    totals = {name: sum(field.counts) for name, field in made.items()}
    return joined(
        arrays, {**told, "documents": len(ids), "fields": list(fields), "totals": totals, "columns": names}
    )


def _numbers(values: array[int]) -> NDArray[Any]:
    return np.frombuffer(values, np.uint32).astype(np.int64) if values else np.empty(0, np.int64)


def _bounds(counts: NDArray[Any]) -> NDArray[Any]:
    return np.append(0, np.cumsum(counts)).astype(np.int64)
