"""What was taken back, as the reading room keeps it: from the notice on, whatever else comes or breaks off.

Format: docs/formats/withdrawal.md.

1. First the rest of the release is written beside it, then the workers open that (`ahead`), then the notice
   is kept, then the words are removed. Stopped in between, it shows either all as before or nothing that was
   taken back; the next command goes on.
2. What may never be shown again is remembered without any word of it, also when a later notice is silent.
3. A notice that is older than the one that is kept changes nothing.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

from archive.release import (
    BODY,
    MANDATE,
    ROTATION,
    ReleaseError,
    VerifiedRelease,
    follow,
    lines_of,
    remaining_of,
    verify,
    verify_notice,
)
from archive.release import NOTE as RELEASE
from crypto.withdrawal import FOREVER, NOTE, Gone, Left, Withdrawal
from server.research import ahead, indexed, kept
from server.research.config import ResearchConfig

KEPT: Final = "notice-"
"""How the folder with the notice that is believed begins; its serial follows."""
COMING: Final = "coming-notice-"
"""The same of one that is verified, until the workers have opened what it leaves."""
GONE: Final = "gone.json"


class NoticeRefused(Exception):
    """Nothing was changed; the message says why."""


@dataclass(frozen=True)
class Withdrawn:
    """What may not be shown here, and what remains of the releases that held it."""

    serial: int = 0
    gone: Mapping[str, Gone] = field(default_factory=dict)
    left: Mapping[int, Left] = field(default_factory=dict)
    """As the notice says; nothing once another root is believed than the one it was signed under."""

    def gone_in(self, number: int) -> frozenset[str]:
        """The testimonies that the release of this *number* may not show."""
        return frozenset(id for id, each in self.gone.items() if number <= each.through)

    @property
    def named(self) -> dict[str, date]:
        """The testimonies of which a reader may be told that they were taken back, and when."""
        return {id: each.day for id, each in self.gone.items() if each.word == "named"}


def serial(config: ResearchConfig, begins: str = KEPT) -> int:
    """The number of the notice that is kept, or 0."""
    found = [path.name.removeprefix(begins) for path in config.home.glob(f"{begins}*")]
    return max((int(each) for each in found if each.isdecimal()), default=0)


def read(config: ResearchConfig, begins: str = KEPT) -> Withdrawn:
    """What was taken back so far; `ReleaseError` when what is kept of it is damaged."""
    held = serial(config, begins)
    if not held:
        return Withdrawn()
    folder = config.home / f"{begins}{held}"
    try:
        rows = json.loads((folder / GONE).read_text("utf-8"))
        gone = {id: Gone(word, date.fromisoformat(day), int(through)) for id, word, day, through in rows}
    except (OSError, ValueError):
        raise ReleaseError("what was taken back cannot be read; carry the newest notice here again") from None
    try:
        root = follow(folder, config.root, config.origin)
        left = verify_notice(folder, root, config.origin)[0].left
    except ReleaseError:
        # Signed under a root that another has followed since, or damaged: then nothing vouches for a rest.
        left = {}
    return Withdrawn(held, gone, left)


def coming(config: ResearchConfig) -> Withdrawn:
    """What will have been taken back when the notice that comes is kept; without one, what was so far."""
    return read(config, COMING if serial(config, COMING) else KEPT)


def opened(config: ResearchConfig, number: int, now: Withdrawn) -> VerifiedRelease:
    """What may be shown of release *number* that lies here, verified again; a `ReleaseError`."""
    name, left = body_of(config, number, now)
    found = verify(config.home / str(number), config.root, config.origin, body_name=name, left=left)
    if any(each.id in now.gone_in(number) for each in found.testimonies):
        raise ReleaseError("it holds what was taken back, and the notice does not vouch for the rest")
    return found


def take(config: ResearchConfig, folder: Path, shown: int | None, floor: int, today: date) -> int:
    """Believe the notice in *folder* from now on; the serial of its mandate. May be run again.

    `ReleaseError`, or `NoticeRefused` when it or its mandate is older than what was seen here.
    """
    notice, mandate = verify_notice(folder, follow(folder, config.root, config.origin), config.origin, today)
    if mandate < floor:
        raise NoticeRefused("the mandate with this notice is older than one that was seen here")
    if notice.serial < serial(config):
        raise NoticeRefused(f"this is notice {notice.serial}, and a newer one was here already")
    if notice.serial > serial(config):
        try:
            before = read(config)
        except ReleaseError:
            before = Withdrawn()  # the notice is the whole list
        if shown is not None:
            _lay_the_rest(config, shown, before, notice)
        coming = _lay(config, folder, before, notice)
        with nullcontext() if shown is None else ahead.told(config.home, shown, ahead.HASTE):
            coming.rename(config.home / f"{KEPT}{notice.serial}")
            kept.sync(config.home)
    finish(config, shown)
    return mandate


def finish(config: ResearchConfig, shown: int | None) -> None:
    """Remove the words that were taken back and that a stop has left on the disk."""
    now = read(config)
    for path in (*config.home.glob(f"{KEPT}*"), *config.home.glob(f"{COMING}*")):
        if path.name != f"{KEPT}{now.serial}":
            shutil.rmtree(path)
    if shown is None or not now.gone_in(shown):
        return
    try:
        opened(config, shown, now)
        stays = body_of(config, shown, now)[0]
    except ReleaseError:
        stays = ""  # nothing vouches for any line of it
    folder = config.home / str(shown)
    keep = (stays, indexed.name(stays), RELEASE, MANDATE, ROTATION)
    for path in folder.iterdir() if folder.exists() else ():
        if path.name not in keep:
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def _lay_the_rest(config: ResearchConfig, shown: int, before: Withdrawn, notice: Withdrawal) -> None:
    """Write what remains of the release under the name by which it is found once the notice is kept."""
    folder, gone = config.home / str(shown), notice.gone_in(shown)
    name, left = body_of(config, shown, before)
    try:
        found = verify(folder, config.root, config.origin, body_name=name, left=left)
    except ReleaseError:
        return
    lines = zip(lines_of((folder / name).read_bytes()), found.testimonies, strict=True)
    rest = b"".join(line for line, told in lines if told.id not in gone)
    if notice.left.get(shown) == remaining_of(rest):
        indexed.lay_rest(folder, name, _name(notice.serial), gone)
        kept.write(folder / _name(notice.serial), rest)


def _lay(config: ResearchConfig, folder: Path, before: Withdrawn, notice: Withdrawal) -> Path:
    """Write the notice and all that was taken back so far; the folder of it, which is to be renamed."""
    for_ever = {id: each for id, each in before.gone.items() if each.through == FOREVER}
    gone = {**notice.gone, **for_ever}
    for left in config.home.glob(f"{COMING}*"):
        shutil.rmtree(left)
    coming = config.home / f"{COMING}{notice.serial}"
    coming.mkdir(mode=0o700)
    for name in (NOTE, MANDATE, ROTATION):
        if (folder / name).is_file():
            kept.write(coming / name, (folder / name).read_bytes())
    rows = [[id, g.word, g.day.isoformat(), g.through] for id, g in sorted(gone.items())]
    kept.write(coming / GONE, json.dumps(rows).encode())
    return coming


def body_of(config: ResearchConfig, number: int, now: Withdrawn) -> tuple[str, Left | None]:
    """The name of the file with what may be shown, and what vouches for it beside the release's own note."""
    name = _name(now.serial)
    rest = now.left.get(number)
    return (name, rest) if rest and (config.home / str(number) / name).is_file() else (BODY, None)


def _name(serial: int) -> str:
    return f"rest-{serial}.jsonl"
