"""The records of the encrypted database, each sealed once more under a random key of its own.

1. One record can be destroyed by its key.
2. What happens inside `together` happens whole or not at all.

Knows nothing of what a record means. Private to `vault`, `journal` and `keeping`.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

import nacl.exceptions
import nacl.secret
from sqlalchemy import Engine, and_, delete, func, insert, or_, select, tuple_
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from archive.database import VaultError, refusal
from archive.errors import ArchiveError
from archive.tables import RecordKeyRow, RecordRow

PAGE: Final = 500
"""Records read in one transaction, so that a long reading keeps nobody else from writing."""
_SAME: Final = (RecordKeyRow.kind == RecordRow.kind) & (RecordKeyRow.id == RecordRow.id)
TABLES: Final = (RecordKeyRow, RecordRow)
Name = tuple[str, str]
"""The kind of a record, and its name within the kind."""


class UnknownRecord(ArchiveError, KeyError):
    """No such record, or it was shredded."""

    def __str__(self) -> str:
        return str(self.args[0])


@dataclass(frozen=True)
class Record:
    """A record as it lies in the database, and the key that opens it."""

    kind: str
    name: str
    sealed: bytes = field(repr=False)
    key: bytes = field(repr=False)

    def open(self) -> bytes:
        """What was sealed, or `VaultError`, which names the kind only."""
        return unseal(self.kind, self.sealed, self.key)


class Store:
    """The records of one open database."""

    def __init__(self, engine: Engine) -> None:
        self.engine: Final = engine
        self._lock: Final = threading.RLock()
        self._session: Session | None = None
        self._afterwards: list[Callable[[], None]] = []

    @contextmanager
    def together(self) -> Iterator[Session]:
        """Everything that is done in this block is kept whole, or not at all."""
        with self._lock:
            if self._session is not None:
                yield self._session
                return
            try:
                with Session(self.engine, expire_on_commit=False) as session, session.begin():
                    self._session = session
                    try:
                        yield session
                    finally:
                        self._session = None
                done = list(self._afterwards)
            except DatabaseError as error:
                raise refusal(error) or error from None
            finally:
                self._afterwards.clear()
        for do in done:
            do()

    def afterwards(self, do: Callable[[], None]) -> None:
        """Call *do* once all that happens together is kept; never when it is not."""
        with self.together():
            self._afterwards.append(do)

    def put(self, kind: str, name: str, plain: bytes) -> None:
        """Seal *plain* under a new key, in the place of what was there."""
        key = secrets.token_bytes(32)
        self.lay([Record(kind, name, bytes(nacl.secret.SecretBox(key).encrypt(plain)), key)])

    def lay(self, records: Iterable[Record]) -> None:
        """Keep records that are sealed already, in the place of what was there."""
        rows = [{"kind": r.kind, "id": r.name, "sealed": r.sealed, "key": r.key} for r in records]
        columns = {RecordRow: "sealed", RecordKeyRow: "key"}
        with self.together() as session:
            for table, column in columns.items() if rows else ():
                values = [{"kind": row["kind"], "id": row["id"], column: row[column]} for row in rows]
                session.execute(insert(table).prefix_with("OR REPLACE"), values)

    def get(self, kind: str, name: str) -> bytes:
        """What `put` sealed, or `UnknownRecord`."""
        asked = select(RecordRow.sealed, RecordKeyRow.key).join(RecordKeyRow, _SAME)
        with self.together() as session:
            row = session.execute(asked.where(RecordRow.kind == kind, RecordRow.id == name)).one_or_none()
        if row is None:
            raise UnknownRecord(f"no {kind} of this name")
        return unseal(kind, row.sealed, row.key)

    def holds(self, kind: str, name: str) -> bool:
        """Whether a record of this kind and name is here."""
        with self.together() as session:
            return session.get(RecordKeyRow, (kind, name)) is not None

    def of_kind(self, kind: str) -> list[Record]:
        """Every record of a kind, in order of their names."""
        asked = select(RecordRow.id, RecordRow.sealed, RecordKeyRow.key).join(RecordKeyRow, _SAME)
        with self.together() as session:
            rows = session.execute(asked.where(RecordRow.kind == kind).order_by(RecordRow.id)).all()
        return [Record(kind, *row) for row in rows]

    def names(self, kind: str) -> list[str]:
        """The names of every record of a kind, in order."""
        asked = select(RecordRow.id).where(RecordRow.kind == kind).order_by(RecordRow.id)
        with self.together() as session:
            return list(session.scalars(asked))

    def under(self, root: str) -> list[Name]:
        """Every record of any kind whose name is *root*, or begins with it and a colon."""
        found: set[Name] = set()
        with self.together() as session:
            for table in TABLES:
                named = or_(table.id == root, and_(table.id > f"{root}:", table.id < f"{root};"))
                found.update(
                    (kind, name) for kind, name in session.execute(select(table.kind, table.id).where(named))
                )
        return sorted(found)

    def records(self) -> Iterator[Record]:
        """Every record, in order of kind and name: a page at a time, or at once within `together`."""
        asked = select(RecordRow.kind, RecordRow.id, RecordRow.sealed, RecordKeyRow.key)
        asked = asked.join(RecordKeyRow, _SAME).order_by(RecordRow.kind, RecordRow.id).limit(PAGE)
        last: Name = ("", "")
        while True:
            with self.together() as session:
                rows = session.execute(asked.where(tuple_(RecordRow.kind, RecordRow.id) > last)).all()
            yield from (Record(*row) for row in rows)
            if len(rows) < PAGE:
                return
            last = (rows[-1].kind, rows[-1].id)

    def count(self) -> int:
        """How many records there are."""
        with self.together() as session:
            return session.scalar(select(func.count()).select_from(RecordRow)) or 0

    def unpaired(self) -> list[Name]:
        """Records without a key, and keys without a record: there are none unless something broke."""
        with self.together() as session:
            halves = [{(kind, name) for kind, name in session.execute(select(t.kind, t.id))} for t in TABLES]
        return sorted(halves[0] ^ halves[1])

    def remove(self, names: Iterable[Name]) -> None:
        """Destroy records with their keys."""
        with self.together() as session:
            for kind, name in names:
                for table in TABLES:
                    session.execute(delete(table).where(table.kind == kind, table.id == name))

    def faults(self) -> list[str]:
        """What SQLCipher and SQLite find wrong with the file: pages that were changed, and broken order."""
        checks = ("cipher_integrity_check", "integrity_check")
        with self.together() as session:
            told = [
                str(row[0])
                for check in checks
                for row in session.connection().exec_driver_sql(f"PRAGMA {check}")
            ]
        return [each for each in told if each != "ok"]

    def close(self) -> None:
        self.engine.dispose()


def unseal(kind: str, sealed: bytes, key: bytes) -> bytes:
    """What a record's *key* opens, or `VaultError`, which names the kind only."""
    try:
        return nacl.secret.SecretBox(key).decrypt(sealed)
    except (nacl.exceptions.CryptoError, ValueError):
        raise VaultError(f"a {kind} in the vault is damaged") from None
