"""The rules of the intake: accept, resume, complete, erase, expire. Has never heard of Flask.

1. What does not begin as an envelope, or has a size no padded envelope has, is refused at its first part.
2. Nothing else of a deposit is kept before its first part; then parts may come in any order, also at once.
3. A part that compresses is refused: sealed bytes never do.
4. A part is kept once: sent again it must be the same bytes.
5. A deposit is complete when every part is on the shelf, and stays so.
6. A sender names its deposit (docs/formats/resume.md) and begins it as often as a line breaks.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import BinaryIO, Final

from sqlalchemy import Engine, delete, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from crypto.envelope import check_size, parse_header
from crypto.errors import MalformedEnvelope
from crypto.resume import HELD, WAITING, arrivals, erasure
from server.intake.shelf import Shelf
from server.intake.tables import DepositRow, HeldRow, PartRow

LOOKED_AT: Final = 65_536
"""Bytes of a part that are tried for compression: enough to tell, and a millisecond's work."""
TOO_SHORT: Final = 512
"""Below this many bytes, what compression gains and what its frame costs are too close to tell anything."""

HELD_DAYS: Final = 90
"""So long a sender can see that the archive holds what she sent."""
TOKENS: Final = 1024
"""At once: a page sends 640, and each is tried for all that a telling may have."""
INDEXES: Final = 201
"""A statement and its files."""

GONE: Final = "no such deposit; it may have expired or been erased"
_ID, _HASH = re.compile(r"[0-9a-f]{32}"), re.compile(r"[0-9a-f]{64}")


class DepositError(Exception):
    """The root of what this module raises; `hint` says what the sender can do."""

    hint = "start a new deposit"


class UnknownDeposit(DepositError):
    """No such deposit: never begun, expired, or already collected."""


class RefusedSize(DepositError):
    """Too large, or no size that an envelope can have."""

    hint = "an envelope is padded before it is sent; see docs/formats/envelope.md"


class Malformed(DepositError):
    """A name, hash or token that none can be."""

    hint = "see docs/formats/resume.md"


class Taken(DepositError):
    """Another deposit has this name, or another part this place; what is here stays."""

    hint = "begin again: of a file, to see what is missing; of a statement, with the next number"


class NoRoom(DepositError):
    """The disk is nearly full."""

    hint = "try again later"


class NotAnEnvelope(DepositError):
    """The first part does not begin as an envelope does, or a part was not sealed."""

    hint = "seal it first: this server takes nothing that it could read"


class WrongPart(DepositError):
    """A part of the wrong place or length."""

    hint = "ask which parts are still missing and send those"


class TooEarly(WrongPart):
    """A part before the first one was checked."""

    hint = "send the part at offset 0 first, and wait until it was taken"


class Incomplete(DepositError):
    """Parts are missing."""

    hint = "send the missing parts, then complete again"


class Unreadable(DepositError):
    """A part on the shelf cannot be read, or is not as long as it was."""

    hint = "look at the disk that the shelf is on"


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

    def begin(self, deposit: str, size: int, erase: str) -> bool:
        """Make room for an envelope of *size* bytes; False when it has begun or the archive holds it.

        `erase` is the hash of what erases it, and stays as it was first told. Another size is `Taken`.
        """
        if not (_ID.fullmatch(deposit) and _HASH.fullmatch(erase)):
            raise Malformed("a deposit has a name of 32 signs and an erase of 64, 0-9 and a-f")
        if not 1 <= size <= self.max_envelope:
            raise RefusedSize("too large, or empty")
        if self._is_held(deposit):
            return False
        if not self._is_known(deposit):
            if size > self.shelf.room():
                raise NoRoom("there is no room for this deposit now")
            try:
                with Session(self.engine) as session, session.begin():
                    session.add(DepositRow(id=deposit, size=size, day=self.today(), erase=erase))
            except IntegrityError:
                pass  # two phones at once
            else:
                return True
        if self._size(deposit) != size:
            raise Taken("a deposit of another size has this name")
        return False

    def put(self, deposit: str, offset: int, part: bytes) -> None:
        """Keep the part at *offset*. Again is fine; another in its place is `Taken`.

        **Not** noticed: a part that is not sealed and does not compress either, such as a photo's, behind the
        front of an envelope. Only a client that is broken on purpose sends one.
        """
        if self._is_held(deposit):
            raise Taken("the archive holds this deposit")
        # In this order: a deposit that goes meanwhile is unknown, and not one that has not begun.
        begun, size = self._has_begun(deposit), self._size(deposit)
        number, off = divmod(offset, self.part_size)
        if offset < 0 or off or len(part) != min(self.part_size, size - offset):
            raise WrongPart("this part has not the place or the length that it must have")
        if number == 0:
            self._check_front(part, size)
        elif not begun:
            raise TooEarly("the first part of this deposit is not here yet")
        if _compresses(part):
            raise NotAnEnvelope("this part was not sealed")
        # Asked again: room for one deposit is room for only one of all that have begun.
        if len(part) > self.shelf.room():
            raise NoRoom("there is no room for this part now")
        self._keep(deposit, number, part)

    def progress(self, deposit: str) -> Progress:
        """What is here and what is missing; of what the archive holds, nothing is either."""
        if self._is_held(deposit):
            return Progress(0, 0, True, ())
        with Session(self.engine) as session:
            row = self._row(session, deposit)
            parts = session.scalars(select(PartRow).where(PartRow.deposit == deposit)).all()
            here = {part.number for part in parts}
            count = -(-row.size // self.part_size)
            missing = tuple(n * self.part_size for n in range(count) if n not in here)
            return Progress(row.size, sum(part.size for part in parts), row.complete, missing)

    def complete(self, deposit: str) -> None:
        """Declare the deposit whole; `Incomplete` when a part is missing. Doing it twice is fine."""
        here = self.progress(deposit)
        if here.complete:
            return
        if here.missing:
            raise Incomplete("parts are missing")
        with Session(self.engine) as session, session.begin():
            self._row(session, deposit).complete = True

    def waiting(self) -> dict[str, int]:
        """The complete deposits and their sizes, oldest day first: what the next courier takes."""
        with Session(self.engine) as session:
            whole = select(DepositRow.id, DepositRow.size).where(DepositRow.complete)
            rows = session.execute(whole.order_by(DepositRow.day, DepositRow.id))
            return {row.id: row.size for row in rows}

    def arrived(self) -> bytes:
        """The list of what is whole here or held by the archive, as docs/formats/resume.md has it."""
        with Session(self.engine) as session:
            states = dict.fromkeys(session.scalars(select(DepositRow.id).where(DepositRow.complete)), WAITING)
            return arrivals(states | dict.fromkeys(session.scalars(select(HeldRow.id)), HELD))

    def copy(self, deposit: str, into: BinaryIO) -> None:
        """Write a complete deposit's sealed bytes to *into*, part by part, or raise `Unreadable`."""
        size = self._size(deposit)
        for number, offset in enumerate(range(0, size, self.part_size)):
            try:
                part = self.shelf.read(deposit, number)
            except OSError:
                part = b""
            if len(part) != min(self.part_size, size - offset):
                raise Unreadable("a part on the shelf cannot be read")
            into.write(part)

    def remove(self, deposit: str) -> None:
        """Forget a deposit: the row first, so that no row ever names bytes that are gone."""
        with Session(self.engine) as session, session.begin():
            session.execute(delete(PartRow).where(PartRow.deposit == deposit))
            session.execute(delete(DepositRow).where(DepositRow.id == deposit))
        self.shelf.remove(deposit)

    def hold(self, deposit: str) -> None:
        """Remove a deposit that the archive holds; its name stays for `HELD_DAYS`, to be looked for."""
        with Session(self.engine) as session, session.begin():
            session.merge(HeldRow(id=deposit, day=self.today()))
            session.execute(delete(PartRow).where(PartRow.deposit == deposit))
            session.execute(delete(DepositRow).where(DepositRow.id == deposit))
        self.shelf.remove(deposit)

    def erase(self, tokens: Iterable[bytes]) -> None:
        """Remove the deposits, whole or not, that these erase: what the archive does not hold yet."""
        wanted = {erasure(token, index) for token in tokens for index in range(INDEXES)}
        with Session(self.engine) as session:
            rows = session.execute(select(DepositRow.id, DepositRow.erase)).yield_per(1000)
            found = [row.id for row in rows if row.erase in wanted]
        for deposit in found:
            self.remove(deposit)

    def expire(self, keep_days: int) -> int:
        """Remove what was begun more than *keep_days* ago and what `sweep` does; return how many."""
        last = self.today() - timedelta(days=keep_days)
        told = self.today() - timedelta(days=HELD_DAYS)
        with Session(self.engine) as session, session.begin():
            session.execute(delete(HeldRow).where(HeldRow.day < told))
        with Session(self.engine) as session:
            old = list(session.scalars(select(DepositRow.id).where(DepositRow.day < last)))
        for deposit in old:
            self.remove(deposit)
        return len(old) + self.sweep()

    def sweep(self) -> int:
        """Remove bytes that no row names, such as a stopped `remove` leaves; return of how many deposits."""
        # The shelf before its rows: bytes that come to lie there from now on are not in this list, and those
        # that are have had their row before them.
        orphans = [name for name in list(self.shelf.names()) if not self._is_known(name)]
        for name in orphans:
            self.shelf.remove(name)
        return len(orphans)

    def _keep(self, deposit: str, number: int, part: bytes) -> None:
        try:
            kept = self.shelf.put(deposit, number, part)
        except FileNotFoundError:
            raise UnknownDeposit(GONE) from None
        if not kept:
            raise Taken("another part is already in this place")
        try:
            with Session(self.engine) as session, session.begin():
                row = insert(PartRow).values(deposit=deposit, number=number, size=len(part))
                session.execute(row.on_conflict_do_nothing())
        except IntegrityError:
            # Its row was removed while the part came, so these bytes are nobody's.
            self.shelf.remove(deposit)
            raise UnknownDeposit(GONE) from None

    def _check_front(self, part: bytes, size: int) -> None:
        try:
            check_size(parse_header(part), size)
        except MalformedEnvelope as error:
            raise NotAnEnvelope(str(error)) from None

    def _has_begun(self, deposit: str) -> bool:
        with Session(self.engine) as session:
            return session.get(PartRow, (deposit, 0)) is not None

    def _is_known(self, deposit: str) -> bool:
        with Session(self.engine) as session:
            return session.get(DepositRow, deposit) is not None

    def _is_held(self, deposit: str) -> bool:
        with Session(self.engine) as session:
            return session.get(HeldRow, deposit) is not None

    def _size(self, deposit: str) -> int:
        with Session(self.engine) as session:
            return self._row(session, deposit).size

    def _row(self, session: Session, deposit: str) -> DepositRow:
        row = session.get(DepositRow, deposit) if _ID.fullmatch(deposit) else None
        if row is None:
            raise UnknownDeposit(GONE)
        return row


def _compresses(part: bytes) -> bool:
    # Of random bytes one part in 2 ** 48 does: a gain of the 6 bytes at least that zlib's frame costs.
    start = part[:LOOKED_AT]
    return len(part) >= TOO_SHORT and len(zlib.compress(start, 1)) < len(start)
