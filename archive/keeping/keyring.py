"""The keyring of a backup: the key of every record, the journal, the lock and the table of slips. Small.

Format: docs/formats/backup.md.

1. It is replaced whole at each backup: what was shredded since has no key in it, and its box is noise.
2. It is sealed under a key that is made of the vault's: the same passphrase and the same slips open it.
"""

from __future__ import annotations

import base64
import json
import os
import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import nacl.exceptions
import nacl.secret

from archive.errors import ArchiveError
from archive.journal import Copy, Head
from crypto import durable

MAGIC: Final = b"ONGGIKR1"
LENGTH: Final = struct.Struct(">I")
LARGEST: Final = 1 << 20
"""Bytes of a lock or a table of slips; either has a few thousand."""
LARGEST_KEYRING: Final = 1 << 30
"""Bytes: of a million records."""


class KeyringRefused(ArchiveError):
    """No keyring, a damaged one, or another archive's."""


@dataclass(frozen=True)
class Held:
    """One record of the vault: what opens it, and by which digest its box is found."""

    kind: str
    name: str
    key: bytes = field(repr=False)
    digest: str


@dataclass(frozen=True, repr=False)
class Keyring:
    """All of a vault but what its records say."""

    day: str
    records: tuple[Held, ...]
    journal: Copy
    files: dict[str, bytes]
    """What else lies in the archive's home, by its path there."""


@dataclass(frozen=True, repr=False)
class Shut:
    """A keyring as it lies on its medium, with what opens it."""

    lock: bytes
    slips: bytes
    """The table of slips; empty when none were ever made."""
    sealed: bytes

    @classmethod
    def read(cls, file: Path) -> Shut:
        """What lies in *file*, or `KeyringRefused`."""
        with file.open("rb") as source:
            size = os.fstat(source.fileno()).st_size
            if size > LARGEST_KEYRING:
                raise KeyringRefused("this file is larger than any keyring")
            untrusted = source.read(size)
        parts: list[bytes] = []
        at = len(MAGIC)
        for _ in range(2):
            length = int.from_bytes(untrusted[at : at + LENGTH.size], "big")
            if length > LARGEST:
                raise KeyringRefused("this keyring is damaged; take another copy of it")
            parts.append(untrusted[at + LENGTH.size : at + LENGTH.size + length])
            at += LENGTH.size + length
        if not untrusted.startswith(MAGIC) or at >= len(untrusted):
            raise KeyringRefused("this file is no keyring of a backup, or it was cut short")
        return cls(parts[0], parts[1], untrusted[at:])

    def open(self, key: bytes) -> Keyring:
        """The keyring under the vault's `keyring_key`, or `KeyringRefused`."""
        try:
            row = json.loads(nacl.secret.SecretBox(key).decrypt(self.sealed))
        except (nacl.exceptions.CryptoError, ValueError):
            raise KeyringRefused("this keyring is damaged, or is another archive's") from None
        records = (Held(kind, name, bytes.fromhex(k), d) for kind, name, k, d in row["records"])
        count, last, signature = row["head"]
        journal = Copy(tuple(row["events"]), Head(count, last), bytes.fromhex(signature))
        files = {name: base64.b64decode(content) for name, content in row["files"].items()}
        return Keyring(row["day"], tuple(records), journal, files)


def write(file: Path, ring: Keyring, key: bytes, *, lock: bytes, slips: bytes) -> None:
    """Seal *ring* and put it in the place of what is in *file*, whole or not at all."""
    row = {
        "day": ring.day,
        "records": [[r.kind, r.name, r.key.hex(), r.digest] for r in ring.records],
        "events": ring.journal.events,
        "head": [ring.journal.head.count, ring.journal.head.hash, ring.journal.signature.hex()],
        "files": {name: base64.b64encode(content).decode() for name, content in ring.files.items()},
    }
    sealed = nacl.secret.SecretBox(key).encrypt(json.dumps(row, ensure_ascii=False).encode())
    front = b"".join(LENGTH.pack(len(part)) + part for part in (lock, slips))
    durable.write(file, MAGIC + front + sealed)
