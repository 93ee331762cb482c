"""What a file is, by its own bytes. Its name, and the type that was declared, are never believed.

Looks at the first and the last 64 KiB only, compares bytes, and parses nothing. What starts a program, what
carries a link, and whatever is not in the table is `bytes`: shown as bytes, and never opened (R21).

Marks: each format's own specification; for containers, the names of the entries that make them what they are
(ECMA-376, OASIS ODF part 3, KS X 6101 for HWPX, [MS-CFB] and [MS-DOC] for the older ones).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

HEAD: Final = 1 << 16
"""Bytes from either end that are looked at."""
Treatment = Literal["photo", "sound", "film", "pages", "office", "bytes"]


@dataclass(frozen=True)
class Detected:
    """A type, what is done with it, and by which demuxer alone it may be opened."""

    media: str
    treatment: Treatment
    demuxer: str = ""


BYTES: Final = Detected("application/octet-stream", "bytes")
_FLAT: Final[tuple[tuple[int, bytes, Detected], ...]] = (
    (0, b"\xff\xd8\xff", Detected("image/jpeg", "photo", "jpeg_pipe")),
    (0, b"\x89PNG\r\n\x1a\n", Detected("image/png", "photo", "png_pipe")),
    (0, b"GIF87a", Detected("image/gif", "photo", "gif")),
    (0, b"GIF89a", Detected("image/gif", "photo", "gif")),
    (8, b"WEBP", Detected("image/webp", "photo", "webp_pipe")),
    (0, b"II*\0", Detected("image/tiff", "photo", "tiff_pipe")),
    (0, b"MM\0*", Detected("image/tiff", "photo", "tiff_pipe")),
    (0, b"BM", Detected("image/bmp", "photo", "bmp_pipe")),
    (8, b"WAVE", Detected("audio/wav", "sound", "wav")),
    (0, b"ID3", Detected("audio/mpeg", "sound", "mp3")),
    (0, b"fLaC", Detected("audio/flac", "sound", "flac")),
    (0, b"#!AMR", Detected("audio/amr", "sound", "amr")),
    (0, b"caff", Detected("audio/x-caf", "sound", "caf")),
    (8, b"AIFF", Detected("audio/aiff", "sound", "aiff")),
    (8, b"AVI ", Detected("video/x-msvideo", "film", "avi")),
    (0, b"\x1aE\xdf\xa3", Detected("video/webm", "film", "matroska")),
    (0, b"%PDF-", Detected("application/pdf", "pages")),
    (0, b"{\\rtf", Detected("application/rtf", "office")),
)
_STARTS_SOMETHING: Final = (
    (b"\x7fELF", "application/x-executable"), (b"MZ", "application/x-dosexec"), (b"#!", "text/x-script"),
    (b"L\0\0\0\x01\x14\x02\0", "application/x-ms-shortcut"),
    (b"\xca\xfe\xba\xbe", "application/x-executable"),
    (b"[Desktop Entry]", "application/x-desktop"), (b"[InternetShortcut]", "application/x-url"),
    (b"Rar!\x1a\x07", "application/x-rar"), (b"7z\xbc\xaf'\x1c", "application/x-7z"),
    (b"\x1f\x8b", "application/gzip"),
)  # fmt: skip
_MARKUP: Final = ((b"<!doctype html", "text/html"), (b"<html", "text/html"), (b"<script", "text/html"),
                  (b"<svg", "image/svg+xml"), (b"<?xml", "application/xml"))  # fmt: skip
_HEIF: Final = (b"heic", b"heix", b"mif1", b"msf1", b"hevc", b"avif", b"avis")
_ZIPPED: Final = (
    (b"application/hwp+zip", "application/hwp+zip"),
    (b"application/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.text"),
    (b"application/vnd.oasis.opendocument.spreadsheet", "application/vnd.oasis.opendocument.spreadsheet"),
    (b"application/vnd.oasis.opendocument.presentation", "application/vnd.oasis.opendocument.presentation"),
    (b"word/document.xml", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    (b"xl/workbook.xml", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (b"ppt/presentation.xml", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
)
_COMPOUND: Final = (
    ("HwpSummaryInformation", "application/x-hwp"), ("WordDocument", "application/msword"),
    ("Workbook", "application/vnd.ms-excel"), ("PowerPoint Document", "application/vnd.ms-powerpoint"),
)  # fmt: skip
_SOUND_BRANDS: Final = (b"M4A ", b"M4B ", b"F4A ")


def sniff(head: bytes, tail: bytes = b"") -> Detected:
    """What a file is that begins with *head* and ends with *tail*, of which `HEAD` bytes are enough."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n")
    for mark, media in _STARTS_SOMETHING:
        if start.startswith(mark):
            return Detected(media, "bytes")
    for mark, media in _MARKUP:
        if start[: len(mark)].lower() == mark:
            return Detected(media, "bytes")
    for at, mark, found in _FLAT:
        if head.startswith(mark, at) and (at == 0 or head[:4] in (b"RIFF", b"FORM")):
            return found
    if head.startswith(b"PK\x03\x04"):
        return _zipped(head + tail)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _compound(head + tail)
    if head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"):
        return _boxed(head)
    if head.startswith(b"OggS"):
        film = b"\x80theora" in head[:4096]
        return Detected("video/ogg" if film else "audio/ogg", "film" if film else "sound", "ogg")
    if len(head) > 3 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0:
        aac = head[1] & 0xF6 == 0xF0
        return Detected("audio/aac" if aac else "audio/mpeg", "sound", "aac" if aac else "mp3")
    return BYTES


def _zipped(seen: bytes) -> Detected:
    found = next((media for mark, media in _ZIPPED if mark in seen), None)
    return Detected(found, "office") if found else Detected("application/zip", "bytes")


def _compound(seen: bytes) -> Detected:
    found = next((media for name, media in _COMPOUND if name.encode("utf-16-le") in seen), None)
    return Detected(found, "office") if found else Detected("application/x-ole-storage", "bytes")


def _boxed(head: bytes) -> Detected:
    brand = head[8:12] if head[4:8] == b"ftyp" else b""
    if brand in _HEIF:
        return Detected("image/heic", "photo", "heif")
    if brand in _SOUND_BRANDS:
        return Detected("audio/mp4", "sound", "mov")
    return Detected("video/mp4", "film", "mov")
