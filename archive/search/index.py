"""The index: Whoosh, in memory only, made anew from texts each time.

1. Nothing of it comes to lie on a disk, temporary runs included: opening a stored one would run its pickles.
2. One writer, and what went in is counted: an index that lost a document is refused.
3. It never changes. What is withdrawn is gone when the index is made without it.
4. One thread at a time analyses and looks: Whoosh's reader and the stemmer keep their place in shared parts.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
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
        self._make(analysed(documents), FACETS, progress)

    @classmethod
    def of(cls, known: Iterable[tuple[Document, Analysis]], fields: Iterable[str]) -> Index:
        """The index of documents whose terms are known, with these fields to filter and count."""
        made = cls.__new__(cls)
        made._make(known, tuple(fields), lambda done: None)
        return made

    def _make(
        self,
        known: Iterable[tuple[Document, Analysis]],
        fields: Sequence[str],
        progress: Callable[[int], None],
    ) -> None:
        given = TEXT(analyzer=_Given(), phrase=True, chars=True)
        self.fields: Final = fields
        schema = Schema(id=ID(stored=True), text=given, pairs=given)
        for at in range(len(fields)):
            schema.add(f"field{at}", ID(stored=False))
        self._documents: dict[str, Document] = {}
        self._storage = RamStorage()
        self._index = self._storage.create_index(schema)
        writer = self._index.writer(limitmb=MEMORY)
        for document, found in known:
            self._add(writer, document, found)
            self._documents[document.id] = document
            progress(len(self._documents))
        writer.commit()
        self._searcher = self._index.searcher()
        if self._searcher.doc_count() != len(self._documents):
            raise IndexIncomplete("the index does not hold every document that was sent; make it again")

    def _add(self, writer: Any, document: Document, found: Analysis) -> None:
        # The names of fields come from outside, and Whoosh gives some of them a meaning.
        kept = {f"field{at}": document.value(name) for at, name in enumerate(self.fields)}
        writer.add_document(
            id=document.id, text=_Analysed.of(found.terms), pairs=_Analysed.of(found.pairs), **kept
        )

    @property
    def count(self) -> int:
        """How many testimonies can be found."""
        return len(self._documents)

    def document(self, document_id: str) -> Document | None:
        return self._documents.get(document_id)

    def search(
        self, text: str, filters: Mapping[str, str] | None = None, *, start: int = 0, size: int = 20
    ) -> Results:
        """Testimonies in which every word of *text* is found, best first; `words.QueryRefused` when too long.

        With no words, all of them. *filters* name a facet and the one value that is wanted.
        """
        chosen = [
            query.ConstantScoreQuery(query.Term(f"field{self.fields.index(name)}", value))
            for name, value in (filters or {}).items()
            if name in self.fields
        ]
        with self._lock:
            words = parse(text)
            asked = query.And([words, *chosen]) if words is not None else query.And(chosen or [query.Every()])
            found = self._searcher.search(asked, limit=None)
            ids = [hit["id"] for hit in found]
            hits = [
                self._hit(found.docnum(at), found.score(at), words)
                for at in range(start, min(start + size, len(ids)))
            ]
        return Results(len(ids), tuple(hits), self._facets(ids))

    def marked(self, document_id: str, text: str) -> tuple[Excerpt, ...]:
        """Every part of a testimony, whole, with the words of *text* marked."""
        document = self._documents[document_id]
        with self._lock:
            words = parse(text)
            docnum = self._searcher.document_number(id=document_id)
            spans = self._spans(docnum, words)
        return cut(document.segments, spans, whole=True)

    def _hit(self, docnum: int, score: float, words: query.Query | None) -> Hit:
        document = self._documents[self._searcher.stored_fields(docnum)["id"]]
        return Hit(document, cut(document.segments, self._spans(docnum, words)), score)

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
        counted = {name: Counter(d.value(name) for d in documents) for name in self.fields}
        return {name: tuple(sorted(counts.items())) for name, counts in counted.items()}
