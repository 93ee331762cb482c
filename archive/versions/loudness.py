"""How a recording sounds to a program: its loudness to be drawn, and its samples for a recogniser.

ffmpeg is given samples, or a file that the archive made: nothing of a stranger's. A WAV is drawn without it.
"""

from __future__ import annotations

import itertools
import shutil
import subprocess
import sys
import threading
from array import array
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, suppress
from typing import BinaryIO, Final

from archive.vault import Vault
from archive.versions.recordings import Recording, opened
from archive.versions.wav import NoSound, Rebuilt

COLUMNS: Final = 600
"""Of a waveform."""
RATE: Final = 16_000
"""Samples a second that recognisers take, and enough to draw."""
PIECE: Final = 1 << 16


def heard_as(vault: Vault, heard: Recording, *form: str) -> Iterator[bytes]:
    """The sound at 16,000 samples a second, one channel, in pieces, as ffmpeg writes *form*; or `NoSound`.

    ffmpeg is given samples, or a file that the archive made: nothing of a stranger's.
    """
    program = shutil.which("ffmpeg")
    if program is None:
        raise NoSound("ffmpeg is not installed on this machine")
    argv = [
        program,
        "-nostdin",
        "-loglevel",
        "quiet",
        "-i",
        "pipe:0",
        "-vn",
        "-ac",
        "1",
        "-ar",
        str(RATE),
        *form,
    ]
    with opened(vault, heard) as source:
        yield from through([*argv, "pipe:1"], iter(lambda: source.read(PIECE) or b"", b""))


def through(argv: Sequence[str], pieces: Iterable[bytes]) -> Iterator[bytes]:
    """What a program makes of *pieces*, in pieces; `NoSound` when it fails. It ends when nobody reads on."""
    with subprocess.Popen(
        argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as run:
        assert run.stdin
        assert run.stdout
        feeding = threading.Thread(target=_feed, args=(run.stdin, pieces))
        feeding.start()
        try:
            while piece := run.stdout.read(PIECE):
                yield piece
            if run.wait() != 0:
                raise NoSound("the program could make nothing of this sound")
        finally:
            run.kill()
            feeding.join()


def _feed(into: BinaryIO, pieces: Iterable[bytes]) -> None:
    with suppress(BrokenPipeError, ValueError), closing(into):
        for piece in pieces:
            into.write(piece)


def peaks(vault: Vault, heard: Recording) -> list[float]:
    """How loud it is from beginning to end, `COLUMNS` numbers from 0 to 1; or `NoSound`.

    Of a WAV the beginning of each column is looked at, so that an hour is drawn as soon as a minute.
    """
    with opened(vault, heard) as source:
        if isinstance(source, Rebuilt):
            return _peaks_in_place(source)
    return _peaks_of(heard_as(vault, heard, "-f", "s16le"))


def _peaks_in_place(source: Rebuilt) -> list[float]:
    frame = 2 * source.samples.channels
    frames = source.samples.length // frame
    found = []
    for column in range(COLUMNS):
        first, beyond = frames * column // COLUMNS, frames * (column + 1) // COLUMNS
        source.seek(44 + first * frame)
        found.append(_loudest(source.read(min(PIECE, (beyond - first) * frame)) or b""))
    return found


def _peaks_of(pieces: Iterator[bytes]) -> list[float]:
    """Of a stream whose length is not known: halved in detail each time that it turns out longer."""
    found, each, rest = list[float](), 2 * 64, b""
    with closing(pieces):  # type: ignore[type-var]
        for piece in pieces:
            rest += piece
            whole = len(rest) - len(rest) % each
            found += [_loudest(rest[at : at + each]) for at in range(0, whole, each)]
            rest = rest[whole:]
            while len(found) >= 2 * COLUMNS:
                found = [max(found[at : at + 2]) for at in range(0, len(found), 2)]
                each *= 2
    if rest:
        found.append(_loudest(rest))
    if not found:
        return [0.0] * COLUMNS
    cut = [len(found) * column // COLUMNS for column in range(COLUMNS + 1)]
    return [max(found[a : max(b, a + 1)]) for a, b in itertools.pairwise(cut)]


def _loudest(raw: bytes) -> float:
    samples = array("h", raw[: len(raw) - len(raw) % 2])
    if sys.byteorder == "big":
        samples.byteswap()
    return round(max(max(samples), -min(samples)) / 32768, 3) if samples else 0.0
