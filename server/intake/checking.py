"""The intake looks at itself: notes, clock, room, headers, and one sealed envelope in and out again.

1. The canary is sealed to the archive's key of today and goes in by the rules that hold for everybody.
2. It is never declared whole, so no courier takes it; afterwards nothing of it is left. Of a check that is
   killed an unfinished deposit stays, and expires as others do.
3. Each finding is said, good or not; one that fails keeps no other back.
"""

from __future__ import annotations

import io
import secrets
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from sqlalchemy.exc import SQLAlchemyError

from crypto import board as boards
from crypto import bundle
from crypto.envelope import seal
from crypto.errors import CryptoError
from crypto.keycard import Keycard
from crypto.keys import SigningKey
from crypto.mandate import Mandate
from server.headers import HEADERS, SPEAKING
from server.intake import board, notes
from server.intake.config import KEYCARD, MANDATE, IntakeConfig
from server.intake.deposits import Deposits
from server.intake.limits import STEPS
from server.intake.refusals import DepositError

SOON: Final = timedelta(days=7)
WAIT: Final = 30
"""Seconds for the running site to answer."""


class CheckFailed(Exception):
    """Something is not as it has to be; the message says what to do."""


@dataclass(frozen=True)
class Finding:
    """What was looked at, whether it is good, and what there is to say."""

    name: str
    good: bool
    said: str


def check(config: IntakeConfig, deposits: Deposits, today: date, url: str = "") -> Iterator[Finding]:
    """Everything that can be looked at from here; with *url* the headers of the running site too."""
    looks: dict[str, Callable[[], str]] = {
        "keycard": lambda: _life(config.valid_keycard(today), today),
        "mandate": lambda: _life(config.valid_mandate(today), today),
        "board": lambda: _board(config, today),
        "clock": lambda: _clock(config, today),
        "room": lambda: _room(deposits),
        "canary": lambda: _canary(config, deposits, today),
    }
    if url:
        looks["headers"] = lambda: _headers(url)
    for name, look in looks.items():
        try:
            yield Finding(name, True, look())
        except (CheckFailed, CryptoError, DepositError) as error:
            yield Finding(name, False, str(error))
        except OSError as error:
            yield Finding(name, False, error.strerror or "cannot be reached")
        except SQLAlchemyError:
            yield Finding(name, False, "the database cannot be used")


def _life(note: Keycard | Mandate, today: date) -> str:
    if note.expires - today < SOON:
        raise CheckFailed(f"ends on {note.expires}; ask the archive for a new one")
    return f"until {note.expires}"


def _board(config: IntakeConfig, today: date) -> str:
    if (content := board.content(config)) is None:
        return "none has come yet"
    desk = config.desk(today)
    found = boards.verify(content, origin=config.origin, desk=desk, today=today)
    if found.expires - today < SOON:
        raise CheckFailed(f"ends on {found.expires}; ask the archive for a new one")
    return f"until {found.expires}"


def _clock(config: IntakeConfig, today: date) -> str:
    for name in (KEYCARD, MANDATE):
        if notes.issued(config, name) is None:
            raise CheckFailed(f"{name} has no day")
    newest = notes.newest(config)
    if today < newest:
        raise CheckFailed(f"this machine says {today}, and the archive's newest note is of {newest}")
    return f"{today}, not before the newest note"


def _room(deposits: Deposits) -> str:
    if (room := deposits.room()) < STEPS[-1]:
        raise CheckFailed("no room for a film" if room else "no room for anything: send the courier")
    return "for the largest deposit"


def _canary(config: IntakeConfig, deposits: Deposits, today: date) -> str:
    sealed = seal(secrets.token_bytes(1000), {}, [config.valid_keycard(today).current(today)])
    name = secrets.token_hex(16)
    try:
        deposits.begin(name, len(sealed), secrets.token_hex(32))
        for offset in range(0, len(sealed), deposits.part_size):
            deposits.put(name, offset, sealed[offset : offset + deposits.part_size])
        with tempfile.TemporaryDirectory(dir=config.home, prefix="checking-") as folder:
            came = _packed(deposits, name, Path(folder))
    finally:
        deposits.remove(name)
    if came != sealed:
        raise CheckFailed("what came out of a bundle is not what went in; look at the disks")
    return "went in, came out of a bundle as it was, and is gone"


def _packed(deposits: Deposits, name: str, folder: Path) -> bytes:
    """The deposit as it comes out of a bundle of its own, in no chain and by no courier that is trusted."""
    stranger, into = SigningKey.generate(), io.BytesIO()
    with (folder / name).open("wb") as file:
        deposits.copy(name, file)
    envelopes = iter([(name, folder / name)])
    bundle.write(folder / "stick", number=1, previous=bundle.FIRST, envelopes=envelopes, courier=stranger)
    bundle.read(folder / "stick", stranger.public).copy(name, into)
    return into.getvalue()


def _headers(url: str) -> str:
    if not url.startswith(("http://", "https://")):
        raise CheckFailed("give an address that begins with http:// or https://")
    first = urlsplit(url).path in ("", "/")  # the page on which she may speak
    expected = HEADERS | ({"Permissions-Policy": SPEAKING} if first else {})
    with urlopen(Request(url, method="GET"), timeout=WAIT) as answer:
        lacking = [name for name, value in expected.items() if answer.headers.get_all(name) != [value]]
        lacking += ["no cookie"] * ("Set-Cookie" in answer.headers)
    if lacking:
        raise CheckFailed(f"missing, other or twice: {', '.join(lacking)}; is the proxy's sample in use?")
    return "as they have to be"
