"""The intake's rows. Private to the rules and shelves above: no time of day, no address, no agent.

1. SQLite runs with a rollback journal and `secure_delete`: a write-ahead log would keep deleted rows.
2. On PostgreSQL what must happen once is a key that is taken once, and a row goes with the deposit that it
   belongs to. So nothing here needs more than its `READ COMMITTED`, however many hosts there are.
3. No error shows what is in a row.
"""

from __future__ import annotations

import fcntl
import os
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

from alembic.util import CommandError
from sqlalchemy import (
    BigInteger,
    Connection,
    Date,
    Engine,
    ForeignKey,
    Insert,
    Integer,
    LargeBinary,
    String,
    create_engine,
    inspect,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DatabaseError, DBAPIError
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from migrations.run import migrate
from server import small_database
from server.intake.places import PlaceRefused, certificate_of

CONNECTIONS: Final = 15
"""To PostgreSQL, at most, from each worker: two hosts of three workers stay below its default of 100."""
KEPT_OPEN: Final = 5
SILENCE: Final = 30
"""Seconds after which a connection to PostgreSQL that says nothing is given up."""
_NO_PARENT = "23503"


class Base(DeclarativeBase):
    """The rows that migrations/intake makes."""


class DepositRow(Base):
    """One sealed envelope, whole or on its way."""

    __tablename__ = "deposit"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger)
    day: Mapped[date] = mapped_column(Date)
    complete: Mapped[bool] = mapped_column(default=False)
    erase: Mapped[str | None] = mapped_column(String(64))


class HeldRow(Base):
    """A deposit that the archive holds: its sender can still see so, and nothing more of it is here."""

    __tablename__ = "held"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    day: Mapped[date] = mapped_column(Date)


class PartRow(Base):
    """A part that is on the shelf."""

    __tablename__ = "part"

    deposit: Mapped[str] = mapped_column(ForeignKey("deposit.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    size: Mapped[int] = mapped_column(Integer)


class ObjectRow(Base):
    """The object in a bucket that is a part: of all that were sent for its place, the one that won."""

    __tablename__ = "object"

    deposit: Mapped[str] = mapped_column(ForeignKey("deposit.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    attempt: Mapped[str] = mapped_column(String(32))
    size: Mapped[int] = mapped_column(Integer)


class MarkRow(Base):
    """One random name of this database, which the bucket that it uses carries too."""

    __tablename__ = "mark"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    text: Mapped[str] = mapped_column(String(32))


class BundleRow(Base):
    """A bundle that was packed: the chain that the archive checks."""

    __tablename__ = "bundle"

    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))


class NoParent(Exception):
    """The deposit of a row is gone."""


def connect(database: str | Path) -> Engine:
    """An engine on the intake's database: a URL that `places` has checked, or an SQLite file."""
    if isinstance(database, Path):
        database = f"sqlite:///{database}"
    return small_database.connect(database) if database.startswith("sqlite:") else _postgresql(database)


def bring_up(engine: Engine) -> None:
    """Make the tables of this version, or bring those of an older one to it, with all that lies in them.

    `PlaceRefused` when a newer version was here.
    """
    with _turn(engine):  # on SQLite several workers start at once; PostgreSQL has a lock of its own
        try:
            migrate(engine, "intake")
        except CommandError:
            raise PlaceRefused(
                "this database was used by a newer version of Onggi",
                "install that version again; no older one knows all that lies here",
            ) from None


def is_made(engine: Engine) -> bool:
    """Whether `bring_up` has ever been here. What is no database says so when it is asked for something."""
    try:
        return inspect(engine).has_table("alembic_version")
    except DatabaseError:
        return False


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that writes.

    On SQLite writers stand in a queue: its own way is to sleep, up to a tenth of a second, and look again.
    """
    with _turn(engine), engine.begin() as connection:
        yield connection


@contextmanager
def _turn(engine: Engine) -> Iterator[None]:
    if not (file := engine.url.database) or engine.dialect.name != "sqlite":
        yield
        return
    # The folder: to open and close the file itself would drop SQLite's own locks on it.
    folder = os.open(Path(file).parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def one_at_a_time(connection: Connection) -> None:
    """Until this transaction ends, nobody else who asked the same goes on. SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(7024914)"))


def insert_once(connection: Connection, row: type[Base], **values: object) -> bool:
    """Insert a *row* of these *values* unless its key is taken; True when it was not.

    `NoParent` when its deposit is gone.
    """
    try:
        return bool(connection.execute(_insert(connection.dialect.name, row), values).rowcount)
    except DBAPIError as error:
        if not _has_no_parent(error):
            raise
        raise NoParent("the deposit of this row is gone") from None


@cache
def _insert(dialect: str, row: type[Base]) -> Insert:
    # Made once: writing a statement takes longer than running it.
    of = sqlite if dialect == "sqlite" else postgresql
    insert: Insert = of.insert(row.__table__).on_conflict_do_nothing()
    return insert


def _has_no_parent(error: DBAPIError) -> bool:
    # pg8000 has no class of its own for this: it hands on what the server said, by PostgreSQL's code.
    said = error.orig.args[0] if error.orig and error.orig.args else None
    return said.get("C") == _NO_PARENT if isinstance(said, dict) else "FOREIGN KEY" in str(said)


def _postgresql(url: str) -> Engine:
    encrypted, ca = certificate_of(url)
    asked: dict[str, Any] = {"timeout": SILENCE}
    if encrypted:
        asked["ssl_context"] = ssl.create_default_context(cafile=ca)
    if password := os.environ.get("PGPASSWORD"):
        asked["password"] = password
    return create_engine(
        make_url(url).difference_update_query(["ca"]),
        connect_args=asked,
        hide_parameters=True,
        # A connection that died meanwhile is noticed before it is used, not by a sender.
        pool_pre_ping=True,
        pool_size=KEPT_OPEN,
        max_overflow=CONNECTIONS - KEPT_OPEN,
    )
