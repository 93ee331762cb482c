"""Bags (RFC 8493), made and checked by the Library of Congress's library, and read a little more strictly.

1. A bag is made beside its place and gets its name when it is whole and was verified.
2. A line of a manifest that is not in the form is refused; the library passes such lines over.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import bagit

from archive.errors import ArchiveError

CHECKSUMS: Final = ("sha256", "sha512")
DIGITS: Final = {"sha256": 64, "sha512": 128}


class BagRefused(ArchiveError):
    """A bag that cannot be made here, or is not whole."""


@contextmanager
def bag(into: Path, told: dict[str, str]) -> Iterator[Path]:
    """The payload folder of a new bag called *into*; when the block ends well, the bag is there."""
    if into.exists():
        raise BagRefused("there is something of this name already; name a new folder")
    into.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f".{into.name}-", dir=into.parent))
    try:
        yield beside
        bagit.make_bag(str(beside), told, checksums=list(CHECKSUMS), processes=1)
        check(beside)
        beside.replace(into)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise


def check(folder: Path) -> int:
    """How many files a bag holds, when it is whole; or `BagRefused`, which says what is not."""
    try:
        found = bagit.Bag(str(folder))
        for algorithm in CHECKSUMS:
            for manifest in (f"manifest-{algorithm}.txt", f"tagmanifest-{algorithm}.txt"):
                _check_lines(folder / manifest, DIGITS[algorithm])
        found.validate(processes=1)
    except (bagit.BagError, OSError, UnicodeDecodeError) as error:
        raise BagRefused(f"this is no whole bag: {type(error).__name__}; copy it again") from None
    return sum(1 for _ in found.payload_files())


def _check_lines(manifest: Path, digits: int) -> None:
    form = re.compile(rf"[0-9a-f]{{{digits}}}[ \t]+(?P<path>[^\s/][^\r\n]*)", re.ASCII)
    for number, line in enumerate(manifest.read_text("utf-8").splitlines(), 1):
        found = form.fullmatch(line)
        if found is None or ".." in found["path"].split("/"):
            raise BagRefused(f"line {number} of {manifest.name} is not in the form")
