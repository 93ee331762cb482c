"""The receipt: 104 random bits that only the survivor holds, and the keys they derive.

Format: docs/formats/receipt.md. Vectors: tests/vectors/receipt/. One code has many renderings (ten words in
Korean or in English, 34 digits); what is hashed is always the number, never the string, so that
decomposed Korean or full-width digits give the same keys. The word lists are BIP-39's until our own.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final, Literal

from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from crypto.errors import MalformedReceipt
from crypto.keys import IntakeSecret, SigningKey, VerifyKey

Language = Literal["ko", "en"]
LANGUAGES: Final[tuple[Language, ...]] = ("ko", "en")
RANDOM: Final = 13
"""Bytes: 104 bits need no password hashing, which a phone without a JIT could not do."""
CHECK_BITS: Final = 6
WORDS: Final = 10
DIGITS: Final = 34
_NOT_WORDS = re.compile(r"[\s,.;·\-]+")


@dataclass(frozen=True, repr=False)
class ReceiptKeys:
    """What a receipt derives for one archive: the survivor's own keys."""

    sealing: IntakeSecret
    signing: SigningKey


@dataclass(frozen=True, repr=False)
class Receipt:
    """A code of 13 random bytes. It has no `repr` that could reach a log."""

    code: bytes

    @classmethod
    def generate(cls) -> Receipt:
        return cls(secrets.token_bytes(RANDOM))

    @classmethod
    def parse(cls, text: str) -> Receipt:
        """Read words of any list or 34 digits, however typed, or raise `MalformedReceipt`."""
        parts = [w for w in _NOT_WORDS.split(unicodedata.normalize("NFKC", text).casefold()) if w]
        if parts and all(p.isdecimal() for p in parts):
            return cls._from_number(_digits_to_number("".join(parts)))
        if len(parts) != WORDS:
            raise MalformedReceipt(f"a receipt has {WORDS} words or {DIGITS} digits")
        for language in LANGUAGES:
            places = _places(language)
            if all(p in places for p in parts):
                number = 0
                for p in parts:
                    number = number << 11 | places[p]
                return cls._from_number(number)
        raise MalformedReceipt("a word is not in the list; is one misspelt?")

    @classmethod
    def _from_number(cls, number: int) -> Receipt:
        code, check = number >> CHECK_BITS, number & ((1 << CHECK_BITS) - 1)
        if code >> (8 * RANDOM):
            raise MalformedReceipt("a digit is wrong")
        receipt = cls(code.to_bytes(RANDOM, "big"))
        if receipt._check() != check:
            raise MalformedReceipt("a word or digit is wrong or out of order")
        return receipt

    def _check(self) -> int:
        return hashlib.sha256(b"onggi receipt v1" + self.code).digest()[0] >> (8 - CHECK_BITS)

    @property
    def _number(self) -> int:
        return int.from_bytes(self.code, "big") << CHECK_BITS | self._check()

    def words(self, language: Language) -> list[str]:
        """Ten words (NFC)."""
        words = _words(language)
        return [words[self._number >> 11 * i & 2047] for i in reversed(range(WORDS))]

    def digits(self) -> str:
        """The same code as 34 digits."""
        return f"{self._number:0{DIGITS}d}"

    def keys(self, root: VerifyKey) -> ReceiptKeys:
        """The keys for the archive of this *root*: a false site learns none of another's."""
        salt = b"onggi receipt v1|" + root.fingerprint().replace(" ", "").encode()
        x25519, xwing, ed25519 = (
            HKDF(SHA512(), 32, salt, info).derive(self.code) for info in (b"x25519", b"xwing", b"ed25519")
        )
        return ReceiptKeys(IntakeSecret(x25519, xwing), SigningKey(ed25519))


def _digits_to_number(digits: str) -> int:
    if len(digits) != DIGITS:
        raise MalformedReceipt(f"a receipt has {DIGITS} digits; these are {len(digits)}")
    return int(digits)


@cache
def _words(language: Language) -> tuple[str, ...]:
    text = (files("crypto") / "wordlists" / f"{language}.txt").read_text("utf-8")
    return tuple(unicodedata.normalize("NFC", w) for w in text.split())


@cache
def _places(language: Language) -> dict[str, int]:
    return {unicodedata.normalize("NFKC", w): i for i, w in enumerate(_words(language))}
