"""What the reading room remembers beside the release: small files, each written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

from crypto.durable import sync as sync
from crypto.durable import write as write


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
