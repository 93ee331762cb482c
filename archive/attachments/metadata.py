"""What a file says beside its pixels and samples: read in the sandbox, shown, and looked for in the copy.

ExifTool reads; its answer is disclosure class D (direct): it stays in the vault and leaves in nothing. A copy
is looked through twice before it is kept (R19): by name, where only what a format cannot be without is let
pass, and by value, where no text of the original's metadata may occur in any byte of the copy.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from archive.attachments.memory import MIB, Memory, NotOpened
from archive.attachments.sandbox import Limits, program, whole

MOST: Final = 2000
"""Values that are kept of one file."""
LONGEST: Final = 400
"""Characters of one value that are kept."""
SHORTEST: Final = 6
"""Bytes of a value that is looked for in a copy; a shorter one occurs in any large file by chance."""
_ABOUT_THE_FILE: Final = ("ExifTool", "System", "Composite")
_LISTED: Final = json.loads(Path(__file__).with_name("tags.json").read_text("utf-8"))
_WHAT_IT_IS: Final = frozenset(_LISTED["what_it_is"])
"""Tags of the groups `File` and `PDF` that name no person, place, time or device."""
_FORMATS_OWN: Final = frozenset(_LISTED["formats_own"])
"""All tags that a copy of ours may have: those that JFIF, PNG, FLAC and Matroska cannot be without."""
_ORIENTATIONS: Final = {
    "Mirror horizontal": 2, "Rotate 180": 3, "Mirror vertical": 4, "Mirror horizontal and rotate 270 CW": 5,
    "Rotate 90 CW": 6, "Mirror horizontal and rotate 90 CW": 7, "Rotate 270 CW": 8,
}  # fmt: skip
"""EXIF's number for what ExifTool calls it."""
_STRUCTURE: Final = frozenset({"A_OPUS", "Lavc libvpx", "ffmpeg"})
"""Words that our copies hold by their format, though an original may hold them too."""


class Survived(NotOpened):
    """Something of the original's metadata is in the copy, which is not kept."""


@dataclass(frozen=True)
class Tag:
    """One thing that a file says of itself."""

    group: str
    name: str
    value: str = field(repr=False)

    @property
    def is_technical(self) -> bool:
        """Whether every file of its kind says this."""
        return self.group in _ABOUT_THE_FILE or (self.group in ("File", "PDF") and self.name in _WHAT_IT_IS)


@dataclass(frozen=True)
class Metadata:
    """All that ExifTool reads of a file."""

    tags: tuple[Tag, ...]
    orientation: int = 1

    @property
    def telling(self) -> tuple[Tag, ...]:
        """What is more than the kind and the measures of the file."""
        return tuple(tag for tag in self.tags if not tag.is_technical)


def read(source: Memory, *more: str) -> Metadata:
    """What is written beside the content of *source*; `SandboxUnavailable`, `NotOpened` or `LimitReached`."""
    command = [program("exiftool"), "-json", "-G1", "-a", "-ee", *more, "--System:all", "-"]
    answer = whole(command, source, Limits(seconds=60, output=8 * MIB))
    try:
        rows = json.loads(answer)[0]
        tags = tuple(_tags(rows))
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError):
        raise NotOpened("what the file says of itself cannot be read") from None
    turned = next((t.value for t in tags if (t.group, t.name) == ("IFD0", "Orientation")), "")
    return Metadata(tags[:MOST], _ORIENTATIONS.get(turned, 1))


def _tags(rows: dict[str, object]) -> Iterator[Tag]:
    for key, value in rows.items():
        group, _, name = key.rpartition(":")
        told = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        if group != "ExifTool" and key != "SourceFile":
            yield Tag(group or "File", name, told[:LONGEST])


def require_gone(original: Metadata, copy: Memory) -> None:
    """Return when *copy* holds nothing that *original* says of itself, or raise `Survived`."""
    for tag in read(copy).telling:
        if tag.name not in _FORMATS_OWN:
            raise Survived("the copy says something of itself that a copy must not; it was not kept")
    if any(found for found in _occur(wanted(original), copy.pieces())):
        raise Survived("something that the file says of itself is in the copy too; it was not kept")


def wanted(original: Metadata) -> frozenset[bytes]:
    """The texts of *original* that no copy may hold, in the ways that files write them."""
    told = {tag.value for tag in original.telling if not tag.value.startswith("(Binary data")}
    texts = {value for value in told if len(value.encode()) >= SHORTEST and value not in _STRUCTURE}
    return frozenset(text.encode(code) for text in texts for code in ("utf-8", "utf-16-le", "utf-16-be"))


def _occur(wanted: frozenset[bytes], pieces: Iterable[bytes]) -> Iterator[bytes]:
    longest, before = max(map(len, wanted), default=0), b""
    for piece in pieces:
        seen = before + piece
        yield from (each for each in wanted if each in seen)
        before = seen[-longest:] if longest else b""
