"""A random key, locked by a passphrase: `NAME.lock` in a folder, and `NAME.slips` beside it for custodians.

Format: docs/formats/custody.md. What the key opens is somebody else's business: the vault's, the root's.

1. A passphrase opens a key and nothing else: so it can be changed, and slips can stand in for it.
2. A lock is replaced whole or not at all. One that is not of the key in hand is never overwritten: it is
   kept, or, when that key has just opened its target, set aside.
"""

from __future__ import annotations

import hashlib
import secrets
import struct
from itertools import chain, count
from pathlib import Path
from typing import Final

import nacl.exceptions
import nacl.pwhash.argon2id as argon2id
import nacl.secret

from archive.errors import ArchiveError
from crypto import durable
from crypto.custody import KEY, Table, new_key

SHORTEST_PASSPHRASE: Final = 12
"""Characters. Argon2id slows a guess down; it cannot save a short word."""
MAGIC: Final = b"ONGGILK1"
_FRONT: Final = struct.Struct("<II16s")
PASSES: Final[int] = argon2id.OPSLIMIT_MODERATE
MEMORY: Final[int] = argon2id.MEMLIMIT_MODERATE
"""What one guess costs: 256 MB, and most of a second."""
MOST_MEMORY: Final = 1 << 30
MOST_PASSES: Final = 16
"""Whoever writes a lock says how long opening takes; above these it is no lock of ours."""


class LockError(ArchiveError):
    """There is no such lock, it is damaged, or it may not be written."""


class WrongPassphrase(LockError):
    """Not the passphrase of this lock, or the file is damaged; the cipher cannot say which."""


class WeakPassphrase(LockError):
    """Too short to be guessed slowly."""


def make(folder: Path, name: str, passphrase: str) -> bytes:
    """A new key, locked in *folder*. A lock that an interrupted founding left is used, never replaced."""
    if lock_file(folder, name).exists():
        try:
            return unlock(folder, name, passphrase)
        except WrongPassphrase:
            raise LockError(
                f"there is a {name}.lock here already, under another passphrase; name another folder"
            ) from None
    check_passphrase(passphrase)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    relock(folder, name, key := new_key(), passphrase)
    return key


def unlock(folder: Path, name: str, passphrase: str) -> bytes:
    """The key of this lock, or `WrongPassphrase`; `LockError` when the lock is gone."""
    return open_sealed(_read(lock_file(folder, name))[1], passphrase, f"{name}.lock")


def unlock_copy(untrusted: bytes, passphrase: str, what: str) -> bytes:
    """The key of a lock whose bytes lie elsewhere, such as in a backup; `WrongPassphrase` or `LockError`."""
    return open_sealed(_parse(untrusted, what)[1], passphrase, what)


def relock(folder: Path, name: str, key: bytes, passphrase: str) -> None:
    """Lock *key* under another *passphrase*; `LockError` when the lock that is here is of another key."""
    check_passphrase(passphrase)
    file = lock_file(folder, name)
    if file.exists() and _read(file)[0] != _key_id(key):
        raise LockError(f"this key is not the one of {name}.lock; if that is damaged, restore it from slips")
    _write(file, key, passphrase)


def restore(folder: Path, name: str, key: bytes, passphrase: str) -> Path | None:
    """Lock *key*, which has just opened its target, whatever lies in the lock's place.

    A lock that is damaged or of another key is set aside first; its new path, or None when there was none.
    """
    check_passphrase(passphrase)
    file = lock_file(folder, name)
    aside = None if _is_of(file, key) else _set_aside(file)
    _write(file, key, passphrase)
    return aside


def table(folder: Path, name: str) -> Table:
    """The table of the slips that open this lock's key; `LockError` when no slips were ever made."""
    try:
        return Table.parse(slips_file(folder, name).read_bytes())
    except FileNotFoundError:
        raise LockError(
            f"there is no {name}.slips in this folder; it lies with each backup if slips were made"
        ) from None


def lock_file(folder: Path, name: str) -> Path:
    return folder / f"{name}.lock"


def slips_file(folder: Path, name: str) -> Path:
    return folder / f"{name}.slips"


def seal(secret: bytes, passphrase: str) -> bytes:
    """*secret* under *passphrase*: Argon2id's numbers and salt, then the box."""
    front = _FRONT.pack(PASSES, MEMORY, secrets.token_bytes(argon2id.SALTBYTES))
    return front + bytes(_box(passphrase, front).encrypt(secret))


def open_sealed(sealed: bytes, passphrase: str, what: str) -> bytes:
    """What `seal` sealed, or `WrongPassphrase`, which names *what* and neither secret."""
    try:
        return _box(passphrase, sealed[: _FRONT.size]).decrypt(sealed[_FRONT.size :])
    except (nacl.exceptions.CryptoError, ValueError, struct.error):
        raise WrongPassphrase(f"not the passphrase of {what}, or it is damaged") from None


def check_passphrase(passphrase: str) -> None:
    """Raise `WeakPassphrase` for one that Argon2id cannot save."""
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise WeakPassphrase(
            f"a passphrase has at least {SHORTEST_PASSPHRASE} characters; several words are best"
        )


def _read(file: Path) -> tuple[bytes, bytes]:
    """The id of the key, and the key as `seal` sealed it."""
    try:
        untrusted = file.read_bytes()
    except FileNotFoundError:
        raise LockError(
            f"there is no {file.name} in this folder; is it the right one? "
            "Slips can make it again: `onggi archive custody restore`"
        ) from None
    return _parse(untrusted, file.name)


def _parse(untrusted: bytes, what: str) -> tuple[bytes, bytes]:
    if not untrusted.startswith(MAGIC):
        raise LockError(f"{what} is damaged; take it from a backup, or restore it from slips")
    return untrusted[8:16], untrusted[16:]


def _is_of(file: Path, key: bytes) -> bool:
    try:
        return _read(file)[0] == _key_id(key)
    except (LockError, OSError):
        return False


def _set_aside(file: Path) -> Path | None:
    """Rename *file* to a name that is free. A stop before the new lock is there costs one more restore."""
    if not file.exists():
        return None
    first = file.with_name(f"{file.name}.damaged")
    others = (file.with_name(f"{first.name}-{number}") for number in count(2))
    aside = next(path for path in chain([first], others) if not path.exists())
    return file.rename(aside)


def _write(file: Path, key: bytes, passphrase: str) -> None:
    durable.write(file, MAGIC + _key_id(key) + seal(key, passphrase))


def _key_id(key: bytes) -> bytes:
    return hashlib.blake2b(key, digest_size=8, person=b"onggi-lock1 id").digest()


def _box(passphrase: str, front: bytes) -> nacl.secret.SecretBox:
    passes, memory, salt = _FRONT.unpack(front)
    if not 1 <= passes <= MOST_PASSES or not argon2id.MEMLIMIT_MIN <= memory <= MOST_MEMORY:
        raise LockError("this lock is damaged: it asks for more time or memory than any of ours")
    return nacl.secret.SecretBox(
        argon2id.kdf(KEY, passphrase.encode(), salt, opslimit=passes, memlimit=memory)
    )
