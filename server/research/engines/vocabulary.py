"""The terms of an index in PostgreSQL, and how many testimonies have each: which of them are near a word.

PostgreSQL finds testimonies by a term and by how a term begins, but gives no list of terms short of reading
every passage for each question.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection
from itertools import islice
from typing import Final

import pg8000.native

from archive.search import backend
from archive.search.backend import FIELDS, Entry
from server.research.engines.lexemes import fitted

BATCH: Final = 10_000

Counts = Counter[tuple[str, str]]
"""Of a field and a term the testimonies."""


def add(counts: Counts, entry: Entry) -> None:
    """Count the terms of one more testimony."""
    counts.update({(name, fitted(term.text)) for name in FIELDS for term in entry.terms(name)})


def put(base: pg8000.native.Connection, schema: str, counts: Counts) -> None:
    """Write the terms of a new index."""
    waiting = iter(counts.items())
    while some := list(islice(waiting, BATCH)):
        base.run(
            f"insert into {schema}.terms select field, term, documents"
            " from json_to_recordset(cast(:rows as json)) as x (field text, term text, documents bigint)",
            rows=json.dumps(
                [{"field": f, "term": t, "documents": n} for (f, t), n in some], ensure_ascii=False
            ),
        )


def take(base: pg8000.native.Connection, schema: str, ids: Collection[str]) -> None:
    """Forget the terms of these testimonies, whose passages are still there, where no other has them."""
    for name in FIELDS:
        told = base.run(
            f"select lexeme, count(distinct id) from {schema}.passages, unnest({name})"
            " where id = any(cast(:ids as text[])) group by lexeme",
            ids=[*ids],
        )
        for often in {count for _, count in told}:
            base.run(
                f"update {schema}.terms set documents = documents - cast(:often as bigint)"
                " where field = :name and term = any(cast(:terms as text[]))",
                often=often,
                name=name,
                terms=[term for term, count in told if count == often],
            )
    base.run(f"delete from {schema}.terms where documents < 1")


def near(base: pg8000.native.Connection, schema: str, name: str, text: str) -> list[str]:
    """The terms of a field that are near a text."""
    found = base.run(
        f"select term from {schema}.terms where field = :name and term between :first and :last"
        " and char_length(term) between cast(:length as int) - 1 and cast(:length as int) + 1",
        name=name,
        first=text[:1],
        last=text[:1] + backend.LAST,
        length=len(text),
    )
    return [term for (term,) in found if backend.near(term, text)]
