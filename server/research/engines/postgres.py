"""PostgreSQL as an engine: on one server, or over shards of which each may have a replica.

1. Rows are passages (`lexemes`); each part of a query is a set of testimonies, and sets are joined.
2. A shard is reached through postgres_fdw. When it does not answer its replica does; without one nothing is
   answered, for a part of the hits would look like all of them.
3. An index is made beside the one that answers, in a schema of its own, and takes its place when it is whole.
4. What was erased leaves the tables, the log and the replica before `erase` returns.

Scores: PostgreSQL's `ts_rank`, which knows nothing of how rare a word is, times that.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final

from whoosh import query

from archive.search import backend
from archive.search.backend import FIELDS, Asked, EngineError, Entry, Found, Kept, field_of
from server.research.engines import vocabulary
from server.research.engines.lexemes import rows
from server.research.engines.node import Node, PerThread, Refused
from server.research.engines.schema import TABLES, Shard, forgotten, spread, tables
from server.research.engines.sets import counts, hits

BATCH: Final = 100
TWICE: Final = "23505"
"""PostgreSQL's code for a key that is there already."""
NEW: Final = "create table if not exists public.onggi_index (schema text not null, told text not null)"
SETTINGS: Final = ("set enable_partitionwise_aggregate = on", "set jit = off")


class Postgres:
    """An index in the database at *url*, in itself or spread over *shards*."""

    def __init__(self, url: str, shards: Sequence[Shard] = ()) -> None:
        self._node: Final = Node(url)
        self._shards: Final = tuple(shards)
        self._bases: Final = PerThread(self._node, SETTINGS)
        self._run(NEW)

    @property
    def told(self) -> Mapping[str, str]:
        return dict(self._known()[1].get("told", {}))

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(self._known()[1].get("columns", ()))

    @property
    def count(self) -> int:
        schema, _ = self._known()
        return int(self._run(f"select count(*) from {schema}.documents")[0][0]) if schema else 0

    def ids(self) -> list[str]:
        schema, _ = self._known()
        found = self._run(f'select id from {schema}.documents order by id collate "C"') if schema else []
        return [id for (id,) in found]

    def replace(self, entries: Iterable[Entry], columns: Sequence[str], told: Mapping[str, str]) -> int:
        for node in self._holders():
            node.refuse_unless_it_forgets()
        before, _ = self._known()
        schema = f"onggi_{int(before.removeprefix('onggi_') or 0) + 1}" if before else "onggi_1"
        about = json.dumps({"told": dict(told), "columns": list(columns)})
        try:
            self._make(schema, len(columns))
            count = self._fill(schema, entries, columns)
            with self._bases.use() as base:
                base.run("begin")
                base.run("delete from public.onggi_index")
                base.run(
                    "insert into public.onggi_index values (:schema, :about)", schema=schema, about=about
                )
                base.run("commit")
        except Refused as refused:
            self._drop(schema)
            if refused.code == TWICE:
                raise backend.Repeated("two documents have one id") from None
            raise
        except BaseException:
            self._drop(schema)
            raise
        self._drop(before)
        self._purge([])
        return count

    def find(self, words: query.Query | None, asked: Asked) -> Found:
        schema, about = self._known()
        columns: list[str] = about.get("columns", [])
        if asked.order is not None and asked.order not in columns:
            raise EngineError(f"there is no column {asked.order}")
        if not schema:
            return Found(0, (), {})

        def near(name: str, text: str) -> list[str]:
            with self._bases.use() as base:
                return vocabulary.near(base, schema, name, text)

        found, given = hits(schema, words, asked, columns, near)
        names = [f"c{at}" for at in range(len(columns))]
        sets = ", ".join(["()", *(f"({each})" for each in names)])
        which = f"grouping({', '.join(names)})" if names else "0"
        told = ", ".join([which, "count(*)", *names])
        counted = self._run(f"{found} select {told} from hits group by grouping sets ({sets})", **given)
        total, facets = counts(counted, columns)
        order = f"c{columns.index(asked.order)}, number" if asked.order is not None else "score desc, number"
        page = f"select id, score from hits order by {order} limit :size offset :start"
        shown = self._run(f"{found} {page}", size=asked.size, start=asked.start, **given)
        return Found(total, tuple((id, float(score)) for id, score in shown), facets)

    def held(self, ids: Sequence[str], terms: Collection[tuple[str, str]] = ()) -> Mapping[str, Kept]:
        return backend.held(self._stored(ids), terms)

    def erase(self, ids: Iterable[str]) -> int:
        schema, _ = self._known()
        if not schema:
            return 0
        with self._bases.use() as base:
            base.run("begin")
            chosen = "where id = any(cast(:ids as text[]))"
            gone = base.run(f"delete from {schema}.documents {chosen} returning id", ids=[*ids])
            if gone:
                known = [id for (id,) in gone]
                vocabulary.take(base, schema, known)
                base.run(f"delete from {schema}.passages {chosen}", ids=known)
            base.run("commit")
        self._purge([f"{schema}.{table}" for table in TABLES])
        return len(gone)

    def close(self) -> None:
        self._bases.close()

    def _known(self) -> tuple[str, dict[str, Any]]:
        """The schema that answers, and what is told of it; nothing when there is no index."""
        found = self._run("select schema, told from public.onggi_index")
        return (found[0][0], json.loads(found[0][1])) if found else ("", {})

    def _run(self, sql: str, **given: Any) -> list[Any]:
        with self._bases.use() as base:
            return list(base.run(sql, **given) or [])

    def _holders(self) -> list[Node]:
        return [each.primary for each in self._shards] or [self._node]

    def _make(self, schema: str, columns: int) -> None:
        for node in self._holders():
            with node.open() as base:
                for each in tables(schema, columns):
                    base.run(each)
        if self._shards:
            with self._bases.use() as base:
                for each in spread(schema, columns, self._shards):
                    base.run(each)

    def _fill(self, schema: str, entries: Iterable[Entry], columns: Sequence[str]) -> int:
        waiting, count, terms = iter(entries), 0, vocabulary.Counts()
        names = [f"c{at}" for at in range(len(columns))]
        with self._bases.use() as base:
            base.run("begin")
            while batch := list(islice(waiting, BATCH)):
                documents = [
                    {
                        "id": each.id,
                        "number": count + at,
                        "kept": base64.b64encode(backend.packed(each)).decode(),
                        **{c: each.values.get(name, "") for c, name in zip(names, columns, strict=True)},
                    }
                    for at, each in enumerate(batch)
                ]
                passages = [row for each in batch for row in _passages(each)]
                given = ", ".join(["id text", "number bigint", "kept text", *(f"{c} text" for c in names)])
                put = ", ".join(["id", "number", "decode(kept, 'base64')", *names])
                base.run(
                    f"insert into {schema}.documents select {put}"
                    f" from json_to_recordset(cast(:rows as json)) as x ({given})",
                    rows=json.dumps(documents, ensure_ascii=False),
                )
                base.run(
                    f"insert into {schema}.passages"
                    " select id, cast(text as tsvector), cast(pairs as tsvector)"
                    " from json_to_recordset(cast(:rows as json)) as x (id text, text text, pairs text)",
                    rows=json.dumps(passages, ensure_ascii=False),
                )
                for each in batch:
                    vocabulary.add(terms, each)
                count += len(batch)
            vocabulary.put(base, schema, terms)
            base.run("commit")
        return count

    def _drop(self, schema: str) -> None:
        for node in {*self._holders(), self._node} if schema else ():
            with node.open() as base:
                for each in forgotten(schema, self._shards):
                    base.run(each)

    def _purge(self, tables: list[str]) -> None:
        if not self._shards:
            self._node.purge(tables, None)
            return
        for shard in self._shards:
            shard.primary.purge(tables, shard.replica)
        self._node.purge([], None)

    def _stored(self, ids: Sequence[str]) -> dict[str, bytes]:
        schema, _ = self._known()
        if not schema:
            return {}
        found = self._run(
            f"select id, kept from {schema}.documents"
            " where id in (select json_array_elements_text(cast(:ids as json)))",
            ids=json.dumps([*ids]),
        )
        return dict(found)


def _passages(entry: Entry) -> Iterator[dict[str, str]]:
    """The rows of one testimony; a passage that was cut has some whose other field is empty."""
    for passage in entry.passages:
        for name in FIELDS:
            for text in rows(field_of(passage, name)):
                if text:
                    yield {"id": entry.id, name: text}
