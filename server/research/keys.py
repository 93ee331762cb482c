"""A reader's key for programs: made after her passphrase and a number, said once, hers to revoke.

1. It reads and takes away what she may, through the same gate, and nothing else: no page, no account.
2. It is 256 bits of chance, so that a fast digest of it is safe to keep and nobody needs to count wrong ones.
3. It ends with her account, with the next key, with a new invitation; and rests until new terms are accepted.
4. How often it was used is counted in memory for a minute and forgotten: no time of it is kept.

Has never heard of Flask.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime
from threading import Lock
from typing import Final

from sqlalchemy import Engine, delete, select

from server.research.sessions import Reader
from server.research.tables import Base

MARK: Final = "onggi_"
"""Before every key, so that who finds one in a file knows what it is."""
A_MINUTE: Final = 60
"""Answers in a minute, from each process of the room."""

_ACCOUNT, _KEY = (Base.metadata.tables[name] for name in ("account", "key"))


class Keys:
    """The keys of one room; *now* is its clock."""

    def __init__(self, engine: Engine, now: Callable[[], float] = time.time) -> None:
        self._engine, self._now = engine, now
        self._used: Counter[int] = Counter()
        self._minute, self._counting = 0, Lock()

    def make(self, reader: Reader) -> str:
        """A new key for her, in the place of the one before; it is said this once."""
        key = MARK + secrets.token_urlsafe(32)
        made = {"account": reader.id, "digest": _digest(key), "day": self._today}
        with self._engine.begin() as connection:
            connection.execute(delete(_KEY).where(_KEY.c.account == reader.id))
            connection.execute(_KEY.insert().values(**made))
        return key

    def revoke(self, reader: Reader) -> None:
        """End her key, if she has one."""
        with self._engine.begin() as connection:
            connection.execute(delete(_KEY).where(_KEY.c.account == reader.id))

    def since(self, reader: Reader) -> date | None:
        """The day on which her key was made; None when she has none."""
        with self._engine.connect() as connection:
            found: date | None = connection.scalar(select(_KEY.c.day).where(_KEY.c.account == reader.id))
        return found

    def reader(self, key: str) -> Reader | None:
        """Whose key this is; nobody's once her time is over."""
        row = _ACCOUNT.c
        asked = select(row.id, row.name, row.terms).join_from(_KEY, _ACCOUNT)
        live = asked.where(_KEY.c.digest == _digest(key), row.until >= self._today)
        with self._engine.connect() as connection:
            found = connection.execute(live).one_or_none()
        return Reader(*found) if found else None

    def may_now(self, reader: Reader) -> bool:
        """Count one more answer to her program; False when this minute has had its share."""
        with self._counting:
            if (minute := int(self._now()) // 60) != self._minute:
                self._minute, self._used = minute, Counter()
            self._used[reader.id] += 1
            return self._used[reader.id] <= A_MINUTE

    @property
    def _today(self) -> date:
        return datetime.fromtimestamp(self._now(), UTC).date()


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()
