"""At most a few parts of one deposit on their way at once: one beginning must not take every thread.

Counted in each process while they come, by the deposit's name, and forgotten then.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Final

from server.intake.refusals import TooMany

MOST: Final = 8
"""Her page sends one at a time; a line that broke leaves some behind for the seconds until they are ended."""


class Coming:
    """The parts that are on their way to one process."""

    def __init__(self) -> None:
        self._now: Counter[str] = Counter()
        self._counting = Lock()

    @contextmanager
    def one_of(self, deposit: str) -> Iterator[None]:
        """Let one more part of *deposit* come until the block ends; `TooMany` when `MOST` are coming."""
        with self._counting:
            if self._now[deposit] >= MOST:
                raise TooMany("too many parts of this deposit are on their way at once")
            self._now[deposit] += 1
        try:
            yield
        finally:
            with self._counting:
                self._now[deposit] -= 1
                self._now += Counter()  # whatever is none is forgotten
