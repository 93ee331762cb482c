"""Makes the receipts' vectors once: `python -m tests.vectors.make_receipts`. Those that exist stay."""

from __future__ import annotations

import hashlib
import secrets
import unicodedata
from collections.abc import Sequence

from crypto.errors import MalformedReceipt
from crypto.keys import SigningKey, VerifyKey
from crypto.receipt import Receipt
from crypto.words import LANGUAGES
from tests.vectors.make import save


def make_codes() -> None:
    for name, code in (("zeros", bytes(13)), ("ones", b"\xff" * 13), ("random", secrets.token_bytes(13))):
        opens(name, f"a code of {name}", Receipt(code), SigningKey.generate().public)


def opens(name: str, comment: str, receipt: Receipt, root: VerifyKey, text: str = "") -> None:
    keys = receipt.keys(root)
    save("receipt", name, {
        "expect": "opens", "comment": comment, **({"text": text} if text else {}), "root_hex": root.raw.hex(),
        "digits": receipt.digits(), "words": {language: receipt.words(language) for language in LANGUAGES},
        "x25519_public_hex": keys.sealing.public.x25519.hex(),
        "xwing_public_sha256": hashlib.sha256(keys.sealing.public.bundle[32:]).hexdigest(),
        "ed25519_public_hex": keys.signing.public.raw.hex(),
    })  # fmt: skip


def make_typed() -> None:
    receipt, root = Receipt(secrets.token_bytes(13)), SigningKey.generate().public
    ko, hans, hant, en = (receipt.words(language) for language in LANGUAGES)
    wide = receipt.digits().translate({ord("0") + i: ord("\N{FULLWIDTH DIGIT ZERO}") + i for i in range(10)})
    mixed = " ".join(pair[at % 2] for at, pair in enumerate(zip(hans, hant, strict=True)))
    typed = {
        "korean-decomposed": ("Korean, decomposed (NFD)", unicodedata.normalize("NFD", " ".join(ko))),
        "korean-joined": ("Korean, without a space", "".join(ko)),
        "korean-numbered": (
            "Korean, with the numbers of the list",
            "\n".join(f"{i}. {word}" for i, word in enumerate(ko, 1)),
        ),
        "chinese-mixed": ("Chinese, the two scripts in turn, ideographic commas", mixed.replace(" ", "、")),
        "english-shouted": ("English in capitals, with commas", ", ".join(en).upper()),
        "digits-wide": (
            "full-width digits and ideographic spaces",
            f"{wide[:17]}\N{IDEOGRAPHIC SPACE}{wide[17:]}",
        ),
    }
    for name, (comment, text) in typed.items():
        opens(name, comment, receipt, root, text)


def make_flawed() -> None:
    receipt = Receipt(secrets.token_bytes(13))
    ko, hans, _, en = (receipt.words(language) for language in LANGUAGES)
    digits = receipt.digits()
    flawed("one-digit-short", "33 digits", "1" * 33)
    flawed("number-too-large", "34 digits of no code", "9" * 34)
    flawed("last-digit", "the last digit is changed", digits[:-1] + str((int(digits[-1]) + 1) % 10))
    flawed("not-a-word", "the tenth word is in no list", [*en[:9], "onggi"])
    flawed("nine-words", "an English word is missing", en[:9])
    flawed("ten-korean-words", "a Korean word is missing", ko[:10])
    flawed("swapped-words", "two words change places", [ko[1], ko[0], *ko[2:]])
    flawed("two-lists", "five words in Korean, six in Chinese", [*ko[:5], *hans[5:]])
    flawed("no-words", "commas only", ", ,")


def flawed(name: str, comment: str, text: str | Sequence[str]) -> None:
    text = text if isinstance(text, str) else " ".join(text)
    try:
        Receipt.parse(text)
    except MalformedReceipt:
        save("receipt", name, {"expect": "MalformedReceipt", "comment": comment, "text": text})
    else:
        raise SystemExit(f"{name}: one slip in 64 passes the check; run this once more")


def make_fingerprints() -> None:
    roots = {"zeros": bytes(32), "random": SigningKey.generate().public.raw}
    for name, raw in roots.items():
        root = VerifyKey(raw)
        save("fingerprint", name, {
            "expect": "opens", "comment": f"a root of {name}", "root_hex": raw.hex(),
            "digits": root.fingerprint(),
            "words": {language: root.fingerprint_words(language) for language in LANGUAGES},
        })  # fmt: skip


if __name__ == "__main__":
    make_codes()
    make_typed()
    make_flawed()
    make_fingerprints()
