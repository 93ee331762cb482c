"""What the rules ask of the rows, each in one statement. Every statement is written once, when this loads.

Nothing here decides, and nothing here begins or ends a transaction: who calls holds the connection.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import Connection, String, bindparam, delete, exists, func, select, true, update
from sqlalchemy.sql.elements import ColumnElement

from server.intake.tables import Base

_DEPOSIT, _PART, _HELD = (Base.metadata.tables[name] for name in ("deposit", "part", "held"))
_ID: Final = bindparam("of", type_=String)
_OF_DEPOSIT, _OF_PART = _DEPOSIT.c.id == _ID, _PART.c.deposit == _ID
_AT_ONCE: Final = 500
"""Names in one statement; a database has a limit."""

_LOOK: Final = select(
    exists().where(_HELD.c.id == _ID),
    select(_DEPOSIT.c.size).where(_OF_DEPOSIT).scalar_subquery(),
    select(_DEPOSIT.c.complete).where(_OF_DEPOSIT).scalar_subquery(),
    exists().where(_OF_PART, _PART.c.number == 0),
)
_PARTS: Final = select(_PART.c.number, _PART.c.size).where(_OF_PART)
_HERE: Final = select(func.coalesce(func.sum(_PART.c.size), 0)).where(_OF_PART).scalar_subquery()
_WHOLE: Final = update(_DEPOSIT).where(_OF_DEPOSIT, _DEPOSIT.c.size == _HERE).values(complete=true())
_NO_PARTS, _NO_DEPOSIT = delete(_PART).where(_OF_PART), delete(_DEPOSIT).where(_OF_DEPOSIT)
_WAITING: Final = (
    select(_DEPOSIT.c.id, _DEPOSIT.c.size)
    .where(_DEPOSIT.c.complete.is_(True))
    .order_by(_DEPOSIT.c.day, _DEPOSIT.c.id)
)
_NAMES: Final = select(_DEPOSIT.c.id).where(_DEPOSIT.c.complete.is_(True)).order_by(_DEPOSIT.c.id)


@dataclass(frozen=True)
class Here:
    """What is known of a deposit: `size` is None when it is not here, `begun` that its first part is."""

    held: bool
    size: int | None
    complete: bool
    begun: bool


def look(connection: Connection, deposit: str) -> Here:
    """All of it as it was at one moment."""
    held, size, complete, begun = connection.execute(_LOOK, {"of": deposit}).one()
    return Here(bool(held), size, bool(complete), bool(begun))


def parts(connection: Connection, deposit: str) -> dict[int, int]:
    """The numbers of the parts that are here, and their bytes."""
    return {row.number: row.size for row in connection.execute(_PARTS, {"of": deposit})}


def make_whole(connection: Connection, deposit: str) -> bool:
    """Declare it whole if its parts have all its bytes, whether or not it was before; else False."""
    return bool(connection.execute(_WHOLE, {"of": deposit}).rowcount)


def forget(connection: Connection, deposit: str) -> None:
    """Delete its row and those of its parts."""
    connection.execute(_NO_PARTS, {"of": deposit})
    connection.execute(_NO_DEPOSIT, {"of": deposit})


def waiting(connection: Connection) -> dict[str, int]:
    """The whole ones and their sizes, oldest day first."""
    return {row.id: row.size for row in connection.execute(_WAITING)}


def whole_and_held(connection: Connection) -> tuple[list[str], list[str]]:
    """The names of the whole ones, and of those that the archive holds."""
    held = select(_HELD.c.id).order_by(_HELD.c.id)
    return list(connection.scalars(_NAMES)), list(connection.scalars(held))


def erasures(connection: Connection) -> Iterator[str]:
    """What erases each deposit that is here."""
    asked = select(_DEPOSIT.c.erase).where(_DEPOSIT.c.erase.is_not(None))
    yield from connection.execution_options(yield_per=1000).scalars(asked)


def erased_by(connection: Connection, found: Sequence[str]) -> list[str]:
    """The names of the deposits that these erase."""
    some = (found[at : at + _AT_ONCE] for at in range(0, len(found), _AT_ONCE))
    asked = (select(_DEPOSIT.c.id).where(_DEPOSIT.c.erase.in_(each)) for each in some)
    return [name for each in asked for name in connection.scalars(each)]


def old(connection: Connection, whole: date, unfinished: date, empty: date) -> tuple[list[str], ...]:
    """The names of what began before *whole*, of the unfinished, and of the empty; each in one list only."""
    row, sent = _DEPOSIT.c, exists().where(_PART.c.deposit == _DEPOSIT.c.id)
    rules: tuple[ColumnElement[bool], ...] = (
        row.day < whole,
        row.complete.is_(False) & (row.day < unfinished),
        row.complete.is_(False) & (row.day < empty) & ~sent,
    )
    lists, seen = list[list[str]](), set[str]()
    for rule in rules:
        names = [name for name in connection.scalars(select(row.id).where(rule)) if name not in seen]
        seen.update(names)
        lists.append(names)
    return tuple(lists)


def forget_held(connection: Connection, before: date) -> int:
    """Delete what the archive has held since before that day; how many."""
    return connection.execute(delete(_HELD).where(_HELD.c.day < before)).rowcount
