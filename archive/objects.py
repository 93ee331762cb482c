"""Large things in the vault: each in its own file, sealed in a stream under its own key.

Cobblestone-256 (C2SP chunked encryption) at constant memory. A file that was not written to its end, or is
not whole when it is read, is never taken for a whole one. Private to `vault`.
"""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from cryptography.cobblestone import Cobblestone256Decryptor, Cobblestone256Encryptor
from cryptography.exceptions import InvalidTag

from archive.errors import ArchiveError
from crypto import durable
from crypto.cobblestone import Message, Window
from crypto.errors import DamagedMessage

PIECE: Final = 1 << 20
LABEL: Final = b"onggi-object1|"
A_DAY: Final = 86_400
"""Seconds. Another process may be staging a file now; none takes so long over one."""


class DamagedObject(ArchiveError):
    """A sealed file is missing, cut short or changed."""


class Staged:
    """A sealed file that no record names yet. Lost with its key when the process ends before one does."""

    def __init__(self, place: str, key: bytes, file: BinaryIO) -> None:
        self.place: Final = place
        self.key: Final = key
        self._file = file
        self._encryptor = Cobblestone256Encryptor(key, LABEL + place.encode())

    def write(self, piece: bytes, /) -> int:
        """Plaintext goes in, and only ciphertext comes to lie."""
        self._file.write(self._encryptor.update(piece))
        return len(piece)

    def finish(self) -> None:
        self._file.write(self._encryptor.finalize())
        self._file.flush()
        os.fsync(self._file.fileno())

    def __repr__(self) -> str:
        return f"Staged({self.place})"


class Objects:
    """A folder of sealed files with random names."""

    def __init__(self, folder: Path) -> None:
        self.folder: Final = folder
        folder.mkdir(mode=0o700, exist_ok=True)

    @contextmanager
    def stage(self, place: str = "", key: bytes = b"") -> Iterator[Staged]:
        """A new file to write into; it is whole and durable when the block ends well, and gone otherwise.

        With a *place* and a *key*, which belong together, the same object is sealed once more.
        """
        place, key = place or secrets.token_hex(16), key or secrets.token_bytes(32)
        temporary = self.folder / f"{place}.part"
        try:
            with temporary.open("wb") as file:
                staged = Staged(place, key, file)
                yield staged
                staged.finish()
            durable.rename(temporary, self.folder / place)
        finally:
            temporary.unlink(missing_ok=True)

    def read(self, name: str, key: bytes, lies: Path | None = None) -> Iterator[bytes]:
        """The object in pieces, or `DamagedObject`. What came before an error was never shown to be whole.

        *lies* is where a copy of it lies that has no name yet.
        """
        decryptor = Cobblestone256Decryptor(key, LABEL + name.encode())
        try:
            with (lies or self.folder / name).open("rb") as file:
                while piece := file.read(PIECE):
                    yield decryptor.update(piece)
            yield decryptor.finalize()
        except (OSError, InvalidTag, ValueError):
            raise DamagedObject("a sealed file in the vault is missing or damaged") from None

    def open(self, name: str, key: bytes) -> Window:
        """The object as a file to seek in, or `DamagedObject`. Whoever opens it closes it.

        A cut is noticed here; a changed chunk when it is read (`crypto.errors.DamagedMessage`), and a
        chunk that nobody reads never.
        """
        file: BinaryIO | None = None
        try:
            file = (self.folder / name).open("rb")
            return Window(Message(file, key, LABEL + name.encode()))
        except (OSError, DamagedMessage):
            if file is not None:
                file.close()
            raise DamagedObject("a sealed file in the vault is missing or damaged") from None

    def remove(self, name: str) -> None:
        """Take the file away. Its key is what has to be destroyed; this frees the room."""
        (self.folder / name).unlink(missing_ok=True)

    def sweep(self) -> int:
        """Take away what a killed process was writing, when it is a day old; how many.

        A whole file that no record names stays: the record may lie in a newer copy of the database.
        """
        swept = 0
        for path in list(self.folder.glob("*.part")):
            if time.time() - path.stat().st_mtime > A_DAY:
                path.unlink()
                swept += 1
        return swept
