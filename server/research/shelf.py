"""The release that is shown: verified when it comes, and again each time it is opened.

1. Exactly one release lies here. The one before is removed, for a later one may leave somebody out.
2. A release that is not newer than the one shown is refused: old words do not come back. One that was
   damaged here is replaced by itself.
3. What was taken back is refused in every release that comes, and gone from the one that is shown.
4. The index is made here, before the release is shown (`indexed`). No index ever crosses a door.
"""

from __future__ import annotations

import gc
import shutil
import threading
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Final

from archive.errors import ArchiveError
from archive.release import (
    BODY,
    MANDATE,
    NOTE,
    ROTATION,
    ReleaseError,
    VerifiedRelease,
    follow,
    verify,
)
from crypto.withdrawal import NOTE as WITHDRAWAL
from server.research import ahead, indexed, kept, ledger, withdrawn
from server.research.config import ResearchConfig
from server.research.reading import Reading, opened

CURRENT: Final = "current"
FILES: Final = (BODY, NOTE, MANDATE)
FLOOR: Final = "mandate"
"""The serial of the newest mandate that was seen here; an older one is not believed again."""


class NotPublished(Exception):
    """This release is not shown, or none is; the message says why."""


def publish(config: ResearchConfig, folder: Path, today: date) -> int:
    """Show the release in *folder* from now on; return its number. A `ReleaseError` or `NotPublished`."""
    coming = config.home / "coming"
    shutil.rmtree(coming, ignore_errors=True)
    coming.mkdir(parents=True, mode=0o700)
    try:
        # A publish that was killed at its end left the release before: even a refused one takes that away.
        ahead.forget(config.home)
        _keep_only(config, current(config))
        withdrawn.finish(config, current(config))
        # Copied first and verified here: a stick can change between two readings.
        for name in FILES:
            if not (folder / name).is_file() or (folder / name).is_symlink():
                raise NotPublished(f"there is no {name} in this folder; is this the release's folder?")
            shutil.copyfile(folder / name, coming / name)
        for name in (ROTATION, WITHDRAWAL):
            if (folder / name).is_file() and not (folder / name).is_symlink():
                shutil.copyfile(folder / name, coming / name)
        config = replace(config, root=follow(coming, config.root, config.origin))
        release = verify(coming, config.root, config.origin, today)
        number = release.number
        if release.mandate < _floor(config):
            raise NotPublished("the mandate with this release is older than one that was seen here")
        shown = current(config)
        if (coming / WITHDRAWAL).exists():
            with suppress(withdrawn.NoticeRefused):
                withdrawn.take(config, coming, shown, _floor(config), today)
        if any(t.id in withdrawn.read(config).gone_in(number) for t in release.testimonies):
            raise NotPublished(f"release {number} holds what was taken back; ask the archive for a newer one")
        before = _whole(config, shown)
        if shown is not None and (number < shown or (number == shown and before is not None)):
            raise NotPublished(f"release {number} is not newer than release {shown}, which is shown")
        indexed.lay(coming, release)
        # Remembered only now: a key with a slip in it verifies nothing.
        config.write()
        # Before the release itself: were it after, a publish killed here would forget what was shown.
        ledger.write(config.home, ledger.after(ledger.read(config.home), before, release))
        shutil.rmtree(config.home / str(number), ignore_errors=True)
        (coming / WITHDRAWAL).unlink(missing_ok=True)
        kept.sync_all(coming)
        coming.replace(config.home / str(number))
        _note(config, FLOOR, release.mandate)
        ledger.note_day(config.home, number, today)
        with ahead.told(config.home, number):
            _note(config, CURRENT, number)
    finally:
        shutil.rmtree(coming, ignore_errors=True)
    _keep_only(config, number)
    return number


def withdraw(config: ResearchConfig, folder: Path, today: date) -> int:
    """Show from now on nothing that the notice in *folder* takes back; how many it has taken back so far.

    A `ReleaseError` or `withdrawn.NoticeRefused`. Stopped, it is run again.
    """
    coming = config.home / "coming"
    shutil.rmtree(coming, ignore_errors=True)
    coming.mkdir(parents=True, mode=0o700)
    try:
        ahead.forget(config.home)  # of one that was killed
        for name in (WITHDRAWAL, MANDATE, ROTATION):
            if (folder / name).is_file() and not (folder / name).is_symlink():
                shutil.copyfile(folder / name, coming / name)
        shown = current(config)
        _note(config, FLOOR, withdrawn.take(config, coming, shown, _floor(config), today))
        _keep_only(config, shown)
    finally:
        shutil.rmtree(coming, ignore_errors=True)
    return len(withdrawn.read(config).gone)


def current(config: ResearchConfig) -> int | None:
    """The number of the release that is shown."""
    return kept.number(config.home / CURRENT)


class Shelf:
    """Opens the current release once, and a newer one before it takes its place, when `open_ahead` runs."""

    def __init__(self, config: ResearchConfig) -> None:
        self._config: Final = config
        self._lock: Final = threading.Lock()
        self._open: Reading | None = None
        self._serial = 0
        self._ahead: tuple[bytes, withdrawn.Withdrawn, Reading] | None = None
        """What is to be shown next: its note, which names every byte of it, and what will be taken back."""

    def reading(self) -> Reading:
        """The release that is shown now; `NotPublished` when there is none or it no longer verifies."""
        with self._lock:
            while True:
                number, serial = self._newest()
                if number is None:
                    raise NotPublished("nothing is published yet: onggi research publish FOLDER")
                if self._open and (self._open.number, self._serial) == (number, serial):
                    return self._open
                self._open, ready, self._ahead = None, self._ahead, None
                try:
                    config = self._believed()
                    now = withdrawn.read(config)
                    if ready and ready[:2] == (self._note(number), now):
                        self._open, self._serial = ready[2], serial
                    else:
                        self._open, self._serial = opened(config, number, now), serial
                except ReleaseError as error:
                    # Another may have taken its place, and its files away, while it was read.
                    if self._newest() == (number, serial):
                        told = f"the release that is kept here is not whole: {error}"
                        raise NotPublished(told) from None

    def open_ahead(self) -> None:
        """Open every release before it is shown, and let go of one that is not shown any more, at once.

        So too what a notice of withdrawal leaves of it. Until the home is gone, so in a thread of its own.
        """
        ahead.open_each(self._config.home, self._look, self._prepare)

    def _look(self) -> None:
        # What is wrong is said to whoever asks for a page.
        with suppress(NotPublished, ArchiveError, OSError):
            before = self._open
            if self.reading() is not before:
                _settle()

    def _prepare(self, number: int) -> None:
        with suppress(ReleaseError, ArchiveError, OSError):
            config = self._believed()
            coming = withdrawn.coming(config)
            note, reading = self._note(number), opened(config, number, coming)
            reading.index.found("")
            with self._lock:
                self._ahead = note, coming, reading

    def _believed(self) -> ResearchConfig:
        """The archive that is believed now: a release may change its root."""
        return ResearchConfig.read(self._config.home)

    def _note(self, number: int) -> bytes:
        try:
            return (self._config.home / str(number) / NOTE).read_bytes()
        except OSError:
            return b""

    def _newest(self) -> tuple[int | None, int]:
        return current(self._config), withdrawn.serial(self._config)


def _settle() -> None:
    """Let no collection of garbage look through a release that stays: a page waited 0.08 s for each."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()


def _whole(config: ResearchConfig, number: int | None) -> VerifiedRelease | None:
    """The release that is shown, or None when there is none or it no longer verifies."""
    try:
        return None if number is None else withdrawn.opened(config, number, withdrawn.read(config))
    except ReleaseError:
        return None


def _keep_only(config: ResearchConfig, number: int | None) -> None:
    for release in config.home.iterdir():
        if release.name.isdecimal() and int(release.name) != number:
            shutil.rmtree(release)


def _floor(config: ResearchConfig) -> int:
    return kept.number(config.home / FLOOR) or 0


def _note(config: ResearchConfig, name: str, number: int) -> None:
    kept.write(config.home / name, str(number).encode())
