"""Files that a woman might send, with what a camera and a phone write beside them. All of it is invented."""

from __future__ import annotations

import io
import shutil
import subprocess
from pathlib import Path

import pytest
import segno
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from reportlab.pdfgen.canvas import Canvas

from archive.attachments.copies import File, make
from archive.attachments.sandbox import SandboxUnavailable, require
from tests.people import TODAY, Archive, seal_file, statement

MADE_BY = "Hanul Phone SX-20"
AUTHOR = "한설아 Han Seola"
NOTE = "옌지 시장 뒤 셋째 집"
LATITUDE = (42.0, 54.0, 26.0)
CORPORA = Path(__file__).parents[4] / "shared" / "corpora"
"""Real files, where a checkout has them beside it."""


def require_sandbox(*programs: str) -> None:
    """Skip, and say why, where nothing can be opened."""
    try:
        require()
    except SandboxUnavailable as reason:
        pytest.skip(str(reason))
    for name in programs:
        if not shutil.which(name):
            pytest.skip(f"{name} is not installed; `make test` installs it as root")


def photo(size: tuple[int, int] = (240, 160), *, orientation: int = 6, code: str = "") -> bytes:
    """A JPEG whose left half is red, with a position, a name and a note; perhaps with a QR code."""
    image = Image.new("RGB", size, "white")
    image.paste((200, 20, 20), (0, 0, size[0] // 2, size[1]))
    if code:
        drawn = io.BytesIO()
        segno.make_qr(code).save(drawn, kind="png", scale=4)
        image.paste(Image.open(drawn).convert("RGB"), (size[0] // 2, 10))
    exif = Image.Exif()
    exif[0x0112], exif[0x010F], exif[0x013B], exif[0x010E] = orientation, MADE_BY, AUTHOR, NOTE
    exif[0x8825] = {1: "N", 2: LATITUDE, 3: "E", 4: (129.0, 30.0, 34.0)}
    into = io.BytesIO()
    image.save(into, "JPEG", exif=exif, comment=NOTE.encode(), quality=95)
    return into.getvalue()


def picture(format: str) -> bytes:
    """A picture of another kind, with what can be written beside the pixels of it."""
    image, into, told = Image.new("RGB", (64, 48), (10, 120, 200)), io.BytesIO(), PngInfo()
    if format == "PNG":
        told.add_itxt("Author", AUTHOR)
        told.add_text("Comment", MADE_BY, zip=True)
        image.save(into, format, pnginfo=told)
    elif format == "GIF":
        image.save(into, format, comment=NOTE.encode())
    else:
        exif = Image.Exif()
        exif[0x010F], exif[0x013B] = MADE_BY, AUTHOR
        image.save(into, format, exif=exif)
    return into.getvalue()


def recording(folder: Path, name: str, seconds: int = 3, film: bool = False, sound: bool = True) -> bytes:
    """A tone as the ending of *name* says, or a film, that tells who made it and where."""
    path = folder / name
    given = ["-f", "lavfi", "-i", f"sine=frequency=440:duration={seconds}"] if sound else []
    if film:
        given += ["-f", "lavfi", "-i", f"testsrc=duration={seconds}:size=160x120:rate=25"]
    told = ["-metadata", f"title={NOTE}", "-metadata", f"artist={AUTHOR}", "-metadata", f"comment={MADE_BY}"]
    told += ["-metadata", "location=+42.9072+129.5094/"]
    command = ["ffmpeg", "-y", "-v", "error", "-nostdin", *given, *told, "-shortest", str(path)]
    subprocess.run(command, check=True)
    return path.read_bytes()


def document(pages: int = 2) -> bytes:
    """A PDF with an author, a link, and words under a black box."""
    into = io.BytesIO()
    canvas = Canvas(into)
    canvas.setAuthor(AUTHOR)
    canvas.setTitle(MADE_BY)
    for number in range(1, pages + 1):
        canvas.drawString(72, 700, f"page {number}")
        canvas.drawString(72, 650, "Seolhwa of the third house")
        canvas.rect(70, 645, 200, 20, fill=1)
        canvas.linkURL("https://example.invalid/", (72, 600, 200, 620))
        canvas.showPage()
    canvas.save()
    return into.getvalue()


def sent(archive: Archive, *contents: bytes, media: str = "image/jpeg") -> str:
    """A testimony with these files, which came in through the door; its id."""
    sealed = [seal_file(archive, content, media) for content in contents]
    envelopes = [envelope for envelope, _ in sealed]
    return archive.take(*envelopes, statement(archive, files=[row for _, row in sealed])).taken[0]


def copied(archive: Archive, content: bytes) -> File:
    """What comes of a file that somebody sent, when minji makes a safe copy of it."""
    return make(archive.vault, archive.minji, f"{sent(archive, content)}:1", TODAY)
