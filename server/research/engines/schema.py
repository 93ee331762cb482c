"""What makes the tables of an index in PostgreSQL, and what spreads them over shards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from archive.search.backend import FIELDS
from server.research.engines.node import Node


@dataclass(frozen=True)
class Shard:
    """A server that holds a part of the index, and one that follows it."""

    primary: Node
    replica: Node | None = None


TABLES: Final = ("documents", "passages", "terms")
TERM: Final = 'field text collate "C" not null, term text collate "C" not null, documents bigint not null'
"""A term of a field, and how many testimonies have it: with the last of them it is gone."""


def tables(schema: str, columns: int) -> Iterator[str]:
    """What makes the tables of an index. PostgreSQL gathers no statistics of them: those would be words."""
    told = "".join(f', c{at} text collate "C" not null' for at in range(columns))
    yield f"drop schema if exists {schema} cascade"
    yield f"create schema {schema}"
    yield (
        f'create table {schema}.documents (id text collate "C" primary key, number bigint not null,'
        f" kept bytea not null{told})"
    )
    yield f'create table {schema}.passages (id text collate "C" not null, text tsvector, pairs tsvector)'
    for name in FIELDS:
        yield f"create index on {schema}.passages using gin ({name})"
    yield f"create index on {schema}.passages (id)"
    yield f"create table {schema}.terms ({TERM}, primary key (field, term))"
    names = ["id", "kept", *(f"c{at}" for at in range(columns))]
    all = {"documents": names, "passages": ["id", *FIELDS], "terms": ["field", "term"]}
    for table, each in all.items():
        for name in each:
            yield f"alter table {schema}.{table} alter column {name} set statistics 0"


def spread(schema: str, columns: int, shards: Sequence[Shard]) -> Iterator[str]:
    """What makes, on the server that is asked, tables whose parts lie on the shards, by the id's hash."""
    yield "create extension if not exists postgres_fdw"
    yield f"drop schema if exists {schema} cascade"
    yield f"create schema {schema}"
    told = "".join(f', c{at} text collate "C" not null' for at in range(columns))
    yield (
        f'create table {schema}.documents (id text collate "C" not null, number bigint not null,'
        f" kept bytea not null{told}) partition by hash (id)"
    )
    yield (
        f'create table {schema}.passages (id text collate "C" not null, text tsvector, pairs tsvector)'
        " partition by hash (id)"
    )
    yield f"create table {schema}.terms ({TERM}) partition by hash (term)"
    for at, shard in enumerate(shards):
        server = f"{schema}_shard{at}"
        places = [node.place for node in (shard.primary, shard.replica) if node is not None]
        where = {name: ",".join(place[name] for place in places) for name in ("host", "port")}
        where |= {
            "dbname": places[0]["dbname"],
            "batch_size": "500",
            "fetch_size": "10000",
            "async_capable": "on",
        }
        yield f"drop server if exists {server} cascade"
        yield f"create server {server} foreign data wrapper postgres_fdw options ({_options(where)})"
        who = {name: places[0][name] for name in ("user", "password") if places[0][name]}
        yield f"create user mapping for current_user server {server} options ({_options(who)})"
        for table in TABLES:
            yield (
                f"create foreign table {schema}.{table}{at} partition of {schema}.{table}"
                f" for values with (modulus {len(shards)}, remainder {at})"
                f" server {server} options (schema_name '{schema}', table_name '{table}')"
            )


def forgotten(schema: str, shards: Sequence[Shard]) -> Iterator[str]:
    """What takes an index away again."""
    yield f"drop schema if exists {schema} cascade"
    for at in range(len(shards)):
        yield f"drop server if exists {schema}_shard{at} cascade"


def _options(told: Mapping[str, str]) -> str:
    return ", ".join(f"{name} '{_doubled(value)}'" for name, value in told.items())


def _doubled(text: str) -> str:
    return text.replace("'", "''")
