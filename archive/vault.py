"""The only module that opens the encrypted store: unlock, put, get, shred.

1. The database is SQLCipher under a random key, which a passphrase or k slips unlock; the key is in no URL.
2. Each record is sealed once more under its own random key, so that one record can be destroyed by its key.
3. A rollback journal and `secure_delete`, never a write-ahead log, which keeps what was deleted.
4. What happens inside `together` happens whole or not at all, its journal event included.
"""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Final

import nacl.exceptions
import nacl.secret
import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import Connection, Engine, create_engine, delete, event, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from archive import locks
from archive.errors import ArchiveError
from archive.journal import Journal
from archive.objects import Objects, Staged
from archive.tables import RecordKeyRow, RecordRow
from archive.testimony import Testimony, TestimonyId
from crypto.cobblestone import Window
from crypto.keys import SigningKey
from migrations.run import migrate

LOCK: Final = "vault"
"""The name of the lock and of the table of slips in the archive's home."""
DATABASE: Final = "vault.db"
OLD_SALT: Final = "vault.salt"
OBJECTS: Final = "objects"
IN_USE: Final = "another process is writing to this vault; try again when it is done"
PRAGMAS: Final = (
    "cipher_memory_security=ON",
    "journal_mode=DELETE",
    "secure_delete=ON",
    "temp_store=MEMORY",
    "foreign_keys=ON",
    "busy_timeout=10000",
)


class VaultError(ArchiveError):
    """The vault cannot be made or opened."""


class VaultInUse(VaultError):
    """Another process is writing; try again when it is done."""


class UnknownRecord(ArchiveError, KeyError):
    """No such record, or it was shredded."""

    def __str__(self) -> str:
        return str(self.args[0])


class Vault:
    """An open vault. Close it, or use it as a context, so that its key leaves this process with it."""

    def __init__(self, engine: Engine, home: Path) -> None:
        self._engine: Final = engine
        self._lock: Final = threading.RLock()
        self._session: Session | None = None
        migrate(engine, "vault")
        self._objects: Final = Objects(home / OBJECTS)
        self.home: Final = home
        with self.together():
            try:
                key, made = SigningKey(self._get("secret", "journal")), False
            except UnknownRecord:
                self._put("secret", "journal", seed := secrets.token_bytes(32))
                key, made = SigningKey(seed), True
            self.journal: Final = Journal(self.together, key)
            if made:
                self.journal.begin()

    @classmethod
    def create(cls, home: Path, passphrase: str) -> Vault:
        """A new vault in *home*; `VaultError` when one is there, `WeakPassphrase` for a short one."""
        if (home / DATABASE).exists():
            raise VaultError("there is a vault here already; name another folder")
        # A lock without a database is what an interrupted `create` leaves; it protects nothing yet.
        return cls._unlock(home, locks.make(home, LOCK, passphrase))

    @classmethod
    def open(cls, home: Path, passphrase: str) -> Vault:
        """The vault in *home*, or `locks.WrongPassphrase`; `LockError` or `VaultError` for what is gone."""
        _check_there(home)
        return cls._unlock(home, locks.unlock(home, LOCK, passphrase))

    @classmethod
    def open_with_key(cls, home: Path, key: bytes) -> Vault:
        """The vault in *home* by the key that slips gave; `VaultError` when it is another's or not there."""
        _check_there(home)
        return cls._unlock(home, key)

    @classmethod
    def _unlock(cls, home: Path, key: bytes) -> Vault:
        engine = _connect(home / DATABASE, key)
        try:
            return cls(engine, home)
        except BaseException as error:
            engine.dispose()
            if isinstance(error, OperationalError) and "locked" in str(error.orig):
                raise VaultInUse(IN_USE) from None
            raise

    @contextmanager
    def together(self) -> Iterator[Session]:
        """Everything put, shredded or journalled in this block is kept whole, or not at all."""
        with self._lock:
            if self._session is not None:
                yield self._session
                return
            try:
                with Session(self._engine, expire_on_commit=False) as session, session.begin():
                    self._session = session
                    try:
                        yield session
                    finally:
                        self._session = None
            except OperationalError as error:
                if "locked" in str(error.orig):
                    raise VaultInUse(IN_USE) from None
                raise

    def put_testimony(self, testimony: Testimony) -> None:
        """Keep it, and beside it what a list says of it, so that a list opens nobody's words."""
        with self.together():
            self.put_json("testimony", testimony.id, testimony.to_json())
            self.put_json("summary", testimony.id, testimony.summary.to_json())

    def testimony(self, testimony_id: str) -> Testimony:
        """The words as they were received, or `UnknownRecord`. For review only: what leaves asks the gate."""
        return Testimony.from_json(testimony_id, self.json("testimony", testimony_id))

    def read_testimonies(self) -> Iterator[Testimony]:
        """Every testimony as it was received, in order of their names. For review only."""
        return (Testimony.from_json(name, row) for name, row in self.every("testimony").items())

    def testimonies(self) -> Iterator[TestimonyId]:
        return (TestimonyId(name) for name in self.names("testimony"))

    def stage(self) -> AbstractContextManager[Staged]:
        """A sealed file for something large; `adopt` it under a name, or `discard` it."""
        return self._objects.stage()

    def adopt(self, kind: str, name: str, staged: Staged) -> None:
        """Keep what was staged under this name, with its key."""
        self._put(f"object:{kind}", name, staged.place.encode() + staged.key)

    def discard(self, staged: Staged) -> None:
        self._objects.remove(staged.place)

    def staged(self, staged: Staged) -> bytes:
        """What was staged, read back whole."""
        return b"".join(self._objects.read(staged.place, staged.key))

    def kept(self, kind: str, name: str) -> Iterator[bytes]:
        """What was adopted, in pieces; `UnknownRecord` or `objects.DamagedObject`."""
        place, key = self._place(kind, name)
        return self._objects.read(place, key)

    def window(self, kind: str, name: str) -> Window:
        """What was adopted, as a file to seek in; only what is read is verified. Its opener closes it."""
        return self._objects.open(*self._place(kind, name))

    def holds(self, kind: str, name: str) -> bool:
        """Whether a record of this kind and name is here."""
        with self.together() as session:
            return session.get(RecordKeyRow, (kind, name)) is not None

    def sweep(self) -> int:
        """Free the room of half-written files that a killed process left a day ago; how many."""
        return self._objects.sweep()

    def _place(self, kind: str, name: str) -> tuple[str, bytes]:
        row = self._get(f"object:{kind}", name)
        return row[:32].decode(), row[32:]

    def put_json(self, kind: str, name: str, value: object) -> None:
        """Keep *value*, replacing what was there, under a new key."""
        self._put(kind, name, json.dumps(value, ensure_ascii=False).encode())

    def json(self, kind: str, name: str) -> Any:
        """What `put_json` kept, or `UnknownRecord`."""
        return json.loads(self._get(kind, name))

    def every(self, kind: str) -> dict[str, Any]:
        """All that `put_json` kept of a kind, by name, in order."""
        same = (RecordKeyRow.kind == RecordRow.kind) & (RecordKeyRow.id == RecordRow.id)
        asked = select(RecordRow.id, RecordRow.sealed, RecordKeyRow.key).join(RecordKeyRow, same)
        with self.together() as session:
            rows = session.execute(asked.where(RecordRow.kind == kind).order_by(RecordRow.id)).all()
        return {name: json.loads(_unseal(kind, sealed, key)) for name, sealed, key in rows}

    def names(self, kind: str) -> list[str]:
        """The names of every record of a kind, in order."""
        with self.together() as session:
            return list(
                session.scalars(select(RecordRow.id).where(RecordRow.kind == kind).order_by(RecordRow.id))
            )

    def put_secret(self, name: str, secret: bytes) -> None:
        self._put("secret", name, secret)

    def secret(self, name: str) -> bytes:
        return self._get("secret", name)

    def shred(self, kind: str, name: str, agent: str) -> None:
        """Destroy a record, its key and what is kept under it, and journal that: all of it or nothing."""
        places = [self._place(kind, name)[0]] if self.holds(f"object:{kind}", name) else []
        with self.together() as session:
            for table in (RecordKeyRow, RecordRow):
                for each in (kind, f"object:{kind}"):
                    session.execute(delete(table).where(table.kind == each, table.id == name))
            self.journal.append("del", agent, [f"{kind}:{name}"])
        for place in places:
            self._objects.remove(place)

    def close(self) -> None:
        self._engine.dispose()

    def __enter__(self) -> Vault:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _put(self, kind: str, name: str, plain: bytes) -> None:
        key = secrets.token_bytes(32)
        sealed = bytes(nacl.secret.SecretBox(key).encrypt(plain))
        with self.together() as session:
            session.merge(RecordRow(kind=kind, id=name, sealed=sealed))
            session.merge(RecordKeyRow(kind=kind, id=name, key=key))

    def _get(self, kind: str, name: str) -> bytes:
        with self.together() as session:
            row, key = session.get(RecordRow, (kind, name)), session.get(RecordKeyRow, (kind, name))
        if row is None or key is None:
            raise UnknownRecord(f"no {kind} of this name")
        return _unseal(kind, row.sealed, key.key)


def _check_there(home: Path) -> None:
    if (home / OLD_SALT).exists() and not locks.lock_file(home, LOCK).exists():
        raise VaultError(f"{OLD_SALT} is of a version that was never released; this one cannot open it")
    if not (home / DATABASE).exists():
        raise VaultError(f"there is no {DATABASE} in this folder; is this the archive's home?")


def _unseal(kind: str, sealed: bytes, key: bytes) -> bytes:
    try:
        return nacl.secret.SecretBox(key).decrypt(sealed)
    except nacl.exceptions.CryptoError:
        raise VaultError(f"a {kind} in the vault is damaged") from None


def _connect(database: Path, key: bytes) -> Engine:
    def unlock() -> Any:
        connection = sqlcipher.connect(str(database), check_same_thread=False)
        try:
            connection.execute("PRAGMA cipher_log_level = NONE")  # a wrong key is told once, by us
            connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
            for pragma in PRAGMAS:
                connection.execute(f"PRAGMA {pragma}")
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlcipher.DatabaseError as error:
            connection.close()
            if "locked" in str(error):
                raise VaultInUse(IN_USE) from None
            raise VaultError(f"{DATABASE} is damaged, or not of this key") from None
        connection.isolation_level = None
        return connection

    engine = create_engine("sqlite://", module=sqlcipher, creator=unlock, poolclass=StaticPool)

    # The driver's own BEGIN comes after the first reading; two processes would then both count the journal.
    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine
