"""Pictures as nothing but pixels: read from a sandbox's pipe, turned, covered, and built into a new file.

What comes is Netpbm (P6 and P7, netpbm.sourceforge.net/doc), whose header is a few numbers. These are checked
against `PIXELS` before a byte of a picture is read. What leaves is a JPEG or PNG that Pillow writes from the
pixels, which has nothing else in it.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, Literal

from PIL import Image, ImageDraw, ImageFilter

from archive.attachments.memory import LimitReached, NotOpened

PIXELS: Final = 64_000_000
"""Of one picture: 8000 by 8000."""
PREVIEW: Final = 160
"""Pixels of the longer side of what is shown before somebody opens a picture."""
COVER: Final = (40, 40, 40)
Box = tuple[int, int, int, int]
"""Left, top, right, bottom, in pixels; the last two are outside."""
_P7: Final = re.compile(
    rb"P7\nWIDTH (\d{1,6})\nHEIGHT (\d{1,6})\nDEPTH 4\nMAXVAL 255\nTUPLTYPE RGB_ALPHA\nENDHDR\n"
)
_P6: Final = re.compile(rb"P6\n(\d{1,6}) (\d{1,6})\n255\n")
_LONGEST_HEADER: Final = 128
_TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}  # fmt: skip
"""How a picture is turned upright, by the number that EXIF gives its orientation."""


@dataclass(frozen=True)
class Picture:
    """Red, green and blue of each pixel, row by row."""

    width: int
    height: int
    pixels: bytes = field(repr=False)

    def turned(self, orientation: int) -> Picture:
        """Upright, when it was taken in this EXIF orientation; as it is for a number that there is not."""
        turn = _TURNS.get(orientation)
        return self if turn is None else _picture(_image(self).transpose(turn))

    def covered(self, boxes: Iterable[Box]) -> Picture:
        """With solid boxes in the place of what was there: no pixel of it is left, not even an average."""
        image = _image(self)
        draw = ImageDraw.Draw(image)
        for left, top, right, bottom in boxes:
            draw.rectangle((left, top, right - 1, bottom - 1), fill=COVER)
        return _picture(image)

    def preview(self) -> bytes:
        """A PNG that is small, grey and blurred: what kind of picture it is, and no more (R24)."""
        image = _image(self).convert("L")
        image.thumbnail((PREVIEW, PREVIEW))
        return _saved(image.filter(ImageFilter.GaussianBlur(6)), "PNG")

    def encoded(self, media: Literal["image/jpeg", "image/png"]) -> bytes:
        """A new file of these pixels."""
        return _saved(_image(self), "JPEG" if media == "image/jpeg" else "PNG")

    def netpbm(self) -> bytes:
        """As P6, for a program that looks for something in it."""
        return b"P6\n%d %d\n255\n" % (self.width, self.height) + self.pixels


def stream(pieces: Iterable[bytes]) -> Iterator[Picture]:
    """The pictures that come out of a sandbox, one at a time; `LimitReached`, or `NotOpened`."""
    held = bytearray()
    source = iter(pieces)
    while True:
        while len(held) < _LONGEST_HEADER and (piece := next(source, b"")):
            held += piece
        if not held:
            return
        start = bytes(held[:_LONGEST_HEADER])
        found, depth = (_P7.match(start), 4) if start.startswith(b"P7") else (_P6.match(start), 3)
        if not found:
            raise NotOpened("what came out of the sandbox is no picture")
        width, height = int(found[1]), int(found[2])
        if not 0 < width * height <= PIXELS:
            raise LimitReached(f"a picture of more than {PIXELS // 1_000_000} million pixels")
        del held[: found.end()]
        size = width * height * depth
        while len(held) < size and (piece := next(source, b"")):
            held += piece
        if len(held) < size:
            raise NotOpened("a picture is cut short")
        pixels = bytes(held[:size])
        del held[:size]
        yield Picture(width, height, pixels if depth == 3 else _on_white(width, height, pixels))


def reopened(ours: bytes) -> Picture:
    """The pixels of a file that `encoded` made: ours, and no stranger's."""
    with Image.open(io.BytesIO(ours), formats=("JPEG", "PNG")) as image:
        return _picture(image.convert("RGB"))


def _on_white(width: int, height: int, pixels: bytes) -> bytes:
    image = Image.frombytes("RGBA", (width, height), pixels)
    if image.getchannel("A").getextrema() == (255, 255):
        return image.convert("RGB").tobytes()
    return Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB").tobytes()


def _image(picture: Picture) -> Image.Image:
    return Image.frombytes("RGB", (picture.width, picture.height), picture.pixels)


def _picture(image: Image.Image) -> Picture:
    return Picture(image.width, image.height, image.tobytes())


def _saved(image: Image.Image, format: str) -> bytes:
    into = io.BytesIO()
    image.save(into, format, **({"quality": 90, "subsampling": 0} if format == "JPEG" else {}))
    return into.getvalue()
