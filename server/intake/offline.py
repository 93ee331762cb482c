"""What the archive signed for those who would not trust this site: a list of its pages, pages in one file.

1. Each is verified before it takes the place of the one before.
2. A page and its note lie in one file here, so that they change places in one step.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from crypto import durable, pages, words
from crypto.capsule import page
from crypto.errors import CryptoError
from crypto.keys import VerifyKey
from server.intake.config import MANDATE, IntakeConfig, raise_floor


def take(
    config: IntakeConfig, files: Mapping[str, bytes], desk: VerifyKey, today: date, refused: dict[str, str]
) -> None:
    """Take what is usable of a stick's *files*; why another one was not goes into *refused*."""
    if pages.NOTE in files:
        try:
            _take_list(config, files[pages.NOTE], desk, today)
        except CryptoError as reason:
            refused[pages.NOTE] = str(reason)
    for name in page.NAMES.values():
        note = f"{name}.note"
        if name in files and note in files:
            try:
                _take_page(config, name, files[name], files[note], today)
            except CryptoError as reason:
                refused |= {name: str(reason), note: str(reason)}


def signed_list(config: IntakeConfig) -> bytes | None:
    """The list of this site's pages that the archive signed last, or None."""
    path = config.home / pages.NOTE
    return path.read_bytes() if path.exists() else None


def find(config: IntakeConfig, language: words.Language) -> tuple[bytes, bytes] | None:
    """The page in one file in *language* and its note, or None when none has come."""
    path = config.home / page.NAMES[language]
    if not path.exists():
        return None
    size, _, both = path.read_bytes().partition(b"\n")
    return both[: int(size)], both[int(size) :]


def _take_list(config: IntakeConfig, note: bytes, desk: VerifyKey, today: date) -> None:
    floor = config.floor_of(pages.NOTE, desk)
    signed = pages.verify(note, origin=config.origin, desk=desk, today=today, floor=floor)
    durable.write(config.home / pages.NOTE, note)
    raise_floor(config.home, pages.NOTE, signed.serial, desk)


def _take_page(config: IntakeConfig, name: str, untrusted: bytes, note: bytes, today: date) -> None:
    page.check(untrusted, note, (config.home / MANDATE).read_bytes(), config.root, today)
    durable.write(config.home / name, b"%d\n" % len(untrusted) + untrusted + note)
