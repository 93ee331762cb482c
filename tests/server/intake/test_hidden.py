"""What a photo tells beside its pixels is found in the page, so that she can be told before she sends it."""

from __future__ import annotations

import base64
import json
import random
import shutil
import struct
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
REAL = HERE.parents[3] / "shared" / "corpora" / "media-attachments" / "data"
"""Real photos, and what exiftool finds in them; not part of this repository."""
TOLD = {
    "place": ("GPSLatitude", "City"),
    "time": ("DateTimeOriginal", "CreateDate", "ModifyDate", "Datecreate"),
    "device": ("Make", "Model", "CreatorTool"),
    "owner": ("Artist", "Creator", "SerialNumber", "Copyright", "CopyrightNotice", "Rights", "By-line"),
    "thumbnail": ("ThumbnailLength",),
    "words": ("ImageDescription", "UserComment", "Description", "Keywords", "Comment"),
    "moving": ("MotionPhoto",),
}

pytestmark = pytest.mark.skipif(not shutil.which("node"), reason="node is not installed")


def found(*files: bytes) -> list[list[str]]:
    """For each file its media type, and what is in it."""
    asked = "\n".join(base64.b64encode(file).decode() for file in files)
    told = subprocess.run(
        ["node", str(HERE / "hidden.mjs")], input=asked, capture_output=True, text=True, check=True
    )
    return [json.loads(line) for line in told.stdout.splitlines()]


def tiff(order: str, *entries: tuple[int, int, int, bytes], gps: bool = False) -> bytes:
    """One directory of Exif, of *entries* as tag, type, count and value; a place too where *gps*."""
    count = len(entries) + gps
    values, after = b"", 8 + 2 + 12 * count + 4
    rows = b""
    for tag, kind, number, value in entries:
        place = value.ljust(4, b"\0") if len(value) <= 4 else struct.pack(f"{order}I", after + len(values))
        values += value if len(value) > 4 else b""
        rows += struct.pack(f"{order}HHI", tag, kind, number) + place
    if gps:
        rows += struct.pack(f"{order}HHII", 0x8825, 4, 1, after + len(values))
        here = after + len(values) + 2 + 12 + 4
        values += struct.pack(f"{order}HHHIII", 1, 2, 5, 3, here, 0)
        values += struct.pack(f"{order}6I", 41, 1, 23, 1, 0, 1)
    mark = b"II*\0" if order == "<" else b"MM\0*"
    return mark + struct.pack(f"{order}IH", 8, count) + rows + bytes(4) + values


def segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def jpeg(*segments: bytes, after: bytes = b"") -> bytes:
    return b"\xff\xd8" + b"".join(segments) + b"\xff\xda\0\2pixels\xff\xd9" + after


def exif(notes: bytes) -> bytes:
    return segment(0xE1, b"Exif\0\0" + notes)


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + bytes(4)


def png(*chunks: bytes) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", bytes(13)) + b"".join(chunks) + chunk(b"IEND", b"")


def webp(notes: bytes) -> bytes:
    return b"RIFF\0\0\0\0WEBPVP8 \3\0\0\0pix\0EXIF" + struct.pack("<I", len(notes)) + notes


CAMERA = (0x110, 2, 9, b"Phone X1\0")
OWNER = (0xA430, 2, 12, b"Ri (maker)\0\0")
TAKEN = (0x9003, 2, 20, b"2019:03:14 05:06:07\0")
BLANKS = (0x13B, 2, 8, b"       \0"), (0x9286, 7, 12, b"ASCII\0\0\0    ")
PLACE = tiff(">", gps=True)
XMP = b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta"
CITY = b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x0a\x1c\x02\x5a\0\5Yanji"
FILES = {
    "a place": (jpeg(exif(tiff("<", gps=True))), "image/jpeg place"),
    "the other order": (jpeg(exif(tiff(">", CAMERA, gps=True))), "image/jpeg device place"),
    "a time": (jpeg(exif(tiff(">", TAKEN))), "image/jpeg time"),
    "an owner": (jpeg(exif(tiff("<", OWNER))), "image/jpeg owner"),
    "blanks only": (jpeg(exif(tiff("<", *BLANKS))), "image/jpeg"),
    "a comment": (jpeg(segment(0xFE, b"for my sister")), "image/jpeg words"),
    "a caption": (jpeg(segment(0xED, CITY)), "image/jpeg place"),
    "a second picture": (jpeg(segment(0xE2, b"MPF\0II*\0")), "image/jpeg thumbnail"),
    "moving seconds": (jpeg(after=b"\0\0\0\x18ftypmp42"), "image/jpeg moving"),
    "XMP": (jpeg(segment(0xE1, XMP + b' tiff:Model="X" exif:GPSLatitude="1"')), "image/jpeg device place"),
    "nothing": (jpeg(), "image/jpeg"),
    "a PNG's Exif": (png(chunk(b"eXIf", PLACE)), "image/png place"),
    "a PNG's words": (
        png(chunk(b"tEXt", b"Comment\0by the river"), chunk(b"tIME", bytes(7))),
        "image/png time words",
    ),
    "a PNG's author": (png(chunk(b"iTXt", b"Author\0\0\0\0\0Ri")), "image/png owner"),
    "WebP": (webp(tiff("<", CAMERA, gps=True)), "image/webp device place"),
    "HEIC": (b"\0\0\0\x18ftypheic" + bytes(40) + b"Exif\0\0" + PLACE, "image/heic place"),
    "no picture": (b"%PDF-1.7 Exif\0\0" + PLACE, "-"),
}
"""Each with its media type and what it tells."""


def test_what_a_photo_tells_is_found() -> None:
    """
    Place, time, device, owner, words, a second picture, moving seconds: each in the formats that carry it.
    """
    told = dict(zip(FILES, found(*(file for file, _ in FILES.values())), strict=True))

    assert told == {name: expected.split() for name, (_, expected) in FILES.items()}


def test_directories_that_point_at_each_other_come_to_an_end() -> None:
    """
    A file made to hold the page up is read once, and what it says until then is told.
    """
    to_itself = (0x8769, 4, 1, struct.pack("<I", 8))

    assert found(jpeg(exif(tiff("<", CAMERA, *[to_itself] * 40)))) == [["image/jpeg", "device"]]


def test_hostile_bytes_raise_nothing() -> None:
    """
    Noise, cut files and files with changed bytes: an answer for each, and never an error.
    """
    chance = random.Random(4)
    wholes = [file for file, _ in FILES.values()]
    hostile = [chance.randbytes(chance.randrange(400)) for _ in range(200)]
    for _ in range(3000):
        whole = bytearray(chance.choice(wholes))
        for _ in range(chance.randrange(1, 9)):
            whole[chance.randrange(len(whole))] = chance.choice(
                (0, 1, 0x7F, 0x80, 0xFF, chance.randrange(256))
            )
        hostile.append(bytes(whole[: chance.choice((len(whole), chance.randrange(len(whole))))]))

    assert len(found(*hostile)) == len(hostile)


@pytest.mark.skipif(not REAL.exists(), reason="the collection of real photos is not here")
def test_of_real_photos_as_much_is_told_as_exiftool_finds() -> None:
    """
    From phones and cameras: no kind of fact that exiftool sees is left out, and none is made up.
    """
    rows = [json.loads(line) for line in (REAL / "exiftool_metadata.jsonl").read_text("utf-8").splitlines()]
    photos = {row["file"]: row["metadata"] for row in rows if (REAL / row["file"]).parent.name == "image"}
    photos = {name: tags for name, tags in photos.items() if (REAL / name).exists()}
    otherwise = []
    for (name, tags), (_, *facts) in zip(
        photos.items(), found(*((REAL / name).read_bytes() for name in photos)), strict=True
    ):
        present = {tag.split(":")[1] for tag, value in tags.items() if str(value).strip()}
        expected = {fact for fact, wanted in TOLD.items() if present & set(wanted)}
        if set(facts) - {"words"} != expected - {"words"} or not expected <= set(facts):
            otherwise.append((name, facts, sorted(expected)))

    assert len(photos) > 10
    assert otherwise == []
