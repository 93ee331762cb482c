"""The people who decide, each with an Ed25519 key that only her own passphrase opens.

The vault's passphrase opens the archive; it signs nothing. Four eyes (R13) rest on two of these keys.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

import nacl.exceptions
import nacl.pwhash.argon2id as argon2id
import nacl.secret
import nacl.utils

from archive.errors import ArchiveError
from archive.vault import SHORTEST_PASSPHRASE, UnknownRecord, Vault
from crypto.keys import SigningKey, VerifyKey

NAME: Final = re.compile(r"[^\W\d_][\w.-]{0,39}")


class PersonRefused(ArchiveError):
    """Nobody of this name, not her passphrase, or a name that cannot be used."""


@dataclass(frozen=True)
class Person:
    """Someone whose key is open for the moment."""

    name: str
    key: SigningKey = field(repr=False)


def add(vault: Vault, name: str, passphrase: str) -> VerifyKey:
    """Make *name*'s key and seal it under her *passphrase*; `PersonRefused` when she is there already."""
    if not NAME.fullmatch(name):
        raise PersonRefused("a name begins with a letter and has letters, digits, dots and hyphens")
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise PersonRefused(f"a passphrase has at least {SHORTEST_PASSPHRASE} characters")
    key, salt = SigningKey.generate(), nacl.utils.random(argon2id.SALTBYTES)
    sealed = nacl.secret.SecretBox(_key(passphrase, salt)).encrypt(key.to_text().encode())
    with vault.together():
        if vault.holds("person", name):
            raise PersonRefused("there is a person of this name already")
        row = {"public": key.public.to_text(), "salt": salt.hex(), "sealed": bytes(sealed).hex()}
        vault.put_json("person", name, row)
        vault.journal.append("cre", "archive", [f"person:{name}"])
    return key.public


def unlock(vault: Vault, name: str, passphrase: str) -> Person:
    """*name* with her key open, or `PersonRefused`."""
    try:
        row = vault.json("person", name)
        box = nacl.secret.SecretBox(_key(passphrase, bytes.fromhex(row["salt"])))
        key = SigningKey.from_text(box.decrypt(bytes.fromhex(row["sealed"])).decode())
    except (UnknownRecord, nacl.exceptions.CryptoError):
        raise PersonRefused("nobody of this name, or not her passphrase") from None
    return Person(name, key)


def public_key(vault: Vault, name: str) -> VerifyKey:
    """The public key by which this archive knows *name*, or `UnknownRecord`."""
    return VerifyKey.from_text(vault.json("person", name)["public"])


def _key(passphrase: str, salt: bytes) -> bytes:
    return argon2id.kdf(
        32,
        passphrase.encode(),
        salt,
        opslimit=argon2id.OPSLIMIT_MODERATE,
        memlimit=argon2id.MEMLIMIT_MODERATE,
    )
