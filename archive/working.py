"""What takes long and is on its way in this vault: told between its steps, in this process or in another.

1. A record says which work, since when and how far; no id and no word of anything.
2. It is gone when the work ends, and counts for nothing once its process is gone.
3. Telling never stops the work: where the vault is busy, this time nobody is told.
"""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Literal

from archive.database import VaultInUse
from archive.vault import Vault

What = Literal["accession", "import", "release", "copy"]
Progress = Callable[[int, int], None]
KIND: Final = "work"
EACH: Final = 1.0
"""Seconds between two tellings, at least: each writes to the disk."""


@dataclass(frozen=True)
class Work:
    """One work: so many of *all* steps are done; *all* is 0 while nobody has counted them yet."""

    what: What
    since: datetime
    done: int
    all: int


@contextmanager
def working(
    vault: Vault, what: What, progress: Progress = lambda done, all: None, *, each: float = EACH
) -> Iterator[Progress]:
    """Tell of this work until the block ends. Call what it yields after each step; it calls *progress*."""
    name, process = secrets.token_hex(8), _process(os.getpid())
    since, told_at = datetime.now(UTC).isoformat(timespec="seconds"), float("-inf")

    def tell(done: int, all: int) -> None:
        nonlocal told_at
        if time.monotonic() - told_at >= each:
            with suppress(VaultInUse):
                vault.put_json(KIND, name, [what, since, done, all, os.getpid(), process])
            told_at = time.monotonic()
        progress(done, all)

    with suppress(VaultInUse):
        _forget(vault, [gone for gone, row in vault.every(KIND).items() if not _is_alive(row)])
        vault.put_json(KIND, name, [what, since, 0, 0, os.getpid(), process])
    try:
        yield tell
    finally:
        with suppress(VaultInUse):
            _forget(vault, [name])


def under_way(vault: Vault) -> list[Work]:
    """Every work whose process is still there, the oldest first."""
    alive = [row for row in vault.every(KIND).values() if _is_alive(row)]
    return sorted(
        (Work(r[0], datetime.fromisoformat(r[1]), r[2], r[3]) for r in alive), key=lambda w: w.since
    )


def _forget(vault: Vault, names: list[str]) -> None:
    vault.store.remove((KIND, name) for name in names)


def _is_alive(row: list[Any]) -> bool:
    return bool(row[5]) and _process(row[4]) == row[5]


def _process(number: int) -> str:
    """When the process of this number began, in ticks since the machine did (proc(5), field 22), or ""."""
    try:
        told = Path(f"/proc/{number}/stat").read_text()
    except OSError:
        return ""
    # Its name is in brackets and may hold any sign.
    state, *fields = told.rpartition(")")[2].split()
    return "" if state in "ZX" else fields[18]
