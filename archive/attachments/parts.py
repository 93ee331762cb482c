"""Safe copies of one file, whatever it is: pixels and samples from the sandbox, built into new files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Final

from archive.attachments import codes, films, metadata, office, pictures
from archive.attachments.memory import MIB, LimitReached, Memory, NotOpened
from archive.attachments.metadata import Metadata
from archive.attachments.pictures import Box, Picture
from archive.attachments.sandbox import Limits, program, run
from archive.attachments.sniff import Detected

SANITISER: Final = "onggi-copy/1"
"""Goes up when a copy is made differently."""
PAGES: Final = 200
LONGER_SIDE: Final = 1754
"""Pixels of a page: A4 at 150 to the inch."""
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Part:
    """One new file, in memory: a photo, a page, a sound or a film. Whoever takes it closes it."""

    media: str
    content: Memory = field(repr=False)
    width: int = 0
    height: int = 0
    milliseconds: int = 0
    codes: tuple[Box, ...] = ()
    """Where codes are that a phone would read; these stay covered until somebody asks for them."""


def parts(
    source: Memory, kind: Detected, found: Metadata, progress: Progress, *, dangerzone: bool = False
) -> Iterator[Part]:
    """The safe copies of *source*, one at a time; `SandboxUnavailable`, `NotOpened` or `LimitReached`."""
    if kind.treatment == "photo":
        yield _photo(source, kind, found.orientation)
    elif kind.treatment == "sound":
        yield _sound(source, kind)
    elif kind.treatment == "film":
        yield _film(source, kind, progress)
    elif kind.treatment == "pages":
        yield from _pages(source, progress)
    elif kind.treatment == "office":
        with office.through_dangerzone(source) if dangerzone else office.to_pdf(source) as printed:
            yield from _pages(printed, progress)
    else:
        raise NotOpened("files of this kind are shown as bytes only")


def _photo(source: Memory, kind: Detected, orientation: int) -> Part:
    if kind.demuxer == "heif":
        raise NotOpened("HEIC pictures cannot be opened here yet; the original is kept")
    one = ["-frames:v", "1", "-pix_fmt", "rgba", "-c:v", "pam", "-f", "image2pipe", "-"]
    upright = [*films.decoder(kind), "-map", "0:v:0", *one]
    upright.insert(upright.index("-f"), "-noautorotate")
    picture = next(pictures.stream(run(upright, source, Limits(output=300 * MIB))), None)
    if picture is None:
        raise NotOpened("there is no picture in this file that can be read")
    return _pictured(picture.turned(orientation), "image/jpeg" if kind.media == "image/jpeg" else "image/png")


def _pictured(picture: Picture, media: str) -> Part:
    [boxes] = codes.boxes([picture])
    built = picture.encoded("image/jpeg" if media == "image/jpeg" else "image/png")
    return Part(media, Memory([built]).seal(), picture.width, picture.height, codes=tuple(boxes))


def _pages(source: Memory, progress: Progress) -> Iterator[Part]:
    command = [program("pdftoppm"), "-q", "-l", str(PAGES + 1), "-scale-to", str(LONGER_SIDE), "/dev/stdin"]
    limits = Limits(seconds=600, output=(PAGES + 1) * LONGER_SIDE * LONGER_SIDE * 3)
    number = 0
    for picture in pictures.stream(run(command, source, limits)):
        number += 1
        if number > PAGES:
            raise LimitReached(f"a document of more than {PAGES} pages")
        progress(number, 0)
        yield _pictured(picture, "image/png")
    if not number:
        raise NotOpened("there is no page in this document that can be read")


def _sound(source: Memory, kind: Detected) -> Part:
    made, count = Memory(), 0

    def counted() -> Iterator[bytes]:
        nonlocal count
        for piece in films.samples(source, kind):
            count += len(piece)
            yield piece

    try:
        films.flac(counted(), made)
        if not count:
            raise NotOpened("there is no sound in this file that can be read")
    except BaseException:
        made.close()
        raise
    return Part("audio/flac", made.seal(), milliseconds=count * 1000 // (films.RATE * films.SAMPLE))


def _film(source: Memory, kind: Detected, progress: Progress) -> Part:
    made = Memory()
    try:
        with Memory() as sound:
            heard = films.samples(source, kind)
            if first := next(heard, b""):
                films.opus(chain([first], heard), sound)
            try:
                film = films.frames(source, kind)
            except LimitReached:
                raise
            except NotOpened:
                if not first:
                    raise
                made.close()
                return _sound(source, kind)  # what a browser records of a voice has a film's container
            count = films.webm(
                film, sound.seal() if first else None, made, lambda second: progress(second, 0)
            )
        found = {
            box for each in codes.boxes(films.stills(source, kind), films.LONGEST["film"]) for box in each
        }
    except BaseException:
        made.close()
        raise
    if not count:
        made.close()
        raise NotOpened("there is no picture in this film that can be read")
    length = count * 1000 // films.FRAMES
    return Part("video/webm", made.seal(), film.width, film.height, length, tuple(sorted(found)))


def read_metadata(source: Memory) -> Metadata:
    """What *source* says of itself; nothing where ExifTool cannot read a file of its kind."""
    try:
        return metadata.read(source, "-u")
    except NotOpened:
        return Metadata(())
