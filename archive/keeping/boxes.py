"""The boxes of a backup: sealed records and sealed files, and no key to any. They only grow.

Format: docs/formats/backup.md.

1. What is whole here is never written again and never removed. What was shredded stays, and nothing opens it.
2. Records come in packs, each written whole or not at all: a stick takes a few large files better than a
   hundred thousand small ones.
3. A pack is named by its SHA-256, so that anybody can tell without a key whether it is whole.
"""

from __future__ import annotations

import hashlib
import os
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from archive.errors import ArchiveError
from archive.objects import DamagedObject, Objects
from crypto import durable

MARK: Final = "onggi-boxes"
VERSION: Final = "onggi boxes 1\n"
MAGIC: Final = b"ONGGIBX1"
LENGTH: Final = struct.Struct(">I")
FULL: Final = 8 << 20
"""Bytes after which a pack is written: what a stop costs, and what is held in memory."""
LARGEST: Final = 1 << 30
"""Bytes of a pack that is read: those of `FULL`, and the longest record, many times over."""
Progress = Callable[[int, int], None]


class NoBoxes(ArchiveError):
    """This folder holds something else, or a later version's boxes."""


class Boxes:
    """A folder of boxes."""

    def __init__(self, folder: Path) -> None:
        """The boxes in *folder*, or `NoBoxes`."""
        try:
            with (folder / MARK).open("rb") as file:
                version = file.read(len(VERSION) + 1)
        except FileNotFoundError:
            raise NoBoxes(f"there is no {MARK} in this folder; is it the one with the boxes?") from None
        if version != VERSION.encode():
            raise NoBoxes("these boxes are of another version of this program")
        self._packs: Final = folder / "records"
        self._packs.mkdir(mode=0o700, exist_ok=True)
        self._folder: Final = folder / "objects"
        self.objects: Final = Objects(self._folder)
        self.damaged: list[str] = []
        """Packs that are not what their names say, once `sealed` has read them."""
        self._waiting: list[bytes] = []
        self._size = 0

    @classmethod
    def make(cls, folder: Path) -> Boxes:
        """The boxes in *folder*, made if need be; `NoBoxes` when it holds something else."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = {path.name for path in folder.iterdir()}
        if MARK not in found:
            if found - {f"{MARK}.tmp"}:
                raise NoBoxes("this folder holds something else; name a new one for the boxes")
            durable.write(folder / MARK, VERSION.encode())
        return cls(folder)

    def sealed(self, progress: Progress = lambda done, all: None) -> Iterator[bytes]:
        """Every sealed record of every pack. Of a damaged pack, what can be read: keys tell what is true."""
        self.damaged = []
        packs = sorted(self._packs.glob("*.pack"))
        for number, path in enumerate(packs, 1):
            if path.stat().st_size > LARGEST:
                self.damaged.append(path.name)
                continue
            pack = path.read_bytes()
            if hashlib.sha256(pack).hexdigest() != path.stem:
                self.damaged.append(path.name)
            at = len(MAGIC)
            while at + LENGTH.size <= len(pack):
                [length] = LENGTH.unpack_from(pack, at)
                at += LENGTH.size + length
                yield pack[at - length : at]
            progress(number, len(packs))

    def add(self, sealed: bytes) -> None:
        """Put a sealed record in; it is there for good once `flush` came back."""
        self._waiting += [LENGTH.pack(len(sealed)), sealed]
        self._size += len(sealed)
        if self._size >= FULL:
            self.flush()

    def flush(self) -> None:
        """Write the pack that waits."""
        if self._waiting:
            pack = MAGIC + b"".join(self._waiting)
            durable.write(self._packs / f"{hashlib.sha256(pack).hexdigest()}.pack", pack)
            self._waiting, self._size = [], 0

    def holds(self, place: str) -> bool:
        """Whether an object lies here; whether it is whole only its key can tell."""
        return (self._folder / place).exists()


def copy(source: Objects, place: str, key: bytes, into: Objects) -> int:
    """Copy an object, and read the copy back under its *key*; its size, or `DamagedObject`.

    The copy gets its name last, so that a stop leaves none that is half.
    """
    temporary = into.folder / f"{place}.part"
    try:
        with (source.folder / place).open("rb") as read, temporary.open("wb") as written:
            while piece := read.read(1 << 20):
                written.write(piece)
            written.flush()
            os.fsync(written.fileno())
    except FileNotFoundError:
        raise DamagedObject("a sealed file in the vault is missing or damaged") from None
    for _ in into.read(place, key, lies=temporary):
        pass
    durable.rename(temporary, into.folder / place)
    return (into.folder / place).stat().st_size


def digest(sealed: bytes) -> str:
    """The name of a sealed record: of a random nonce and ciphertext, so it says nothing of the words."""
    return hashlib.sha256(sealed).hexdigest()
