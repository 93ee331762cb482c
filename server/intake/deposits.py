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
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from threading import Lock
from typing import BinaryIO, Final

from sqlalchemy import Engine

from crypto.envelope import check_size, parse_header
from crypto.errors import MalformedEnvelope
from crypto.resume import HELD, WAITING, arrivals, erasure
from server.intake import rows
from server.intake.limits import DEFAULTS, Limits, Load, measure
from server.intake.refusals import (
    Incomplete,
    Malformed,
    NoRoom,
    NotAnEnvelope,
    RefusedSize,
    Taken,
    TooEarly,
    TooMany,
    UnknownDeposit,
    Unreadable,
    WrongPart,
)
from server.intake.shelf import FULL, Shelf
from server.intake.tables import DepositRow, HeldRow, NoParent, PartRow, insert_once, one_at_a_time, writing

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

NOWHERE: Final = rows.Here(held=False, size=None, complete=False, begun=False)
GONE: Final = "no such deposit; it may have expired or been erased"
_ID, _HASH = re.compile(r"[0-9a-f]{32}"), re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Progress:
    """What is here of a deposit: `received` counts bytes, `missing` names offsets."""

    size: int
    received: int
    complete: bool
    missing: tuple[int, ...]


@dataclass(frozen=True)
class Expired:
    """How many deposits `expire` removed, by the reason; `forgotten` are names that the archive held."""

    old: int
    unfinished: int
    empty: int
    swept: int
    forgotten: int

    @property
    def removed(self) -> int:
        return self.old + self.unfinished + self.empty + self.swept


def today_by_clock() -> date:
    """The day of this machine, in UTC."""
    return datetime.now(UTC).date()


@dataclass(frozen=True)
class Deposits:
    """The deposits of one intake. *today* is handed in so that tests can move the clock.

    *newest* is the day of the archive's newest note here: what is whole and began since then stays, whatever
    this machine's clock says.
    """

    engine: Engine
    shelf: Shelf
    part_size: int
    max_envelope: int
    today: Callable[[], date] = today_by_clock
    newest: Callable[[], date] = lambda: date.max
    limits: Limits = DEFAULTS
    erasing: Lock = field(default_factory=Lock, repr=False, compare=False)

    def begin(self, deposit: str, size: int, erase: str) -> bool:
        """Make room for an envelope of *size* bytes; False when it has begun or the archive holds it.

        `erase` is the hash of what erases it, and stays as it was first told. Another size is `Taken`.
        """
        if not (_ID.fullmatch(deposit) and _HASH.fullmatch(erase)):
            raise Malformed("a deposit has a name of 32 signs and an erase of 64, 0-9 and a-f")
        if not 1 <= size <= self.max_envelope:
            raise RefusedSize("too large, or empty")
        with writing(self.engine) as connection:
            here = rows.look(connection, deposit)
            if here.size is None and not here.held:
                one_at_a_time(connection)
                day = self.today()
                row = {"id": deposit, "size": size, "day": day, "complete": False, "erase": erase}
                if insert_once(connection, DepositRow, **row):
                    # After its own row: of two at once the second sees the first. What is raised undoes it.
                    self._check_load(measure(connection, day))
                    return True
                here = rows.look(connection, deposit)  # two phones at once: the other one was first
        if here.held:
            return False
        if here.size is None:
            raise UnknownDeposit(GONE)
        if here.size != size:
            raise Taken("a deposit of another size has this name")
        return False

    def put(self, deposit: str, offset: int, part: bytes) -> None:
        """Keep the part at *offset*. Again is fine; another in its place is `Taken`.

        **Not** noticed: a part that is not sealed and does not compress either, such as a photo's, behind the
        front of an envelope. Only a client that is broken on purpose sends one.
        """
        size, number = self.expect(deposit, offset, len(part)), offset // self.part_size
        if number == 0:
            self._check_front(part, size)
        if _compresses(part):
            raise NotAnEnvelope("this part was not sealed")
        # Asked again: room for one deposit is room for only one of all that have begun.
        if len(part) > self.shelf.room():
            raise NoRoom("there is no room for this part now")
        self._keep(deposit, number, part)

    def expect(self, deposit: str, offset: int, length: int) -> int:
        """The size of a deposit that has a place for a part of this *length*; else refused as `put` does."""
        here = self._look(deposit)
        if here.held:
            raise Taken("the archive holds this deposit")
        if here.size is None:
            raise UnknownDeposit(GONE)
        number, off = divmod(offset, self.part_size)
        if offset < 0 or off or length != min(self.part_size, here.size - offset):
            raise WrongPart("this part has not the place or the length that it must have")
        if number and not here.begun:
            raise TooEarly("the first part of this deposit is not here yet")
        return here.size

    def progress(self, deposit: str) -> Progress:
        """What is here and what is missing; of what the archive holds, nothing is either."""
        row = self._look(deposit)
        if row.held:
            return Progress(0, 0, True, ())
        if row.size is None:
            raise UnknownDeposit(GONE)
        with self.engine.connect() as connection:
            parts = rows.parts(connection, deposit)
        missing = tuple(at for at in self.offsets(row.size) if at // self.part_size not in parts)
        return Progress(row.size, sum(parts.values()), row.complete, missing)

    def offsets(self, size: int) -> range:
        """The places of all parts of a deposit of *size* bytes."""
        return range(0, size, self.part_size)

    def complete(self, deposit: str) -> None:
        """Declare the deposit whole; `Incomplete` when a part is missing. Doing it twice is fine."""
        if _ID.fullmatch(deposit):
            with writing(self.engine) as connection:
                # Parts lie in their places in their whole lengths, so all bytes are all parts.
                if rows.make_whole(connection, deposit):
                    return
        if not self.progress(deposit).complete:
            raise Incomplete("parts are missing")

    def waiting(self) -> dict[str, int]:
        """The complete deposits and their sizes, oldest day first: what the next courier takes."""
        with self.engine.connect() as connection:
            return rows.waiting(connection)

    def arrived(self) -> bytes:
        """The list of what is whole here or held by the archive, as docs/formats/resume.md has it.

        Everybody gets all of it, so every row is read, but none is kept: 17 bytes of each stay.
        """
        with self.engine.connect() as connection:
            return arrivals((name, HELD if held else WAITING) for name, held in rows.arrived(connection))

    def copy(self, deposit: str, into: BinaryIO) -> None:
        """Write a complete deposit's sealed bytes to *into*, part by part, or raise `Unreadable`."""
        if (size := self._look(deposit).size) is None:
            raise UnknownDeposit(GONE)
        for number, offset in enumerate(self.offsets(size)):
            try:
                part = self.shelf.read(deposit, number)
            except OSError:
                part = b""
            if len(part) != min(self.part_size, size - offset):
                raise Unreadable("a part on the shelf cannot be read")
            into.write(part)

    def remove(self, deposit: str) -> None:
        """Forget a deposit: the row first, so that no row ever names bytes that are gone."""
        with writing(self.engine) as connection:
            rows.forget(connection, deposit)
        self.shelf.remove(deposit)

    def hold(self, deposit: str) -> None:
        """Remove a deposit that the archive holds; its name stays for `HELD_DAYS`, to be looked for."""
        with writing(self.engine) as connection:
            insert_once(connection, HeldRow, id=deposit, day=self.today())
            rows.forget(connection, deposit)
        self.shelf.remove(deposit)

    def erase(self, tokens: Iterable[bytes]) -> None:
        """Remove the deposits, whole or not, that these erase: what the archive does not hold yet."""
        # Her hashes are kept and the rows pass by: of those there may be any number, of these `TOKENS` times
        # `INDEXES`. That is 30 MB, so one request at a time; they would wait for each other's hashing anyway.
        with self.erasing:
            hers = {erasure(token, index) for token in tokens for index in range(INDEXES)}
            with self.engine.connect() as connection:
                gone = [name for name, erase in rows.erasures(connection) if erase in hers]
        for deposit in gone:
            self.remove(deposit)

    def knows(self, deposit: str) -> bool:
        """Whether a deposit of this name has begun here, or is held by the archive."""
        here = self._look(deposit)
        return here.held or here.size is not None

    def load(self) -> Load:
        """What was begun today, what is unfinished, and what that may still bring."""
        with self.engine.connect() as connection:
            return measure(connection, self.today())

    def room(self) -> int:
        """The largest deposit that may begin now, in bytes; 0 when none may."""
        load, free = self.load(), self.shelf.room()
        return min(self.max_envelope, self.limits.left(load, free))

    def puzzle_bits(self) -> int:
        """How hard a puzzle has to be now; 0 when none is asked for, without a look at the rows."""
        if not self.limits.asks:
            return 0
        return self.limits.bits(self.load(), self.shelf.room())

    def expire(self, keep_days: int) -> Expired:
        """Remove what is older than *keep_days*, what was left unfinished or empty for longer than the limits
        say, and what `sweep` does; return how many of each."""
        limits, newest = self.limits, self.newest()
        with writing(self.engine) as connection:
            forgotten = rows.forget_held(connection, self._ago(HELD_DAYS))
            left = (self._ago(limits.unfinished_days), self._ago(limits.empty_days))
            old, unfinished, empty = rows.old(connection, min(self._ago(keep_days), newest), *left)
        for deposit in (*old, *unfinished, *empty):
            self.remove(deposit)
        return Expired(len(old), len(unfinished), len(empty), self.sweep(), forgotten)

    def _ago(self, days: int) -> date:
        return self.today() - timedelta(days=days)

    def sweep(self) -> int:
        """Remove bytes that no row names, such as a stopped `remove` leaves; return of how many deposits."""
        # The shelf before its rows: bytes that come to lie there from now on are not in this list, and those
        # that are have had their row before them.
        orphans = [name for name in list(self.shelf.names()) if not self._is_here(name)]
        for name in orphans:
            self.shelf.remove(name)
        return len(orphans)

    def close(self) -> None:
        """Let go of the connections to the rows and to the shelf."""
        self.engine.dispose()
        self.shelf.close()

    def _check_load(self, load: Load) -> None:
        if self.limits.full(load, self.shelf.room()):
            raise NoRoom("there is no room for this deposit now")
        if self.limits.crowded(load):
            raise TooMany("this intake has taken as much as it may for now")

    def _keep(self, deposit: str, number: int, part: bytes) -> None:
        try:
            kept = self.shelf.put(deposit, number, part)
        except FileNotFoundError:
            raise UnknownDeposit(GONE) from None
        except OSError as error:
            if error.errno not in FULL:
                raise
            raise NoRoom("there is no room for this part now") from None
        if not kept:
            raise Taken("another part is already in this place")
        try:
            with writing(self.engine) as connection:
                insert_once(connection, PartRow, deposit=deposit, number=number, size=len(part))
        except NoParent:
            # Its row was removed while the part came, so these bytes are nobody's.
            self.shelf.remove(deposit)
            raise UnknownDeposit(GONE) from None

    def _check_front(self, part: bytes, size: int) -> None:
        try:
            check_size(parse_header(part), size)
        except MalformedEnvelope as error:
            raise NotAnEnvelope(str(error)) from None

    def _is_here(self, deposit: str) -> bool:
        return self._look(deposit).size is not None

    def _look(self, deposit: str) -> rows.Here:
        if not _ID.fullmatch(deposit):
            return NOWHERE
        with self.engine.connect() as connection:
            return rows.look(connection, deposit)


def _compresses(part: bytes) -> bool:
    # Of random bytes one part in 2 ** 48 does: a gain of the 6 bytes at least that zlib's frame costs.
    start = part[:LOOKED_AT]
    return len(part) >= TOO_SHORT and len(zlib.compress(start, 1)) < len(start)
