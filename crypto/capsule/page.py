"""The page that makes capsules: one HTML file that needs no network, put together and signed by the archive.

Format: docs/formats/capsule.md. Its script is built from server/intake/client by `make client`.

1. The same key, card and language give the same bytes, so that a published hash can be compared.
2. Its policy runs this script and no other, and lets it speak to nobody.
3. Who checks a page needs the root's fingerprint, by voice or on paper, and the archive's notes.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from string import Template
from typing import Final

from crypto import keycard as keycards
from crypto import mandate as mandates
from crypto import words
from crypto.errors import ForeignPage, NoteError
from crypto.keycard import SLACK, Keycard, after, day, number
from crypto.keys import SigningKey, VerifyKey
from crypto.notes import open_note, sign_note

Language = words.Language
LANGUAGES: Final = words.LANGUAGES
NAMES: Final[dict[Language, str]] = {
    "ko": "album.html",
    "zh-Hans": "album-zh-hans.html",
    "zh-Hant": "album-zh-hant.html",
    "en": "album-en.html",
}
"""Names that say nothing of what a page is for."""
SAYS: Final = (
    "working",
    "empty",
    "need_keep",
    "bad_photo",
    "too_much",
    "failed",
    "stopped",
    "photos_one",
    "photos_many",
)
"""What the script may have to say to her."""
LARGEST: Final = 1 << 20
"""Bytes of a page that is read to be checked; ours has a tenth of it."""


@dataclass(frozen=True)
class SignedPage:
    """What the archive says of a page that is, byte for byte, the one it signed."""

    origin: str
    issued: date
    expires: date
    sha256: str


@cache
def texts(language: Language) -> dict[str, str]:
    """Every string of the page in *language*."""
    found: dict[str, str] = json.loads(_part(f"{language}.json"))
    return found


def assemble(card: bytes, root: VerifyKey, language: Language, today: date) -> bytes:
    """The page for the archive of this *root*, with its capsule *card* inside.

    Raises what `keycard.verify` raises for a card that would not do *today*.
    """
    origin = origin_in(card)
    known = keycards.verify(card, origin=origin, root=root, today=today, kind="capsule")
    script, style, said = _part("page.js"), _part("page.css"), texts(language)
    if "</script" in script or "<!--" in script:
        raise ForeignPage("this script cannot stand in a page; build it anew")
    told = "".join(f'<p data-text="{key}">{html.escape(said[key])}</p>' for key in SAYS)
    page = Template(_part("page.html")).substitute(
        {name: html.escape(text) for name, text in said.items()},
        lang=language,
        policy=_policy(script, style),
        root=root.raw.hex(),
        origin=html.escape(origin),
        floor=known.serial,
        card=html.escape(card.decode()),
        list=html.escape(words.packed(language)),
        texts=told,
        style=style,
        script=script,
    )
    return page.encode()


def sign(page: bytes, card: Keycard, today: date, desk: SigningKey) -> bytes:
    """The note by which the archive's *desk* says that this is its page, for as long as its *card* holds."""
    lines = [f"{card.origin}/capsule-page", "v1", f"issued {today}", f"expires {card.expires}"]
    lines += [f"size {len(page)}", f"sha256 {hashlib.sha256(page).hexdigest()}"]
    return sign_note("\n".join(lines) + "\n", f"{card.origin}/desk", desk)


def check(untrusted: bytes, note: bytes, mandate: bytes, root: VerifyKey, today: date) -> SignedPage:
    """What the archive of this *root* signed about the page, when it is this one.

    Raises `ForeignPage`, and what `mandate.verify` and `open_note` raise.
    """
    origin = origin_in(mandate)
    desk = mandates.verify(mandate, origin=origin, root=root, today=today).desk
    lines = open_note(note, f"{origin}/desk", desk).removesuffix("\n").split("\n")
    if len(lines) != 6 or lines[:2] != [f"{origin}/capsule-page", "v1"]:
        raise ForeignPage("the note beside it is not about a capsule page")
    issued, expires = day(after(lines[2], "issued ")), day(after(lines[3], "expires "))
    size, sha256 = number(lines[4], "size "), after(lines[5], "sha256 ")
    if (len(untrusted), hashlib.sha256(untrusted).hexdigest()) != (size, sha256):
        raise ForeignPage("this file is not the one that the archive signed; use it for nothing")
    if expires < today - SLACK:
        raise ForeignPage(f"this page is good until {expires}; ask the archive for a newer one")
    return SignedPage(origin, issued, expires, sha256)


def origin_in(untrusted: bytes) -> str:
    """The archive's name that a note claims. Whoever knows the root verifies then that the root says so."""
    found = re.match(rb"([^\s+/]{1,200})/[a-z-]+\n", untrusted)
    if found is None:
        raise NoteError("this is none of the archive's notes")
    return found[1].decode(errors="replace")


def _policy(script: str, style: str) -> str:
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src {_hash(script)}",
            f"style-src {_hash(style)}",
            "img-src blob: data:",
            "connect-src 'none'",
            "form-action 'none'",
            "base-uri 'none'",
            "require-trusted-types-for 'script'",
        ]
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _part(name: str) -> str:
    return (files("crypto.capsule") / name).read_text("utf-8")
