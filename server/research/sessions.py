"""Signing in and out. A failed try says nothing of which part failed, and takes as long as any other.

1. A try counts before it is made, so that tries side by side do not get past the count.
2. After five failures in a row an account waits, longer with each; no address of who tried is kept, anywhere.
   Who has a recovery code does not wait: it is spent by the try, so that there are never more than eight.
3. A session is a token in the browser and its digest here, with a day: no time, and nothing of what is read.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Engine, Result, delete, select, update

from server.research import numbers, passphrase
from server.research.accounts import AccountRefused, spelled
from server.research.tables import Base

FREE_TRIES: Final = 5
FIRST_WAIT, LONGEST_WAIT = 60, 3600
"""Seconds; each failure after the free ones doubles the wait."""
SIGNED_IN: Final = timedelta(days=1)
"""A browser is signed in until the end of the next day at the latest, however busy it is."""

_ACCOUNT, _RECOVERY, _SESSION = (Base.metadata.tables[name] for name in ("account", "recovery", "session"))


class Tried(NamedTuple):
    """What a try needs of an account."""

    id: int
    salt: bytes
    box: bytes
    failures: int


@dataclass(frozen=True)
class Reader:
    """Somebody who is signed in, and the version of the terms that she has accepted."""

    id: int
    name: str
    terms: int


class Sessions:
    """The browsers that are signed in to one room; *now* is its clock."""

    def __init__(self, engine: Engine, now: Callable[[], float] = time.time) -> None:
        self._engine, self._now = engine, now

    @property
    def today(self) -> date:
        """The day of this room, in UTC."""
        return datetime.fromtimestamp(self._now(), UTC).date()

    def sign_in(self, name: str, phrase: str, number: str) -> str:
        """The token of a new session; `AccountRefused` says one thing whatever did not fit."""
        account = self.prove(name, phrase, number)
        token, row = secrets.token_urlsafe(32), _SESSION.c
        begun = {"digest": _digest(token), "account": account, "day": self.today}
        with self._engine.begin() as connection:
            connection.execute(delete(_SESSION).where(row.day < self.today - SIGNED_IN))
            connection.execute(_SESSION.insert().values(**begun))
        return token

    def prove(self, name: str, phrase: str, number: str) -> int:
        """The account of who has both, the number spent; `AccountRefused` as `sign_in`, and counted so."""
        account, spent = self._tried(spelled(name), number)
        secret = passphrase.unseal(account and account.salt, account and account.box, phrase)
        if account is None or secret is None:
            raise AccountRefused("not_let_in")
        forgiven = {"failures": 0, "closed_until": 0}
        with self._engine.begin() as connection:
            if not (spent or self._spent(connection, account.id, secret, number)):
                raise AccountRefused("not_let_in")
            connection.execute(update(_ACCOUNT).where(_ACCOUNT.c.id == account.id).values(**forgiven))
        return account.id

    def reader(self, token: str) -> Reader | None:
        """Who is signed in with this token; nobody once her time, or the session's, is over."""
        row, session = _ACCOUNT.c, _SESSION.c
        live = (session.digest == _digest(token), session.day >= self.today - SIGNED_IN)
        asked = select(row.id, row.name, row.terms).join_from(_SESSION, _ACCOUNT).where(*live)
        with self._engine.connect() as connection:
            found = connection.execute(asked.where(row.until >= self.today)).one_or_none()
        return Reader(*found) if found else None

    def sign_out(self, token: str) -> None:
        """End one session."""
        with self._engine.begin() as connection:
            connection.execute(delete(_SESSION).where(_SESSION.c.digest == _digest(token)))

    def accept(self, reader: Reader, version: int) -> None:
        """Keep that she accepted this version of the terms, and on which day."""
        accepted = {"terms": version, "accepted": self.today}
        with self._engine.begin() as connection:
            connection.execute(update(_ACCOUNT).where(_ACCOUNT.c.id == reader.id).values(**accepted))

    def _tried(self, name: str, number: str) -> tuple[Tried | None, bool]:
        """The account of this name if it may be tried now, this try counted; and whether a code was spent."""
        row, now = _ACCOUNT.c, int(self._now())
        hers = (row.name == name, row.box.is_not(None), row.until >= self.today)
        needed = (row.id, row.salt, row.box, row.failures)
        counted = update(_ACCOUNT).where(*hers, row.closed_until <= now).values(failures=row.failures + 1)
        with self._engine.begin() as connection:
            found = _tried(connection.execute(counted.returning(*needed)))
            if found is None:
                waiting = _tried(connection.execute(select(*needed).where(*hers)))
                if waiting and self._code_spent(connection, waiting.id, number):
                    return waiting, True
            if found and (over := found.failures - FREE_TRIES) >= 0:
                wait = min(FIRST_WAIT << min(over, 10), LONGEST_WAIT)
                closed = update(_ACCOUNT).where(row.id == found.id).values(closed_until=now + wait)
                connection.execute(closed)
        return found, False

    def _spent(self, connection: Connection, account: int, secret: bytes, number: str) -> bool:
        """Whether this number or recovery code is good; it is not good again."""
        step = numbers.step_of(secret, number, self._now())
        if step is not None:
            row = _ACCOUNT.c
            used = update(_ACCOUNT).where(row.id == account, row.step < step).values(step=step)
            return bool(connection.execute(used).rowcount)
        return self._code_spent(connection, account, number)

    def _code_spent(self, connection: Connection, account: int, number: str) -> bool:
        code = _RECOVERY.c
        once = delete(_RECOVERY).where(code.account == account, code.digest == numbers.digest(number))
        return bool(connection.execute(once).rowcount)


def _tried(found: Result[Any, Any, Any, Any]) -> Tried | None:
    row = found.one_or_none()
    return Tried(*row) if row else None


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
