"""What an intake shows to a browser: every file with its hash, in a list that the archive's desk signs.

Format: docs/formats/page.md.

1. Anybody can fetch the files and compare; who compares needs the root's fingerprint, by voice or on paper.
2. Two installations with the same version and the same settings have the same list, byte for byte.
3. A list that is older than one already seen is refused.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from crypto.errors import ForeignPage, MalformedPages
from crypto.keycard import SLACK, read_life
from crypto.keys import SigningKey, VerifyKey
from crypto.notes import open_note, sign_note

NOTE: Final = "page.note"
"""The name under which the signed list travels and lies in an intake's home."""
MANIFEST: Final = "manifest"
"""Where a site shows it."""
LIFE: Final = timedelta(days=366)
LARGEST: Final = 64 * 1024
"""Bytes of a list; ours has a tenth of it."""
MOST: Final = 400
"""Files in a list."""
_FILE = re.compile(r"file (/[!-~]{0,200}) ([0-9a-f]{64}) (0|[1-9][0-9]{0,8})")
_FLOOR = re.compile(rb' data-floor="[0-9]{1,10}"')


@dataclass(frozen=True)
class Listed:
    """What a file has to be."""

    sha256: str
    size: int

    def is_this(self, content: bytes) -> bool:
        return (len(content), hashlib.sha256(content).hexdigest()) == (self.size, self.sha256)


@dataclass(frozen=True)
class SignedPages:
    """A list that the archive signed. Only `verify` makes one."""

    serial: int
    issued: date
    expires: date
    files: Mapping[str, Listed]


def settled(content: bytes) -> bytes:
    """A page without the one thing that changes with every keycard: the lowest serial that it believes."""
    return _FLOOR.sub(b' data-floor="0"', content)


def listing(origin: str, files: Mapping[str, bytes]) -> bytes:
    """The list of *files*, address by address, that the archive is asked to sign."""
    lines = [f"{origin}/page", "v1"]
    for path, content in sorted(files.items()):
        whole = settled(content)
        lines.append(f"file {path} {hashlib.sha256(whole).hexdigest()} {len(whole)}")
    text = "\n".join(lines) + "\n"
    _files(text.removesuffix("\n").split("\n")[2:])
    return text.encode()


def read_listing(untrusted: bytes, origin: str) -> dict[str, Listed]:
    """The files of a list that nobody has signed yet, or `MalformedPages`."""
    try:
        text = untrusted[: LARGEST + 1].decode("ascii")
    except UnicodeDecodeError:
        raise MalformedPages("a list of pages is plain ASCII") from None
    lines = text.removesuffix("\n").split("\n")
    if len(untrusted) > LARGEST or not text.endswith("\n") or lines[:2] != [f"{origin}/page", "v1"]:
        raise MalformedPages("this is no list of the pages of this archive's intake")
    return _files(lines[2:])


def sign(untrusted: bytes, origin: str, serial: int, today: date, desk: SigningKey) -> bytes:
    """The note by which *desk* says that these are the archive's pages, for a year."""
    read_listing(untrusted, origin)
    head, _, files = untrusted.decode("ascii").partition("v1\n")
    days = f"serial {serial}\nissued {today}\nexpires {today + LIFE}\n"
    return sign_note(f"{head}v1\n{days}{files}", f"{origin}/desk", desk)


def verify(untrusted: bytes, *, origin: str, desk: VerifyKey, today: date, floor: int = 0) -> SignedPages:
    """The list that *desk* signed.

    Raises what `open_note` and `read_life` raise, `MalformedPages`, and `ForeignPage` for one that is over.
    """
    if len(untrusted) > LARGEST:
        raise MalformedPages("a list of pages has at most 64 KiB")
    lines = open_note(untrusted, f"{origin}/desk", desk).removesuffix("\n").split("\n")
    if len(lines) < 6 or lines[:2] != [f"{origin}/page", "v1"]:
        raise MalformedPages("the signed text is no list of pages")
    serial, issued, expires = read_life(lines, LIFE)
    if serial < floor:
        raise ForeignPage("this list of pages is older than one that was here; ask for the newest")
    if issued > today + SLACK or expires < today - SLACK:
        raise ForeignPage(f"this list of pages holds from {issued} to {expires}; it is {today} here")
    return SignedPages(serial, issued, expires, _files(lines[5:]))


def differing(signed: SignedPages, untrusted: Mapping[str, bytes | None]) -> list[str]:
    """The addresses at which not the signed bytes are found, or nothing."""
    return [path for path, listed in signed.files.items() if not _is(listed, untrusted.get(path))]


def _is(listed: Listed, content: bytes | None) -> bool:
    return content is not None and listed.is_this(settled(content))


def _files(lines: list[str]) -> dict[str, Listed]:
    listed: dict[str, Listed] = {}
    for line in lines:
        found = _FILE.fullmatch(line)
        if not found or found[1] in listed:
            raise MalformedPages("a line names no file, or one that was named before")
        listed[found[1]] = Listed(found[2], int(found[3]))
    if not 0 < len(listed) <= MOST:
        raise MalformedPages(f"a list has 1 to {MOST} files")
    if list(listed) != sorted(listed):
        raise MalformedPages("the files are not in the order of their addresses")
    return listed
