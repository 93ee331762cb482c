"""Engines of search for tests: each begun empty in a folder of its own, and what it keeps there in bytes."""

from __future__ import annotations

import json
import os
import secrets
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

import pytest

from archive.search.analyzer import Analysis, Term
from archive.search.backend import Backend, Entry
from archive.search.blocks.engine import Blocks
from archive.search.folder import BlocksFile
from archive.search.fts5 import Fts5
from server.research.engines.node import Node
from server.research.engines.opensearch import OpenSearch
from server.research.engines.postgres import Postgres
from server.research.engines.schema import Shard
from tests import servers
from tests.opensearch import Indices, opensearch

Places = list[list[str]]
"""A passage: the terms of each place in turn; where there is none, the place is free."""


@dataclass(frozen=True)
class Begun:
    """An engine that runs, and every folder in which it keeps something."""

    engine: Backend
    folders: tuple[Path, ...] = ()
    secret: bool = False
    """Whether nothing of it can be read there."""
    held: Callable[[], bytes] = bytes
    """What it holds elsewhere than in folders."""

    def stored(self) -> bytes:
        """All that lies in its folders, and all that zlib packed there."""
        raw = self.held() + b"\n".join(
            file.read_bytes() for each in self.folders for file in sorted(each.rglob("*")) if file.is_file()
        )
        at, streams = raw.find(b"\x78"), []
        while at >= 0:
            with suppress(zlib.error):
                streams.append(zlib.decompressobj().decompress(raw[at : at + 65536]))
            at = raw.find(b"\x78", at + 1)
        return raw + b"\n".join(streams)


@contextmanager
def in_memory(folder: Path) -> Iterator[Begun]:
    yield Begun(Blocks())


@contextmanager
def in_a_folder(folder: Path) -> Iterator[Begun]:
    yield Begun(BlocksFile(folder / "index"), (folder,))


@contextmanager
def fts5(folder: Path) -> Iterator[Begun]:
    engine = Fts5(folder / "index.sqlite")
    yield Begun(engine, (folder,))
    engine.close()


@contextmanager
def sealed(folder: Path) -> Iterator[Begun]:
    engine = Fts5(folder / "index.sqlite", bytes(range(32)))
    yield Begun(engine, (folder,), secret=True)
    engine.close()


FORGETS: Final = ("wal_recycle=off", "max_wal_size=32MB", "min_wal_size=32MB", "shared_buffers=16MB")


def url(folder: Path) -> str:
    """Where the server in *folder* is, as an engine is told."""
    return f"postgresql://onggi@/postgres?host={folder}"


@contextmanager
def postgres(folder: Path) -> Iterator[Begun]:
    needs_postgres()
    with servers.folder_for_anybody() as place, servers.postgres(place, *FORGETS):
        engine = Postgres(url(place))
        yield Begun(engine, (place,))
        engine.close()


@contextmanager
def spread(folder: Path) -> Iterator[Begun]:
    with shards() as running:
        yield Begun(running.engine, running.folders)


@dataclass(frozen=True)
class Shards:
    """An engine over two shards, of which the first has a replica; each can be stopped."""

    engine: Postgres
    folders: tuple[Path, ...]
    first: ExitStack
    second: ExitStack


@contextmanager
def shards() -> Iterator[Shards]:
    needs_postgres()
    with servers.folder_for_anybody() as place, ExitStack() as stack:
        asked, one, follower, two = (place / name for name in ("asked", "one", "follower", "two"))
        stack.enter_context(servers.postgres(asked, *FORGETS))
        first, second = (stack.enter_context(ExitStack()) for _ in range(2))
        first.enter_context(servers.postgres(one, *FORGETS))
        second.enter_context(servers.postgres(two, *FORGETS))
        stack.enter_context(servers.postgres_replica(follower, one, *FORGETS))
        spread = [Shard(Node(url(one)), Node(url(follower))), Shard(Node(url(two)))]
        engine = Postgres(url(asked), spread)
        yield Shards(engine, (asked, one, follower, two), first, second)
        engine.close()


def needs_postgres() -> None:
    if servers.postgres_programs() is None:
        pytest.skip("PostgreSQL is not installed; as root, apt-get install postgresql")


@contextmanager
def as_opensearch(folder: Path) -> Iterator[Begun]:
    indices = Indices()
    with opensearch(indices) as url:
        engine = OpenSearch(url)
        yield Begun(engine, held=lambda: json.dumps(indices.held, ensure_ascii=False).encode())
        engine.close()


@contextmanager
def real_opensearch(folder: Path) -> Iterator[Begun]:
    if not (url := os.environ.get("OPENSEARCH_URL")):
        pytest.skip("OPENSEARCH_URL names no server, such as http://127.0.0.1:9200")
    engine = OpenSearch(f"{url.rstrip('/')}/onggi-{secrets.token_hex(8)}")
    yield Begun(engine)
    engine.replace([], [], {})
    engine.close()


ENGINES: dict[str, Callable[[Path], AbstractContextManager[Begun]]] = {
    "blocks in memory": in_memory,
    "blocks in a folder": in_a_folder,
    "FTS5": fts5,
    "FTS5, sealed": sealed,
    "PostgreSQL": postgres,
    "PostgreSQL, two shards and a replica": spread,
    "OpenSearch's protocol": as_opensearch,
    "OpenSearch": real_opensearch,
}


def passage(places: Places, at: int = 0, points: int = 0) -> Analysis:
    """An analysis with these terms; its pairs are those of each two places that follow one another."""
    terms = [
        Term(text, at + place, points + 2 * place, points + 2 * place + 1)
        for place, texts in enumerate(places)
        for text in texts
    ]
    pairs = [
        Term(one[0] + two[0], at + place, points + 2 * place, points + 2 * place + 3)
        for place, (one, two) in enumerate(pairwise(places))
        if one and two
    ]
    return Analysis(tuple(terms), tuple(pairs))


def entry(id: str, passages: list[Places], values: dict[str, str] | None = None) -> Entry:
    """A testimony on its way into an engine; its passages stand apart."""
    made, at = [], 0
    for places in passages:
        made.append(passage(places, at, 2 * at))
        at += len(places) + 1
    return Entry(id, values or {}, ["kept of", id], f"the text of {id}", tuple(made))
