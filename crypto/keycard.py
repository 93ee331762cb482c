"""The keycard: the signed list of dated keys that a client checks before it seals.

Format: docs/formats/keycard.md. Vectors: tests/vectors/keycard/, read by Python and by the browser.
A client remembers nothing, so an expiry of at most 31 days and a floor on the serial are the whole
defence against an old keycard. A page that is carried about, the capsule, has a card of its own for a year.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from crypto.errors import ExpiredKeycard, KeyFormatError, MalformedKeycard, RolledBackKeycard
from crypto.keys import IntakePublic, SigningKey, VerifyKey
from crypto.notes import open_note, sign_note, unbase64

MAX_SIZE: Final = 64 * 1024
Kind = Literal["intake", "capsule"]
LIVES: Final[dict[Kind, timedelta]] = {"intake": timedelta(days=31), "capsule": timedelta(days=366)}
"""The longest life of a card. An old capsule is the only thing that a year-old key may seal."""
SLACK: Final = timedelta(days=1)
"""Phones' clocks and time zones are off by this much without anyone meaning harm."""
CLIENT: Final = 1
"""The version of this client, for the card's `min-client`."""

_NUMBER = re.compile(r"(0|[1-9][0-9]{0,9})")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


@dataclass(frozen=True)
class DatedKey:
    """An intake key and the days, both included, on which to seal to it."""

    first: date
    last: date
    public: IntakePublic


@dataclass(frozen=True)
class Keycard:
    """The list itself. Only `verify` makes one from bytes."""

    origin: str
    serial: int
    issued: date
    expires: date
    min_client: int
    keys: tuple[DatedKey, ...]
    kind: Kind = "intake"

    def current(self, today: date) -> IntakePublic:
        """The key to seal to on *today*, or `ExpiredKeycard`."""
        for key in self.keys:
            if key.first <= today <= key.last:
                return key.public
        raise ExpiredKeycard(f"no intake key for {today}; is the date of this device right?")


def issue(card: Keycard, root: SigningKey) -> bytes:
    """The keycard as a note signed by the archive's *root*."""
    lines = [f"{card.origin}/{card.kind}-keys", "v1", f"serial {card.serial}", f"issued {card.issued}"]
    lines += [f"expires {card.expires}", f"min-client {card.min_client}"]
    lines += [f"key {key_line(k)}" for k in card.keys]
    return sign_note("\n".join(lines) + "\n", f"{card.origin}/root", root)


def key_line(key: DatedKey) -> str:
    """A key and its days as a card lists them."""
    bundle = base64.b64encode(key.public.bundle).decode()
    return f"{key.public.key_id.hex()} use {key.first} {key.last} {bundle}"


def verify(
    untrusted: bytes, *, origin: str, root: VerifyKey, today: date, floor: int = 0, kind: Kind = "intake"
) -> Keycard:
    """The keycard in *untrusted* when *root* signed it for *origin* and it may be used *today*.

    Raises `NoteError`, `BadSignature` or a `KeycardError`. *floor* is the lowest serial to accept.
    """
    if len(untrusted) > MAX_SIZE:
        raise MalformedKeycard("longer than 64 KiB")
    if any(b > 126 or (b < 32 and b != 10) for b in untrusted.replace("\N{EM DASH}".encode(), b"")):
        raise MalformedKeycard("a keycard is ASCII with line feeds only")
    card = _parse(open_note(untrusted, f"{origin}/root", root), origin, kind)
    check_life(card.serial, card.issued, card.expires, today=today, floor=floor)
    if card.min_client > CLIENT:
        raise MalformedKeycard("made for a newer client than this one")
    card.current(today)
    return card


def check_life(serial: int, issued: date, expires: date, *, today: date, floor: int) -> None:
    """Raise `RolledBackKeycard` or `ExpiredKeycard` for what is too old, or not yet."""
    if serial < floor:
        raise RolledBackKeycard(f"serial {serial} is older than {floor}, which is known here")
    if issued > today + SLACK:
        raise ExpiredKeycard(f"issued {issued}, but this device says {today}; is its date right?")
    if expires < today - SLACK:
        raise ExpiredKeycard(f"expired {expires}, and this device says {today}; is its date right?")


def read_life(lines: list[str], longest: timedelta) -> tuple[int, date, date]:
    """Serial, issued and expires: the third to fifth line of all that the root signs."""
    issued, expires = day(after(lines[3], "issued ")), day(after(lines[4], "expires "))
    if not timedelta() <= expires - issued <= longest:
        raise MalformedKeycard(f"this lives {longest.days} days at most, and not backwards")
    return number(lines[2], "serial "), issued, expires


def _parse(text: str, origin: str, kind: Kind) -> Keycard:
    lines = text.removesuffix("\n").split("\n")
    if len(lines) < 7 or lines[:2] != [f"{origin}/{kind}-keys", "v1"]:
        raise MalformedKeycard("not a version 1 keycard of this archive")
    serial, issued, expires = read_life(lines, LIVES[kind])
    keys = tuple(read_key(after(line, "key ")) for line in lines[6:])
    return Keycard(origin, serial, issued, expires, number(lines[5], "min-client "), keys, kind)


def read_key(text: str) -> DatedKey:
    """What `key_line` wrote, or `MalformedKeycard`."""
    words = text.split(" ")
    if len(words) != 5 or words[1] != "use":
        raise MalformedKeycard("a key line names an id, two days and a key")
    try:
        public = IntakePublic(unbase64(words[4]))
    except (ValueError, KeyFormatError):
        raise MalformedKeycard("a key line holds no key") from None
    if public.key_id.hex() != words[0]:
        raise MalformedKeycard("a key is not the one its id names")
    first, last = day(words[2]), day(words[3])
    if first > last:
        raise MalformedKeycard("a key's days run backwards")
    return DatedKey(first, last, public)


def after(line: str, label: str) -> str:
    """What follows *label* at the front of *line*, or `MalformedKeycard`."""
    if not line.startswith(label):
        raise MalformedKeycard(f"expected a line that begins with {label.strip()!r}")
    return line[len(label) :]


def number(line: str, label: str) -> int:
    """The plain number after *label*, or `MalformedKeycard`."""
    digits = after(line, label)
    if not _NUMBER.fullmatch(digits):
        raise MalformedKeycard(f"{label.strip()!r} is not a plain number")
    return int(digits)


def day(text: str) -> date:
    """A day written YYYY-MM-DD, or `MalformedKeycard`."""
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise MalformedKeycard("a day is written YYYY-MM-DD")
