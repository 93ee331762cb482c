"""What left the archive, as the reading room sees it: signature, then hash, and only then parsing."""

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path

from crypto.errors import CryptoError
from crypto.keys import VerifyKey
from crypto.notes import open_note

LARGEST_BODY = 1 << 30
"""A release is read whole; a larger file is a mistake or an attack."""
LARGEST_NOTE = 16 * 1024
"""A note is six short lines and a signature."""
KEYS = {"id", "lang", "quarter", "kind", "title", "segments"}
NOTE = re.compile(r"v1\n([1-9][0-9]{0,8})\n([0-9a-f]{64})\n([0-9a-f]{64})\n([0-9]{1,7})\n", re.ASCII)


class ReleaseError(Exception):
    """Everything this module raises."""


class UntrustedRelease(ReleaseError):
    """The signature or the hash does not fit."""


class MalformedRelease(ReleaseError):
    """Signed, but not in the form of docs/formats/release.md."""


@dataclass(frozen=True)
class Segment:
    id: str
    text: str


@dataclass(frozen=True)
class RedactedTestimony:
    """One testimony as two people approved it."""

    id: str
    lang: str
    quarter: str
    kind: str
    title: str
    segments: tuple[Segment, ...]


@dataclass(frozen=True)
class VerifiedRelease:
    """A release whose signature was checked. Only `verify` makes one."""

    number: int
    previous: str
    testimonies: tuple[RedactedTestimony, ...]


def verify(folder: Path, root: VerifyKey, origin: str) -> VerifiedRelease:
    """Return the release in *folder*, or raise `ReleaseError`.

    Whether it is the newest is **not** checked.
    """
    note, body = _read(folder / "release.note", LARGEST_NOTE), _read(folder / "release.jsonl", LARGEST_BODY)
    try:
        text = open_note(note, f"{origin}/release", root)
    except CryptoError:
        raise UntrustedRelease("the release is not signed by this archive") from None
    found = NOTE.fullmatch(text.removeprefix(f"{origin}/release\n"))
    if found is None or not text.startswith(f"{origin}/release\n"):
        raise MalformedRelease("the note does not follow the format")
    if hashlib.sha256(body).hexdigest() != found[3]:
        raise UntrustedRelease("release.jsonl is not the file that was signed; copy it again")
    try:
        *lines, rest = body.decode().split("\n")
        if rest:
            raise ValueError
        testimonies = tuple(_testimony(line) for line in lines)
    except (ValueError, TypeError, KeyError, RecursionError):
        raise MalformedRelease("a line does not follow the format") from None
    if len(testimonies) != int(found[4]) or len({t.id for t in testimonies}) != len(testimonies):
        raise MalformedRelease("the count does not fit, or an id appears twice")
    return VerifiedRelease(int(found[1]), found[2], testimonies)


def _testimony(line: str) -> RedactedTestimony:
    row = json.loads(line)
    if set(row) != KEYS or not all(isinstance(row[k], str) for k in KEYS - {"segments"}):
        raise ValueError
    if not re.fullmatch(r"[0-9]{4}-Q[1-4]", row["quarter"], re.ASCII):
        raise ValueError
    if not isinstance(row["segments"], list):
        raise ValueError
    segments = tuple(Segment(s["id"], s["text"]) for s in row["segments"] if set(s) == {"id", "text"})
    texts = [v for s in segments for v in (s.id, s.text)]
    if len(segments) != len(row["segments"]) or not all(isinstance(v, str) for v in texts):
        raise ValueError
    return RedactedTestimony(row["id"], row["lang"], row["quarter"], row["kind"], row["title"], segments)


def _read(path: Path, largest: int) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(largest + 1)
    except OSError:
        raise MalformedRelease(f"{path.name} cannot be read") from None
    if len(content) > largest:
        raise MalformedRelease(f"{path.name} is larger than a release may be")
    return content
