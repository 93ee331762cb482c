"""What left the archive, as the reading room sees it: signatures, then hash, and only then parsing.

The root's mandate says which desk and which archivists; the note is signed by that desk and by two of those.
"""

import hashlib
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from crypto import mandate as mandates
from crypto.errors import CryptoError, ExpiredKeycard, MalformedNotice
from crypto.keys import VerifyKey
from crypto.mandate import Mandate
from crypto.notes import open_note, signers
from crypto.withdrawal import LARGEST, Left, Withdrawal, line_digest, remaining
from crypto.withdrawal import NOTE as WITHDRAWAL
from crypto.withdrawal import verify as verify_withdrawal

LARGEST_BODY = 1 << 30
"""A release is read whole; a larger file is a mistake or an attack."""
LARGEST_NOTE = 64 * 1024
"""A note is a few short lines and its signatures."""
BODY, NOTE, MANDATE, ROTATION = "release.jsonl", "release.note", "mandate.note", "root-rotation.note"
WAITS = "release-{}"
"""The folder of a release of this number, among what waits at the archive for a stick."""
TWO = 2
"""Archivists that sign: one who drafted, and another."""
KEYS = {"id", "lang", "quarter", "kind", "title", "segments"}
MORE = {"coding", "translations"}
"""Keys that stand only where there is something of it."""
CODED = ("exploitation", "recruitment", "control", "place", "way", "year")
"""What a coding says outside, each a list of codes: no finer than provinces and years."""
LANGUAGE = re.compile(r"[a-z]{3}", re.ASCII)
CODE = re.compile(r"[A-Za-z0-9_-]{1,60}(>[A-Za-z0-9_-]{1,60})?", re.ASCII)
FORM = re.compile(r"v1\n([1-9][0-9]{0,8})\n([0-9a-f]{64})\n([0-9a-f]{64})\n([0-9]{1,7})\n", re.ASCII)


class ReleaseError(Exception):
    """Everything this module raises."""


class UntrustedRelease(ReleaseError):
    """The signature or the hash does not fit."""


class MalformedRelease(ReleaseError):
    """Signed, but not in the form of docs/formats/release.md."""


@dataclass(frozen=True)
class Segment:
    """A paragraph; *severity* says how hard it is to read, 0 to 3."""

    id: str
    text: str
    severity: int = 0


@dataclass(frozen=True)
class RedactedTestimony:
    """One testimony as two people approved it."""

    id: str
    lang: str
    quarter: str
    kind: str
    title: str
    segments: tuple[Segment, ...]
    coding: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Codes by the names of `CODED`; a name without codes is left out."""
    translations: Mapping[str, tuple[Segment, ...]] = field(default_factory=dict)
    """By language the parts that were translated, each named and as severe as what it was made of."""


@dataclass(frozen=True)
class VerifiedRelease:
    """A release whose signature was checked. Only `verify` makes one."""

    number: int
    previous: str
    mandate: int
    digest: str
    """The SHA-256 of the whole file as it was signed, in hexadecimal."""
    testimonies: tuple[RedactedTestimony, ...]


def verify(
    folder: Path,
    root: VerifyKey,
    origin: str,
    today: date | None = None,
    *,
    body_name: str = BODY,
    left: Left | None = None,
) -> VerifiedRelease:
    """Return the release in *folder*, or raise `ReleaseError`.

    Its mandate has to hold *today*; without a day, it had to hold once: for what was verified before.
    *left* is what remains of it by a notice of withdrawal, in the file *body_name*.
    Whether it is the newest is **not** checked.
    """
    note, body = _read(folder / NOTE, LARGEST_NOTE), _read(folder / body_name, LARGEST_BODY)
    mandate = _mandate(_read(folder / MANDATE, LARGEST_NOTE), root, origin, today)
    try:
        text = open_note(note, f"{origin}/desk", mandate.desk)
        people = signers(note, f"{origin}/archivist", mandate.archivists)
    except CryptoError:
        raise UntrustedRelease("the release is not signed by this archive") from None
    if len(people) < TWO:
        raise UntrustedRelease("the release is not signed by two archivists whom the root named")
    found = FORM.fullmatch(text.removeprefix(f"{origin}/release\n"))
    if found is None or not text.startswith(f"{origin}/release\n"):
        raise MalformedRelease("the note does not follow the format")
    if hashlib.sha256(body).hexdigest() != found[3] if left is None else remaining_of(body) != left:
        raise UntrustedRelease("release.jsonl is not the file that was signed; copy it again")
    try:
        *lines, rest = body.decode().split("\n")
        if rest:
            raise ValueError
        testimonies = tuple(testimony_of(line) for line in lines)
    except (ValueError, TypeError, KeyError, RecursionError):
        raise MalformedRelease("a line does not follow the format") from None
    if len(testimonies) != (left.count if left else int(found[4])) or len({t.id for t in testimonies}) != len(
        testimonies
    ):
        raise MalformedRelease("the count does not fit, or an id appears twice")
    return VerifiedRelease(int(found[1]), found[2], mandate.serial, found[3], testimonies)


def lines_of(body: bytes) -> list[bytes]:
    """The lines of a release, each with its line feed."""
    return [line + b"\n" for line in body.split(b"\n")[:-1]]


def remaining_of(body: bytes) -> Left:
    """The lines of a release as a notice of withdrawal counts them."""
    return remaining(map(line_digest, lines_of(body)))


def verify_notice(
    folder: Path, root: VerifyKey, origin: str, today: date | None = None
) -> tuple[Withdrawal, int]:
    """The notice of withdrawal in *folder* and the serial of its mandate, or `ReleaseError`.

    *today* as for `verify`. Whether it is the newest is **not** checked.
    """
    mandate = _mandate(_read(folder / MANDATE, LARGEST_NOTE), root, origin, today)
    try:
        found = verify_withdrawal(_read(folder / WITHDRAWAL, LARGEST), origin=origin, desk=mandate.desk)
    except MalformedNotice as error:
        raise MalformedRelease(str(error)) from None
    except CryptoError:
        raise UntrustedRelease("the notice of withdrawal is not signed by this archive") from None
    return found, mandate.serial


def follow(folder: Path, root: VerifyKey, origin: str) -> VerifyKey:
    """The root that follows *root* by the rotations in *folder*; *root* itself when none says so."""
    try:
        return mandates.verify_rotation(_read(folder / ROTATION, LARGEST_NOTE), origin=origin, root=root)
    except (MalformedRelease, CryptoError):
        return root


def _mandate(note: bytes, root: VerifyKey, origin: str, today: date | None) -> Mandate:
    try:
        if today is None:
            return mandates.read(note, origin=origin, root=root)
        return mandates.verify(note, origin=origin, root=root, today=today)
    except ExpiredKeycard as error:
        raise UntrustedRelease(f"the archive's mandate is out of date: {error}") from None
    except CryptoError:
        told = "the archive's root gave no such mandate; are root and origin what stands on its paper?"
        raise UntrustedRelease(told) from None


def testimony_of(line: str) -> RedactedTestimony:
    """The testimony that one line of a release tells, or `ValueError`, `TypeError` or `KeyError`."""
    row = json.loads(line)
    if set(row) - MORE != KEYS or not all(isinstance(row[k], str) for k in KEYS - {"segments"}):
        raise ValueError
    if not re.fullmatch(r"[0-9]{4}-Q[1-4]", row["quarter"], re.ASCII):
        raise ValueError
    if not isinstance(row["segments"], list):
        raise ValueError
    segments = tuple(_segment(each) for each in row["segments"])
    coding = _coding(row["coding"]) if "coding" in row else {}
    told = RedactedTestimony(
        row["id"], row["lang"], row["quarter"], row["kind"], row["title"], segments, coding
    )
    return (
        replace(told, translations=_translations(told, row["translations"]))
        if "translations" in row
        else told
    )


def _segment(row: dict[str, object]) -> Segment:
    id, text, severity = row["id"], row["text"], row.get("severity", 0)
    if set(row) - {"severity"} != {"id", "text"} or not isinstance(id, str) or not isinstance(text, str):
        raise ValueError
    if type(severity) is not int or severity not in range(4):
        raise ValueError
    return Segment(id, text, severity)


def _translations(told: RedactedTestimony, rows: dict[str, list[object]]) -> dict[str, tuple[Segment, ...]]:
    if (
        not isinstance(rows, dict)
        or not rows
        or not all(isinstance(each, list) and each for each in rows.values())
    ):
        raise ValueError
    order = {each.id: number for number, each in enumerate(told.segments)}
    found = {lang: tuple(_beside(told, order, row) for row in each) for lang, each in rows.items()}
    for lang, parts in found.items():
        places = [order[each.id] for each in parts]
        if lang == told.lang or not LANGUAGE.fullmatch(lang) or places != sorted(set(places)):
            raise ValueError
    return found


def _beside(told: RedactedTestimony, order: Mapping[str, int], row: object) -> Segment:
    """One translated part, as hard to read as what it was made of."""
    if not isinstance(row, dict) or set(row) != {"id", "text"}:
        raise ValueError
    part = _segment(row)
    return replace(part, severity=told.segments[order[part.id]].severity)


def _coding(row: dict[str, list[str]]) -> dict[str, tuple[str, ...]]:
    if not isinstance(row, dict) or not set(row) <= set(CODED):
        raise ValueError
    if not all(
        isinstance(told, list) and all(CODE.fullmatch(code) for code in told) for told in row.values()
    ):
        raise ValueError
    return {name: tuple(told) for name, told in row.items() if told}


def _read(path: Path, largest: int) -> bytes:
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size <= largest and len(content := file.read(size + 1)) == size:
                return content
    except OSError:
        raise MalformedRelease(f"{path.name} cannot be read") from None
    raise MalformedRelease(f"{path.name} is larger than a release may be")
