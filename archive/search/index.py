"""The index: Whoosh, in memory only, made anew from texts each time.

1. Nothing of it comes to lie on a disk, temporary runs included: opening a stored one would run its pickles.
2. One writer, and what went in is counted: an index that lost a document is refused.
3. It never changes. What is withdrawn is gone when the index is made without it.
4. One thread at a time analyses and looks: Whoosh's reader and the stemmer keep their place in shared parts.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, ClassVar, Final

from whoosh import query
from whoosh.analysis import Analyzer, Token
from whoosh.fields import ID, TEXT, Schema
from whoosh.filedb.filestore import RamStorage

from archive.errors import ArchiveError
from archive.search.analyzer import Analysis, Term, analyze_all
from archive.search.excerpt import Excerpt, cut
from archive.search.words import parse

FACETS: Final = ("lang", "quarter", "kind")
JOIN: Final = "\n"
BATCH: Final = 64
MEMORY: Final = 1024
"""Megabytes of postings before Whoosh would spill a run, which would also stay in memory."""


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


@dataclass(frozen=True)
class Hit:
    """One testimony that was found, and where in it."""

    document: Document
    excerpts: tuple[Excerpt, ...]


@dataclass(frozen=True)
class Results:
    """A page of hits, how many there are in all, and how they spread."""

    total: int
    hits: tuple[Hit, ...]
    facets: Mapping[str, tuple[tuple[str, int], ...]]


class _Analysed(str):
    """What Whoosh is given instead of a text; it takes nothing but strings."""

    terms: Sequence[Term]

    @classmethod
    def of(cls, terms: Sequence[Term]) -> _Analysed:
        made = cls()
        made.terms = terms
        return made


class _Given(Analyzer):  # type: ignore[misc]
    """Hands Whoosh the terms that our analyzer found already."""

    def __call__(self, value: _Analysed, **options: Any) -> Iterator[Token]:
        token = Token(positions=True, chars=True, removestops=False, mode="index")
        for term in value.terms:
            token.text, token.pos = term.text, term.position
            token.startchar, token.endchar, token.boost = term.start, term.end, 1.0
            yield token


class Index:
    """An index of *documents*, complete when it was made."""

    _lock: ClassVar = threading.Lock()
    """One for all: while a new index is made, the one before is still asked, with the same stemmer."""

    def __init__(
        self, documents: Iterable[Document], progress: Callable[[int], None] = lambda done: None
    ) -> None:
        given = TEXT(analyzer=_Given(), phrase=True, chars=True)
        kept = ID(stored=False)
        schema = Schema(id=ID(stored=True), text=given, pairs=given, lang=kept, quarter=kept, kind=kept)
        self._documents: dict[str, Document] = {}
        self._storage = RamStorage()
        self._index = self._storage.create_index(schema)
        writer = self._index.writer(limitmb=MEMORY)
        waiting = iter(documents)
        while batch := list(islice(waiting, BATCH)):
            texts = [JOIN.join(text for _, text in d.segments) for d in batch]
            with self._lock:
                analyses = list(analyze_all(texts))
            for document, found in zip(batch, analyses, strict=True):
                _add(writer, document, found)
                self._documents[document.id] = document
            progress(len(self._documents))
        writer.commit()
        self._searcher = self._index.searcher()
        if self._searcher.doc_count() != len(self._documents):
            raise IndexIncomplete("the index does not hold every document that was sent; make it again")

    @property
    def count(self) -> int:
        """How many testimonies can be found."""
        return len(self._documents)

    @property
    def ids(self) -> list[str]:
        """Their names, in order."""
        return sorted(self._documents)

    def document(self, document_id: str) -> Document | None:
        return self._documents.get(document_id)

    def search(
        self,
        text: str,
        filters: Mapping[str, str] | None = None,
        *,
        within: Container[str] | None = None,
        start: int = 0,
        size: int = 20,
    ) -> Results:
        """Testimonies in which every word of *text* is found, best first; `words.QueryRefused` when too long.

        With no words, all of them. *filters* name a facet and the one value that is wanted; *within* are the
        ids that may be found at all.
        """
        chosen = [query.Term(name, value) for name, value in (filters or {}).items() if name in FACETS]
        with self._lock:
            words = parse(text)
            asked = query.And([words, *chosen]) if words is not None else query.And(chosen or [query.Every()])
            found = self._searcher.search(asked, limit=None)
            every = ((found.docnum(at), hit["id"]) for at, hit in enumerate(found))
            met = [(docnum, id) for docnum, id in every if within is None or id in within]
            ids = [id for _, id in met]
            hits = [self._hit(docnum, words) for docnum, _ in met[start : start + size]]
        return Results(len(ids), tuple(hits), self._facets(ids))

    def marked(self, document_id: str, text: str) -> tuple[Excerpt, ...]:
        """Every part of a testimony, whole, with the words of *text* marked."""
        document = self._documents[document_id]
        with self._lock:
            words = parse(text)
            docnum = self._searcher.document_number(id=document_id)
            spans = self._spans(docnum, words)
        return cut(document.segments, spans, whole=True)

    def rare(self, most: int) -> Iterator[tuple[str, tuple[str, ...]]]:
        """The terms that stand in two testimonies at least and in *most* at most, with their ids."""
        reader = self._searcher.reader()
        with self._lock:
            for term in reader.lexicon("text"):
                if 1 < reader.doc_frequency("text", term) <= most:
                    numbers = reader.postings("text", term).all_ids()
                    ids = tuple(self._searcher.stored_fields(number)["id"] for number in numbers)
                    yield self._index.schema["text"].from_bytes(term), ids

    def _hit(self, docnum: int, words: query.Query | None) -> Hit:
        document = self._documents[self._searcher.stored_fields(docnum)["id"]]
        return Hit(document, cut(document.segments, self._spans(docnum, words)))

    def _spans(self, docnum: int, words: query.Query | None) -> list[tuple[int, int]]:
        spans: set[tuple[int, int]] = set()
        for name, term in words.all_terms() if words is not None else ():
            field_object = self._index.schema[name]
            if (name, field_object.to_bytes(term)) not in self._searcher.reader():
                continue
            matcher = self._searcher.postings(name, term)
            matcher.skip_to(docnum)
            if matcher.is_active() and matcher.id() == docnum:
                spans |= {(start, end) for _, start, end in matcher.value_as("characters")}
        return sorted(spans)

    def _facets(self, ids: list[str]) -> Mapping[str, tuple[tuple[str, int], ...]]:
        documents = [self._documents[each] for each in ids]
        counted = {name: Counter(getattr(d, name) for d in documents) for name in FACETS}
        return {name: tuple(sorted(counts.items())) for name, counts in counted.items()}


def _add(writer: Any, document: Document, found: Analysis) -> None:
    writer.add_document(
        id=document.id,
        text=_Analysed.of(found.terms),
        pairs=_Analysed.of(found.pairs),
        lang=document.lang,
        quarter=document.quarter,
        kind=document.kind,
    )
