"""What a reader's passphrase opens: a box under a key of Argon2id (RFC 9106). Nothing else is kept of it."""

from __future__ import annotations

import secrets
import threading
import unicodedata
from typing import Final

from nacl.exceptions import CryptoError
from nacl.pwhash import argon2id
from nacl.secret import SecretBox

SHORTEST, LONGEST = 12, 200
"""Characters (NIST SP 800-63B-4: length, and no rule about kinds of signs)."""
NO_SALT: Final = bytes(argon2id.SALTBYTES)

_one_at_a_time = threading.Lock()
"""Argon2id takes 64 MB for a moment: never more than once in a process."""


def fits(passphrase: str) -> bool:
    """Whether it is neither too short nor too long."""
    return SHORTEST <= len(_normal(passphrase)) <= LONGEST


def seal(secret: bytes, passphrase: str) -> tuple[bytes, bytes]:
    """A salt, and *secret* in a box that this passphrase opens with it."""
    salt = secrets.token_bytes(argon2id.SALTBYTES)
    return salt, bytes(_box(passphrase, salt).encrypt(secret))


def unseal(salt: bytes | None, sealed: bytes | None, passphrase: str) -> bytes | None:
    """The secret, or None; without a box it takes as long."""
    box = _box(passphrase[:LONGEST], salt or NO_SALT)
    try:
        return box.decrypt(sealed) if sealed else None
    except CryptoError:
        return None


def _box(passphrase: str, salt: bytes) -> SecretBox:
    phrase = _normal(passphrase).encode()
    with _one_at_a_time:
        passes, memory = argon2id.OPSLIMIT_INTERACTIVE, argon2id.MEMLIMIT_INTERACTIVE
        return SecretBox(argon2id.kdf(SecretBox.KEY_SIZE, phrase, salt, passes, memory))


def _normal(passphrase: str) -> str:
    # Hangul comes composed from one keyboard and apart from another.
    return unicodedata.normalize("NFC", passphrase[: 4 * LONGEST + 1])
