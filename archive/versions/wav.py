"""A WAV of 16-bit samples, read without trusting its header: only the samples are handed on.

Samples have no form that a player could stumble over; the header before them is always one of ours.
"""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass
from typing import BinaryIO, Final

from archive.errors import ArchiveError
from crypto.cobblestone import Window

_HEADER: Final = struct.Struct("<4sI4s4sIHHIIHH4sI")
_CHUNKS: Final = 64
"""Chunks that are looked at before the samples; a recorder writes three."""


class NoSound(ArchiveError):
    """There is nothing that may be played yet. The message says what to do."""


@dataclass(frozen=True)
class Samples:
    """Where the samples of a WAV lie: 16 bits, little-endian, *channels* side by side."""

    channels: int
    rate: int
    offset: int
    length: int

    def header(self) -> bytes:
        """The 44 bytes of a WAV of these samples and nothing else."""
        frame = 2 * self.channels
        return _HEADER.pack(
            b"RIFF", 36 + self.length, b"WAVE", b"fmt ", 16, 1, self.channels, self.rate,
            self.rate * frame, frame, 16, b"data", self.length,
        )  # fmt: skip


def samples_of(untrusted: BinaryIO | Window) -> Samples:
    """Where the samples of a WAV lie, or `NoSound` for anything but one or two channels of 16-bit samples."""
    refused = NoSound("this is no WAV of 16-bit samples; make a safe copy of it under Files first")
    size = untrusted.seek(0, os.SEEK_END)
    untrusted.seek(0)
    head = untrusted.read(12) or b""
    if len(head) < 12 or head[:4] != b"RIFF" or head[8:] != b"WAVE":
        raise refused
    at, form = 12, None
    for _ in range(_CHUNKS):
        untrusted.seek(at)
        chunk = untrusted.read(8) or b""
        if len(chunk) < 8:
            break
        name, length = struct.unpack("<4sI", chunk)
        if name == b"fmt " and length >= 16:
            coding, channels, rate, _, frame, bits = struct.unpack(
                "<HHIIHH", (untrusted.read(16) or b"").ljust(16, b"\0")
            )
            form = (channels, rate) if (coding, frame, bits) == (1, 2 * channels, 16) else None
        elif name == b"data" and form is not None and 1 <= form[0] <= 2 and 1000 <= form[1] <= 192_000:
            there = min(length, size - at - 8)  # a recorder that was cut off has not written the length
            return Samples(*form, at + 8, there - there % (2 * form[0]))
        at += 8 + length + length % 2
    raise refused


class _Plain:
    """The samples of a WAV behind a header of ours."""

    def __init__(self, source: Window) -> None:
        self._source: Final = source
        self.samples: Final = samples_of(source)
        self._header: Final = self.samples.header()
        self.size: Final = len(self._header) + self.samples.length

    def read_at(self, offset: int, size: int) -> bytes:
        end = min(offset + size, self.size)
        header = self._header[offset:end]
        first = max(offset, len(self._header))
        self._source.seek(self.samples.offset + first - len(self._header))
        return header + (self._source.read(max(0, end - first)) or b"")

    def close(self) -> None:
        self._source.close()


class Rebuilt(Window):
    """A WAV of its samples alone, as a file to read and seek in; `NoSound`. Closing closes its source."""

    def __init__(self, source: Window) -> None:
        plain = _Plain(source)
        super().__init__(plain)
        self.samples: Final = plain.samples
