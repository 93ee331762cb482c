"""The vault: unlock, put, get, shred. What lies in it, and where, is told to nobody else.

1. A passphrase or k slips unlock the key of an encrypted database (`store`); large things lie beside it, each
   sealed under a key that is in the database (`objects`).
2. What happens inside `together` happens whole or not at all, its journal event included.
3. What is shredded is destroyed by its key, and the journal says so in the same transaction.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Final

from sqlalchemy.orm import Session

from archive import locks
from archive.database import VaultError, VaultInUse, connect, refusal
from archive.journal import Journal
from archive.objects import Objects, Staged
from archive.store import Name, Store, UnknownRecord
from archive.testimony import Testimony, TestimonyId
from crypto.cobblestone import Window
from crypto.keys import SigningKey
from migrations.run import migrate

__all__ = ["UnknownRecord", "Vault", "VaultError", "VaultInUse"]

LOCK: Final = "vault"
"""The name of the lock and of the table of slips in the archive's home."""
DATABASE: Final = "vault.db"
OLD_SALT: Final = "vault.salt"
OBJECTS: Final = "objects"
OBJECT: Final = "object:"
"""The kind of the record that says where what was adopted under another kind lies, and its key."""
BOXED: Final = "boxed:"
"""The same for what lies in a backup's boxes only."""
CUT: Final = "cut"
"""Of what the analyzer made of a testimony (`finding`): made anew where it is missing, in no backup."""
PLACE: Final = 32
"""Letters of a place; what follows them in an object's record is its key."""


class Vault:
    """An open vault. Close it, or use it as a context, so that its key leaves this process with it."""

    def __init__(self, store: Store, home: Path, key: bytes) -> None:
        migrate(store.engine, "vault")
        self.store: Final = store
        self.objects: Final = Objects(home / OBJECTS)
        self.home: Final = home
        self.keyring_key: Final = keyring_key(key)
        self.figures_key: Final = figures_key(key)
        self._engine: Final = store.engine
        with self.together():
            try:
                seed, made = store.get("secret", "journal"), False
            except UnknownRecord:
                store.put("secret", "journal", seed := secrets.token_bytes(32))
                made = True
            self.journal: Final = Journal(self.together, SigningKey(seed))
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
        store = Store(connect(home / DATABASE, key))
        try:
            return cls(store, home, key)
        except BaseException as error:
            store.close()
            raise refusal(error) or error from None

    def together(self) -> AbstractContextManager[Session]:
        """Everything put, shredded or journalled in this block is kept whole, or not at all."""
        return self.store.together()

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
        return self.objects.stage()

    def adopt(self, kind: str, name: str, staged: Staged) -> None:
        """Keep what was staged under this name, with its key."""
        self.store.put(f"{OBJECT}{kind}", name, staged.place.encode() + staged.key)

    def discard(self, staged: Staged) -> None:
        self.objects.remove(staged.place)

    def staged(self, staged: Staged) -> bytes:
        """What was staged, read back whole."""
        return b"".join(self.objects.read(staged.place, staged.key))

    def kept(self, kind: str, name: str) -> Iterator[bytes]:
        """What was adopted, in pieces; `UnknownRecord` or `objects.DamagedObject`."""
        return self.objects.read(*place_and_key(self.store.get(f"{OBJECT}{kind}", name)))

    def window(self, kind: str, name: str) -> Window:
        """What was adopted, as a file to seek in; only what is read is verified. Its opener closes it."""
        return self.objects.open(*place_and_key(self.store.get(f"{OBJECT}{kind}", name)))

    def holds(self, kind: str, name: str) -> bool:
        """Whether a record of this kind and name is here."""
        return self.store.holds(kind, name)

    def sweep(self) -> int:
        """Free the room of half-written files that a killed process left a day ago; how many."""
        return self.objects.sweep()

    def put_json(self, kind: str, name: str, value: object) -> None:
        """Keep *value*, replacing what was there, under a new key."""
        self.store.put(kind, name, json.dumps(value, ensure_ascii=False).encode())

    def json(self, kind: str, name: str) -> Any:
        """What `put_json` kept, or `UnknownRecord`."""
        return json.loads(self.store.get(kind, name))

    def every(self, kind: str) -> dict[str, Any]:
        """All that `put_json` kept of a kind, by name, in order."""
        return {record.name: json.loads(record.open()) for record in self.store.of_kind(kind)}

    def names(self, kind: str) -> list[str]:
        """The names of every record of a kind, in order."""
        return self.store.names(kind)

    def put_secret(self, name: str, secret: bytes) -> None:
        self.store.put("secret", name, secret)

    def secret(self, name: str) -> bytes:
        return self.store.get("secret", name)

    def shred(self, kind: str, name: str, agent: str) -> None:
        """Destroy a record, its key and what is kept under it, and journal that: all of it or nothing."""
        with self.together():
            self._destroy((each, name) for each in (kind, f"{OBJECT}{kind}", f"{BOXED}{kind}"))
            self.journal.append("del", agent, [f"{kind}:{name}"])

    def shred_testimony(self, testimony_id: str, agent: str, also: Iterable[Name] = ()) -> int:
        """Destroy all that is kept of a testimony, in every kind there is, and *also*; how many records.

        One event tells it. `UnknownRecord` when there is nothing of this name.
        """
        with self.together():
            of_hers = self.store.under(testimony_id)
            if not of_hers:
                raise UnknownRecord("no testimony of this name")
            self._destroy(chosen := {*of_hers, *also})
            self.journal.append("del", agent, [f"testimony:{testimony_id}"])
        return len(chosen)

    def _destroy(self, names: Iterable[Name]) -> None:
        for kind, name in (chosen := list(names)):
            if kind.startswith(OBJECT) and self.holds(kind, name):
                # After the commit: a key that is kept after all must find its file.
                self.store.afterwards(partial(self.objects.remove, self._place(kind, name)))
        self.store.remove(chosen)

    def _place(self, kind: str, name: str) -> str:
        return place_and_key(self.store.get(kind, name))[0]

    def close(self) -> None:
        self.store.close()

    def __enter__(self) -> Vault:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def place_and_key(row: bytes) -> tuple[str, bytes]:
    """Where an object lies and what opens it, as its record says."""
    return row[:PLACE].decode(), row[PLACE:]


def keyring_key(key: bytes) -> bytes:
    """What seals a backup's keyring: of the vault's key, so that whatever opens the vault opens it too."""
    return hashlib.blake2b(b"", key=key, digest_size=32, person=b"onggi-keyring1").digest()


def figures_key(key: bytes) -> bytes:
    """What seals the key of the map of figures in its own file beside the vault."""
    return hashlib.blake2b(b"", key=key, digest_size=32, person=b"onggi-figures-1").digest()


def _check_there(home: Path) -> None:
    if (home / OLD_SALT).exists() and not locks.lock_file(home, LOCK).exists():
        raise VaultError(f"{OLD_SALT} is of a version that was never released; this one cannot open it")
    if not (home / DATABASE).exists():
        raise VaultError(f"there is no {DATABASE} in this folder; is this the archive's home?")
