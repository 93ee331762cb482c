"""Writing so that a power cut leaves all of it or what was there before: the bytes synced, then the name."""

from __future__ import annotations

import os
from pathlib import Path


def write(path: Path, content: bytes, mode: int = 0o666) -> None:
    """Put *content* under *path*, whole or not at all; a new file gets *mode*, less the umask."""
    temporary = path.with_name(f"{path.name}.tmp")
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    rename(temporary, path)


def rename(temporary: Path, path: Path) -> None:
    """Give *temporary*, which is synced already, its last name, and sync the name."""
    temporary.replace(path)
    sync(path.parent)


def sync(path: Path) -> None:
    """Wait until the names in a folder, or the bytes of a file, have reached the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
