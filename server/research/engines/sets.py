"""A query as sets of testimonies in SQL: its parts are looked for among passages, and the sets joined."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from whoosh import query

from archive.search.backend import Asked, EngineError, nears
from server.research.engines.lexemes import any_of, phrase

Near = Callable[[str, str], Sequence[str]]
"""The terms of a field that are near a text."""


@dataclass
class Sets:
    """A query as sets of testimonies: one for each part that is looked for, and how they are joined."""

    schema: str
    near: Near
    parts: list[str] = field(default_factory=list)
    scores: list[str] = field(default_factory=list)
    joins: list[str] = field(default_factory=list)
    given: dict[str, Any] = field(default_factory=dict)

    def of(self, words: query.Query) -> str:
        match words:
            case query.Term():
                return self._part(words.fieldname, phrase([words.text]), words.boost)
            case query.Phrase() if words.slop == 1 and words.words:
                return self._part(words.fieldname, phrase(words.words), words.boost)
            case query.Prefix():
                return self._part(words.fieldname, phrase([words.text], prefix=True), words.boost)
            case query.FuzzyTerm() if nears(words):
                found = self.near(words.fieldname, words.text) or [words.text]
                return self._part(words.fieldname, any_of(found), words.boost)
            case query.Every():
                return f"select id from {self.schema}.documents"
            case query.Not():
                return f"select id from {self.schema}.documents except ({self.of(words.query)})"
            case query.AndNot():
                return f"({self.of(words.a)}) except ({self.of(words.b)})"
            case query.And() | query.Or() if words.subqueries:
                joint = " intersect " if isinstance(words, query.And) else " union "
                return joint.join(f"({self.of(each)})" for each in words.subqueries)
            case _:
                raise EngineError(f"PostgreSQL's engine cannot look for {type(words).__name__}")

    def _part(self, name: str, wanted: str, boost: float) -> str:
        at = len(self.parts)
        self.given[f"q{at}"] = wanted
        asked = f"cast(:q{at} as tsquery)"
        self.parts.append(
            f"p{at} as materialized (select id, sum(ts_rank({name}, {asked})) as rank"
            f" from {self.schema}.passages where {name} @@ {asked} group by id)"
        )
        rare = (
            f"(ln((select count(*) from {self.schema}.documents) / ((select count(*) from p{at}) + 1.0)) + 1)"
        )
        self.scores.append(
            f"coalesce((select rank from p{at} where p{at}.id = d.id), 0) * {rare} * {boost:.9f}"
        )
        return f"select id from p{at}"


def hits(
    schema: str, words: query.Query | None, asked: Asked, columns: Sequence[str], near: Near
) -> tuple[str, dict[str, Any]]:
    """The beginning of a statement, in which `hits` has all that answer: id, number, score and columns."""
    sets = Sets(schema, near)
    found, where = sets.of(words if words is not None else query.Every()), ["true"]
    for at, (name, (low, high)) in enumerate(asked.between.items()):
        if name in columns:
            where.append(f"d.c{columns.index(name)} between :low{at} and :high{at}")
            sets.given |= {f"low{at}": low, f"high{at}": high}
    if asked.within is not None:
        where.append("d.id in (select json_array_elements_text(cast(:within as json)))")
        sets.given["within"] = json.dumps([*asked.within])
    shown = ", ".join(["d.id", "d.number", *(f"d.c{at}" for at in range(len(columns)))])
    score = " + ".join(sets.scores) or "1.0"
    told = (
        f"hits as materialized (select {shown}, cast({score} as float8) as score from ({found}) as f"
        f" join {schema}.documents d using (id){''.join(sets.joins)} where {' and '.join(where)})"
    )
    return f"with {', '.join([*sets.parts, told])}", sets.given


def counts(counted: list[Any], columns: Sequence[str]) -> tuple[int, dict[str, tuple[tuple[str, int], ...]]]:
    """The total and the facets out of PostgreSQL's grouping sets: the bit of a column that is told is 0."""
    every = (1 << len(columns)) - 1
    total = next(count for which, count, *_ in counted if which == every)
    facets: dict[str, tuple[tuple[str, int], ...]] = {}
    for at, name in enumerate(columns):
        mine = every & ~(1 << (len(columns) - 1 - at))
        found = [(told[at], count) for which, count, *told in counted if which == mine]
        facets[name] = tuple(sorted(found))
    return total, facets
