"""Where sealed bytes wait. A shelf knows names and bytes, never what they mean. `bucket` has another one.

1. Every write is synced and renamed into place, so a killed process leaves whole parts or none.
2. A part's time is midnight (UTC) of its day. **Not** hidden: the file system's own ctime.
3. Some of the disk is never given away: a full one would stop the courier too.
"""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final, Protocol

from crypto import durable

SPARE: Final = 2_500_000_000
"""Bytes that stay free: packing puts the largest envelope together here, and the database writes."""
FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""What a disk answers that takes no more."""
SPARE_SHARE: Final = 20
"""One part in so many stays free on a larger disk: other programs write there as well."""


class ShelfError(Exception):
    """The shelf cannot be used now, whatever it was asked for."""

    hint = "try again later"


class Shelf(Protocol):
    """What the rules in `deposits` need of a place for sealed bytes."""

    def put(self, deposit: str, number: int, part: bytes) -> bool:
        """Keep a part. True when it is there now as given; False when another part has its place.

        `FileNotFoundError` when the deposit was removed while its part came.
        """

    def read(self, deposit: str, number: int) -> bytes:
        """A part that was kept; an `OSError` when it is not there or cannot be read."""

    def remove(self, deposit: str) -> None:
        """Forget every part of a deposit. Doing it twice is fine."""

    def names(self) -> Iterator[str]:
        """The deposits of which anything lies here."""

    def room(self) -> int:
        """How many bytes may still come."""

    def claim(self) -> None:
        """Make sure, before it is used, that what is here is this intake's own."""

    def close(self) -> None:
        """Let go of what was opened."""


class DiskShelf:
    """A shelf in a folder: one folder a deposit, one file a part."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def put(self, deposit: str, number: int, part: bytes) -> bool:
        place, kept = self._folder / deposit / f"{number:06d}", True
        with suppress(FileExistsError):
            # Not `exist_ok`: that looks again, and the folder may be gone by then.
            os.mkdir(place.parent, 0o700)
        temporary = place.with_name(f"{place.name}.{secrets.token_hex(8)}.tmp")
        try:
            with temporary.open("xb") as file:
                file.write(part)
                file.flush()
                os.fsync(file.fileno())
            _date(temporary)
            # A link fails when the name is taken: of two senders of one part, one wins and neither mixes.
            os.link(temporary, place)
        except FileExistsError:
            kept = place.read_bytes() == part
        finally:
            temporary.unlink(missing_ok=True)
        _date(place.parent)
        # Both names have to survive a power cut, the part's and its folder's, whoever made them.
        durable.sync(place.parent)
        durable.sync(self._folder)
        return kept

    def read(self, deposit: str, number: int) -> bytes:
        return (self._folder / deposit / f"{number:06d}").read_bytes()

    def remove(self, deposit: str) -> None:
        # Out of the way first, under a name that no row has: no part finds its way there any more, and what a
        # killed process leaves is swept up like any bytes without a row.
        gone = self._folder / secrets.token_hex(16)
        try:
            (self._folder / deposit).rename(gone)
            while not _emptied(gone):
                pass
        except FileNotFoundError:
            return  # there was nothing, or somebody else removes it
        durable.sync(self._folder)

    def names(self) -> Iterator[str]:
        return (path.name for path in self._folder.iterdir())

    def claim(self) -> None:
        """Nothing to do: a folder in the intake's home is its own."""

    def close(self) -> None:
        """Nothing to do: no file stays open."""

    def room(self) -> int:
        disk = shutil.disk_usage(self._folder)
        return room_on(disk.total, disk.free)


def room_on(total: int, free: int) -> int:
    """What may be used of the *free* bytes of a disk."""
    return max(0, free - max(SPARE, total // SPARE_SHARE))


def _emptied(folder: Path) -> bool:
    """Remove a folder and its files; False when a part that was on its way already came in meanwhile."""
    for file in folder.iterdir():
        file.unlink(missing_ok=True)
    try:
        folder.rmdir()
    except OSError as error:
        if error.errno != errno.ENOTEMPTY:
            raise
        return False
    return True


def _date(path: Path) -> None:
    # A file says when it was written to the nanosecond; here it says the day.
    midnight = int(time.time()) // 86_400 * 86_400
    os.utime(path, (midnight, midnight))
