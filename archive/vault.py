"""The only module that opens the encrypted store: unlock, put, get, shred.

1. The database is SQLCipher, under a key that Argon2id makes of a passphrase; the key is in no URL.
2. Each record is sealed once more under its own random key, so that one record can be destroyed by its key.
3. A rollback journal and `secure_delete`, never a write-ahead log, which keeps what was deleted.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Final

import nacl.exceptions
import nacl.pwhash.argon2id as argon2id
import nacl.secret
import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import Engine, create_engine, delete, select
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from archive.journal import Journal
from archive.tables import RecordKeyRow, RecordRow
from crypto.keys import SigningKey
from migrations.run import migrate

SALT: Final = "vault.salt"
DATABASE: Final = "vault.db"
SHORTEST_PASSPHRASE: Final = 12
"""Characters. Argon2id slows a guess down; it cannot save a short word."""
PRAGMAS: Final = (
    "cipher_memory_security=ON",
    "journal_mode=DELETE",
    "secure_delete=ON",
    "temp_store=MEMORY",
    "foreign_keys=ON",
)


class VaultError(Exception):
    """The vault cannot be made or opened."""


class WrongPassphrase(VaultError):
    """Not this vault's passphrase, or the file is damaged; the cipher cannot say which."""


class UnknownRecord(KeyError):
    """No such record, or it was shredded."""


class Vault:
    """An open vault. Close it, or use it as a context, so that its key leaves this process with it."""

    def __init__(self, engine: Engine) -> None:
        self._engine: Final = engine
        migrate(engine, "vault")
        try:
            key = SigningKey(self._get("secret", "journal"))
        except UnknownRecord:
            self._put("secret", "journal", seed := secrets.token_bytes(32))
            key = SigningKey(seed)
        self.journal: Final = Journal(engine, key)

    @classmethod
    def create(cls, home: Path, passphrase: str) -> Vault:
        """A new vault in *home*; `VaultError` when one is there or the passphrase is too short."""
        if (home / DATABASE).exists() or (home / SALT).exists():
            raise VaultError("there is a vault here already; name another folder")
        if len(passphrase) < SHORTEST_PASSPHRASE:
            raise VaultError(
                f"a passphrase has at least {SHORTEST_PASSPHRASE} characters; several words are best"
            )
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        (home / SALT).write_bytes(secrets.token_bytes(argon2id.SALTBYTES))
        return cls._unlock(home, passphrase)

    @classmethod
    def open(cls, home: Path, passphrase: str) -> Vault:
        """The vault in *home*, or `WrongPassphrase`."""
        if not (home / DATABASE).exists():
            raise VaultError("there is no vault here; is this the archive's folder?")
        return cls._unlock(home, passphrase)

    @classmethod
    def _unlock(cls, home: Path, passphrase: str) -> Vault:
        key = argon2id.kdf(
            32,
            passphrase.encode(),
            (home / SALT).read_bytes(),
            opslimit=argon2id.OPSLIMIT_MODERATE,
            memlimit=argon2id.MEMLIMIT_MODERATE,
        )
        return cls(_connect(home / DATABASE, key))

    def put_json(self, kind: str, name: str, value: object) -> None:
        """Keep *value*, replacing what was there, under a new key."""
        self._put(kind, name, json.dumps(value, ensure_ascii=False).encode())

    def json(self, kind: str, name: str) -> Any:
        """What `put_json` kept, or `UnknownRecord`."""
        return json.loads(self._get(kind, name))

    def names(self, kind: str) -> Iterator[str]:
        """The names of every record of a kind, in order."""
        with Session(self._engine) as session:
            yield from session.scalars(
                select(RecordRow.id).where(RecordRow.kind == kind).order_by(RecordRow.id)
            )

    def put_secret(self, name: str, secret: bytes) -> None:
        self._put("secret", name, secret)

    def secret(self, name: str) -> bytes:
        return self._get("secret", name)

    def shred(self, kind: str, name: str, agent: str) -> None:
        """Destroy a record and its key, and write that into the journal."""
        with Session(self._engine) as session, session.begin():
            for table in (RecordKeyRow, RecordRow):
                session.execute(delete(table).where(table.kind == kind, table.id == name))
        self.journal.append("del", agent, [f"{kind}:{name}"])

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
        with Session(self._engine) as session, session.begin():
            session.merge(RecordRow(kind=kind, id=name, sealed=sealed))
            session.merge(RecordKeyRow(kind=kind, id=name, key=key))

    def _get(self, kind: str, name: str) -> bytes:
        with Session(self._engine) as session:
            row, key = session.get(RecordRow, (kind, name)), session.get(RecordKeyRow, (kind, name))
        if row is None or key is None:
            raise UnknownRecord(f"no {kind} of this name")
        try:
            return nacl.secret.SecretBox(key.key).decrypt(row.sealed)
        except nacl.exceptions.CryptoError:
            raise VaultError(f"a {kind} in the vault is damaged") from None


def _connect(database: Path, key: bytes) -> Engine:
    def unlock() -> Any:
        connection = sqlcipher.connect(str(database), check_same_thread=False)
        try:
            connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
            for pragma in PRAGMAS:
                connection.execute(f"PRAGMA {pragma}")
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlcipher.DatabaseError:
            connection.close()
            raise WrongPassphrase("not this vault's passphrase, or the file is damaged") from None
        return connection

    return create_engine("sqlite://", module=sqlcipher, creator=unlock, poolclass=StaticPool)
