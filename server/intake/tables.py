"""The intake's rows. Private to this module and `deposits`: no time of day, no address, no agent.

SQLite runs with a rollback journal and `secure_delete`: a write-ahead log would keep deleted rows.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Date, Engine, ForeignKey, Integer, LargeBinary, String, create_engine, event
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """The rows that migrations/intake makes."""


class DepositRow(Base):
    """One sealed envelope, whole or on its way."""

    __tablename__ = "deposit"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    size: Mapped[int] = mapped_column(Integer)
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


class BundleRow(Base):
    """A bundle that was packed: the chain that the archive checks."""

    __tablename__ = "bundle"

    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))


def connect(database: Path) -> Engine:
    """An engine on the intake's SQLite file."""
    engine = create_engine(f"sqlite:///{database}")

    @event.listens_for(engine, "connect")
    def set_pragmas(connection: Any, _record: Any) -> None:
        for pragma in ("journal_mode=DELETE", "secure_delete=ON", "foreign_keys=ON", "busy_timeout=10000"):
            connection.execute(f"PRAGMA {pragma}").close()

    return engine
