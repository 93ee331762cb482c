"""Who took words of which release away, and on which day: the archive can ask for copies back.

Never which testimonies, how many, or what was looked for; and a second time on the same day leaves no trace.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Engine, select
from sqlalchemy.dialects.sqlite import insert

from server.research.sessions import Reader
from server.research.tables import Base

_ACCOUNT, _TAKEN = (Base.metadata.tables[name] for name in ("account", "taken"))


@dataclass(frozen=True)
class Taken:
    """One line of the log."""

    day: date
    name: str
    release: int
    form: str


def note(engine: Engine, reader: Reader, release: int, form: str, today: date) -> None:
    """Keep that *reader* took of this release in this form, today."""
    line = {"account": reader.id, "release": release, "form": form, "day": today}
    with engine.begin() as connection:
        connection.execute(insert(_TAKEN).values(**line).on_conflict_do_nothing())


def log(engine: Engine, release: int | None = None) -> Iterator[Taken]:
    """Every line, oldest first; of one release, if it is named."""
    row = _TAKEN.c
    asked = select(row.day, _ACCOUNT.c.name, row.release, row.form).join_from(_TAKEN, _ACCOUNT)
    wanted = asked if release is None else asked.where(row.release == release)
    with engine.connect() as connection:
        for each in connection.execute(wanted.order_by(row.day, _ACCOUNT.c.name, row.release, row.form)):
            yield Taken(*each)
