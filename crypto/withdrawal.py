"""What the reading room is to show no more: a notice that the archive's desk signs.

Format: docs/formats/withdrawal.md.

1. It holds identifiers and days, and no word; each notice is the whole list, and only grows.
2. For each release that it takes something out of, it says what remains: so the rest can still be verified.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from crypto.errors import MalformedNotice
from crypto.keys import SigningKey, VerifyKey
from crypto.notes import open_note, sign_note

NOTE: Final = "withdrawal.note"
LARGEST: Final = 32 << 20
"""Bytes of a notice: half a million entries."""
FOREVER: Final = 999_999_999
"""The highest number that a release can have."""
_NUMBER: Final = r"(0|[1-9][0-9]{0,8})"
_HEAD: Final = re.compile(rf"v1\nserial {_NUMBER}\nissued (20[0-9]{{2}}-[0-9]{{2}}-[0-9]{{2}})\n", re.ASCII)
_GONE: Final = re.compile(
    rf"(named|silent|closed) ([a-z]{{1,40}}) (20[0-9]{{2}}-[0-9]{{2}}-[0-9]{{2}}) {_NUMBER}", re.ASCII
)
_LEFT: Final = re.compile(rf"left {_NUMBER} {_NUMBER} ([0-9a-f]{{64}})", re.ASCII)


@dataclass(frozen=True)
class Gone:
    """A testimony that is shown no more."""

    word: str
    """`named`: a reader may be told that it was taken back; `silent`: nothing is told of it, not even that it
    was here; `closed`: it may come again in a later release."""
    day: date
    through: int
    """No release up to this number may show it."""


@dataclass(frozen=True)
class Left:
    """What remains of a release: how many lines, and a digest over theirs."""

    count: int
    digest: str


@dataclass(frozen=True)
class Withdrawal:
    """A notice. From outside only `verify` makes one."""

    serial: int
    issued: date
    gone: Mapping[str, Gone]
    left: Mapping[int, Left]

    def gone_in(self, number: int) -> frozenset[str]:
        """The testimonies that the release of this *number* may not show."""
        return frozenset(id for id, each in self.gone.items() if number <= each.through)


def line_digest(line: bytes) -> str:
    """The SHA-256 of one line of a release, its line feed included."""
    return hashlib.sha256(line).hexdigest()


def remaining(digests: Iterable[str]) -> Left:
    """What lines with these digests are together, in their order."""
    found = [bytes.fromhex(each) for each in digests]
    return Left(len(found), hashlib.sha256(b"".join(found)).hexdigest())


def issue(notice: Withdrawal, origin: str, desk: SigningKey) -> bytes:
    """The note by which *desk* says it."""
    lines = [f"{origin}/withdrawal", "v1", f"serial {notice.serial}", f"issued {notice.issued}"]
    lines += [f"{g.word} {id} {g.day} {g.through}" for id, g in sorted(notice.gone.items())]
    lines += [f"left {n} {left.count} {left.digest}" for n, left in sorted(notice.left.items())]
    note = sign_note("\n".join(lines) + "\n", f"{origin}/desk", desk)
    verify(note, origin=origin, desk=desk.public)
    return note


def verify(untrusted: bytes, *, origin: str, desk: VerifyKey) -> Withdrawal:
    """The notice that *desk* signed; what `open_note` raises, or `MalformedNotice`.

    Whether it is the newest, or how old it is, is **not** checked.
    """
    if len(untrusted) > LARGEST:
        raise MalformedNotice("a notice has at most 32 MiB")
    text = open_note(untrusted, f"{origin}/desk", desk)
    title, _, rest = text.partition("\n")
    head = _HEAD.match(rest)
    if title != f"{origin}/withdrawal" or head is None:
        raise MalformedNotice("the signed text is no notice of withdrawal")
    gone, left = dict[str, Gone](), dict[int, Left]()
    for line in rest[head.end() :].split("\n")[:-1]:
        if (found := _GONE.fullmatch(line)) and found[2] not in gone and not left:
            gone[found[2]] = Gone(found[1], _day(found[3]), int(found[4]))
        elif (found := _LEFT.fullmatch(line)) and int(found[1]) not in left:
            left[int(found[1])] = Left(int(found[2]), found[3])
        else:
            raise MalformedNotice("a line of the notice does not follow the format")
    return Withdrawal(int(head[1]), _day(head[2]), gone, left)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise MalformedNotice("a day of the notice is not in any calendar") from None
