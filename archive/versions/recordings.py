"""The recordings of a testimony, and the sound of one as it may be played.

1. What came from outside is opened here only when it is a WAV of 16-bit samples (`wav`). Everything else is
   heard from its safe copy, which the archive made.
2. Sound is read in pieces and in any place, at constant memory. Nothing of it touches a disk.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from archive.standing import require_not_taken_back
from archive.testimony import Attachment
from archive.vault import Vault
from archive.versions.wav import NoSound, Rebuilt, samples_of
from crypto.cobblestone import Window

_MAGIC: Final = {b"fLaC": "audio/flac", b"OggS": "audio/ogg", b"\x1aE\xdf\xa3": "video/webm"}
"""What a safe copy may begin with, besides a WAV."""


@dataclass(frozen=True)
class Recording:
    """A file with sound that came with a testimony; *number* counts all her files, from 1."""

    testimony_id: str
    number: int
    declared: str
    source: tuple[str, str] | None
    """Kind and name of the object that may be played; none before there is a safe copy."""
    media: str = ""


def recordings(vault: Vault, testimony_id: str) -> tuple[Recording, ...]:
    """The recordings of a testimony, in the order that she listed them in; `TakenBack` or `UnknownRecord`."""
    require_not_taken_back(vault, testimony_id)
    listed = enumerate(vault.testimony(testimony_id).attachments, 1)
    heard = [(n, each) for n, each in listed if each.media.startswith(("audio/", "video/"))]
    return tuple(_recording(vault, testimony_id, number, each) for number, each in heard)


def recording(vault: Vault, testimony_id: str, number: int) -> Recording:
    """The recording that is file *number* of her files, or `NoSound`."""
    for each in recordings(vault, testimony_id):
        if each.number == number:
            return each
    raise NoSound("this testimony has no recording of that number")


def _recording(vault: Vault, testimony_id: str, number: int, file: Attachment) -> Recording:
    copy = f"{testimony_id}:{number}:1"
    for source in (("rendition", copy), *_original(vault, file)):
        if vault.holds(f"object:{source[0]}", source[1]):
            with vault.window(*source) as window:
                if media := _media(window, ours=source[0] == "rendition"):
                    return Recording(testimony_id, number, file.media, source, media)
    return Recording(testimony_id, number, file.media, None)


def _original(vault: Vault, file: Attachment) -> list[tuple[str, str]]:
    if not vault.holds("file", file.digest):
        return []
    size, media, name = vault.json("file", file.digest)
    return [("original", name)] if (size, media) == (file.size, file.media) else []


def _media(window: Window, *, ours: bool) -> str:
    with suppress(NoSound):
        samples_of(window)
        return "audio/wav"
    window.seek(0)
    return _MAGIC.get(window.read(4), "") if ours else ""


def opened(vault: Vault, heard: Recording) -> Window:
    """The sound as a file to seek in, which its reader closes; `NoSound` before there is a safe copy."""
    if heard.source is None:
        raise NoSound("nobody hears a file as it came: make a safe copy of it under Files first")
    window = vault.window(*heard.source)
    try:
        return Rebuilt(window) if heard.media == "audio/wav" else window
    except BaseException:
        window.close()
        raise
