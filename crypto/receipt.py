"""The receipt: 104 random bits that only the survivor holds, and the keys they derive.

Format: docs/formats/receipt.md. Vectors: tests/vectors/receipt/. One code has many renderings (11 words
in Korean or in either Chinese script, 10 in English, 34 digits); what is hashed is always the number,
never the string, so that decomposed Korean or full-width digits give the same keys.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from crypto import words
from crypto.errors import MalformedReceipt
from crypto.keys import IntakeSecret, SigningKey, VerifyKey

RANDOM: Final = 13
"""Bytes: 104 bits need no password hashing, which a phone without a JIT could not do."""
CHECK_BITS: Final = 6
BITS: Final = 8 * RANDOM + CHECK_BITS
"""110: ten words of 2,048 or eleven of 1,024, with nothing left over."""
DIGITS: Final = 34
TYPED: Final = 10_000
"""Characters that are read: more is no receipt, however it was copied."""
PHONES: Final = 5
PHONE_OURS, PHONE_DIGITS = 7, 11
"""Of a telephone number the last seven digits are hers; the first four are made up."""


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
        """Read words of any list, 34 digits or a list of telephone numbers; `MalformedReceipt` otherwise."""
        if len(text) > TYPED:
            raise MalformedReceipt("this is longer than any receipt")
        parts = words.split(text)
        if not parts:
            raise MalformedReceipt("nothing was typed")
        digits = "".join(sign for part in parts for sign in part if sign in "0123456789")
        if len(digits) == PHONES * PHONE_DIGITS:
            numbers = (digits[at : at + PHONE_DIGITS] for at in range(0, len(digits), PHONE_DIGITS))
            hers = "".join(number[-PHONE_OURS:] for number in numbers)
            return cls._from_number(_digits_to_number(hers[:DIGITS]))
        if all(_is_number(p) for p in parts):
            return cls._from_number(_digits_to_number("".join(parts)))
        # Numbers between words are hers: she copied the list as the page counts it.
        return cls._from_number(words.read([p for p in parts if not _is_number(p)], BITS))

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

    def phone_numbers(self, language: words.Language) -> list[str]:
        """The same code as five telephone numbers, for a list that says nothing to others."""
        filler = hashlib.sha256(b"onggi phone list v1|" + self.code).digest()
        digits = f"{self.digits()}{filler[PHONES] % 10}"
        found = []
        for at in range(PHONES):
            front = f"13{filler[at] % 100:02d}" if language.startswith("zh") else f"010{2 + filler[at] % 8}"
            number = front + digits[at * PHONE_OURS : (at + 1) * PHONE_OURS]
            found.append(f"{number[:3]}-{number[3:7]}-{number[7:]}")
        return found

    def words(self, language: words.Language) -> list[str]:
        """Eleven words in Korean or Chinese, ten in English (NFC)."""
        return words.spell(self._number, BITS, language)

    def digits(self) -> str:
        """The same code as 34 digits."""
        return f"{self._number:0{DIGITS}d}"

    def keys(self, root: VerifyKey) -> ReceiptKeys:
        """The keys for the archive of this *root*: a false site learns none of another's."""
        x25519, xwing, ed25519 = (self.derive(root, info, 32) for info in (b"x25519", b"xwing", b"ed25519"))
        return ReceiptKeys(IntakeSecret(x25519, xwing), SigningKey(ed25519))

    def derive(self, root: VerifyKey, info: bytes, size: int) -> bytes:
        """A secret of *size* bytes that only this code gives, for the archive of this *root*."""
        salt = b"onggi receipt v1|" + root.fingerprint().replace(" ", "").encode()
        return HKDF(SHA512(), size, salt, info).derive(self.code)


def _is_number(part: str) -> bool:
    return part.isascii() and part.isdigit()


def _digits_to_number(digits: str) -> int:
    if len(digits) != DIGITS:
        raise MalformedReceipt(f"a receipt has {DIGITS} digits; these are {len(digits)}")
    return int(digits)
