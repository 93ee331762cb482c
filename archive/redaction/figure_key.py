"""The key of the map of figures, and what it seals. The keys of testimonies do not open the map.

1. The key is drawn at random and lies in a file of its own beside the vault, under a key made of the vault's.
   Neither the database with all its record keys nor the file opens anything without the other.
2. What was sealed for one record opens for no other, under no other key, and not when a bit of it changed.
3. Without the file nothing is guessed or begun anew: `MapClosed`, until it is put back from a backup.
"""

from __future__ import annotations

import json
import secrets
from pathlib import Path
from typing import Any, Final

import nacl.exceptions
import nacl.secret

from archive.errors import ArchiveError
from archive.vault import Vault
from crypto import durable

FILE: Final = "figures.key"
KINDS: Final = ("figure-aliases", "figure", "figure-act", "figure-drawn")
"""Kinds of the records that are sealed under this key."""


class MapClosed(ArchiveError):
    """The map of figures does not open: its key or a record of it is missing, changed or another's."""


def seal(vault: Vault, kind: str, name: str, value: object) -> str:
    """*value* sealed for the record of this kind and name, as hex digits."""
    plain = json.dumps([kind, name, value], ensure_ascii=False).encode()
    return bytes(_box(vault).encrypt(plain)).hex()


def unseal(vault: Vault, kind: str, name: str) -> Any:
    """What `seal` sealed for this record, which has it under `sealed`; `UnknownRecord` or `MapClosed`."""
    return _opened(_box(vault), kind, name, vault.json(kind, name))


def every(vault: Vault, kind: str) -> dict[str, Any]:
    """The same of every record of a kind, by name, in order."""
    box = _box(vault)
    return {name: _opened(box, kind, name, row) for name, row in vault.every(kind).items()}


def _opened(box: nacl.secret.SecretBox, kind: str, name: str, row: Any) -> Any:
    try:
        found, of, value = json.loads(box.decrypt(bytes.fromhex(row["sealed"])))
    except (nacl.exceptions.CryptoError, KeyError, TypeError, ValueError):
        raise MapClosed("a record of the map of figures is damaged or was changed") from None
    if (found, of) != (kind, name):
        raise MapClosed("a record of the map of figures was put in the place of another")
    return value


def _box(vault: Vault) -> nacl.secret.SecretBox:
    return nacl.secret.SecretBox(_key(vault))


def _key(vault: Vault) -> bytes:
    box, file = nacl.secret.SecretBox(vault.figures_key), vault.home / FILE
    with vault.together():
        if not file.exists():
            _make(vault, file, box)
        try:
            return box.decrypt(file.read_bytes())
        except (nacl.exceptions.CryptoError, ValueError):
            raise MapClosed(
                "figures.key is damaged, or another archive's; put it back from a backup of this one"
            ) from None


def _make(vault: Vault, file: Path, box: nacl.secret.SecretBox) -> None:
    """A new key, while nothing is sealed under another."""
    if any(vault.names(kind) for kind in KINDS):
        raise MapClosed("figures.key is gone from beside the vault; put it back from a backup")
    durable.write(file, bytes(box.encrypt(secrets.token_bytes(nacl.secret.SecretBox.KEY_SIZE))))
