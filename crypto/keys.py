"""The keys of both sides: Ed25519 for signing, X25519 with X-Wing for sealing.

1. No secret is ever in a `repr` or an error.
2. Signatures are checked by libsodium only: it refuses small-order public keys, which other
   libraries accept and which make one signature valid for any message.

X-Wing: draft-connolly-cfrg-xwing-kem (ML-KEM-768, FIPS 203, with X25519, RFC 7748).
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import nacl.exceptions
import nacl.signing
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from nacl.bindings import crypto_scalarmult_base

from crypto import words
from crypto.errors import BadSignature, KeyFormatError

SECRET_TEXT: Final = "onggi-sign-secret-1:"
PUBLIC_TEXT: Final = "onggi-sign-public-1:"
FINGERPRINT_BITS: Final = 132
"""What 40 digits can hold; short enough to read out on paper or radio."""

XWING_LABEL: Final = bytes.fromhex("5c2e2f2f5e5c")
XWING_PUBLIC: Final = 1216
XWING_CIPHERTEXT: Final = 1120
MLKEM_PUBLIC: Final = 1184
MLKEM_CIPHERTEXT: Final = 1088
BUNDLE: Final = 32 + XWING_PUBLIC


class VerifyKey:
    """A public Ed25519 key: the root, a courier or a person."""

    def __init__(self, raw: bytes) -> None:
        if len(raw) != 32:
            raise KeyFormatError("a signing public key has 32 bytes")
        self.raw: Final = bytes(raw)

    @classmethod
    def from_text(cls, text: str) -> VerifyKey:
        """Read what `to_text` wrote, or raise `KeyFormatError`."""
        return cls(_unhex(text, PUBLIC_TEXT))

    def to_text(self) -> str:
        return PUBLIC_TEXT + self.raw.hex()

    def verify(self, signature: bytes, message: bytes) -> None:
        """Return when *signature* is this key's over *message*; raise `BadSignature` otherwise."""
        try:
            nacl.signing.VerifyKey(self.raw).verify(message, signature)
        except (nacl.exceptions.CryptoError, ValueError):
            raise BadSignature("not signed by this key") from None

    def fingerprint(self) -> str:
        """40 digits in 8 groups of 5: the first 132 bits of SHA-256 of the key, in decimal."""
        number = int.from_bytes(hashlib.sha256(self.raw).digest(), "big") >> (256 - FINGERPRINT_BITS)
        digits = f"{number:040d}"
        return " ".join(digits[i : i + 5] for i in range(0, 40, 5))

    def fingerprint_words(self, language: words.Language) -> list[str]:
        """The same digest's first 132 bits as 12 English words, or its first 130 as 13 Korean or Chinese."""
        bits = FINGERPRINT_BITS - FINGERPRINT_BITS % words.bits_of(language)
        number = int.from_bytes(hashlib.sha256(self.raw).digest(), "big") >> (256 - bits)
        return words.spell(number, bits, language)

    @property
    def key_id(self) -> str:
        """16 hex digits that name this key in lists; never enough to trust it by."""
        return hashlib.sha256(self.raw).hexdigest()[:16]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, VerifyKey) and other.raw == self.raw

    def __hash__(self) -> int:
        return hash(self.raw)

    def __repr__(self) -> str:
        return f"VerifyKey({self.key_id})"


class SigningKey:
    """A secret Ed25519 key (RFC 8032). Its `repr` names the public half only."""

    def __init__(self, seed: bytes) -> None:
        if len(seed) != 32:
            raise KeyFormatError("a signing secret has 32 bytes")
        self._key: Final = nacl.signing.SigningKey(bytes(seed))

    @classmethod
    def generate(cls) -> SigningKey:
        return cls(secrets.token_bytes(32))

    @classmethod
    def from_text(cls, text: str) -> SigningKey:
        """Read what `to_text` wrote, or raise `KeyFormatError`."""
        return cls(_unhex(text, SECRET_TEXT))

    def to_text(self) -> str:
        """The secret as text. Whoever calls this is answerable for where it goes."""
        return SECRET_TEXT + bytes(self._key).hex()

    @cached_property
    def public(self) -> VerifyKey:
        return VerifyKey(bytes(self._key.verify_key))

    def sign(self, message: bytes) -> bytes:
        """64 bytes, deterministic."""
        return self._key.sign(message).signature

    def __repr__(self) -> str:
        return f"SigningKey(of {self.public.key_id})"


@dataclass(frozen=True)
class IntakePublic:
    """What envelopes are sealed to: X25519 (32 bytes) then X-Wing (1216)."""

    bundle: bytes

    def __post_init__(self) -> None:
        if len(self.bundle) != BUNDLE:
            raise KeyFormatError(f"a recipient bundle has {BUNDLE} bytes")

    @classmethod
    def from_bytes(cls, bundle: bytes) -> IntakePublic:
        return cls(bytes(bundle))

    @property
    def key_id(self) -> bytes:
        """The first 8 bytes of SHA-256 of the bundle."""
        return hashlib.sha256(self.bundle).digest()[:8]

    @property
    def x25519(self) -> bytes:
        return self.bundle[:32]

    def encapsulate(self) -> tuple[bytes, bytes]:
        """A fresh X-Wing (shared secret of 32 bytes, ciphertext of 1120), or `KeyFormatError`."""
        xwing = self.bundle[32:]
        public_x = xwing[MLKEM_PUBLIC:]
        ephemeral = X25519PrivateKey.generate()
        try:
            shared_m, sealed_m = MLKEM768PublicKey.from_public_bytes(xwing[:MLKEM_PUBLIC]).encapsulate()
            shared_x = ephemeral.exchange(X25519PublicKey.from_public_bytes(public_x))
        except ValueError:
            raise KeyFormatError("the recipient's X-Wing key is not a valid key") from None
        sealed_x = ephemeral.public_key().public_bytes_raw()
        return _combine(shared_m, shared_x, sealed_x, public_x), sealed_m + sealed_x

    def __repr__(self) -> str:
        return f"IntakePublic({self.key_id.hex()})"


class IntakeSecret:
    """What opens envelopes: 32 bytes X25519 secret, 32 bytes X-Wing seed."""

    def __init__(self, x25519: bytes, seed: bytes) -> None:
        if len(x25519) != 32 or len(seed) != 32:
            raise KeyFormatError("an intake secret has 64 bytes")
        self.x25519: Final = bytes(x25519)
        self._seed: Final = bytes(seed)
        expanded = hashlib.shake_256(self._seed).digest(96)
        self._mlkem: Final = MLKEM768PrivateKey.from_seed_bytes(expanded[:64])
        self._x: Final = X25519PrivateKey.from_private_bytes(expanded[64:])

    @classmethod
    def generate(cls) -> IntakeSecret:
        return cls(secrets.token_bytes(32), secrets.token_bytes(32))

    @classmethod
    def from_bytes(cls, raw: bytes) -> IntakeSecret:
        return cls(raw[:32], raw[32:])

    def to_bytes(self) -> bytes:
        """The secret itself. Whoever calls this is answerable for where it goes."""
        return self.x25519 + self._seed

    @cached_property
    def public(self) -> IntakePublic:
        xwing = self._mlkem.public_key().public_bytes_raw() + self._x.public_key().public_bytes_raw()
        return IntakePublic(crypto_scalarmult_base(self.x25519) + xwing)

    def decapsulate(self, ciphertext: bytes) -> bytes:
        """The X-Wing shared secret of 32 bytes. A wrong ciphertext gives a wrong secret (FIPS 203)."""
        sealed_m, sealed_x = ciphertext[:MLKEM_CIPHERTEXT], ciphertext[MLKEM_CIPHERTEXT:]
        try:
            shared_m = self._mlkem.decapsulate(sealed_m)
            shared_x = self._x.exchange(X25519PublicKey.from_public_bytes(sealed_x))
        except ValueError:
            raise KeyFormatError("not an X-Wing ciphertext") from None
        return _combine(shared_m, shared_x, sealed_x, self._x.public_key().public_bytes_raw())

    def __repr__(self) -> str:
        return f"IntakeSecret(of {self.public.key_id.hex()})"


def _combine(shared_m: bytes, shared_x: bytes, sealed_x: bytes, public_x: bytes) -> bytes:
    return hashlib.sha3_256(shared_m + shared_x + sealed_x + public_x + XWING_LABEL).digest()


def _unhex(text: str, prefix: str) -> bytes:
    body = text.strip().removeprefix(prefix)
    if not text.strip().startswith(prefix):
        raise KeyFormatError(f"a key text of this kind begins with {prefix!r}")
    # fromhex would pass over white space: one key would have many texts.
    if not re.fullmatch(r"([0-9a-fA-F]{2})*", body):
        raise KeyFormatError("the part after the colon must be hexadecimal")
    return bytes.fromhex(body)
