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
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Final

from archive.errors import ArchiveError
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
from archive.search.index import Index
from crypto.withdrawal import NOTE as WITHDRAWAL
from server.research import ahead, indexed, kept, ledger, withdrawn
from server.research.config import ResearchConfig
from server.research.facets import Spread
from server.research.masking import FEWEST
from server.research.spelling import Spelling

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
    spread: Spread
    spelling: Spelling
    shown: dict[str, ledger.Shown]
    """Every testimony that was shown here, those that are gone included, if that may be known."""
    days: ledger.Days
    notice: int
    """The serial of the notice of withdrawal that is kept, or 0."""
    named: Mapping[str, date] = field(default_factory=dict)
    """What was taken back, and since when, where she allowed that it be known."""


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
                    config, now = self._known(withdrawn.read)
                    if ready and ready[:2] == (self._note(number), now):
                        self._open, self._serial = ready[2], serial
                    else:
                        self._open, self._serial = _open(config, number, now), serial
                except NotPublished:
                    # Another may have taken its place, and its files away, while it was read.
                    if self._newest() == (number, serial):
                        raise

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
        with suppress(NotPublished, ArchiveError, OSError):
            config, coming = self._known(withdrawn.coming)
            note, reading = self._note(number), _open(config, number, coming)
            reading.index.found("")
            with self._lock:
                self._ahead = note, coming, reading

    def _known(
        self, told: Callable[[ResearchConfig], withdrawn.Withdrawn]
    ) -> tuple[ResearchConfig, withdrawn.Withdrawn]:
        """The archive that is believed now, for a release may change its root, and what it took back."""
        try:
            config = ResearchConfig.read(self._config.home)
            return config, told(config)
        except ReleaseError as error:
            raise NotPublished(f"the release that is kept here is not whole: {error}") from None

    def _note(self, number: int) -> bytes:
        try:
            return (self._config.home / str(number) / NOTE).read_bytes()
        except OSError:
            return b""

    def _newest(self) -> tuple[int | None, int]:
        return current(self._config), withdrawn.serial(self._config)


def _open(config: ResearchConfig, number: int, now: withdrawn.Withdrawn) -> Reading:
    """What may be read of release *number*; `NotPublished` when it does not verify."""
    try:
        release = withdrawn.opened(config, number, now)
    except ReleaseError as error:
        raise NotPublished(f"the release that is kept here is not whole: {error}") from None
    body = withdrawn.body_of(config, number, now)[0]
    documents = indexed.Documents(release.testimonies)
    index, found = indexed.opened(config.home / str(number), body, release, documents), documents.told
    hushed = now.gone.keys() - now.named.keys() - found.keys()
    history = {id: each for id, each in ledger.read(config.home).items() if id not in hushed}
    texts = ("\n".join(text for _, text in told.segments) for told in documents.values())
    spelling = Spelling(dict(index.common(FEWEST)), texts, FEWEST)
    spread = Spread(found[id] for id in index.names)
    days = ledger.days(config.home)
    return Reading(release.number, found, index, spread, spelling, history, days, now.serial, now.named)


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
