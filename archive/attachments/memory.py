"""Bytes in memory, for what may touch no disk: a program in the sandbox is given them, and gives some back.

What it costs: all of a file lies here while it is open, so there is a most; a machine that swaps can write
this to its swap.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Final

from archive.errors import ArchiveError

MIB: Final = 1 << 20
_SEALS: Final = fcntl.F_SEAL_WRITE | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL


class NotOpened(ArchiveError):
    """The program inside could not make anything of this file. Never quotes the file, nor the program."""


class LimitReached(NotOpened):
    """A file asked for more memory, time, pixels or bytes than it is given."""


class Memory:
    """Bytes in a file that is in memory only (memfd_create(2)); gone when closed, or with this process."""

    def __init__(self, pieces: Iterable[bytes] = (), most: int = 2048 * MIB) -> None:
        self.fd: Final = os.memfd_create("onggi", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        self._most = most
        try:
            for piece in pieces:
                self.write(piece)
        except BaseException:
            self.close()
            raise

    @property
    def size(self) -> int:
        return os.fstat(self.fd).st_size

    def write(self, piece: bytes, /) -> int:
        """Put *piece* behind what is there; `LimitReached` where it is more than memory is given for."""
        if self.size + len(piece) > self._most:
            raise LimitReached(f"larger than the {self._most // MIB} MiB that are opened in memory")
        written = 0
        while written < len(piece):
            written += os.write(self.fd, piece[written:])
        return written

    def seal(self) -> Memory:
        """Nobody can change it from now on, nor can the program that is given it."""
        fcntl.fcntl(self.fd, fcntl.F_ADD_SEALS, _SEALS)
        self.rewind()
        return self

    def rewind(self) -> None:
        """A program that is given this reads it from its beginning, also after another has."""
        os.lseek(self.fd, 0, os.SEEK_SET)

    def pieces(self) -> Iterator[bytes]:
        at = 0
        while piece := os.pread(self.fd, MIB, at):
            at += len(piece)
            yield piece

    def read(self, size: int, at: int = 0) -> bytes:
        return os.pread(self.fd, size, at)

    def close(self) -> None:
        os.close(self.fd)

    def __enter__(self) -> Memory:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
