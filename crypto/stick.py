"""A folder on a courier's stick: names in any case, no links, whole files or none.

Format: docs/formats/bundle.md. The stick was in strangers' hands, and FAT32 forgets capitals.

1. What is read is checked piece by piece; whoever reads it to the end has what its hash names, or an error.
2. What is written is synced and then renamed: a name that is there is whole, whenever power went.
3. Only names that are asked for are opened. The others are counted.
"""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Final

from crypto import durable
from crypto.errors import DamagedPart

MANIFEST: Final = "MANIFEST"
PIECE: Final = 1 << 20
HALF: Final = ".tmp"
"""The end of a name whose file is still being written."""


class Stick:
    """The files of one folder, which may change or fail at any moment."""

    def __init__(self, folder: Path) -> None:
        self._folder: Final = folder
        self._made = False
        self._names: Final = {name.lower(): name for name in sorted(_names_in(folder))}

    def holds(self, name: str) -> bool:
        """Whether there is something under this name, whatever it is."""
        return os.path.lexists(self._path(name))

    def read(self, name: str, most: int) -> bytes:
        """A small file, unchecked; `DamagedPart` when it is not one of *most* bytes or cannot be read."""
        try:
            with self._file(name).open("rb") as file:
                # No more than is there: Python would take the memory for all that is asked for.
                content = file.read(min(most, os.fstat(file.fileno()).st_size) + 1)
        except OSError:
            raise DamagedPart(f"{name[:32]} is missing or cannot be read") from None
        if len(content) > most:
            raise DamagedPart(f"{name[:32]} is longer than it may be")
        return content

    def pieces(self, name: str, sha256: str, size: int) -> Iterator[bytes]:
        """A file that must have this hash and size, in pieces; `DamagedPart` at the latest after the last."""
        digest, left, shown = hashlib.sha256(), size, name[:32]
        try:
            path = self._file(name)
            if path.stat().st_size != size:
                raise DamagedPart(f"{shown} has another size")
            with path.open("rb") as file:
                while left and (piece := file.read(min(PIECE, left))):
                    digest.update(piece)
                    left -= len(piece)
                    yield piece
        except OSError:
            raise DamagedPart(f"{shown} is missing or cannot be read") from None
        if left or digest.hexdigest() != sha256:
            raise DamagedPart(f"{shown} is not what the manifest names")

    def is_whole(self, name: str, sha256: str, size: int) -> bool:
        """Whether `pieces` would give all of it."""
        try:
            for _ in self.pieces(name, sha256, size):
                pass
        except DamagedPart:
            return False
        return True

    def write(self, name: str, content: bytes | BinaryIO, size: int = 0) -> None:
        """Write *content*, or *size* bytes from it, under *name*: synced first, then named."""
        source = io.BytesIO(content) if isinstance(content, bytes) else content
        left = len(content) if isinstance(content, bytes) else size
        self._make()
        temporary = self._folder / (name + HALF)
        try:
            with temporary.open("wb") as file:
                while left and (piece := source.read(min(PIECE, left))):
                    left -= file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(self._path(name))
        except OSError:
            with suppress(OSError):  # a full stick needs the room, and one that is gone has no file to remove
                temporary.unlink()
            raise

    def finish(self, manifest: bytes) -> None:
        """Write the manifest, after the names of all the others have reached the stick."""
        self.sync()
        self.write(MANIFEST, manifest)
        self.sync()

    def sync(self) -> None:
        """Wait until the names in this folder have reached the stick."""
        self._make()
        durable.sync(self._folder)

    def remove(self, name: str) -> None:
        """Take a file away; nothing when there is none."""
        self._path(name).unlink(missing_ok=True)

    def others(self, known: Collection[str]) -> list[str]:
        """The names beside the *known* ones, in lower case, as they were when the stick was looked at."""
        return sorted(self._names.keys() - {name.lower() for name in known})

    def _make(self) -> None:
        # Once: of a stick that is pulled out its folder goes too, and one of the same name is not the stick.
        if not self._made:
            new = [each for each in (self._folder, *self._folder.parents) if not each.exists()]
            self._folder.mkdir(parents=True, exist_ok=True)
            for each in new:
                durable.sync(each.parent)
            self._made = True

    def _path(self, name: str) -> Path:
        exact = self._folder / name
        return exact if os.path.lexists(exact) else self._folder / self._names.get(name.lower(), name)

    def _file(self, name: str) -> Path:
        path = self._path(name)
        if path.is_symlink() or not path.is_file():
            raise DamagedPart(f"{name[:32]} is missing or is not a file")
        return path


def _names_in(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []
