"""Work instead of a name: a puzzle that costs a phone a moment, and a flood of beginnings hours.

The interface: docs/formats/api.md, "The puzzle".

1. A puzzle holds a difficulty, a quarter of an hour and randomness, authenticated; nothing of who asked.
2. A solution counts for one deposit's id only. Sent again it begins nothing new; for another id it is wrong.
3. So nothing is remembered: no list of what was solved could tell when somebody was here.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from server.intake.refusals import DepositError

WINDOW: Final = 900
"""Seconds. A puzzle counts in the window in which it was made and the next: 15 to 30 minutes."""
STEP: Final = 2
"""Bits by which the load may have risen since a puzzle was made; a store of easier ones is worth nothing."""
RANDOM, TAG = 7, 12
_SOLUTION = re.compile(r"([A-Za-z0-9_-]{32})\.([0-9a-f]{16})")


class PuzzleError(DepositError):
    """A puzzle has to be solved first, or this solution does not count; ask for a puzzle and try again."""

    hint = "ask /api/puzzle, solve what it gives for this deposit's id, and send it as Onggi-Puzzle"


class UnsolvedPuzzle(PuzzleError):
    """No solution, or one of another deposit's, or not enough work."""


class StalePuzzle(PuzzleError):
    """Not made here, too old, or made when the intake had less to do."""


@dataclass(frozen=True)
class Puzzles:
    """Makes and checks puzzles. *bits* tells how hard they are now; 0 asks for none."""

    key: bytes
    bits: Callable[[], int]
    now: Callable[[], float] = time.time

    def ask(self) -> tuple[str, int]:
        """A new puzzle and its difficulty in bits; an empty text when there is nothing to solve."""
        if not (bits := self.bits()):
            return "", 0
        open_ = bytes([bits]) + self._window().to_bytes(4, "big") + secrets.token_bytes(RANDOM)
        return base64.urlsafe_b64encode(open_ + self._tag(open_)).decode(), bits

    def check(self, solution: str | None, deposit: str) -> None:
        """Return when *solution* was worked out for this deposit's id, or none is asked for; else raise."""
        if not (wanted := self.bits()):
            return
        found = _SOLUTION.fullmatch(solution or "")
        if found is None:
            raise UnsolvedPuzzle("this intake is busy and asks for a little work first")
        bits = self._read(found[1])
        if bits < wanted - STEP:
            raise StalePuzzle("the intake has more to do than when this puzzle was made")
        if zeros(seed(found[1], deposit), int(found[2], 16)) < bits:
            raise UnsolvedPuzzle("this is no solution for this deposit")

    def _read(self, text: str) -> int:
        try:
            raw = base64.b64decode(text, b"-_", validate=True)
        except binascii.Error:
            raw = b""
        open_, tag = raw[:-TAG], raw[-TAG:]
        if len(raw) != 24 or not hmac.compare_digest(tag, self._tag(open_)):
            raise StalePuzzle("this puzzle was not made here")
        if self._window() - int.from_bytes(open_[1:5], "big") not in (0, 1):
            raise StalePuzzle("this puzzle is too old")
        return open_[0]

    def _tag(self, open_: bytes) -> bytes:
        return hmac.digest(self.key, open_, "sha256")[:TAG]

    def _window(self) -> int:
        return int(self.now()) // WINDOW


def seed(puzzle: str, deposit: str) -> bytes:
    """What the numbers are tried on: this puzzle for this deposit."""
    return hashlib.sha256(f"{puzzle}.{deposit}".encode("utf-8", "replace")).digest()


def zeros(seed: bytes, number: int) -> int:
    """How many bits of SHA-256(seed | number in 8 bytes) are zero before the first one."""
    return 256 - int.from_bytes(hashlib.sha256(seed + number.to_bytes(8, "big")).digest(), "big").bit_length()


def solve(puzzle: str, bits: int, deposit: str) -> str:
    """The header's value. For clients in Python and tests; a browser has client/puzzle.js."""
    start, number = seed(puzzle, deposit), 0
    while zeros(start, number) < bits:
        number += 1
    return f"{puzzle}.{number:016x}"


def key_in(home: Path) -> bytes:
    """The key of this home's puzzles, made by the first worker that asks. It opens nothing."""
    path = home / "puzzle.key"
    if not path.exists():
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(secrets.token_bytes(32))
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass  # another worker was first
        finally:
            fresh.unlink()
    return path.read_bytes()
