"""What she tells, sealed into a capsule: the files first, then the statement that lists them.

Formats: docs/formats/capsule.md and statement.md. The page does it in server/intake/client/submission.js.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import BinaryIO, Final, Literal

from crypto.capsule import container
from crypto.capsule.page import Language, texts
from crypto.envelope import Sealer, Sink
from crypto.errors import MalformedCapsule
from crypto.keys import IntakePublic, VerifyKey
from crypto.receipt import Receipt

Choice = Literal["keep", "research", "quote", "recontact"]
CHOICES: Final[dict[Choice, tuple[tuple[str, str], ...]]] = {
    "keep": (("preserve", "archivists"), ("index_search", "archivists")),
    "research": (("research_read", "vetted_researchers"), ("index_search", "vetted_researchers")),
    "quote": (("quote_excerpt", "public"),),
    "recontact": (("recontact", "archivists"),),
}
"""What may be done with it, in the order of the page, and the grants that each stands for."""
STATEMENT: Final[dict[str, object]] = {"type": "statement", "v": 1}
LARGEST: Final = 32 * 1024 * 1024
"""Bytes of a statement. Whatever is longer comes as a file."""
MEDIA: Final = re.compile(r"[a-z]{1,20}/[a-z0-9.+-]{1,100}", re.ASCII)
"""A media type as the format writes it: docs/formats/statement.md."""
WHITE: Final = "\t\n\x0b\x0c\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff" + "".join(
    map(chr, range(0x2000, 0x200B))
)
"""White space, as every reader of her words takes it: docs/formats/statement.md."""
_HALVES = re.compile("[\ud800-\udfff]")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f]")


@dataclass(frozen=True)
class File:
    """A file to seal: where its bytes come from, how many there are, and what they are. It has no name."""

    source: BinaryIO = field(repr=False)
    length: int
    media: str

    def __post_init__(self) -> None:
        if not MEDIA.fullmatch(self.media):
            raise MalformedCapsule("a file has a media type in small letters, as `media_type` gives it")

    @property
    def meta(self) -> dict[str, object]:
        return {"type": "file", "media": self.media, "name": ""}


@dataclass(frozen=True)
class Telling:
    """Her words and files, and what she allowed when she was read the choices in the language *asked_in*."""

    text: str = field(repr=False)
    lang: Literal["kor", "zho", "eng"]
    files: Sequence[File]
    chosen: Sequence[Choice]
    asked_in: Language


def media_type(guessed: str | None) -> str:
    """What the format takes of a guess: small letters, and that of unknown bytes where it does not fit."""
    media = (guessed or "").lower()
    return media if MEDIA.fullmatch(media) else "application/octet-stream"


def cleaned(text: str) -> str:
    """Her words as the archive takes them: no half characters, no control characters, in NFC, trimmed."""
    # NFC comes after: a letter and its accent may meet only when what stood between them is gone.
    return trimmed(unicodedata.normalize("NFC", _CONTROLS.sub("", _HALVES.sub("\ufffd", text))))


def trimmed(text: str) -> str:
    """*text* without white space around it, as JavaScript trims, and U+0085; `str.strip` keeps U+FEFF."""
    return text.strip(WHITE)


def consent_lines(language: Language) -> dict[Choice, str]:
    """The sentence of each choice, as the page shows it."""
    return {choice: texts(language)[f"consent_{choice}"] for choice in CHOICES}


def seal(telling: Telling, recipient: IntakePublic, root: VerifyKey, into: Sink) -> Receipt:
    """Write the capsule to *into*, at constant memory; her receipt, which nobody else has.

    Raises `SourceChanged` when a file changes meanwhile; what was written must then be discarded.
    """
    if not telling.files and not cleaned(telling.text):
        raise MalformedCapsule("there are no words in this text, and no file comes with it")
    receipt = Receipt.generate()
    sealers = [Sealer([recipient], "capsule") for _ in telling.files]
    last = Sealer([recipient], "capsule")
    body = json.dumps(_statement(telling, sealers, receipt, root, last), ensure_ascii=False).encode()
    if len(body) > LARGEST:
        raise MalformedCapsule("a statement has at most 32 MiB; give longer texts as a file")
    into.write(container.front(len(sealers) + 1))
    for sealer, file in zip(sealers, telling.files, strict=True):
        _put(sealer, file.source, file.length, file.meta, into)
    _put(last, io.BytesIO(body), len(body), STATEMENT, into)
    return receipt


def _put(sealer: Sealer, source: BinaryIO, length: int, meta: dict[str, object], into: Sink) -> None:
    into.write(container.before(sealer.size(length, meta)))
    sealer.seal(source, length, meta, into)


def _statement(
    telling: Telling, sealers: Sequence[Sealer], receipt: Receipt, root: VerifyKey, last: Sealer
) -> dict[str, object]:
    keys = receipt.keys(root)
    public = keys.sealing.public
    print_ = root.fingerprint().replace(" ", "").encode()
    listed = [
        {"digest": s.digest.hex(), "size": s.padded(f.length, f.meta), "media": f.media}
        for s, f in zip(sealers, telling.files, strict=True)
    ]
    return {
        "v": 1,
        "kind": "life_history",
        "lang": telling.lang,
        "text": cleaned(telling.text),
        "consent": _consent(telling),
        "files": listed,
        "account": {
            "x25519": public.x25519.hex(),
            "xwing": public.bundle[32:].hex(),
            "ed25519": keys.signing.public.raw.hex(),
        },
        "seq": 0,
        "signature": keys.signing.sign(b"onggi-acct1|intake|" + print_ + b"|0|" + last.digest).hex(),
    }


def _consent(telling: Telling) -> dict[str, object]:
    asked = "\n".join(consent_lines(telling.asked_in).values())
    granted = [{"use": use, "audience": to} for choice in telling.chosen for use, to in CHOICES[choice]]
    return {
        "v": 1,
        "lang": telling.asked_in,
        "text_sha256": hashlib.sha256(asked.encode()).hexdigest(),
        "granted": granted,
    }
