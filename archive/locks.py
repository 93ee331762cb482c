"""A random key, locked by a passphrase: `NAME.lock` in a folder. (Interim: replaced by the custody work.)"""

from __future__ import annotations

import secrets
from pathlib import Path

import nacl.exceptions
import nacl.pwhash.argon2id as argon2id
import nacl.secret

from archive import durable
from archive.errors import ArchiveError


class WrongPassphrase(ArchiveError):
    """Not the passphrase of this lock, or the file is damaged; the cipher cannot say which."""


def make(folder: Path, name: str, passphrase: str) -> bytes:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = secrets.token_bytes(32)
    relock(folder, name, key, passphrase)
    return key


def relock(folder: Path, name: str, key: bytes, passphrase: str) -> None:
    salt = secrets.token_bytes(argon2id.SALTBYTES)
    sealed = bytes(nacl.secret.SecretBox(_derive(passphrase, salt)).encrypt(key))
    durable.write(folder / f"{name}.lock", salt + sealed)


def unlock(folder: Path, name: str, passphrase: str) -> bytes:
    raw = (folder / f"{name}.lock").read_bytes()
    salt, sealed = raw[: argon2id.SALTBYTES], raw[argon2id.SALTBYTES :]
    try:
        return nacl.secret.SecretBox(_derive(passphrase, salt)).decrypt(sealed)
    except nacl.exceptions.CryptoError:
        raise WrongPassphrase("not the passphrase of this lock, or the file is damaged") from None


def _derive(passphrase: str, salt: bytes) -> bytes:
    return argon2id.kdf(
        32,
        passphrase.encode(),
        salt,
        opslimit=argon2id.OPSLIMIT_MODERATE,
        memlimit=argon2id.MEMLIMIT_MODERATE,
    )
