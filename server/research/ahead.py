"""What is about to be shown: every worker opens it while what was before still answers.

1. Who publishes writes the release's number into the home, waits until no worker has still to open it, and
   only then shows it. So all of them change over at once, and nobody who asks afterwards sees the one before.
   Who brings a notice of withdrawal does the same: it is the same release, without what is taken back.
2. A worker that has still to open what comes holds a lock on the home. One that was killed holds none.
3. They open one after another, so that all but one answer readers as ever.
4. Nobody is waited for longer than there is patience: who is late opens it when a reader asks, and she waits.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from server.research import kept

NEXT: Final = "next"
PATIENCE: Final = 300.0
"""Seconds that workers are waited for before a release is shown."""
HASTE: Final = 20.0
"""The same before something is taken back: a worker that hangs keeps no words on a page for longer."""
TICK: Final = 0.2
"""Seconds from one look to the next."""


def open_each(home: Path, look: Callable[[], None], opened: Callable[[int], None]) -> None:
    """Call *opened* with the number of each release that is to be shown in *home*, as long as that is there.

    In between *look* is called, several times a second.
    """
    while home.is_dir():
        with _held(home, fcntl.LOCK_SH):
            while (number := kept.number(home / NEXT)) is None and home.is_dir():
                look()
                time.sleep(TICK)
            if number is not None:
                with suppress(FileNotFoundError), _held(home / str(number), fcntl.LOCK_EX):
                    opened(number)
        while number is not None and kept.number(home / NEXT) == number:
            time.sleep(TICK)


@contextmanager
def told(home: Path, number: int, patience: float | None = None) -> Iterator[None]:
    """Let the workers open release *number*; the block, which shows it, begins when all of them have."""
    kept.write(home / NEXT, str(number).encode())
    try:
        until = time.monotonic() + (PATIENCE if patience is None else patience)
        while served(home) and time.monotonic() < until:
            time.sleep(TICK / 4)
        yield
    finally:
        forget(home)


def forget(home: Path) -> None:
    """Let nothing be about to come, also after a publish that was killed."""
    (home / NEXT).unlink(missing_ok=True)


def served(home: Path) -> bool:
    """Whether a worker of this room has still to open what comes, or waits for it to come."""
    try:
        with _held(home, fcntl.LOCK_EX | fcntl.LOCK_NB):
            return False
    except BlockingIOError:
        return True


@contextmanager
def _held(home: Path, lock: int) -> Iterator[None]:
    # On the folder itself: a worker need not be able to write there.
    folder = os.open(home, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(folder, lock)
        yield
    finally:
        os.close(folder)
