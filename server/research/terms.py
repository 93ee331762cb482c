"""What a reader accepts before she reads, by version. Version 1 is ours; an operator may put others after it.

A version is never changed: whoever accepted an older one is asked again.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from server.research import kept

FOLDER: Final = "terms"
LANGUAGES: Final = ("ko", "zh", "en")
LONGEST: Final = 20_000
"""Bytes of one language: what is longer nobody reads."""


class TermsRefused(Exception):
    """The version that holds goes on holding; the message says why."""


def current(home: Path) -> int:
    """The number of the version that holds in the room in *home*."""
    found = (path.name for path in (home / FOLDER).glob("*"))
    return max((int(name) for name in found if name.isdecimal()), default=1)


def text(home: Path, version: int, language: str) -> str:
    """A version in one of `LANGUAGES`."""
    own = Path(__file__).parent / "translations" / f"terms.{language}.txt"
    path = home / FOLDER / str(version) / f"{language}.txt" if version > 1 else own
    return path.read_text("utf-8")


def replace(home: Path, folder: Path) -> int:
    """Let the terms in *folder* (`ko.txt`, `zh.txt`, `en.txt`) hold from now on; their version."""
    try:
        told = {name: (folder / f"{name}.txt").read_bytes() for name in LANGUAGES}
        fit = all(0 < len(each) <= LONGEST and each.decode().strip() for each in told.values())
    except (OSError, UnicodeDecodeError):
        fit = False
    if not fit:
        raise TermsRefused(f"terms are ko.txt, zh.txt and en.txt, each UTF-8 text of at most {LONGEST} bytes")
    version = current(home) + 1
    coming = home / FOLDER / "coming"
    coming.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name, each in told.items():
        kept.write(coming / f"{name}.txt", each)
    coming.replace(home / FOLDER / str(version))
    kept.sync(home / FOLDER)
    return version
