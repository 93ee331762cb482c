"""The vault's rows, inside SQLCipher. Private to `vault` and `journal`."""

from __future__ import annotations

from sqlalchemy import Integer, LargeBinary, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """The rows that migrations/vault makes."""


class RecordRow(Base):
    """A record, sealed under its own key."""

    __tablename__ = "record"

    kind: Mapped[str] = mapped_column(String(32), primary_key=True)
    id: Mapped[str] = mapped_column(String(128), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class RecordKeyRow(Base):
    """The key of one record. Without it the record is noise."""

    __tablename__ = "record_key"

    kind: Mapped[str] = mapped_column(String(32), primary_key=True)
    id: Mapped[str] = mapped_column(String(128), primary_key=True)
    key: Mapped[bytes] = mapped_column(LargeBinary(32))


class EventRow(Base):
    """One event of the journal, as the bytes that were hashed."""

    __tablename__ = "event"

    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    body: Mapped[str] = mapped_column(String)


class HeadRow(Base):
    """The signed count and hash of the journal."""

    __tablename__ = "head"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    count: Mapped[int] = mapped_column(Integer)
    hash: Mapped[str] = mapped_column(String(64))
    signature: Mapped[bytes] = mapped_column(LargeBinary(64))
