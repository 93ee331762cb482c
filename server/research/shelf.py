"""The release that is shown: verified when it comes, and again each time it is opened.

1. Exactly one release lies here. The one before is removed, for a later one may leave somebody out.
2. A release that is not newer than the one shown is refused: old words do not come back. One that was
   damaged here is replaced by itself.
3. The index is made here, in memory. No index ever crosses a door: opening one runs code.
"""

from __future__ import annotations

import os
import shutil
import threading
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Final

from archive.release import (
    BODY,
    MANDATE,
    NOTE,
    ROTATION,
    RedactedTestimony,
    ReleaseError,
    VerifiedRelease,
    follow,
    verify,
)
from archive.search.index import Document, Index
from server.research import ledger
from server.research.config import ResearchConfig

CURRENT: Final = "current"
FILES: Final = (BODY, NOTE, MANDATE)
FLOOR: Final = "mandate"
"""The serial of the newest mandate that was seen here; an older one is not believed again."""


class NotPublished(Exception):
    """This release is not shown, or none is; the message says why."""


@dataclass(frozen=True)
class Reading:
    """One release, open: its testimonies and the index over them."""

    number: int
    testimonies: dict[str, RedactedTestimony]
    index: Index
    shown: dict[str, ledger.Shown]
    """Every testimony that was shown here, those that are gone included."""


def publish(config: ResearchConfig, folder: Path, today: date) -> int:
    """Show the release in *folder* from now on; return its number. A `ReleaseError` or `NotPublished`."""
    coming = config.home / "coming"
    shutil.rmtree(coming, ignore_errors=True)
    coming.mkdir(parents=True, mode=0o700)
    try:
        # A publish that was killed at its end left the release before: even a refused one takes that away.
        _keep_only(config, current(config))
        # Copied first and verified here: a stick can change between two readings.
        for name in FILES:
            if not (folder / name).is_file() or (folder / name).is_symlink():
                raise NotPublished(f"there is no {name} in this folder; is this the release's folder?")
            shutil.copyfile(folder / name, coming / name)
        if (folder / ROTATION).is_file() and not (folder / ROTATION).is_symlink():
            shutil.copyfile(folder / ROTATION, coming / ROTATION)
        config = replace(config, root=follow(coming, config.root, config.origin))
        release = verify(coming, config.root, config.origin, today)
        number = release.number
        if release.mandate < _floor(config):
            raise NotPublished("the mandate with this release is older than one that was seen here")
        shown = current(config)
        before = _whole(config, shown)
        if shown is not None and (number < shown or (number == shown and before is not None)):
            raise NotPublished(f"release {number} is not newer than release {shown}, which is shown")
        # Remembered only now: a key with a slip in it verifies nothing.
        config.write()
        # Before the release itself: were it after, a publish killed here would forget what was shown.
        ledger.write(config.home, ledger.after(ledger.read(config.home), before, release))
        shutil.rmtree(config.home / str(number), ignore_errors=True)
        coming.replace(config.home / str(number))
        _note(config, FLOOR, release.mandate)
        _note(config, CURRENT, number)
    finally:
        shutil.rmtree(coming, ignore_errors=True)
    _keep_only(config, number)
    return number


def current(config: ResearchConfig) -> int | None:
    """The number of the release that is shown."""
    try:
        return int((config.home / CURRENT).read_text("ascii"))
    except FileNotFoundError:
        return None


class Shelf:
    """Opens the current release once, and again when a newer one was published."""

    def __init__(self, config: ResearchConfig) -> None:
        self._config: Final = config
        self._lock: Final = threading.Lock()
        self._open: Reading | None = None

    def reading(self) -> Reading:
        """The release that is shown now; `NotPublished` when there is none or it no longer verifies."""
        number = current(self._config)
        if number is None:
            raise NotPublished("nothing is published yet: onggi research publish FOLDER")
        with self._lock:
            if self._open is None or self._open.number != number:
                self._open = None
                self._open = self._read(number)
            return self._open

    def _read(self, number: int) -> Reading:
        try:
            release = verify(self._config.home / str(number), self._config.root, self._config.origin)
        except ReleaseError as error:
            raise NotPublished(f"the release that is kept here is not whole: {error}") from None
        documents = (
            Document(t.id, t.lang, t.quarter, t.kind, tuple((s.id, s.text) for s in t.segments))
            for t in release.testimonies
        )
        found = {t.id: t for t in release.testimonies}
        return Reading(release.number, found, Index(documents), ledger.read(self._config.home))


def _whole(config: ResearchConfig, number: int | None) -> VerifiedRelease | None:
    """The release that is shown, or None when there is none or it no longer verifies."""
    try:
        return None if number is None else verify(config.home / str(number), config.root, config.origin)
    except ReleaseError:
        return None


def _keep_only(config: ResearchConfig, number: int | None) -> None:
    for release in config.home.iterdir():
        if release.name.isdecimal() and int(release.name) != number:
            shutil.rmtree(release)


def _floor(config: ResearchConfig) -> int:
    try:
        return int((config.home / FLOOR).read_text("ascii"))
    except FileNotFoundError:
        return 0


def _note(config: ResearchConfig, name: str, number: int) -> None:
    temporary = config.home / f"{name}.tmp"
    with temporary.open("w", encoding="ascii") as file:
        file.write(str(number))
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(config.home / name)
