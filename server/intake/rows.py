"""What the rules ask of the rows, each in one statement. Every statement is written once, when this loads.

Nothing here decides, and nothing here begins or ends a transaction: who calls holds the connection.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import (
    Connection,
    String,
    bindparam,
    delete,
    exists,
    false,
    func,
    select,
    true,
    union_all,
    update,
)
from sqlalchemy.sql.elements import ColumnElement

from server.intake.tables import Base

_DEPOSIT, _PART, _HELD = (Base.metadata.tables[name] for name in ("deposit", "part", "held"))
_ID: Final = bindparam("of", type_=String)
_OF_DEPOSIT, _OF_PART = _DEPOSIT.c.id == _ID, _PART.c.deposit == _ID
_AT_ONCE: Final = 1000
"""Rows that are fetched at a time, where the driver can wait with the others."""

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
_ARRIVED: Final = union_all(
    select(_DEPOSIT.c.id, false().label("held")).where(_DEPOSIT.c.complete.is_(True)),
    select(_HELD.c.id, true()),
).order_by("id")
_ERASURES: Final = select(_DEPOSIT.c.id, _DEPOSIT.c.erase).where(_DEPOSIT.c.erase.is_not(None))


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


def arrived(connection: Connection) -> Iterator[tuple[str, bool]]:
    """The whole ones and those that the archive holds, by name, and whether it does: all of one moment."""
    for row in connection.execution_options(yield_per=_AT_ONCE).execute(_ARRIVED):
        yield row.id, bool(row.held)


def erasures(connection: Connection) -> Iterator[tuple[str, str]]:
    """Each deposit that is here, and what erases it."""
    for row in connection.execution_options(yield_per=_AT_ONCE).execute(_ERASURES):
        yield row.id, row.erase


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
