"""Codes in pictures (QR and its kin) that a phone held to the screen would read: found, and covered (R21).

A code can carry what was taken off a machine without a network into a phone that has one, or open a page
there. Pixels are a stranger's too, so the reader runs in the sandbox, and tells places only.
"""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from archive.attachments.memory import MIB, NotOpened
from archive.attachments.pictures import Box, Picture
from archive.attachments.sandbox import Limits, run

QUIET: Final = 0.15
"""Of a code's size, covered beyond each side: its margin, and where its corners were measured short."""
MOST: Final = 200
"""Codes of one picture."""


def boxes(pictures: Iterable[Picture], seconds: int = 120) -> Iterator[list[Box]]:
    """For each picture, in order, the boxes that cover its codes; `NotOpened` when nothing can look."""
    sizes: list[tuple[int, int]] = []

    def given() -> Iterator[bytes]:
        for picture in pictures:
            sizes.append((picture.width, picture.height))
            yield picture.netpbm()

    held, number = b"", 0
    limits = Limits(seconds=seconds, memory=2048 * MIB, output=16 * MIB)
    for piece in run(_finder(), given(), limits, reads=_reads()):
        *lines, held = (held + piece).split(b"\n")
        for line in lines:
            yield _boxes(line, sizes[number : number + 1])
            number += 1
    if held or number != len(sizes):
        raise NotOpened("the codes in a picture could not be looked for")


def _boxes(line: bytes, of: list[tuple[int, int]]) -> list[Box]:
    try:
        [(width, height)] = of  # a reader that was broken may answer what nobody asked
        found = [[int(side) for side in row] for row in json.loads(line)][:MOST]
        return [_grown((row[0], row[1], row[2], row[3]), width, height) for row in found]
    except (ValueError, TypeError, LookupError, RecursionError):
        raise NotOpened("the codes in a picture could not be looked for") from None


def _grown(box: Box, width: int, height: int) -> Box:
    left, top, right, bottom = box
    margin = round(max(right - left, bottom - top) * QUIET) + 2
    return (
        max(left - margin, 0),
        max(top - margin, 0),
        min(right + margin, width),
        min(bottom + margin, height),
    )


def _finder() -> list[str]:
    python = Path(sys.executable).resolve()
    base = Path(sys.base_prefix).resolve()
    there = str(python) if base == Path("/usr") else f"/python/{python.relative_to(base)}"
    return [there, "-I", "-S", "-X", "utf8", "/find_codes.py"]


def _reads() -> list[tuple[Path, str]]:
    found = importlib.util.find_spec("zxingcpp")
    if found is None or found.origin is None:
        raise NotOpened("zxing-cpp is not installed, so codes in pictures cannot be looked for")
    origin = Path(found.origin).resolve()
    packages = origin.parent if origin.suffix == ".so" else origin.parent.parent
    base = Path(sys.base_prefix).resolve()
    reads = [(packages, "/packages"), (Path(__file__).with_name("find_codes.py"), "/find_codes.py")]
    return reads if base == Path("/usr") else [*reads, (base, "/python")]
