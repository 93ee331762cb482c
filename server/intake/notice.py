"""What the intake tells its operator once a day: a page that is always as long, and counts in coarse steps.

1. A notice has the same length on every day and names no number: whoever sees it pass learns nothing from it.
2. Counts are rounded up to powers of ten. Written once a day, they do not show when somebody came.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from crypto import durable
from crypto.errors import CryptoError
from crypto.keycard import Keycard
from crypto.mandate import Mandate
from server.intake.config import IntakeConfig
from server.intake.deposits import Deposits
from server.intake.limits import STEPS

SIZE: Final = 512
"""Bytes of a notice."""
NOTICE, COUNTS = "notice.txt", "counts.prom"
SOON: Final = timedelta(days=7)


@dataclass(frozen=True)
class State:
    """What a notice is made of. An `ends` is None when the note is not valid today."""

    origin: str
    today: date
    waiting: int
    unfinished: int
    begun: int
    room: int
    keycard_ends: date | None
    mandate_ends: date | None


def look(config: IntakeConfig, deposits: Deposits, today: date) -> State:
    """The state of this intake now."""
    load, waiting, room = deposits.load(), len(deposits.waiting()), deposits.room()
    ends = (_ends(valid, today) for valid in (config.valid_keycard, config.valid_mandate))
    return State(config.origin, today, waiting, load.unfinished, load.begun, room, *ends)


def notice(state: State) -> bytes:
    """The page, `SIZE` bytes long whatever it says."""
    lines = {
        "intake": state.origin[:100],
        "day": state.today.isoformat(),
        "waiting": {0: "nothing", 10: "a few"}.get(rounded(state.waiting), "many: send the courier"),
        "room": _room(state.room),
        "keycard": _told(state.keycard_ends, state.today),
        "mandate": _told(state.mandate_ends, state.today),
    }
    text = "".join(f"{name:<10}{said}\n" for name, said in lines.items())
    return text.encode().ljust(SIZE - 1)[: SIZE - 1] + b"\n"


def counts(state: State) -> bytes:
    """The counts in Prometheus' text format, for a collector that reads files."""
    told = {
        "onggi_intake_waiting": state.waiting,
        "onggi_intake_unfinished": state.unfinished,
        "onggi_intake_begun_today": state.begun,
    }
    lines = [f"# TYPE {name} gauge\n{name} {rounded(number)}\n" for name, number in told.items()]
    return f"# day {state.today}; rounded up\n{''.join(lines)}".encode()


def write(state: State, notice_at: Path, counts_at: Path) -> None:
    """Write both in one step each. Counts of this day that are there already stay as they are."""
    durable.write(notice_at, notice(state))
    try:
        written = counts_at.read_bytes()
    except FileNotFoundError:
        written = b""
    if not written.startswith(f"# day {state.today};".encode()):
        durable.write(counts_at, counts(state))


def rounded(number: int) -> int:
    """0, or the next power of ten from 10 on."""
    return 0 if number <= 0 else max(10, 10 ** len(str(number - 1)))


def about(number: int) -> str:
    """`rounded` in words."""
    return f"at most {rounded(number)}" if number > 0 else "none"


def _ends(valid: Callable[[date], Keycard | Mandate], today: date) -> date | None:
    try:
        return valid(today).expires
    except (CryptoError, OSError):
        return None


def _room(room: int) -> str:
    if room >= STEPS[-1]:
        return "enough"
    return "little: send the courier" if room else "none: send the courier"


def _told(ends: date | None, today: date) -> str:
    if ends is None:
        return "not valid: ask the archive for a new one"
    return f"until {ends}" + (": ask the archive for a new one" if ends - today < SOON else "")
