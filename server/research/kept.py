"""What the reading room remembers beside the release: small files, each written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path


def write(path: Path, content: bytes) -> None:
    """Put *content* under *path*, so that a power cut leaves all of it or what was there before."""
    temporary = path.with_name(f"{path.name}.tmp")
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    sync(path.parent)


def sync(folder: Path) -> None:
    """Make the names in *folder* as lasting as the files."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def number(path: Path) -> int | None:
    """The number that was written there, or nothing."""
    try:
        return int(path.read_text("ascii"))
    except FileNotFoundError:
        return None
