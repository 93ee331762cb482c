"""What came in and could not be opened: set aside as it came, with the reason, and never deleted for it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from archive.vault import Vault
from crypto.envelope import MAX_HEADER, parse_header
from crypto.errors import MalformedEnvelope

FOLDER: Final = "quarantine"


@dataclass(frozen=True)
class Quarantined:
    """One envelope that could not be taken in, and why."""

    id: str
    reason: str
    day: str


def folder(vault: Vault) -> Path:
    """Where they lie, sealed as they came."""
    return vault.home / FOLDER


def quarantined(vault: Vault) -> list[Quarantined]:
    """Everything that waits unopened, with its reason."""
    return [Quarantined(name, *vault.json("quarantine", name)) for name in vault.names("quarantine")]


def wanted_keys(vault: Vault) -> set[bytes]:
    """The key ids that what waits here names: these keys may open it one day."""
    found: set[bytes] = set()
    if not folder(vault).exists():
        return found
    # The folder and not the records: a stop may have left a file without one. What cannot be read stops us.
    for path in folder(vault).iterdir():
        with path.open("rb") as file, suppress(MalformedEnvelope):
            found.update(parse_header(file.read(MAX_HEADER)).key_ids)
    return found
