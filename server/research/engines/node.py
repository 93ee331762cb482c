"""One PostgreSQL server of an index: how it is reached, and how what was erased leaves its files."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

import pg8000.native
from pg8000.exceptions import DatabaseError, InterfaceError

from archive.search.backend import EngineError

WANTED: Final = {"wal_recycle": "off", "archive_mode": "off"}
"""Settings without which erased words stay in the server's log of changes."""
CATCHING_UP: Final = 30
"""Seconds in which a replica must have followed."""
FAR: Final = ("08000", "08001", "08003", "08006", "57P01", "57P03", "HV00N")
"""PostgreSQL's codes for another server that does not answer."""


@dataclass(frozen=True)
class Node:
    """Where a server is: `postgresql://USER:PASSWORD@HOST:PORT/NAME`, or `?host=/folder/of/its/socket`."""

    url: str = field(repr=False)

    @property
    def place(self) -> dict[str, str]:
        """Host, port, database, user and password, as libpq names them."""
        parts = urlsplit(self.url)
        if parts.scheme != "postgresql" or len(parts.path) < 2 or not parts.username:
            raise EngineError("a database is postgresql://USER@HOST/NAME, or …/NAME?host=/FOLDER")
        host = parse_qs(parts.query).get("host", [parts.hostname or "localhost"])[0]
        told = {"host": host, "port": str(parts.port or 5432), "dbname": unquote(parts.path[1:])}
        told |= {"user": unquote(parts.username), "password": unquote(parts.password or "")}
        return told

    def connect(self) -> pg8000.native.Connection:
        """A new connection; `EngineError` when the server does not answer."""
        place = self.place
        host, port = place["host"], int(place["port"])
        socket = (
            {"unix_sock": f"{host}/.s.PGSQL.{port}"} if host.startswith("/") else {"host": host, "port": port}
        )
        try:
            return pg8000.native.Connection(
                place["user"], database=place["dbname"], password=place["password"] or None, **socket
            )
        except (InterfaceError, DatabaseError, OSError):
            raise EngineError("a database server of the index does not answer") from None

    @contextmanager
    def open(self) -> Iterator[pg8000.native.Connection]:
        """A connection for the block."""
        connection = self.connect()
        try:
            with telling():
                yield connection
        finally:
            connection.close()

    def refuse_unless_it_forgets(self) -> None:
        """`EngineError` when this server would keep what is erased in its log."""
        with self.open() as base:
            for name, value in WANTED.items():
                [[found]] = base.run(f"show {name}")
                if found != value:
                    raise EngineError(
                        f"{name} is {found} on a database server, so erased words would stay in its log;"
                        f" hint: alter system set {name} = '{value}', and restart it"
                    )

    def purge(self, tables: Sequence[str], replica: Node | None) -> None:
        """Make what was deleted from *tables* leave the files and the log of this server and its replica."""
        with self.open() as base:
            for table in tables:
                base.run(f"vacuum full {table}")
            base.run("select pg_switch_wal()")
            base.run("checkpoint")
            if replica is not None:
                [[at]] = base.run("select pg_current_wal_lsn()::text")
                replica.follow(at)
            # The first checkpoint kept the log that it began in, and what the replica had not yet.
            base.run("checkpoint")

    def follow(self, at: str) -> None:
        """Wait until this replica has everything up to *at*, and let go of the log before it."""
        until = time.monotonic() + CATCHING_UP
        with self.open() as base:
            while not base.run("select pg_last_wal_replay_lsn() >= cast(:at as pg_lsn)", at=at)[0][0]:
                if time.monotonic() > until:
                    raise EngineError("a replica does not follow; what was erased may still be on it")
                time.sleep(0.05)
            base.run("checkpoint")


class PerThread:
    """One connection to a node for each thread, made when it is first used and again when it broke."""

    def __init__(self, node: Node, settings: tuple[str, ...] = ()) -> None:
        self._node, self._settings = node, settings
        self._mine: Final = threading.local()
        self._all: Final[list[pg8000.native.Connection]] = []

    @contextmanager
    def use(self) -> Iterator[pg8000.native.Connection]:
        """This thread's connection; in the block, `EngineError` says what went wrong."""
        if getattr(self._mine, "base", None) is None:
            self._mine.base = self._node.connect()
            self._all.append(self._mine.base)
            for each in self._settings:
                self._mine.base.run(each)
        try:
            with telling():
                yield self._mine.base
        except EngineError:
            self._forget()
            raise

    def close(self) -> None:
        """Close the connections of all threads."""
        for base in self._all:
            _closed(base)
        self._all.clear()

    def __del__(self) -> None:
        # A room that opened a newer release lets go of this one when the last reader has.
        self.close()

    def _forget(self) -> None:
        if self._mine.base in self._all:
            self._all.remove(self._mine.base)
        _closed(self._mine.base)
        self._mine.base = None


@contextmanager
def telling() -> Iterator[None]:
    """What PostgreSQL or its connection raises, as `EngineError`, without the words that were sent."""
    try:
        yield
    except InterfaceError:
        raise EngineError("a database server of the index does not answer") from None
    except DatabaseError as error:
        code = error.args[0].get("C", "") if error.args and isinstance(error.args[0], dict) else ""
        if code in FAR:
            raise EngineError(
                "a part of the index does not answer, so nothing is: some of the hits would look like all"
            ) from None
        raise Refused(code) from None


class Refused(EngineError):
    """PostgreSQL refused a statement; its code says why (its manual, appendix A)."""

    def __init__(self, code: str) -> None:
        super().__init__(f"the database refused: {code}")
        self.code = code


def _closed(base: pg8000.native.Connection) -> None:
    try:
        base.close()
    except (InterfaceError, OSError):
        return  # it was broken already
