"""How often a name may be tried at one desk: five times freely, then after a wait that doubles.

1. A try counts before it is made, so that tries side by side do not get past the count.
2. Each name has its own count: a colleague's wrong words keep nobody else out.
3. Kept in memory only. Five minutes are the longest that anybody can make her wait, and a desk opened anew,
   with the vault's own passphrase, has forgotten it.
"""

from __future__ import annotations

from threading import Lock
from typing import Final

FREE: Final = 5
FIRST, LONGEST = 10.0, 300.0
"""Seconds. Opening a signature takes a second of Argon2id besides."""


class Tries:
    """The tries at one desk since it was opened, by name."""

    def __init__(self) -> None:
        self._made: dict[str, tuple[int, float]] = {}
        self._counting = Lock()

    def begin(self, name: str, now: float) -> bool:
        """Count a try of *name*; False when it has to wait, which counts nothing."""
        with self._counting:
            made, closed_until = self._made.get(name, (0, 0.0))
            if now < closed_until:
                return False
            over = made + 1 - FREE
            wait = min(FIRST * 2.0 ** min(over, 10), LONGEST) if over >= 0 else 0.0
            self._made[name] = made + 1, now + wait
            return True

    def forget(self, name: str) -> None:
        """It was she."""
        with self._counting:
            self._made.pop(name, None)
