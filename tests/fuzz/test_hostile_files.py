"""Small files that mean harm, made here: in by the door, through the sandbox, and on the page of files."""

from __future__ import annotations

import io
import struct
import time
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Final

from archive.attachments.copies import files, make
from tests.archive.attachments.samples import photo, recording, require_sandbox, sent
from tests.archive.test_workbench import Desk
from tests.people import TODAY, Archive

Made = Callable[[Path], bytes]


def _chunk(kind: bytes, content: bytes) -> bytes:
    return len(content).to_bytes(4, "big") + kind + content + zlib.crc32(kind + content).to_bytes(4, "big")


def _png(width: int, height: int, *chunks: bytes) -> bytes:
    head = _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    rows = _chunk(b"IDAT", zlib.compress(bytes((1 + 3 * min(width, 64)) * min(height, 64)), 9))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(chunks) + rows + _chunk(b"IEND", b"")


def _office(name: str, size: int) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as folder:
        folder.writestr(name, bytes(size))
    return made.getvalue()


def _looping_exif() -> bytes:
    """A JPEG whose directory of tags follows itself."""
    tiff = b"II*\0\x08\0\0\0" + struct.pack("<HHHII", 1, 0x10E, 2, 4, 0) + struct.pack("<I", 8)
    app1 = b"Exif\0\0" + tiff
    return b"\xff\xd8\xff\xe1" + struct.pack(">H", len(app1) + 2) + app1 + photo((64, 48))[2:]


def _film_of_itself(folder: Path) -> bytes:
    """A film whose boxes say that they are larger than the file, again and again."""
    return (
        recording(folder, "a.mp4", 1, film=True)
        .replace(b"stts", b"moov")
        .replace(b"\0\0\0\x18stsz", b"\xff" * 8)
    )


HOSTILE: Final[dict[str, tuple[Made, str]]] = {
    "a picture of 3,600 million pixels in 200 bytes": (lambda _: _png(60_000, 60_000), "refused"),
    "a picture with 32 MiB of words packed beside it": (
        lambda _: _png(64, 64, _chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(32 << 20), 9))),
        "copied or refused",
    ),
    "tags that follow themselves": (lambda _: _looping_exif(), "copied or refused"),
    "a film of itself": (_film_of_itself, "copied or refused"),
    "a document of nothing but brackets": (
        lambda _: b"%PDF-1.4\n1 0 obj\n" + b"[" * 200_000 + b"\nendobj\ntrailer<</Root 1 0 R>>\n%%EOF",
        "refused",
    ),
    "an archive that opens to 64 MiB": (lambda _: _office("a", 64 << 20), "bytes"),
    "a drawing that reads a file": (
        lambda _: (
            b'<?xml version="1.0"?><!DOCTYPE s [<!ENTITY x SYSTEM "file:///etc/hostname">]><svg>&x;</svg>'
        ),
        "bytes",
    ),
}


def test_files_that_mean_harm_end_in_a_refusal_or_a_copy_of_pixels(archive: Archive, tmp_path: Path) -> None:
    """
    R20: each goes the whole way, in good time; a refusal has a reason that the desk can say in Korean.
    """
    require_sandbox("ffmpeg", "exiftool", "pdftoppm")
    desk = Desk(archive).opened()
    id = sent(archive, *(made(tmp_path) for made, _ in HOSTILE.values()))
    slowest = 0.0
    for number in range(1, len(HOSTILE) + 1):
        begun = time.monotonic()
        make(archive.vault, archive.minji, f"{id}:{number}", TODAY)
        slowest = max(slowest, time.monotonic() - begun)
    found = files(archive.vault, id)
    page = desk.get(f"/testimony/{id}/files", **{"Accept-Language": "ko"})

    assert slowest < 130
    for file, (what, (_, outcome)) in zip(found, HOSTILE.items(), strict=True):
        assert file.state in outcome.split(" or "), (what, file.state, file.why)
        assert (file.state == "copied") == bool(file.copies)
        assert (file.state == "refused") == bool(file.why)
        assert not file.why or file.why not in page.text  # it is said in Korean
    assert page.status_code == 200
    assert page.text.count("<h2") >= len(HOSTILE)
