"""Whoosh's queries, answered with arrays: the hits first, then the scores of the hits.

1. Term, And, Or, Not, AndNot, Phrase, Prefix, FuzzyTerm, TermRange, Every, ConstantScoreQuery: answered here.
2. Whatever else a query has in it is answered by Whoosh's own matchers over the same postings.
3. Scores are Whoosh's BM25F (its `scoring.bm25`), to the last digits. A pattern with a constant score has
   its boost as score; Whoosh scores one of few terms as if it were not constant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import reduce
from math import log
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from whoosh import query
from whoosh.query import qcore
from whoosh.searching import Searcher
from whoosh.support.levenshtein import distance

from archive.search.blocks.reader import SegmentReader
from archive.search.blocks.segment import LENGTHS, Field, Segment

B: Final = 0.75
K1: Final = 1.2
TOGETHER: Final = 2048
"""Documents in which a phrase is looked for at once."""
POSITIONS: Final = 33
"""Bits for a position, which has at most 32, and the terms before it."""
NONE: Final = np.empty(0, np.int64)

Numbers = NDArray[Any]


class Asking:
    """One query against one index."""

    def __init__(self, segment: Segment) -> None:
        self._segment = segment
        self._matched: dict[int, Numbers] = {}
        self._scored: dict[int, Numbers] = {}
        """Of what Whoosh answered."""
        self._alive: list[query.Query] = []
        """An `id` is one query's as long as that query lives."""

    def hits(self, asked: query.Query) -> Numbers:
        """The documents that answer, in order."""
        known = self._matched.get(id(asked))
        if known is None:
            known = self._matched[id(asked)] = self._hits(asked)
            self._alive.append(asked)
        return known

    def scores(self, asked: query.Query, documents: Numbers) -> Numbers:
        """How well *documents* fit, which are in order; nothing for those that do not answer *asked*."""
        total = np.zeros(len(documents))
        if not len(documents):
            return total
        match asked:
            case query.Term() if type(asked) is query.Term:
                self._add(total, documents, [(asked.fieldname, asked.text)], asked.boost)
            case query.And() | query.Or() if type(asked) in (query.And, query.Or):
                boost = asked.boost if len(asked.subqueries) > 1 else 1.0
                parts = (self._within(sub, documents) for sub in asked.subqueries)
                total += boost * reduce(np.add, parts, total)
            case query.AndNot():
                total += self._within(asked.a, documents)
            case query.Phrase() if asked.slop == 1:
                self._add(total, documents, [(asked.fieldname, w) for w in asked.words], asked.boost)
            case query.ConstantScoreQuery():
                total[np.isin(documents, self.hits(asked.child), assume_unique=True)] = asked.score
            case query.Prefix() | query.FuzzyTerm() | query.TermRange() if not asked.constantscore:
                for term in self._terms(asked):
                    self._add(total, documents, [(asked.fieldname, term)], asked.boost)
            case _ if id(asked) in self._scored:
                at = np.searchsorted(self._matched[id(asked)], documents)
                total += self._scored[id(asked)][at]
            case _:
                total += getattr(asked, "boost", 1.0)
        return total

    def _within(self, asked: query.Query, documents: Numbers) -> Numbers:
        total = np.zeros(len(documents))
        inside = _is_in(documents, self.hits(asked))
        total[inside] = self.scores(asked, documents[inside])
        return total

    def _hits(self, asked: query.Query) -> Numbers:
        match asked:
            case query.Term() if type(asked) is query.Term:
                return self._documents(asked.fieldname, [asked.text])
            case query.And() if type(asked) is query.And:
                return self._all(asked.subqueries)
            case query.Or() if type(asked) is query.Or and not asked.minmatch and not asked.scale:
                return self._any([self.hits(sub) for sub in asked.subqueries])
            case query.AndNot():
                mine = self.hits(asked.a)
                return mine[~_is_in(mine, self.hits(asked.b))] if len(mine) else mine
            case query.Not() if type(asked) is query.Not:
                kept = np.ones(self._segment.count, bool)
                kept[self.hits(asked.query)] = False
                return np.flatnonzero(kept)
            case query.Phrase() if asked.slop == 1 and asked.words:
                return self._phrase(asked.fieldname, asked.words)
            case query.Prefix() | query.FuzzyTerm() | query.TermRange():
                field = self._field(asked.fieldname)
                return self._any([field.documents(at) for at in self._expanded(asked)]) if field else NONE
            case query.ConstantScoreQuery():
                return self.hits(asked.child)
            case query.Every() if asked.fieldname in (None, "", "*"):
                return np.arange(self._segment.count)
            case qcore.NullQuery:
                return NONE
        return self._whoosh(asked)

    def _whoosh(self, asked: query.Query) -> Numbers:
        searcher = Searcher(SegmentReader(self._segment))
        matcher = asked.matcher(searcher, searcher.context())
        found: dict[int, float] = {}
        while matcher.is_active():
            found[matcher.id()] = matcher.score()
            matcher.next()
        order = sorted(found)
        self._scored[id(asked)] = np.array([found[each] for each in order])
        return np.array(order, np.int64)

    def _all(self, parts: Sequence[query.Query]) -> Numbers:
        wanted = sorted((self.hits(p) for p in parts if not isinstance(p, query.Not)), key=len)
        kept = wanted[0] if wanted else np.arange(self._segment.count if parts else 0)
        for other in wanted[1:]:
            kept = kept[_is_in(kept, other)]
        for part in parts:
            if isinstance(part, query.Not):
                kept = kept[~_is_in(kept, self.hits(part.query))]
        return kept

    def _any(self, lists: Sequence[Numbers]) -> Numbers:
        if len(lists) == 1:
            return lists[0]
        if sum(map(len, lists)) * 8 < self._segment.count:
            return np.unique(np.concatenate(lists)) if lists else NONE
        seen = np.zeros(self._segment.count, bool)
        for each in lists:
            seen[each] = True
        return np.flatnonzero(seen)

    def _phrase(self, name: str, words: Sequence[str]) -> Numbers:
        field = self._field(name)
        terms = [field.find(_bytes(word)) for word in words] if field else []
        found = [term for term in terms if term is not None]
        if field is None or len(found) < len(words):
            return NONE
        rows = {term: _Row(field, term) for term in found}
        kept = reduce(lambda a, b: a[_is_in(a, b)], sorted((row.documents for row in rows.values()), key=len))
        rarest = sorted(enumerate(found), key=lambda each: int(field.cf[each[1]]))
        # Some at a time: what is held for a while stays small, and in the processor's cache.
        parts = [kept[at : at + TOGETHER] for at in range(0, len(kept), TOGETHER)]
        return np.concatenate(
            [NONE, *(_in_a_row(part, [(at, rows[term]) for at, term in rarest]) for part in parts)]
        )

    def _add(
        self, total: Numbers, documents: Numbers, terms: Iterable[tuple[str, Any]], boost: float
    ) -> None:
        for name, text in terms:
            field = self._field(name)
            term = field.find(_bytes(text)) if field else None
            if field is None or term is None:
                continue
            held = field.postings(term)
            at = np.minimum(np.searchsorted(held.documents, documents), len(held.documents) - 1)
            inside = held.documents[at] == documents
            tf = held.frequencies[at[inside]].astype(np.float64)
            average = field.total / (self._segment.count or 1) or 1
            norm = K1 * ((1 - B) + B * LENGTHS[field.norm[documents[inside]]] / average)
            idf = log(self._segment.count / (len(held.documents) + 1)) + 1
            total[inside] += boost * idf * (tf * (K1 + 1) / (tf + norm))

    def _field(self, name: str) -> Field | None:
        return self._segment.fields.get(name)

    def _documents(self, name: str, texts: Iterable[Any]) -> Numbers:
        field = self._field(name)
        terms = [field.find(_bytes(text)) for text in texts] if field else []
        return self._any([field.documents(t) for t in terms if field and t is not None] or [NONE])

    def _terms(self, asked: query.Query) -> list[bytes]:
        field = self._field(asked.fieldname)
        return [field.word(at) for at in self._expanded(asked)] if field else []

    def _expanded(self, asked: query.Query) -> Iterable[int]:
        """The places of the terms that a pattern stands for."""
        field = self._field(asked.fieldname)
        if field is None:
            return []
        if isinstance(asked, query.Prefix):
            return field.prefixed(_bytes(asked.text))
        if isinstance(asked, query.FuzzyTerm):
            close: Callable[[int], bool] = lambda at: (  # noqa: E731
                distance(field.word(at).decode(), asked.text, limit=asked.maxdist) <= asked.maxdist
            )
            return [at for at in field.prefixed(_bytes(asked.text[: asked.prefixlength])) if close(at)]
        start = field.place(_bytes(asked.start)) if asked.start is not None else 0
        if asked.start is not None and asked.startexcl and field.find(_bytes(asked.start)) is not None:
            start += 1
        end = len(field)
        if asked.end is not None:
            end = field.place(_bytes(asked.end))
            end += not asked.endexcl and field.find(_bytes(asked.end)) is not None
        return range(start, max(start, end))


class _Row:
    """Where one term of a phrase stands."""

    def __init__(self, field: Field, term: int) -> None:
        held = field.postings(term)
        self.documents, self._frequencies = held.documents, held.frequencies
        self._ends = np.cumsum(held.frequencies, dtype=np.int64)
        self._positions = field.positions(term)

    def keys(self, documents: Numbers, ranks: Numbers) -> Numbers:
        """Each place of the term in *documents*, which all have it, as one number: rank, then position."""
        at = np.searchsorted(self.documents, documents)
        counts = self._frequencies[at].astype(np.int64)
        ends = np.cumsum(counts)
        begin, end = int(self._ends[at[0]] - counts[0]), int(self._ends[at[-1]])
        positions = self._positions[begin:end]
        if end - begin > ends[-1]:  # with others between them
            positions = positions[np.arange(ends[-1]) + np.repeat(self._ends[at] - begin - ends, counts)]
        return np.repeat(ranks << POSITIONS, counts) + positions


def _in_a_row(documents: Numbers, rows: Sequence[tuple[int, _Row]]) -> Numbers:
    """Which of *documents* have the terms in a row; of each term how many are before it."""
    ranks, keys = np.arange(len(documents)), NONE
    for turn, (at, row) in enumerate(rows):
        if not len(ranks):
            break
        # No place comes before the first.
        mine = row.keys(documents[ranks], ranks) + (len(rows) - at)
        keys = keys[_is_in(keys, mine)] if turn else mine
        ranks = keys >> POSITIONS
        ranks = ranks[np.append(True, ranks[1:] != ranks[:-1])] if len(ranks) else ranks
    return documents[ranks]


def _is_in(some: Numbers, others: Numbers) -> NDArray[np.bool_]:
    """Which of *some* are among *others*; both are in order."""
    if not len(others):
        return np.zeros(len(some), bool)
    at = np.searchsorted(others, some)
    at[at == len(others)] = 0
    return np.asarray(others[at] == some, bool)


def _bytes(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode()
