"""Which engine this room searches through: a file beside the release, or a server that the operator runs.

The choice is the file `engine` in the home; without it, our own arrays beside the release. It may hold a
password, so nobody else may read it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from archive.errors import ArchiveError
from archive.search import folder as folders
from archive.search.backend import Backend
from server.research import kept
from server.research.engines.node import Node
from server.research.engines.opensearch import OpenSearch
from server.research.engines.postgres import Postgres
from server.research.engines.schema import Shard

FILE: Final = "engine"
SERVERS: Final = ("postgresql", "opensearch")
ENGINES: Final = (*folders.ENGINES, *SERVERS)


class EngineRefused(ArchiveError):
    """This is no engine that a room can use; the message says why."""


@dataclass(frozen=True)
class Choice:
    """An engine by name; of one on a server where that is."""

    name: str = "blocks"
    url: str = field(default="", repr=False)
    shards: tuple[tuple[str, ...], ...] = field(default=(), repr=False)
    """Of each shard of PostgreSQL its URL, and that of its replica if it has one."""

    def __post_init__(self) -> None:
        if self.name not in ENGINES:
            raise EngineRefused(f"there is no engine {self.name}; there are {', '.join(ENGINES)}")
        if self.is_server != bool(self.url):
            raise EngineRefused("an engine on a server has a URL, and no other has")
        if self.shards and self.name != "postgresql":
            raise EngineRefused("only PostgreSQL has shards here; OpenSearch has its own")

    @property
    def is_server(self) -> bool:
        """Whether the index lies on a server, and not beside the release."""
        return self.name in SERVERS

    @classmethod
    def read(cls, home: Path) -> Choice:
        """The choice that was made in this home."""
        try:
            told = json.loads((home / FILE).read_text("utf-8"))
        except FileNotFoundError:
            return cls()
        return cls(told["engine"], told["url"], tuple(tuple(each) for each in told["shards"]))

    def write(self, home: Path) -> None:
        """Use this engine in this home from now on."""
        told = {"engine": self.name, "url": self.url, "shards": self.shards}
        kept.write(home / FILE, json.dumps(told).encode(), 0o600)

    def connect(self) -> Backend:
        """The engine on its server; `archive.search.backend.EngineError` when that does not answer."""
        if self.name == "opensearch":
            return OpenSearch(self.url)
        shards = (Shard(*map(Node, each)) for each in self.shards)
        return Postgres(self.url, tuple(shards))
