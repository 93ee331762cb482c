"""The index: what can be found, in whatever engine it lies; words in, testimonies with their excerpts out.

1. An engine is handed in. Without one the index is our own arrays (`blocks`), in memory only, made anew from
   texts each time; nothing of it comes to lie on a disk. Who asks for it may keep cuts (`cuts`), sealed.
2. What went in is counted (`filling`): an index that lost a document is refused. Looking needs no lock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

import numpy as np
from numpy.typing import NDArray
from whoosh import query

from archive.search import backend
from archive.search.backend import Asked, Backend
from archive.search.blocks.engine import Blocks
from archive.search.cuts import Cuts
from archive.search.document import FACETS, Card, Document, Shelved
from archive.search.excerpt import Excerpt
from archive.search.filling import ANALYSING, BATCH, entries, fill
from archive.search.typed import parse


@dataclass(frozen=True)
class Hit:
    """One testimony that was found, where in it, and how well the words fit (BM25F)."""

    document: Card
    excerpts: tuple[Excerpt, ...]
    score: float


@dataclass(frozen=True)
class Results:
    """A page of hits, how many there are in all, and how they spread."""

    total: int
    hits: tuple[Hit, ...]
    facets: Mapping[str, tuple[tuple[str, int], ...]]


class Index:
    """An index of *documents*, complete when it was made."""

    def __init__(
        self,
        documents: Iterable[Document],
        progress: Callable[[int], None] = lambda done: None,
        cuts: Cuts | None = None,
    ) -> None:
        self._engine: Backend = Blocks()
        self._own: Mapping[str, Document] | None = None
        fill(self._engine, entries(documents, FACETS, progress, cuts), FACETS, {})

    @classmethod
    def of(cls, engine: Backend, own: Mapping[str, Document] | None = None) -> Index:
        """The index that lies in an engine which `fill` filled.

        With *own*, its documents by their ids, no word is shown but theirs, whatever the engine kept.
        """
        made = cls.__new__(cls)
        made._engine, made._own = engine, own
        return made

    @property
    def count(self) -> int:
        """How many testimonies can be found."""
        return self._engine.count

    @property
    def fields(self) -> tuple[str, ...]:
        """What can be filtered and is counted."""
        return self._engine.columns

    @property
    def ids(self) -> list[str]:
        """Their names, in order."""
        return self._engine.ids()

    @cached_property
    def names(self) -> Sequence[str]:
        """The same, each at the place by which `found` knows it."""
        return self._engine.names if isinstance(self._engine, Blocks) else self._engine.ids()

    @property
    def about(self) -> Mapping[str, str]:
        """What was told when it was made."""
        return self._engine.told

    def document(self, document_id: str) -> Document | None:
        found = self.documents([document_id])
        return found[0] if found else None

    def documents(self, ids: Sequence[str]) -> list[Document]:
        """Those of *ids* that are here, in that order."""
        return [each.document() for each in self._shelved(ids)]

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
        with ANALYSING:
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
        only = None if within is None else frozenset(within)
        found = self._engine.find(words, Asked(ranges, only, order, start, size))
        shown = [id for id, _ in found.hits]
        scores = dict(found.hits)
        hits = [_hit(each, scores[each.card.id]) for each in self._shelved(shown, words)]
        return Results(found.total, tuple(hits), found.facets)

    def found(self, text: str, filters: Mapping[str, str] | None = None) -> NDArray[np.intp]:
        """All that `search` finds, best first, each by its place in `names`; none of them is looked into."""
        with ANALYSING:
            words = parse(text)
        ranges = {name: (value, value) for name, value in (filters or {}).items()}
        asked = Asked(ranges, size=max(1, self.count))
        if isinstance(self._engine, Blocks):
            return self._engine.numbers(words, asked)
        at = self._places
        return np.array([at[id] for id, _ in self._engine.find(words, asked).hits if id in at], np.intp)

    def marked(self, document_id: str, text: str) -> tuple[Excerpt, ...]:
        """Every part of a testimony, whole, with the words of *text* marked."""
        for _, found in self.each_marked([document_id], text, whole=True):
            return found
        raise KeyError(document_id)

    def each_marked(
        self, ids: Iterable[str], text: str, *, whole: bool
    ) -> Iterator[tuple[str, tuple[Excerpt, ...]]]:
        """Of many the same, or their excerpts; in their order, a batch at a time: who has enough stops."""
        with ANALYSING:
            words = parse(text)
        waiting = iter(ids)
        while batch := list(islice(waiting, BATCH)):
            for each in self._shelved(batch, words):
                yield each.card.id, each.marked() if whole else each.excerpts()

    def rare(self, most: int) -> Iterator[tuple[str, tuple[str, ...]]]:
        """The terms that stand in two testimonies at least and in *most* at most, with their ids."""
        if not isinstance(self._engine, Blocks):
            raise backend.EngineError("only an index in memory tells which words are rare")
        return self._engine.rare(most)

    def common(self, least: int) -> Iterator[tuple[str, int]]:
        """The terms that stand in *least* testimonies or more, and in how many; none from another engine."""
        return self._engine.common(least) if isinstance(self._engine, Blocks) else iter(())

    def close(self) -> None:
        """Let go of the engine's files and connections."""
        self._engine.close()

    @cached_property
    def _places(self) -> dict[str, int]:
        return {id: place for place, id in enumerate(self.names)}

    def _shelved(self, ids: Sequence[str], words: query.Query | None = None) -> Iterator[Shelved]:
        """Those of *ids* that are here, in that order, and where *words* stand in them."""
        kept = self._engine.held(ids, _terms(words))
        for id in ids:
            if id in kept and self._own is None:
                yield Shelved(id, kept[id])
            elif id in kept and self._own is not None and id in self._own:
                yield Shelved(id, self._own[id].held(kept[id].spans))


def _hit(found: Shelved, score: float) -> Hit:
    return Hit(found.card, found.excerpts(), score)


def _terms(words: query.Query | None) -> set[tuple[str, str]]:
    """Field and text of each term that is looked for, and of each beginning, as `Backend.held` takes them."""
    match words:
        case query.And() | query.Or():
            return set().union(*map(_terms, words.subqueries))
        case query.Phrase():
            return {(words.fieldname, _text(each)) for each in words.words}
        case query.Prefix():
            return {(words.fieldname, _text(words.text) + backend.BEGINS)}
        case query.FuzzyTerm():
            return {(words.fieldname, _text(words.text) + backend.NEAR)}
        case query.Term():
            return {(words.fieldname, _text(words.text))}
    return set()  # what is not wanted stands nowhere that is shown


def _text(told: str | bytes) -> str:
    return told.decode() if isinstance(told, bytes) else told
