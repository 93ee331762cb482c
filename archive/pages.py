"""The list of the intake's pages at the archive: looked at, signed by the desk, sent with the next stick.

Format: docs/formats/page.md. Whether these are honest pages is for people to judge; `strange` helps them.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Final

from archive import keyring
from archive.courier import OUTGOING
from archive.vault import Vault
from crypto import durable, pages

OURS: Final = Path(__file__).parents[1] / "server" / "intake"
"""The client that came with this installation. It is read and compared, never run."""
KIND: Final = "page"


def listed(vault: Vault, untrusted: bytes) -> dict[str, pages.Listed]:
    """What the intake says that it shows, or `MalformedPages`."""
    return pages.read_listing(untrusted, keyring.origin(vault))


def strange(files: dict[str, pages.Listed]) -> list[str]:
    """The scripts and styles that are not, byte for byte, those of this version of Onggi."""
    return [path for path, each in files.items() if path.startswith("/static/") and not _is_ours(path, each)]


def sign(vault: Vault, untrusted: bytes, today: date) -> pages.SignedPages:
    """Sign the list for a year, and lay it where the next stick takes it from."""
    origin, desk = keyring.origin(vault), keyring.desk(vault)
    keyring.mandate(vault, today)
    with vault.together():
        serial = (vault.json("setting", KIND) if vault.holds("setting", KIND) else 0) + 1
        note = pages.sign(untrusted, origin, serial, today, desk)
        vault.put_json("setting", KIND, serial)
        vault.journal.append("poa", "archive", [f"page:{serial}"])
    folder = vault.home / OUTGOING
    folder.mkdir(exist_ok=True)
    durable.write(folder / pages.NOTE, note)
    return pages.verify(note, origin=origin, desk=desk.public, today=today)


def _is_ours(path: str, listed: pages.Listed) -> bool:
    ours = (OURS / path.removeprefix("/")).resolve()
    return ours.is_relative_to(OURS) and ours.is_file() and listed.is_this(ours.read_bytes())
