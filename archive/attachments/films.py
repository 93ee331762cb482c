"""Films and sounds as nothing but frames and samples: decoded in one sandbox, built anew in a second one.

The second sandbox is given numbers only: the frames of YUV4MPEG2 (header `W H F`, checked here), and signed
samples of 16 bits at 48 kHz in one channel. What was written beside them has no way across. Time runs at a
fixed rate, so that no time of the original's is needed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from archive.attachments.memory import MIB, LimitReached, Memory, NotOpened
from archive.attachments.pictures import Box, Picture, stream
from archive.attachments.sandbox import Limits, inside, program, run, whole
from archive.attachments.sniff import Detected

RATE: Final = 48_000
SAMPLE: Final = 2
"""Bytes of one sample."""
FRAMES: Final = 25
"""Of one second."""
WIDEST: Final = 1280
LONGEST: Final = {"sound": 4 * 3600, "film": 3600}
"""Seconds that are opened."""
Silence = tuple[float, float]
"""From, and until just before, in seconds."""
_Y4M: Final = re.compile(rb"YUV4MPEG2 W(\d{1,5}) H(\d{1,5}) F25:1 [^\n]{0,80}\n")
_EVEN: Final = f"scale=w='2*trunc(min({WIDEST},iw)/2)':h=-2,setsar=1"
_FRAME: Final = b"FRAME\n"
_PLAIN: Final = ["-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact", "-flags", "+bitexact"]


def decoder(kind: Detected) -> list[str]:
    """ffmpeg on its standard input, which it may open as this kind only."""
    return [*_reader("ffmpeg"), "-nostdin", "-threads", "2", "-max_pixels", "64000000", *_input(kind)]


def samples(source: Memory, kind: Detected) -> Iterator[bytes]:
    """The sound in *source*; nothing when it is a film and has none. `LimitReached`, or `NotOpened`."""
    if kind.treatment == "film" and not _is_heard(source, kind):
        return iter(())
    longest = LONGEST["film" if kind.treatment == "film" else "sound"]
    limits = Limits(seconds=longest // 4, output=longest * RATE * SAMPLE)
    sound = ["-map", "0:a:0", "-af", "aresample=async=1:first_pts=0", "-vn", "-ac", "1", "-ar", str(RATE)]
    return run([*decoder(kind), *sound, "-f", "s16le", "-"], source, limits)


def _is_heard(source: Memory, kind: Detected) -> bool:
    # ffmpeg would refuse to write a sound without a stream, as it refuses a file that it cannot read.
    asked = ["-select_streams", "a", "-show_entries", "stream=index", "-of", "csv=p=0"]
    return bool(whole([*_reader("ffprobe"), *asked, *_input(kind)], source, Limits(output=MIB)).strip())


def _reader(name: str) -> list[str]:
    return [program(name), "-v", "quiet", "-protocol_whitelist", "file,pipe"]


def _input(kind: Detected) -> list[str]:
    return ["-f", kind.demuxer, "-i", "/dev/stdin"]


def silenced(pieces: Iterable[bytes], silences: Sequence[Silence]) -> Iterator[bytes]:
    """The samples with zeros from each beginning until just before each end."""
    spans = [(round(start * RATE) * SAMPLE, round(end * RATE) * SAMPLE) for start, end in silences]
    at = 0
    for piece in pieces:
        quiet = bytearray(piece)
        for start, end in spans:
            first, beyond = max(start - at, 0), min(end - at, len(piece))
            if first < beyond:
                quiet[first:beyond] = bytes(beyond - first)
        at += len(piece)
        yield bytes(quiet)


def flac(pieces: Iterable[bytes], into: Memory) -> None:
    """Write these samples as FLAC, which keeps each of them."""
    given = ["-f", "s16le", "-ar", str(RATE), "-ac", "1", "-i", "pipe:0"]
    _encode([*given, *_PLAIN, "-c:a", "flac", "-f", "flac"], pieces, into)


def opus(pieces: Iterable[bytes], into: Memory) -> None:
    """Write these samples as Opus, for the sound of a film."""
    given = ["-f", "s16le", "-ar", str(RATE), "-ac", "1", "-i", "pipe:0"]
    _encode([*given, *_PLAIN, "-c:a", "libopus", "-b:a", "64k", "-f", "ogg"], pieces, into)


@dataclass(frozen=True)
class Frames:
    """The frames of a film, each of `size` bytes: brightness, then the two colours at half the size."""

    width: int
    height: int
    pieces: Iterator[bytes]

    @property
    def size(self) -> int:
        return self.width * self.height + 2 * ((self.width + 1) // 2) * ((self.height + 1) // 2)


def frames(source: Memory, kind: Detected) -> Frames:
    """The picture of a film, no wider than `WIDEST`, at `FRAMES` a second."""
    limits = Limits(seconds=LONGEST["film"], output=LONGEST["film"] * FRAMES * (WIDEST * 720 * 3 // 2 + 6))
    film = ["-map", "0:v:0", "-an", "-t", str(LONGEST["film"] + 1), "-vf", f"fps={FRAMES},{_EVEN}"]
    film += ["-pix_fmt", "yuv420p"]
    pieces = run([*decoder(kind), *film, "-strict", "-1", "-f", "yuv4mpegpipe", "-"], source, limits)
    held = bytearray()
    while b"\n" not in held and (piece := next(pieces, b"")):
        held += piece
    found = _Y4M.match(bytes(held[:256]))
    if not found:
        raise NotOpened("there is no picture in this film that can be read")
    del held[: found.end()]
    width, height = int(found[1]), int(found[2])
    if not 0 < width <= WIDEST or not 0 < height <= 4 * WIDEST:
        raise LimitReached("a film of more pixels than are opened")
    made = Frames(width, height, iter(()))
    return Frames(width, height, _frames(held, pieces, made.size))


def stills(source: Memory, kind: Detected) -> Iterator[Picture]:
    """One frame of each second, as large as in `frames`."""
    film = ["-map", "0:v:0", "-an", "-t", str(LONGEST["film"]), "-vf", f"fps=1,{_EVEN}", "-pix_fmt", "rgb24"]
    limits = Limits(seconds=LONGEST["film"], output=LONGEST["film"] * WIDEST * WIDEST * 4 * 3)
    return stream(run([*decoder(kind), *film, "-c:v", "ppm", "-f", "image2pipe", "-"], source, limits))


def _frames(held: bytearray, pieces: Iterator[bytes], size: int) -> Iterator[bytes]:
    while True:
        while len(held) < len(_FRAME) + size and (piece := next(pieces, b"")):
            held += piece
        if not held:
            return
        if not held.startswith(_FRAME) or len(held) < len(_FRAME) + size:
            raise NotOpened("a film is cut short")
        yield bytes(held[len(_FRAME) : len(_FRAME) + size])
        del held[: len(_FRAME) + size]


def covered(frame: bytes, width: int, height: int, boxes: Sequence[Box]) -> bytes:
    """One frame with solid boxes; a box grows by a pixel where half-sized colour needs it."""
    made = bytearray(frame)
    half, low = (width + 1) // 2, (height + 1) // 2
    for left, top, right, bottom in boxes:
        left, top = max(left, 0) // 2 * 2, max(top, 0) // 2 * 2
        right, bottom = min(right + right % 2, width), min(bottom + bottom % 2, height)
        for row in range(top, bottom):
            made[row * width + left : row * width + right] = b"\x28" * max(right - left, 0)
        across = max((right + 1) // 2 - left // 2, 0)
        for plane in (width * height, width * height + half * low):
            for row in range(top // 2, (bottom + 1) // 2):
                start = plane + row * half + left // 2
                made[start : start + across] = b"\x80" * across
    return bytes(made)


def webm(film: Frames, sound: Memory | None, into: Memory, seen: Callable[[int], None]) -> int:
    """Write a film of these frames and this Opus; return how many frames. *seen* is told as it goes on."""
    count = 0

    def given() -> Iterator[bytes]:
        nonlocal count
        yield b"YUV4MPEG2 W%d H%d F%d:1 Ip A1:1 C420jpeg\n" % (film.width, film.height, FRAMES)
        for frame in film.pieces:
            count += 1
            if count > LONGEST["film"] * FRAMES:
                raise LimitReached(f"a film longer than {LONGEST['film'] // 60} minutes")
            if count % FRAMES == 0:
                seen(count // FRAMES)
            yield _FRAME + frame

    both = ["-f", "yuv4mpegpipe", "-i", "pipe:0"]
    picture = [
        "-map",
        "0:v",
        "-c:v",
        "libvpx",
        "-deadline",
        "realtime",
        "-cpu-used",
        "6",
        "-crf",
        "18",
        "-b:v",
        "2M",
    ]
    beside = []
    if sound is not None:
        both += ["-f", "ogg", "-i", inside(sound)]
        picture += ["-map", "1:a", "-c:a", "copy"]
        beside = [sound]
    _encode([*both, *picture, "-threads", "2", *_PLAIN, "-f", "webm"], given(), into, beside)
    return count


def _encode(argv: list[str], pieces: Iterable[bytes], into: Memory, beside: Sequence[Memory] = ()) -> None:
    # Not a pipe: an encoder goes back to write how long the whole is, without which no player can seek.
    command = [program("ffmpeg"), "-v", "quiet", "-nostdin", "-y", *argv, inside(into)]
    limits = Limits(seconds=LONGEST["film"] * 2, output=MIB, file=2048 * MIB)
    for _ in run(command, pieces, limits, beside=[*beside, into]):
        pass
