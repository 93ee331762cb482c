"""Where sealed bytes wait. A shelf knows names and bytes, never what they mean.

Every write is synced and renamed into place, so a killed process leaves whole parts or none.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol


class Shelf(Protocol):
    """What the rules in `deposits` need of a place for sealed bytes."""

    def put(self, deposit: str, number: int, part: bytes) -> bool:
        """Keep a part. True when it is there now as given; False when another part has its place."""

    def read(self, deposit: str, number: int) -> bytes: ...

    def remove(self, deposit: str) -> None:
        """Forget every part of a deposit. Doing it twice is fine."""

    def names(self) -> Iterator[str]: ...


class DiskShelf:
    """A shelf in a folder: one folder a deposit, one file a part."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def put(self, deposit: str, number: int, part: bytes) -> bool:
        place = self._folder / deposit / f"{number:06d}"
        place.parent.mkdir(exist_ok=True, mode=0o700)
        temporary = place.with_name(f"{place.name}.{secrets.token_hex(4)}.tmp")
        with temporary.open("xb") as file:
            file.write(part)
            file.flush()
            os.fsync(file.fileno())
        try:
            # A link fails when the name is taken: of two senders of one part, one wins and neither mixes.
            os.link(temporary, place)
        except FileExistsError:
            return place.read_bytes() == part
        finally:
            temporary.unlink()
        _sync(place.parent)
        return True

    def read(self, deposit: str, number: int) -> bytes:
        return (self._folder / deposit / f"{number:06d}").read_bytes()

    def remove(self, deposit: str) -> None:
        folder = self._folder / deposit
        if folder.is_dir():
            for file in folder.iterdir():
                file.unlink(missing_ok=True)
            folder.rmdir()
            _sync(self._folder)

    def names(self) -> Iterator[str]:
        return (path.name for path in self._folder.iterdir())


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
