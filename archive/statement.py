"""A statement as the page sealed it: read strictly, its signature checked, before it is believed.

Format: docs/formats/statement.md. Unknown keys, missing consent, text that is not in NFC and signatures by
another account are refused; what is refused waits in quarantine and is never deleted.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final, Literal, get_args

from archive.testimony import LANGUAGES, Attachment, Consent, Language, MalformedTestimony, exactly
from crypto.capsule.telling import MEDIA, trimmed
from crypto.errors import CryptoError
from crypto.keys import IntakePublic, VerifyKey

Kind = Literal["life_history", "event", "consent", "withdrawal"]
"""The last two tell nothing: they say what is allowed of all that the account told."""
TELLINGS: Final = ("life_history", "event")
LARGEST: Final = 32 * 1024 * 1024
"""Bytes of a written statement; recordings come as files."""
MOST_FILES: Final = 200
META: Final = {"type": "statement", "v": 1}
KEYS: Final = {"v", "kind", "lang", "text", "consent", "files", "account", "seq", "signature"}
MOST_BACK: Final = 1024
"""Ranges of numbers in one withdrawal; a page needs 641 at most."""


@dataclass(frozen=True)
class Statement:
    """A statement that was signed by the account it names."""

    kind: Kind
    lang: Language
    consent: Consent
    account: str
    sealing: IntakePublic = field(repr=False)
    """What a reply to her is sealed to. **Not checked** beyond its length."""
    sequence: int
    text: str = field(repr=False)
    files: tuple[Attachment, ...] = ()
    back: tuple[tuple[int, int], ...] = ()
    """Of a withdrawal, the first and last numbers of what it takes back; empty is all up to its own."""

    def takes_back(self, number: int) -> bool:
        """Whether this withdrawal names what was told under *number*; all is named where nothing is."""
        return not self.back or any(first <= number <= last for first, last in self.back)


def parse(untrusted: bytes, meta: dict[str, object], digest: bytes, roots: Sequence[VerifyKey]) -> Statement:
    """The statement in *untrusted*, or `MalformedTestimony`. *digest* is of its envelope's header.

    It was made for one of *roots*: the archive's root, or one before it.
    """
    if meta != META or type(meta["v"]) is not int:
        raise MalformedTestimony("not a version 1 statement")
    try:
        read = json.loads(untrusted.decode(), object_pairs_hook=_once)
        is_part = isinstance(read, dict) and read.get("kind") == "withdrawal" and "back" in read
        row = exactly(read, KEYS | {"back"} if is_part else KEYS)
    except (ValueError, RecursionError):
        raise MalformedTestimony("a statement is an object of the keys that the format names") from None
    if type(row["v"]) is not int or row["v"] != 1:
        raise MalformedTestimony("a statement of unknown version")
    if row["kind"] not in get_args(Kind) or row["lang"] not in LANGUAGES:
        raise MalformedTestimony("a statement of unknown kind or language")
    if type(row["seq"]) is not int or not 0 <= row["seq"] < 2**31:
        raise MalformedTestimony("a statement's number is out of range")
    account, sealing = _account(row["account"])
    _check_signature(row, account, digest, roots)
    files = row["files"]
    if not isinstance(files, list) or len(files) > MOST_FILES:
        raise MalformedTestimony("files are a list, and not too long")
    consent = Consent.from_json(row["consent"])
    text = _text(row["text"])
    listed = tuple(_file(f) for f in files)
    _check_said(row["kind"], consent, bool(trimmed(text) or listed), text == "" and not listed)
    back = _back(row["back"], row["seq"]) if is_part else ()
    return Statement(
        row["kind"], row["lang"], consent, account.key_id, sealing, row["seq"], text, listed, back
    )


def signed(root: VerifyKey, sequence: int, digest: bytes) -> bytes:
    """The bytes that an account signs for its statement number *sequence*."""
    return b"onggi-acct1|intake|%s|%d|" % (root.fingerprint().replace(" ", "").encode(), sequence) + digest


def _check_said(kind: Kind, consent: Consent, says: bool, silent: bool) -> None:
    if kind in TELLINGS and not says:
        raise MalformedTestimony("a statement says something or lists a file")
    if kind not in TELLINGS and not silent:
        raise MalformedTestimony("a change of consent or a withdrawal has no text and lists no file")
    if kind == "withdrawal" and consent.granted:
        raise MalformedTestimony("a withdrawal allows nothing")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    row = dict(pairs)
    if len(row) != len(pairs):
        raise ValueError
    return row


def _account(untrusted: object) -> tuple[VerifyKey, IntakePublic]:
    row = exactly(untrusted, {"x25519", "xwing", "ed25519"})
    for name, size in (("x25519", 32), ("xwing", 1216), ("ed25519", 32)):
        if not isinstance(row[name], str) or not re.fullmatch(
            rf"[0-9a-f]{{{2 * size}}}", row[name], re.ASCII
        ):
            raise MalformedTestimony("an account key is not of its length")
    return VerifyKey(bytes.fromhex(row["ed25519"])), IntakePublic(bytes.fromhex(row["x25519"] + row["xwing"]))


def _check_signature(
    row: dict[str, Any], account: VerifyKey, digest: bytes, roots: Sequence[VerifyKey]
) -> None:
    signature = row["signature"]
    if isinstance(signature, str) and re.fullmatch(r"[0-9a-f]{128}", signature, re.ASCII):
        for root in roots:
            with suppress(CryptoError):
                return account.verify(bytes.fromhex(signature), signed(root, row["seq"], digest))
    raise MalformedTestimony("not signed by the account it names, for this archive")


def _text(untrusted: object) -> str:
    if not isinstance(untrusted, str) or not unicodedata.is_normalized("NFC", untrusted):
        raise MalformedTestimony("the text is not in NFC")
    if any(ord(c) < 32 and c not in "\n\t" for c in untrusted):
        raise MalformedTestimony("the text has signs in it that no page sends")
    if any(0xD800 <= ord(c) < 0xE000 for c in untrusted):
        raise MalformedTestimony("the text has half a character in it")
    return untrusted


def _back(untrusted: object, number: int) -> tuple[tuple[int, int], ...]:
    """Ranges in order, apart from one another, and below the withdrawal's own *number*."""
    if not isinstance(untrusted, list) or not 1 <= len(untrusted) <= MOST_BACK:
        raise MalformedTestimony(
            "a withdrawal of a part names at least one range of numbers, and not too many"
        )
    before = -1
    for each in untrusted:
        if not (isinstance(each, list) and len(each) == 2 and all(type(n) is int for n in each)):
            raise MalformedTestimony("a range of numbers has a first and a last")
        if not before < each[0] <= each[1] < number:
            raise MalformedTestimony("ranges of numbers are in order, and of what was told before")
        before = each[1]
    return tuple((first, last) for first, last in untrusted)


def _file(untrusted: object) -> Attachment:
    row = exactly(untrusted, {"digest", "size", "media"})
    digest, size, media = row["digest"], row["size"], row["media"]
    if not isinstance(digest, str) or not re.fullmatch(r"[0-9a-f]{128}", digest, re.ASCII):
        raise MalformedTestimony("a file is named by the SHA-512 of its header")
    if type(size) is not int or size < 1 or not isinstance(media, str) or not MEDIA.fullmatch(media):
        raise MalformedTestimony("a file has a size and a media type")
    return Attachment(digest, size, media)
