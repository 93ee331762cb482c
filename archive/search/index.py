"""The index: Whoosh's queries over our own arrays (`blocks`), in memory only, made anew from texts each time.

1. Nothing of it comes to lie on a disk. (Texts that may lie there in the clear: `folder`.)
2. What went in is counted: an index that lost a document is refused.
3. It never changes. What is withdrawn is gone when the index is made without it.
4. One thread at a time analyses: the stemmer keeps its place in shared parts. Looking needs no lock.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, ClassVar, Final

import numpy as np
from numpy.typing import NDArray
from whoosh import query

from archive.errors import ArchiveError
from archive.search.analyzer import Analysis, analyze_all
from archive.search.blocks.build import Repeated, build
from archive.search.blocks.page import page
from archive.search.blocks.segment import Segment
from archive.search.excerpt import Excerpt, cut
from archive.search.words import parse

FACETS: Final = ("lang", "quarter", "kind")
JOIN: Final = "\n"
BATCH: Final = 64
TEXT_FIELDS: Final = ("text", "pairs")


class IndexIncomplete(ArchiveError):
    """Documents were lost on the way into the index; it must not be used."""


@dataclass(frozen=True)
class Document:
    """What can be found: one testimony's rendition, in its parts."""

    id: str
    lang: str
    quarter: str
    kind: str
    segments: tuple[tuple[str, str], ...] = field(repr=False)
    fields: tuple[tuple[str, str], ...] = ()
    """Other fields than `FACETS`, by which texts from elsewhere can be filtered and counted."""

    def value(self, name: str) -> str:
        """The value of one field; of a field it does not have, nothing."""
        own: str = getattr(self, name) if name in FACETS else dict(self.fields).get(name, "")
        return own


@dataclass(frozen=True)
class Hit:
    """One testimony that was found, where in it, and how well the words fit (BM25F)."""

    document: Document
    excerpts: tuple[Excerpt, ...]
    score: float


@dataclass(frozen=True)
class Results:
    """A page of hits, how many there are in all, and how they spread."""

    total: int
    hits: tuple[Hit, ...]
    facets: Mapping[str, tuple[tuple[str, int], ...]]


def analysed(documents: Iterable[Document]) -> Iterator[tuple[Document, Analysis]]:
    """Each document with its terms, a batch at a time."""
    waiting = iter(documents)
    while batch := list(islice(waiting, BATCH)):
        texts = [JOIN.join(text for _, text in d.segments) for d in batch]
        with Index._lock:
            analyses = list(analyze_all(texts))
        yield from zip(batch, analyses, strict=True)


def encoded(
    known: Iterable[tuple[Document, Analysis]],
    fields: Sequence[str],
    told: Mapping[str, Any],
    progress: Callable[[int], None] = lambda done: None,
) -> bytes:
    """The bytes of the index of documents whose terms are known, with these fields to filter and count."""
    sent = 0

    def prepared() -> Iterator[tuple[str, Mapping[str, str], Any, Mapping[str, Any]]]:
        nonlocal sent
        for document, found in known:
            sent += 1
            row = {name: document.value(name) for name in fields}
            body = [document.lang, document.quarter, document.kind, document.segments, document.fields]
            yield document.id, row, body, {"text": found.terms, "pairs": found.pairs}

    try:
        made = build(prepared(), TEXT_FIELDS, fields, told, progress)
    except Repeated:
        raise IndexIncomplete("two documents have the same id; only one of them could be found") from None
    if Segment(memoryview(made)).count != sent:
        raise IndexIncomplete("the index does not hold every document that was sent; make it again")
    return made


class Index:
    """An index of *documents*, complete when it was made."""

    _lock: ClassVar = threading.Lock()
    """One for all: while a new index is made, the one before is still asked, with the same stemmer."""

    def __init__(
        self, documents: Iterable[Document], progress: Callable[[int], None] = lambda done: None
    ) -> None:
        self._segment = Segment(memoryview(encoded(analysed(documents), FACETS, {}, progress)))

    @classmethod
    def of(cls, segment: Segment) -> Index:
        """The index over a segment that `encoded` made."""
        made = cls.__new__(cls)
        made._segment = segment
        return made

    @property
    def count(self) -> int:
        """How many testimonies can be found."""
        return self._segment.count

    @property
    def fields(self) -> tuple[str, ...]:
        """What can be filtered and is counted."""
        return tuple(self._segment.columns)

    @property
    def ids(self) -> list[str]:
        """Their names, in order."""
        return sorted(self._segment.name(number) for number in range(self.count))

    def document(self, document_id: str) -> Document | None:
        number = self._segment.number(document_id)
        return None if number is None else self._document(number)

    def search(
        self,
        text: str,
        filters: Mapping[str, str] | None = None,
        *,
        within: Iterable[str] | None = None,
        between: Mapping[str, tuple[str, str]] | None = None,
        order: str | None = None,
        start: int = 0,
        size: int = 20,
    ) -> Results:
        """Testimonies in which every word of *text* is found, best first; `words.QueryRefused` when too long.

        With no words, all of them. *filters* name a field and the one value that is wanted, *between* a field
        and the first and last value; *within* are the ids that may be found at all; *order* names a field
        whose values go up instead of the best first.
        """
        with self._lock:
            words = parse(text)
        return self.ask(words, filters, within=within, between=between, order=order, start=start, size=size)

    def ask(
        self,
        words: query.Query | None,
        filters: Mapping[str, str] | None = None,
        *,
        within: Iterable[str] | None = None,
        between: Mapping[str, tuple[str, str]] | None = None,
        order: str | None = None,
        start: int = 0,
        size: int = 20,
    ) -> Results:
        """What `search` answers, of a query that is parsed."""
        ranges = {name: (value, value) for name, value in (filters or {}).items()} | dict(between or {})
        asked = words if words is not None else query.Every()
        found = page(
            self._segment,
            asked,
            ranges,
            only=None if within is None else self._numbers(within),
            order=order,
            start=start,
            size=size,
            facets=self.fields,
        )
        spans = self._spans(found.documents, words)
        hits = (
            self._hit(number, score, spans)
            for number, score in zip(found.documents.tolist(), found.scores.tolist(), strict=True)
        )
        return Results(found.total, tuple(hits), found.facets)

    def marked(self, document_id: str, text: str) -> tuple[Excerpt, ...]:
        """Every part of a testimony, whole, with the words of *text* marked."""
        with self._lock:
            words = parse(text)
        number = self._segment.number(document_id)
        if number is None:
            raise KeyError(document_id)
        spans = self._spans(np.array([number]), words)
        return cut(self._document(number).segments, spans.get(number, []), whole=True)

    def rare(self, most: int) -> Iterator[tuple[str, tuple[str, ...]]]:
        """The terms that stand in two testimonies at least and in *most* at most, with their ids."""
        field = self._segment.fields["text"]
        for term in np.flatnonzero((field.df > 1) & (field.df <= most)).tolist():
            ids = tuple(self._segment.name(number) for number in field.documents(term).tolist())
            yield field.word(term).decode(), ids

    def _numbers(self, ids: Iterable[str]) -> NDArray[Any]:
        numbers = (self._segment.number(id) for id in ids)
        return np.array([number for number in numbers if number is not None], np.int32)

    def _hit(self, number: int, score: float, spans: Mapping[int, list[tuple[int, int]]]) -> Hit:
        document = self._document(number)
        return Hit(document, cut(document.segments, spans.get(number, [])), score)

    def _document(self, number: int) -> Document:
        lang, quarter, kind, segments, fields = self._segment.kept(number)
        parts, more = (tuple((a, b) for a, b in each) for each in (segments, fields))
        return Document(self._segment.name(number), lang, quarter, kind, parts, more)

    def _spans(self, numbers: NDArray[Any], words: query.Query | None) -> dict[int, list[tuple[int, int]]]:
        """Of each document that is shown, where the words stand in it."""
        spans: dict[int, list[tuple[int, int]]] = {}
        ordered = np.sort(numbers)
        for name, text in words.all_terms() if words is not None else ():
            field = self._segment.fields[name]
            term = field.find(text if isinstance(text, bytes) else text.encode())
            for number, _, start, end in field.places(term, ordered) if term is not None else ():
                spans.setdefault(number, []).append((start, end))
        return spans
