"""Writing so that a power cut leaves the whole of it or nothing: the bytes synced, then the name."""

from __future__ import annotations

import os
from pathlib import Path


def write(path: Path, content: bytes) -> None:
    """Write *content* under *path*, whole or not at all."""
    temporary = path.with_name(f"{path.name}.tmp")
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    rename(temporary, path)


def rename(temporary: Path, path: Path) -> None:
    """Give *temporary*, which is synced already, its last name, and sync the name."""
    temporary.replace(path)
    sync(path.parent)


def sync(folder: Path) -> None:
    """Wait until the names in *folder* have reached the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
