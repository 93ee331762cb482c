"""The page that makes capsules, written out for those who carry it to where no network is safe.

Beside it lie its signed note, and what `onggi check` and `onggi seal` read: the archive's notes and root.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from archive import keyring
from archive.vault import Vault
from crypto import durable
from crypto import keycard as keycards
from crypto.capsule import page
from crypto.capsule.page import LANGUAGES, NAMES, Language
from crypto.errors import CryptoError


def write(vault: Vault, folder: Path, language: Language, today: date) -> dict[Path, bytes]:
    """Write the page in *language*, signed by the desk, and the notes; what was written, the page first.

    Raises `KeyringError` without a mandate for this day, and a `KeycardError` without a capsule card for it.
    """
    _, mandate = keyring.mandate(vault, today)
    beside = {
        "capsule.note": _card(vault),
        "mandate.note": mandate,
        "root.pub": f"{keyring.root(vault).to_text()}\n".encode(),
    }
    if rotation := keyring.rotation(vault):
        beside["root-rotation.note"] = rotation
    written = {folder / name: each for name, each in (made(vault, language, today) | beside).items()}
    folder.mkdir(parents=True, exist_ok=True)
    for path, content in written.items():
        durable.write(path, content)
    return written


def made(vault: Vault, language: Language, today: date) -> dict[str, bytes]:
    """The page in *language* and its note, by the names under which they travel; raises a `KeycardError`."""
    card, root, name = _card(vault), keyring.root(vault), NAMES[language]
    known = keycards.verify(card, origin=keyring.origin(vault), root=root, today=today, kind="capsule")
    whole = page.assemble(card, root, language, today)
    return {name: whole, f"{name}.note": page.sign(whole, known, today, keyring.desk(vault))}


def every(vault: Vault, today: date) -> dict[str, bytes]:
    """The page in each language with its note; none without a capsule card that can be read and holds
    *today*."""
    try:
        return {name: content for each in LANGUAGES for name, content in made(vault, each, today).items()}
    except (CryptoError, OSError):
        return {}


def _card(vault: Vault) -> bytes:
    return (vault.home / keyring.NOTES / "capsule.note").read_bytes()
