"""Who may read in a room that only invited readers enter: invitations, accounts, their ends.

1. The operator invites by name; the invitation is one code, good once and for two weeks.
2. A passphrase opens the box in which the secret of the numbers lies: who has the database has neither.
3. An account ends after a day that the operator names. It is not deleted: who took a release is still known.

Has never heard of Flask. Days are kept where one is needed, never a time; no address of anybody.
"""

from __future__ import annotations

import hashlib
import time
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Final

from sqlalchemy import Engine, delete, select, update
from sqlalchemy.sql.elements import ColumnElement

from server.research import numbers, passphrase
from server.research.tables import Base

ANSWERED_WITHIN: Final = timedelta(days=14)
"""An invitation that nobody answered by then is void: it may lie in somebody's mail."""
INVITATION: Final = 15
"""Bytes of chance in an invitation."""
LONGEST_NAME: Final = 60

_ACCOUNT, _RECOVERY, _SESSION, _KEY = (
    Base.metadata.tables[name] for name in ("account", "recovery", "session", "key")
)


class AccountRefused(Exception):
    """Nothing was changed; the message says why, to the operator or by the name of a text of the pages."""


@dataclass(frozen=True)
class Invited:
    """Who an invitation is for, and the secret for her app."""

    name: str
    secret: bytes = field(repr=False)


@dataclass(frozen=True)
class Account:
    """One account as the operator sees it."""

    name: str
    until: date
    joined: bool
    terms: int


class Accounts:
    """The accounts in one database; *key* is the room's own, and *now* its clock."""

    def __init__(self, engine: Engine, key: bytes, now: Callable[[], float] = time.time) -> None:
        self._engine, self._key, self._now = engine, key, now

    @property
    def today(self) -> date:
        """The day of this room, in UTC."""
        return datetime.fromtimestamp(self._now(), UTC).date()

    def invite(self, name: str, until: date, *, again: bool = False) -> str:
        """The code that lets *name* choose a passphrase, and read up to and including *until*.

        *again* takes the old passphrase, numbers, sessions and key away: for who has lost them.
        """
        name = spelled(name)
        if not name.isprintable() or not 0 < len(name) <= LONGEST_NAME:
            raise AccountRefused(f"a name has 1 to {LONGEST_NAME} characters, on one line")
        if until < self.today:
            raise AccountRefused("this day is past; name a day to read until")
        code = numbers.new_code(INVITATION)
        invited = {"until": until, "invitation": numbers.digest(code), "invited": self.today}
        fresh = invited | {"salt": None, "box": None, "step": 0, "failures": 0, "closed_until": 0}
        with self._engine.begin() as connection:
            known = connection.scalar(select(_ACCOUNT.c.id).where(_ACCOUNT.c.name == name))
            if again and known is None:
                raise AccountRefused("nobody of this name was invited")
            if known is not None and not again:
                raise AccountRefused("there is an account of this name; with --again it is made anew")
            if known is None:
                connection.execute(_ACCOUNT.insert().values(name=name, terms=0, **fresh))
            else:
                connection.execute(update(_ACCOUNT).where(_ACCOUNT.c.id == known).values(**fresh))
                for rows in (_SESSION, _RECOVERY, _KEY):
                    connection.execute(delete(rows).where(rows.c.account == known))
        return code

    def invited(self, code: str) -> Invited:
        """Who this invitation is for; the secret follows from the code, so that no page keeps anything."""
        with self._engine.connect() as connection:
            name = connection.scalar(select(_ACCOUNT.c.name).where(*self._waiting(code)))
        if name is None:
            raise AccountRefused("invitation_void")
        return Invited(name, self._secret(code))

    def join(self, code: str, phrase: str, number: str) -> tuple[str, ...]:
        """Answer an invitation; the recovery codes, which are said this once."""
        if not passphrase.fits(phrase):
            raise AccountRefused("passphrase_length")
        secret = self._secret(code)
        if numbers.step_of(secret, number, self._now()) is None:
            raise AccountRefused("number_wrong")
        salt, box = passphrase.seal(secret, phrase)
        joined = {"invitation": None, "salt": salt, "box": box}
        answered = update(_ACCOUNT).where(*self._waiting(code)).values(**joined).returning(_ACCOUNT.c.id)
        codes = tuple(numbers.new_code() for _ in range(numbers.CODES))
        with self._engine.begin() as connection:
            account = connection.scalar(answered)
            if account is None:
                raise AccountRefused("invitation_void")
            connection.execute(
                _RECOVERY.insert(), [{"digest": numbers.digest(each), "account": account} for each in codes]
            )
        return codes

    def expire(self, name: str, last: date) -> None:
        """Let *name* read up to and including the day *last*; once it is past, no session goes on."""
        named = _ACCOUNT.c.name == spelled(name)
        with self._engine.begin() as connection:
            if not connection.execute(update(_ACCOUNT).where(named).values(until=last)).rowcount:
                raise AccountRefused("nobody of this name was invited")

    def all(self) -> tuple[Account, ...]:
        """Every account, by name."""
        row = _ACCOUNT.c
        asked = select(row.name, row.until, row.box.is_not(None), row.terms).order_by(row.name)
        with self._engine.connect() as connection:
            return tuple(Account(*each) for each in connection.execute(asked))

    def _secret(self, code: str) -> bytes:
        told = numbers.digest(code)
        return hashlib.blake2b(told, key=self._key, person=b"onggi-totp", digest_size=numbers.SECRET).digest()

    def _waiting(self, code: str) -> tuple[ColumnElement[bool], ...]:
        row = _ACCOUNT.c
        in_time = (row.invited >= self.today - ANSWERED_WITHIN, row.until >= self.today)
        return (row.invitation == numbers.digest(code), *in_time)


def spelled(name: str) -> str:
    """A name in the one form in which it is kept."""
    return unicodedata.normalize("NFC", name[: 8 * LONGEST_NAME]).strip()
