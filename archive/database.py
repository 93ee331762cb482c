"""The connection to the encrypted database, and what a person is told when it cannot be had.

SQLCipher under a random key, which is in no URL. A rollback journal and `secure_delete`, never a write-ahead
log, which keeps what was deleted. Private to `store`, `vault` and `keeping`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import StaticPool

from archive.errors import ArchiveError

IN_USE: Final = "another process is writing to this vault; try again when it is done"
FULL: Final = "the disk of this vault is full; make room, and run the same again"
UNREACHED: Final = "the disk of this vault cannot be read or written; is it full, or was it taken away?"
DAMAGED: Final = "the database of this vault is damaged; leave it as it is and restore the last backup"
PRAGMAS: Final = (
    "cipher_memory_security=ON",
    "journal_mode=DELETE",
    # A journal whose removal is not on the disk yet would undo a commit after a power cut.
    "synchronous=EXTRA",
    "secure_delete=ON",
    "temp_store=MEMORY",
    "foreign_keys=ON",
    "busy_timeout=10000",
    "cache_size=-65536",  # 64 MiB of pages once decrypted: the desk lists 10,000 testimonies twice as fast
)


class VaultError(ArchiveError):
    """The vault cannot be made or opened."""


class VaultInUse(VaultError):
    """Another process is writing; try again when it is done."""


class VaultDamaged(VaultError):
    """The database cannot be read: its disk changed it, or somebody did."""


class VaultUnwritable(VaultError):
    """The disk takes nothing now. What was kept before is kept."""


def refusal(error: BaseException) -> VaultError | None:
    """What a person is told of an *error* of the database, or None when that is a fault of ours."""
    said = str(error.orig) if isinstance(error, DatabaseError) else ""
    if "malformed" in said or "not a database" in said:
        return VaultDamaged(DAMAGED)
    return _for_now(said)


def _for_now(said: str) -> VaultError | None:
    """What SQLite *said* of a state that passes."""
    if "locked" in said:
        return VaultInUse(IN_USE)
    if "disk is full" in said:
        return VaultUnwritable(FULL)
    if "disk I/O error" in said or "unable to open" in said:
        return VaultUnwritable(UNREACHED)
    return None


def connect(database: Path, key: bytes) -> Engine:
    """The database under its *key*, made if need be; `VaultError` at the first use of a wrong one."""

    def unlock() -> Any:
        try:
            connection = sqlcipher.connect(str(database), check_same_thread=False)
        except sqlcipher.OperationalError:
            raise VaultUnwritable(UNREACHED) from None
        try:
            connection.execute("PRAGMA cipher_log_level = NONE")  # a wrong key is told once, by us
            connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
            for pragma in PRAGMAS:
                connection.execute(f"PRAGMA {pragma}")
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlcipher.DatabaseError as error:
            connection.close()
            damaged = VaultError(f"{database.name} is damaged, or not of this key")
            raise _for_now(str(error)) or damaged from None
        connection.isolation_level = None
        return connection

    # Hidden: an error would show what was being written, and beside sealed records lie their keys.
    engine = create_engine(
        "sqlite://", module=sqlcipher, creator=unlock, poolclass=StaticPool, hide_parameters=True
    )

    # The driver's own BEGIN comes after the first reading; two processes would then both count the journal.
    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine
