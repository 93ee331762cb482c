"""The keycard: the signed list of dated intake keys that a client checks before it seals.

Format: docs/formats/keycard.md. Vectors: tests/vectors/keycard/, read by Python and by the browser.
A client remembers nothing, so an expiry of at most 30 days and a floor on the serial are the whole
defence against an old keycard.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from crypto.errors import ExpiredKeycard, KeyFormatError, MalformedKeycard, RolledBackKeycard
from crypto.keys import IntakePublic, SigningKey, VerifyKey
from crypto.notes import open_note, sign_note, unbase64

MAX_SIZE: Final = 64 * 1024
MAX_AGE: Final = timedelta(days=31)
SLACK: Final = timedelta(days=1)
"""Phones' clocks and time zones are off by this much without anyone meaning harm."""
CLIENT: Final = 1
"""The version of this client, for the card's `min-client`."""

_NUMBER = re.compile(r"(0|[1-9][0-9]{0,9})")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


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

    def current(self, today: date) -> IntakePublic:
        """The key to seal to on *today*, or `ExpiredKeycard`."""
        for key in self.keys:
            if key.first <= today <= key.last:
                return key.public
        raise ExpiredKeycard(f"no intake key for {today}; is the date of this device right?")


def issue(card: Keycard, root: SigningKey) -> bytes:
    """The keycard as a note signed by the archive's *root*."""
    lines = [f"{card.origin}/intake-keys", "v1", f"serial {card.serial}", f"issued {card.issued}"]
    lines += [f"expires {card.expires}", f"min-client {card.min_client}"]
    lines += [
        f"key {k.public.key_id.hex()} use {k.first} {k.last} {base64.b64encode(k.public.bundle).decode()}"
        for k in card.keys
    ]
    return sign_note("\n".join(lines) + "\n", f"{card.origin}/root", root)


def verify(untrusted: bytes, *, origin: str, root: VerifyKey, today: date, floor: int = 0) -> Keycard:
    """The keycard in *untrusted* when *root* signed it for *origin* and it may be used *today*.

    Raises `NoteError`, `BadSignature` or a `KeycardError`. *floor* is the lowest serial to accept.
    """
    if len(untrusted) > MAX_SIZE:
        raise MalformedKeycard("longer than 64 KiB")
    if any(b > 126 or (b < 32 and b != 10) for b in untrusted.replace("\N{EM DASH}".encode(), b"")):
        raise MalformedKeycard("a keycard is ASCII with line feeds only")
    card = _parse(open_note(untrusted, f"{origin}/root", root), origin)
    if card.serial < floor:
        raise RolledBackKeycard(f"serial {card.serial} is older than {floor}, which this client knows")
    if card.issued > today + SLACK:
        raise ExpiredKeycard(f"issued {card.issued}, but this device says {today}; is its date right?")
    if card.expires < today - SLACK:
        raise ExpiredKeycard(f"expired {card.expires}, and this device says {today}; is its date right?")
    if card.min_client > CLIENT:
        raise MalformedKeycard("made for a newer client than this one")
    card.current(today)
    return card


def _parse(text: str, origin: str) -> Keycard:
    lines = text.removesuffix("\n").split("\n")
    if len(lines) < 7 or lines[0] != f"{origin}/intake-keys" or lines[1] != "v1":
        raise MalformedKeycard("not a version 1 keycard of this archive")
    serial = _number(lines[2], "serial ")
    issued, expires = _day(_after(lines[3], "issued ")), _day(_after(lines[4], "expires "))
    if not timedelta() <= expires - issued <= MAX_AGE:
        raise MalformedKeycard("a keycard lives 31 days at most")
    keys = tuple(_dated_key(line) for line in lines[6:])
    return Keycard(origin, serial, issued, expires, _number(lines[5], "min-client "), keys)


def _dated_key(line: str) -> DatedKey:
    words = line.split(" ")
    if len(words) != 6 or words[0] != "key" or words[2] != "use":
        raise MalformedKeycard("a key line names an id, two days and a key")
    try:
        public = IntakePublic(unbase64(words[5]))
    except (ValueError, KeyFormatError):
        raise MalformedKeycard("a key line holds no key") from None
    if public.key_id.hex() != words[1]:
        raise MalformedKeycard("a key is not the one its id names")
    first, last = _day(words[3]), _day(words[4])
    if first > last:
        raise MalformedKeycard("a key's days run backwards")
    return DatedKey(first, last, public)


def _after(line: str, label: str) -> str:
    if not line.startswith(label):
        raise MalformedKeycard(f"expected a line that begins with {label.strip()!r}")
    return line[len(label) :]


def _number(line: str, label: str) -> int:
    digits = _after(line, label)
    if not _NUMBER.fullmatch(digits):
        raise MalformedKeycard(f"{label.strip()!r} is not a plain number")
    return int(digits)


def _day(text: str) -> date:
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise MalformedKeycard("a day is written YYYY-MM-DD")
