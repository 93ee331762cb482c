"""Who can help: a list that the operator keeps, shown where it is asked for and nowhere else.

1. What the operator has not confirmed is not shown: an address that has changed hands is a trap.
2. Nothing is fetched from an address, by this site or by a page of it.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from crypto import durable, words

FILE: Final = "help.json"
EXAMPLES: Final = Path(__file__).parent / FILE
LARGEST: Final = 256 * 1024
MOST: Final = 50
_ADDRESS = re.compile(r"(https://[a-z0-9.-]{3,200}|http://[a-z2-7]{56}\.onion)(/[A-Za-z0-9._~/-]{0,200})?")


class UnfitList(Exception):
    """The list does not say what a list of help says; the message names the place."""


@dataclass(frozen=True)
class Organisation:
    """Somebody who helps: a name, an address on the web, and what they do in each language of the site."""

    name: str
    address: str
    does: dict[str, str]
    confirmed: date | None


def read(untrusted: bytes) -> list[Organisation]:
    """The organisations of a list, confirmed or not, or `UnfitList`."""
    try:
        row = json.loads(untrusted[: LARGEST + 1])
    except (ValueError, RecursionError):
        raise UnfitList("this is no JSON; a comma too many, or a quotation mark missing?") from None
    if not isinstance(row, dict) or not isinstance(row.get("organisations"), list):
        raise UnfitList('the list begins with {"organisations": [')
    if len(row["organisations"]) > MOST:
        raise UnfitList(f"a list has at most {MOST} organisations")
    return [_organisation(at, each) for at, each in enumerate(row["organisations"], 1)]


def take(home: Path, untrusted: bytes) -> list[Organisation]:
    """Keep the list in *home*, and show what is confirmed in it from now on."""
    found = read(untrusted)
    durable.write(home / FILE, untrusted)
    return found


def shown(home: Path) -> list[Organisation]:
    """Those that the operator has confirmed; nobody, when the list was spoilt by hand."""
    try:
        return [each for each in read((home / FILE).read_bytes()) if each.confirmed]
    except (FileNotFoundError, UnfitList):
        return []


def _organisation(at: int, row: Any) -> Organisation:
    def fail(what: str) -> UnfitList:
        return UnfitList(f"organisation {at}: {what}")

    if not isinstance(row, dict) or set(row) != {"name", "address", "does", "confirmed"}:
        raise fail("it has name, address, does and confirmed, and nothing else")
    name, address, does, confirmed = row["name"], row["address"], row["does"], row["confirmed"]
    if not isinstance(name, str) or not 0 < len(name) <= 100:
        raise fail("a name has 1 to 100 characters")
    if not isinstance(address, str) or not _ADDRESS.fullmatch(address):
        raise fail("an address begins with https://, or is an onion's, and has nothing after a ? or #")
    if not isinstance(does, dict) or set(does) != set(words.LANGUAGES):
        raise fail(f"what it does is said in {', '.join(words.LANGUAGES)}")
    if not all(isinstance(text, str) and 0 < len(text) <= 400 for text in does.values()):
        raise fail("what it does is said in 1 to 400 characters")
    if confirmed is None:
        return Organisation(name, address, does, None)
    try:
        return Organisation(name, address, does, date.fromisoformat(confirmed))
    except (TypeError, ValueError):
        raise fail("confirmed is null, or the day on which you asked them, YYYY-MM-DD") from None
