"""The second thing that a reader has: six digits of an app (RFC 6238), or a recovery code.

A number is good for its own half minute and the ones beside it, and once only.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

STEP: Final = 30
"""Seconds, as every authenticator app expects; so are SHA-1 and six digits."""
DIGITS: Final = 6
BESIDE: Final = 1
"""Steps before and after that are taken too: clocks differ, and typing takes time (RFC 6238, 5.2)."""
SECRET: Final = 20
"""Bytes (RFC 4226, 4)."""
CODES: Final = 8
"""Recovery codes of one reader: enough for lost phones, few enough to keep on paper."""
CODE_BYTES: Final = 10
"""Nobody guesses 80 bits, so a fast digest of them is safe to keep."""


def step_of(secret: bytes, typed: str, now: float) -> int | None:
    """The step at which these digits are right, around *now*; None when they are not."""
    digits, at = "".join(typed.split()), int(now) // STEP
    generator = TOTP(secret, DIGITS, SHA1(), STEP, enforce_key_length=False)
    for step in range(at - BESIDE, at + BESIDE + 1):
        if hmac.compare_digest(generator.generate(step * STEP), digits.encode()):
            return step
    return None


def address(secret: bytes, name: str, archive: str) -> str:
    """What an authenticator app reads from a QR code."""
    return TOTP(secret, DIGITS, SHA1(), STEP).get_provisioning_uri(name, archive)


def typed(secret: bytes) -> str:
    """The secret in groups, for who types it into an app."""
    return _grouped(base64.b32encode(secret).decode())


def new_code(size: int = CODE_BYTES) -> str:
    """A code that opens something once, in groups of four."""
    return _grouped(base64.b32encode(secrets.token_bytes(size)).decode())


def digest(code: str) -> bytes:
    """What is kept of a code: spaces, hyphens and small letters do not matter."""
    return hashlib.sha256(re.sub(r"[\s-]", "", code).upper().encode()).digest()


def _grouped(letters: str) -> str:
    return "-".join(letters[at : at + 4] for at in range(0, len(letters), 4))
