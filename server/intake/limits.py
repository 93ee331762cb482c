"""How much the intake takes before it says "later", without knowing who asks.

1. A deposit that began reserves its whole size: a flood of beginnings cannot fill the disk.
2. What is counted is counted for everybody together, by the day: no address, no agent, no hour.
3. The operator's numbers are in `limits.toml` in the home; docs/manuals/operator.md explains each.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Date, Select, bindparam, func, select, true

from server.intake.tables import Base

FILE: Final = "limits.toml"
STEPS: Final = (200_000, 10_000_000, 200_000_000, 2_200_000_000)
"""Bytes: words, a few photographs, a recording, a film. Room is told in these steps only."""

HARDEST: Final = 26
"""Bits: minutes of work with a just-in-time compiler, about an hour without. Nobody should ask for more."""


class LimitsError(Exception):
    """`limits.toml` names something that is no limit, or no number."""


@dataclass(frozen=True)
class Load:
    """What was begun today and is here, what is unfinished, and how many bytes of that may still come."""

    begun: int = 0
    bytes: int = 0
    unfinished: int = 0
    reserved: int = 0


@dataclass(frozen=True)
class Limits:
    """The operator's numbers. Each is for all senders together."""

    deposits_a_day: int = 5_000
    """Beginnings in one day (UTC). A guess to be set by the operator: no archive's numbers are behind it."""
    bytes_a_day: int = 200_000_000_000
    unfinished: int = 2_000
    """Deposits that have begun and are not whole."""
    unfinished_days: int = 14
    """After this an unfinished deposit is removed; she can go on from another town until then."""
    empty_days: int = 1
    """After this a deposit of which nothing came is removed: it only keeps room from others."""
    puzzle_bits: int = 0
    """How hard the puzzle is in quiet times; 0 asks for none, whatever the load."""
    puzzle_more: int = 6
    """Bits added when the intake is close to a limit: each doubles the work."""
    onion: bool = False
    """The site is reached as an onion service: Tor has a puzzle of its own, so the page's is off."""

    @classmethod
    def read(cls, home: Path) -> Limits:
        """The numbers of this home; those that are not named there are as above."""
        try:
            found = tomllib.loads((home / FILE).read_text("utf-8"))
        except FileNotFoundError:
            return cls()
        except (tomllib.TOMLDecodeError, UnicodeDecodeError):
            raise LimitsError(f"{FILE} is not TOML: one `name = number` a line") from None
        kinds: dict[str, object] = {field.name: type(field.default) for field in fields(cls)}
        for name, value in found.items():
            if type(value) is not kinds.get(name) or value < 0:
                raise LimitsError(f"{FILE}: {name} is no limit, or not a number that it can have")
        return cls(**found)

    def full(self, load: Load, room: int) -> bool:
        """Whether what has begun, this one too, is more than the *room* on the shelf."""
        return load.reserved > room

    def crowded(self, load: Load) -> bool:
        """Whether more has begun, this one too, than one day or the open ones may be."""
        within = load.begun <= self.deposits_a_day and load.bytes <= self.bytes_a_day
        return not within or load.unfinished > self.unfinished

    def left(self, load: Load, room: int) -> int:
        """The bytes that one more deposit may have; 0 when none may begin."""
        if self.crowded(replace(load, begun=load.begun + 1, unfinished=load.unfinished + 1)):
            return 0
        return max(0, min(room - load.reserved, self.bytes_a_day - load.bytes))

    @property
    def asks(self) -> bool:
        """Whether there is a puzzle at all."""
        return self.puzzle_bits > 0 and not self.onion

    def bits(self, load: Load, room: int) -> int:
        """How hard the puzzle is now: harder by steps from half of the nearest limit on."""
        if not self.asks:
            return 0
        shares = (
            load.begun / max(1, self.deposits_a_day),
            load.bytes / max(1, self.bytes_a_day),
            load.unfinished / max(1, self.unfinished),
            load.reserved / max(1, room),
        )
        more = round(self.puzzle_more * min(1.0, max(0.0, 2 * max(shares) - 1)))
        return min(HARDEST, self.puzzle_bits + more)


DEFAULTS: Final = Limits()


def measure(connection: Connection, today: date) -> Load:
    """What the rows say now, within a transaction its own new row included."""
    told = connection.execute(_MEASURED, {"today": today}).one()
    begun, size, open_, expected, arrived = (int(one) for one in told)
    return Load(begun, size, open_, expected - arrived)


def _measured() -> Select[Any]:
    deposit, part = Base.metadata.tables["deposit"].c, Base.metadata.tables["part"].c
    count, sizes = func.count().label("count"), func.coalesce(func.sum(deposit.size), 0).label("sizes")
    today = select(count, sizes).where(deposit.day == bindparam("today", type_=Date)).subquery()
    open_ = select(count, sizes).where(deposit.complete.is_(False)).subquery()
    arrived = select(func.coalesce(func.sum(part.size), 0).label("sizes")).where(
        part.deposit.in_(select(deposit.id).where(deposit.complete.is_(False)))
    )
    here = arrived.subquery()
    told = select(today.c.count, today.c.sizes, open_.c.count, open_.c.sizes, here.c.sizes)
    return told.select_from(today.join(open_, true()).join(here, true()))  # a row each


_MEASURED: Final = _measured()


def step(room: int) -> int:
    """The largest size class that fits into *room*; 0 when none does."""
    return max((size for size in STEPS if size <= room), default=0)
