"""The rows of a room that only invited readers enter. Private to `accounts`, `sessions`, `keys`
and `taken`.

1. No row holds a word that was looked for, a testimony that was opened, an address, or the time of a visit.
2. What opens something lies here as a digest, or sealed under a passphrase that is not here.
3. A rollback journal and `secure_delete`: a row that was deleted is in no byte of the file.
"""

from __future__ import annotations

import os
import secrets
from datetime import date
from pathlib import Path

from sqlalchemy import Date, Engine, ForeignKey, Integer, LargeBinary, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from migrations.run import migrate
from server import small_database

DATABASE, KEY = "readers.sqlite", "readers.key"


class Base(DeclarativeBase):
    """The rows that migrations/research makes."""


class AccountRow(Base):
    """A reader: invited, then with a passphrase, and at an end after the day *until*."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(String(60), unique=True)
    until: Mapped[date] = mapped_column(Date)
    invitation: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    invited: Mapped[date] = mapped_column(Date)
    salt: Mapped[bytes | None] = mapped_column(LargeBinary(16))
    box: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The secret of her numbers, sealed under her passphrase: what opens it is the passphrase."""
    step: Mapped[int] = mapped_column(Integer, default=0)
    """The step of the last number that was used; none is good twice."""
    failures: Mapped[int] = mapped_column(Integer, default=0)
    closed_until: Mapped[int] = mapped_column(Integer, default=0)
    """After many failures, the second until which no try counts; 0 again with the first that succeeds."""
    terms: Mapped[int] = mapped_column(Integer, default=0)
    accepted: Mapped[date | None] = mapped_column(Date)


class RecoveryRow(Base):
    """A code that stands in once for a number."""

    __tablename__ = "recovery"

    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    account: Mapped[int] = mapped_column(ForeignKey("account.id"))


class SessionRow(Base):
    """A browser that is signed in since that day."""

    __tablename__ = "session"

    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    account: Mapped[int] = mapped_column(ForeignKey("account.id"))
    day: Mapped[date] = mapped_column(Date)


class KeyRow(Base):
    """What opens with a reader's key for programs, as a digest; one for each."""

    __tablename__ = "key"

    account: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    day: Mapped[date] = mapped_column(Date)


class TakenRow(Base):
    """On this day somebody took words of a release away; once a day, and never which or how many."""

    __tablename__ = "taken"

    account: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    release: Mapped[int] = mapped_column(Integer, primary_key=True)
    form: Mapped[str] = mapped_column(String(20), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)


def connect(home: Path) -> Engine:
    """An engine on the readers of the room in *home*; `prepare` has made their tables."""
    return small_database.connect(f"sqlite:///{home.absolute() / DATABASE}")


def prepare(home: Path) -> None:
    """Make the tables and the room's own key in *home*, or bring the tables to this version's."""
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name, content in ((DATABASE, b""), (KEY, secrets.token_bytes(32))):
        if not (home / name).exists():
            with os.fdopen(os.open(home / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(content)
    engine = connect(home)
    migrate(engine, "research")
    engine.dispose()


def key_of(home: Path) -> bytes:
    """The key of the room in *home*, from which cookies and the secrets of invitations follow."""
    return (home / KEY).read_bytes()
