"""Whoosh's queries, answered with arrays: the hits first, then the scores of the hits.

1. Term, And, Or, Not, AndNot, Phrase, Prefix, FuzzyTerm, TermRange, Every, ConstantScoreQuery: answered here.
2. Whatever else a query has in it is answered by Whoosh's own matchers over the same postings.
3. Scores are Whoosh's BM25F (its `scoring.bm25`), to the last digits. A pattern with a constant score has
   its boost as score; Whoosh scores one of few terms as if it were not constant.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from math import log
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from whoosh import query
from whoosh.query import qcore
from whoosh.searching import Searcher

from archive.search.blocks.hits import Hits, joined, masked
from archive.search.blocks.reader import SegmentReader
from archive.search.blocks.segment import K1, Field, Postings, Segment
from archive.search.blocks.standing import Standing, in_a_row

NONE: Final = Hits(np.empty(0, np.int64))

Numbers = NDArray[Any]


class Asking:
    """One query against one index."""

    def __init__(self, segment: Segment) -> None:
        self._segment = segment
        self._matched: dict[int, Hits] = {}
        self._scored: dict[int, Numbers] = {}
        """Of what Whoosh answered."""
        self._alive: list[query.Query] = []
        """An `id` is one query's as long as that query lives."""
        self._held: dict[tuple[str, str | bytes], Postings | None] = {}

    def hits(self, asked: query.Query) -> Numbers:
        """The documents that answer, in order."""
        return self._found(asked).documents

    def _found(self, asked: query.Query) -> Hits:
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
                self._add(total, documents, [(asked.fieldname, asked.text, asked.boost)])
            case query.And() | query.Or() if type(asked) in (query.And, query.Or):
                boost = asked.boost if len(asked.subqueries) > 1 else 1.0
                terms = [sub for sub in asked.subqueries if type(sub) is query.Term]
                self._add(total, documents, [(t.fieldname, t.text, t.boost * boost) for t in terms])
                for sub in asked.subqueries:
                    if type(sub) is not query.Term:
                        total += boost * self._within(sub, documents)
            case query.AndNot():
                total += self._within(asked.a, documents)
            case query.Phrase() if asked.slop == 1:
                self._add(total, documents, [(asked.fieldname, w, asked.boost) for w in asked.words])
            case query.ConstantScoreQuery():
                total[np.isin(documents, self.hits(asked.child), assume_unique=True)] = asked.score
            case query.Prefix() | query.FuzzyTerm() | query.TermRange() if not asked.constantscore:
                terms = [(asked.fieldname, term, asked.boost) for term in self._terms(asked)]
                self._add(total, documents, terms)
            case _ if id(asked) in self._scored:
                at = np.searchsorted(self.hits(asked), documents)
                total += self._scored[id(asked)][at]
            case _:
                total += getattr(asked, "boost", 1.0)
        return total

    def _within(self, asked: query.Query, documents: Numbers) -> Numbers:
        if type(asked) is query.Term:
            return self.scores(asked, documents)  # a term adds nothing where it is not
        total = np.zeros(len(documents))
        inside = self._found(asked).has(documents)
        total[inside] = self.scores(asked, documents[inside])
        return total

    def _hits(self, asked: query.Query) -> Hits:
        match asked:
            case query.Term() if type(asked) is query.Term:
                held = self._postings(asked.fieldname, asked.text)
                return NONE if held is None else held.hits
            case query.And() if type(asked) is query.And:
                return self._all(asked.subqueries)
            case query.Or() if type(asked) is query.Or and not asked.minmatch and not asked.scale:
                return self._any([self._found(sub) for sub in asked.subqueries])
            case query.AndNot():
                return self._found(asked.a).without(self._found(asked.b))
            case query.Not() if type(asked) is query.Not:
                kept = np.ones(self._segment.count, bool)
                kept[self.hits(asked.query)] = False
                return masked(kept)
            case query.Phrase() if asked.slop == 1 and asked.words:
                return self._phrase(asked.fieldname, asked.words)
            case query.Prefix() | query.FuzzyTerm() | query.TermRange():
                field = self._field(asked.fieldname)
                return self._any([field.hits(at) for at in self._expanded(asked)]) if field else NONE
            case query.ConstantScoreQuery():
                return self._found(asked.child)
            case query.Every() if asked.fieldname in (None, "", "*"):
                return Hits(np.arange(self._segment.count))
            case qcore.NullQuery:
                return NONE
        return self._whoosh(asked)

    def _whoosh(self, asked: query.Query) -> Hits:
        searcher = Searcher(SegmentReader(self._segment))
        matcher = asked.matcher(searcher, searcher.context())
        found: dict[int, float] = {}
        while matcher.is_active():
            found[matcher.id()] = matcher.score()
            matcher.next()
        order = sorted(found)
        self._scored[id(asked)] = np.array([found[each] for each in order])
        return Hits(np.array(order, np.int64))

    def _all(self, parts: Sequence[query.Query]) -> Hits:
        wanted = [self._found(part) for part in parts if not isinstance(part, query.Not)]
        kept = _among_all(wanted) if wanted else Hits(np.arange(self._segment.count if parts else 0))
        for part in parts:
            if isinstance(part, query.Not):
                kept = kept.without(self._found(part.query))
        return kept

    def _any(self, lists: Sequence[Hits]) -> Hits:
        return lists[0] if len(lists) == 1 else joined(self._segment.count, lists)

    def _phrase(self, name: str, words: Sequence[str]) -> Hits:
        found = [self._postings(name, word) for word in words]
        known = [held for held in found if held is not None]
        if len(known) < len(words):
            return NONE
        kept = _among_all([held.hits for held in known])
        if not len(kept.documents):
            return NONE
        rows = {held: Standing(held, kept.documents) for held in known}
        rarest = sorted(enumerate(known), key=lambda each: len(each[1].documents))
        return Hits(in_a_row(kept.documents, [(at, rows[held]) for at, held in rarest]))

    def _add(self, total: Numbers, documents: Numbers, terms: Sequence[tuple[str, Any, float]]) -> None:
        """To the score of each of *documents* those of *terms*, each a field, a text and its boost."""
        dense: Numbers | None = None
        for name, text, boost in terms:
            if (held := self._postings(name, text)) is None:
                continue
            idf = log(self._segment.count / (len(held.documents) + 1)) + 1
            weight = boost * idf * (K1 + 1)
            if documents is held.documents:
                total += _weighed(held.field, held.documents, held.frequencies, weight)
            elif len(held.documents) < 4 * len(documents):
                # Over all documents at once: quicker than looking each one up.
                each = _weighed(held.field, held.documents, held.frequencies, weight)
                if dense is None:
                    dense = np.zeros(self._segment.count)
                    dense[held.documents] = each
                else:
                    np.add.at(dense, held.documents, each)
            else:
                at = np.minimum(np.searchsorted(held.documents, documents), len(held.documents) - 1)
                inside = held.documents[at] == documents
                often = held.frequencies[at[inside]]
                total[inside] += _weighed(held.field, documents[inside], often, weight)
        if dense is not None:
            total += dense[documents]

    def _postings(self, name: str, text: str | bytes) -> Postings | None:
        if (name, text) not in self._held:
            field = self._field(name)
            term = field.words.find(_bytes(text)) if field else None
            self._held[name, text] = None if field is None or term is None else field.postings(term)
        return self._held[name, text]

    def _field(self, name: str) -> Field | None:
        return self._segment.fields.get(name)

    def _terms(self, asked: query.Query) -> list[bytes]:
        field = self._field(asked.fieldname)
        return [field.words[at] for at in self._expanded(asked)] if field else []

    def _expanded(self, asked: query.Query) -> Iterable[int]:
        """The places of the terms that a pattern stands for."""
        field = self._field(asked.fieldname)
        if field is None:
            return []
        if isinstance(asked, query.Prefix):
            return field.prefixed(_bytes(asked.text))
        if isinstance(asked, query.FuzzyTerm):
            ahead = field.prefixed(_bytes(asked.text[: asked.prefixlength]))
            return field.near.to(asked.text, asked.maxdist, ahead)
        start = field.words.place(_bytes(asked.start)) if asked.start is not None else 0
        if asked.start is not None and asked.startexcl and field.words.find(_bytes(asked.start)) is not None:
            start += 1
        end = len(field.words)
        if asked.end is not None:
            end = field.words.place(_bytes(asked.end))
            end += not asked.endexcl and field.words.find(_bytes(asked.end)) is not None
        return range(start, max(start, end))


def _among_all(lists: Sequence[Hits]) -> Hits:
    """The documents that are in each of *lists*."""
    return reduce(Hits.both, sorted(lists, key=lambda each: len(each.documents)))


def _bytes(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode()


def _weighed(field: Field, documents: Numbers, frequencies: Numbers, weight: float) -> Numbers:
    """BM25F of a term of this weight in each of *documents*, where it stands so often."""
    scores = field.weights[documents]
    scores += frequencies
    np.divide(frequencies, scores, out=scores)
    scores *= weight
    return scores
