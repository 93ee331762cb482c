"""What a disk still has after a power cut: what was synced, and of the rest whatever it likes.

A kill leaves all that was written; a cut does not. So a platter is told of every fsync, and afterwards lays
the folder down as the disk may have it. Two disks, the worst of each kind:

1. `LOST`: a name is there once its folder was synced, and bytes once their file was (POSIX promises no more).
2. `HOLLOW`: every name is there as it was last, and in a file only the bytes that were synced. A journalling
   file system may be caught so: a name that was given before its bytes were synced leads to nothing.

After: Pillai et al., All File Systems Are Not Created Equal (OSDI 2014).
"""

from __future__ import annotations

import os
import shutil
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

Cut = Literal["lost", "hollow"]
CUTS: Final[tuple[Cut, ...]] = ("lost", "hollow")

_O_PATH: Final = getattr(os, "O_PATH", 0)


@dataclass
class Platter:
    """What is synced of *folder* and all that is in it. Close it: it keeps their numbers from others."""

    folder: Path
    _bytes: dict[int, bytes] = field(default_factory=dict)
    _names: dict[int, dict[str, int]] = field(default_factory=dict)
    _modes: dict[int, int] = field(default_factory=dict)
    _held: dict[int, int] = field(default_factory=dict)
    """While one is open its number is given to no other file."""

    def __post_init__(self) -> None:
        for root, _, files in os.walk(self.folder):
            self.synced(Path(root))
            for name in files:
                self.synced(Path(root, name))

    def synced(self, path: Path) -> None:
        """What is at *path* now will be there after a cut: a file's bytes, or a folder's names."""
        told = path.stat()
        number = told.st_ino
        if stat.S_ISDIR(told.st_mode):
            self._names[number] = {each.name: self._seen(Path(each.path)) for each in os.scandir(path)}
        else:
            self._bytes[number] = path.read_bytes()
        self._seen(path)

    def cut(self, how: Cut) -> None:
        """Lay the folder down as a disk may have it."""
        root = self.folder.stat().st_ino
        if how == "hollow":
            for path in [self.folder, *self.folder.rglob("*")]:
                if path.is_dir():
                    self._names[path.stat().st_ino] = {
                        each.name: self._seen(Path(each.path)) for each in os.scandir(path)
                    }
        for each in list(self.folder.iterdir()):
            shutil.rmtree(each) if each.is_dir() and not each.is_symlink() else each.unlink()
        self._lay(root, self.folder, {})

    def close(self) -> None:
        for each in self._held.values():
            os.close(each)
        self._held.clear()

    def _seen(self, path: Path) -> int:
        """The number of what is at *path*, which is told of nothing else from now on."""
        handle = os.open(path, _O_PATH)
        told = os.fstat(handle)
        if told.st_ino in self._held:
            os.close(handle)
        else:
            self._held[told.st_ino] = handle
        self._modes[told.st_ino] = told.st_mode
        return told.st_ino

    def _lay(self, number: int, folder: Path, laid: dict[int, Path]) -> None:
        for name, each in self._names.get(number, {}).items():
            path = folder / name
            if stat.S_ISDIR(self._modes[each]):
                path.mkdir()
                self._lay(each, path, laid)
            elif each in laid:
                path.hardlink_to(laid[each])
                continue
            else:
                path.write_bytes(self._bytes.get(each, b""))
                laid[each] = path
            path.chmod(stat.S_IMODE(self._modes[each]))
