"""What the reading room remembers beside the release: small files, each written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path


def write(path: Path, content: bytes, mode: int = 0o666) -> None:
    """Put *content* under *path*, so that a power cut leaves all of it or what was there before."""
    temporary = path.with_name(f"{path.name}.tmp")
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    sync(path.parent)


def sync(path: Path) -> None:
    """Wait until the names in a folder, or the bytes of a file, have reached the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_all(folder: Path) -> None:
    """Make all in *folder* as lasting as what `write` wrote, before it gets the name it is known by."""
    for root, _, files in os.walk(folder, topdown=False):
        for name in files:
            sync(Path(root, name))
        sync(Path(root))


def number(path: Path) -> int | None:
    """The number that was written there, or nothing."""
    try:
        return int(path.read_text("ascii"))
    except FileNotFoundError:
        return None
