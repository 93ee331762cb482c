"""The rules of the intake: accept, resume, complete, expire. Has never heard of Flask.

1. What does not begin as an envelope, or has a size no padded envelope has, is refused at its first part.
2. A part is kept once: sent again it must be the same bytes. Parts may come in any order, also at once.
3. A deposit is complete when every part is on the shelf, and stays so.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import BinaryIO

from sqlalchemy import Engine, delete, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.orm import Session

from crypto.envelope import check_size, parse_header
from crypto.errors import MalformedEnvelope
from server.intake.shelf import Shelf
from server.intake.tables import DepositRow, PartRow

_ID = re.compile(r"[0-9a-f]{32}")


class DepositError(Exception):
    """The root of what this module raises; `hint` says what the sender can do."""

    hint = "start a new deposit"


class UnknownDeposit(DepositError):
    """No such deposit: never begun, expired, or already collected."""


class RefusedSize(DepositError):
    """Too large, or no size that an envelope can have."""

    hint = "an envelope is padded before it is sent; see docs/formats/envelope.md"


class NotAnEnvelope(DepositError):
    """The first part does not begin as an envelope does."""

    hint = "seal it first: this server takes nothing that it could read"


class WrongPart(DepositError):
    """A part of the wrong place or length, or another part is already there."""

    hint = "ask which parts are still missing and send those"


class Incomplete(DepositError):
    """Parts are missing."""

    hint = "send the missing parts, then complete again"


@dataclass(frozen=True)
class Progress:
    """What is here of a deposit: `received` counts bytes, `missing` names offsets."""

    size: int
    received: int
    complete: bool
    missing: tuple[int, ...]


def _today() -> date:
    return datetime.now(UTC).date()


@dataclass(frozen=True)
class Deposits:
    """The deposits of one intake. *today* is handed in so that tests can move the clock."""

    engine: Engine
    shelf: Shelf
    part_size: int
    max_envelope: int
    today: Callable[[], date] = _today

    def begin(self, size: int) -> str:
        """Make room for an envelope of *size* bytes and return the deposit's random name."""
        if not 1 <= size <= self.max_envelope:
            raise RefusedSize("too large, or empty")
        deposit = secrets.token_hex(16)
        with Session(self.engine) as session, session.begin():
            session.add(DepositRow(id=deposit, size=size, day=self.today()))
        return deposit

    def put(self, deposit: str, offset: int, part: bytes) -> None:
        """Keep the part at *offset*. Again is fine; another in its place is `WrongPart`."""
        size = self._size(deposit)
        number, off = divmod(offset, self.part_size)
        if offset < 0 or off or len(part) != min(self.part_size, size - offset):
            raise WrongPart("this part has not the place or the length that it must have")
        if number == 0:
            self._check_front(part, size)
        if not self.shelf.put(deposit, number, part):
            raise WrongPart("another part is already in this place")
        with Session(self.engine) as session, session.begin():
            row = insert(PartRow).values(deposit=deposit, number=number, size=len(part))
            session.execute(row.on_conflict_do_nothing())

    def progress(self, deposit: str) -> Progress:
        """What is here and what is missing."""
        with Session(self.engine) as session:
            row = self._row(session, deposit)
            parts = session.scalars(select(PartRow).where(PartRow.deposit == deposit)).all()
            here = {part.number for part in parts}
            count = -(-row.size // self.part_size)
            missing = tuple(n * self.part_size for n in range(count) if n not in here)
            return Progress(row.size, sum(part.size for part in parts), row.complete, missing)

    def complete(self, deposit: str) -> None:
        """Declare the deposit whole; `Incomplete` when a part is missing. Doing it twice is fine."""
        if self.progress(deposit).missing:
            raise Incomplete("parts are missing")
        with Session(self.engine) as session, session.begin():
            self._row(session, deposit).complete = True

    def waiting(self) -> list[str]:
        """The complete deposits, oldest day first: what the next courier takes."""
        with Session(self.engine) as session:
            whole = select(DepositRow.id).where(DepositRow.complete)
            return list(session.scalars(whole.order_by(DepositRow.day, DepositRow.id)))

    def copy(self, deposit: str, into: BinaryIO) -> None:
        """Write a complete deposit's sealed bytes to *into*, part by part."""
        for number in range(-(-self._size(deposit) // self.part_size)):
            into.write(self.shelf.read(deposit, number))

    def remove(self, deposit: str) -> None:
        """Forget a deposit: the row first, so that no row ever names bytes that are gone."""
        with Session(self.engine) as session, session.begin():
            session.execute(delete(PartRow).where(PartRow.deposit == deposit))
            session.execute(delete(DepositRow).where(DepositRow.id == deposit))
        self.shelf.remove(deposit)

    def expire(self, keep_days: int) -> int:
        """Remove what was begun more than *keep_days* ago and bytes that no row names; return how many."""
        last = self.today() - timedelta(days=keep_days)
        with Session(self.engine) as session:
            old = set(session.scalars(select(DepositRow.id).where(DepositRow.day < last)))
            known = set(session.scalars(select(DepositRow.id)))
        gone = old | {name for name in self.shelf.names() if name not in known}
        for deposit in gone:
            self.remove(deposit)
        return len(gone)

    def _check_front(self, part: bytes, size: int) -> None:
        try:
            check_size(parse_header(part), size)
        except MalformedEnvelope as error:
            raise NotAnEnvelope(str(error)) from None

    def _size(self, deposit: str) -> int:
        with Session(self.engine) as session:
            return self._row(session, deposit).size

    def _row(self, session: Session, deposit: str) -> DepositRow:
        row = session.get(DepositRow, deposit) if _ID.fullmatch(deposit) else None
        if row is None:
            raise UnknownDeposit("no such deposit; it may have expired or been collected")
        return row
