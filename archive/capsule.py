"""The page that makes capsules, written out for those who carry it to where no network is safe.

Beside it lie its signed note, and what `onggi check` and `onggi seal` read: the archive's notes and root.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Final

from archive import durable, keyring
from archive.vault import Vault
from crypto import keycard as keycards
from crypto.capsule import page
from crypto.capsule.page import Language

NAMES: Final[dict[Language, str]] = {"ko": "album.html", "en": "album-en.html"}
"""Names that say nothing of what a page is for."""


def write(vault: Vault, folder: Path, language: Language, today: date) -> dict[Path, bytes]:
    """Write the page in *language*, signed by the desk, and the notes; what was written, the page first.

    Raises `KeyringError` without a mandate for this day, and a `KeycardError` without a capsule card for it.
    """
    root, notes = keyring.root(vault), vault.home / keyring.NOTES
    _, mandate = keyring.mandate(vault, today)
    card = (notes / "capsule.note").read_bytes()
    known = keycards.verify(card, origin=keyring.origin(vault), root=root, today=today, kind="capsule")
    made = page.assemble(card, root, language, today)
    name = NAMES[language]
    written = {
        folder / name: made,
        folder / f"{name}.note": page.sign(made, known, today, keyring.desk(vault)),
        folder / "capsule.note": card,
        folder / "mandate.note": mandate,
        folder / "root.pub": f"{root.to_text()}\n".encode(),
    }
    folder.mkdir(parents=True, exist_ok=True)
    for path, content in written.items():
        durable.write(path, content)
    return written
