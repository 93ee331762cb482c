"""The courier at the archive: which bundles came and in what order, what was acknowledged, what goes out.

Format: docs/formats/bundle.md.

1. Bundles are a chain, checked both ways: against the one before, and against the one after when it is late.
2. An acknowledgement names every envelope that was ever held of a bundle, and goes out again with the next
   seven: one of these sticks arrives.
3. A number goes out once. It is kept before the manifest is written: a number that never left is only a gap.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Final

from archive import keyring
from archive.errors import ArchiveError
from archive.vault import Vault
from crypto import bundle, outgoing, pages
from crypto.errors import CryptoError, DamagedPart
from crypto.stick import Stick

SENT_AGAIN: Final = 8
"""So many of the newest acknowledgements go out on each stick."""
OUTGOING: Final = "outgoing"
"""The folder beside the vault where the board and the list of pages lie until they are sent."""
NOTES: Final = ("keycard.note", "capsule.note", "mandate.note", "root-rotation.note")
KIND: Final = "bundle"


class NothingToSend(ArchiveError):
    """There is nothing for the intake, or nothing of this number."""


@dataclass(frozen=True)
class Place:
    """Where a bundle stands in the chain of its courier."""

    again: bool
    """Exactly this one was taken in before."""
    twin: bool
    """Another one of its number was."""
    gap: bool
    """The one before it or after it does not fit, or the one before has not come."""


NEW: Final = Place(again=False, twin=False, gap=False)


@dataclass(frozen=True)
class Sent:
    """What went onto a stick."""

    number: int
    files: tuple[str, ...]
    unread: tuple[str, ...] = ()
    """What waits and cannot be read here; it keeps nothing else back."""


def place(vault: Vault, found: bundle.Bundle) -> Place:
    """Where *found* stands, before it is taken in."""
    known, before, after = (_record(vault, found.number + step) for step in (0, -1, 1))
    fits = found.previous == (before[0] if before else bundle.FIRST)
    fits = fits and (after is None or after[1] == found.hash)
    return Place(
        again=known is not None and known[0] == found.hash,
        twin=known is not None and known[0] != found.hash,
        gap=not fits,
    )


def arrived(vault: Vault, found: bundle.Bundle, held: Iterable[str]) -> bytes:
    """Remember that *found* came and what of it is *held*; the acknowledgement."""
    with vault.together():
        known = _record(vault, found.number)
        ids = dict.fromkeys(known[2] if known and known[0] == found.hash else ())
        ids.update(dict.fromkeys(held))
        vault.put_json(KIND, _name(vault, found.number), [found.hash, found.previous, list(ids)])
        vault.journal.append("tra", "archive", [f"bundle:{found.number}"])
        return acknowledgement(vault, found.number)


def acknowledgement(vault: Vault, number: int | None = None) -> bytes:
    """The archive's signed word on the bundle *number*, or on the newest; `NothingToSend` without it."""
    number = number or max(_numbers(vault), default=0)
    known = _record(vault, number)
    if known is None:
        raise NothingToSend("no bundle of this number has come from the courier who is trusted")
    return bundle.acknowledge(
        number, known[0], known[2], origin=keyring.origin(vault), desk=keyring.desk(vault)
    )


def send(vault: Vault, folder: Path, today: date, beside: Mapping[str, bytes] = MappingProxyType({})) -> Sent:
    """Write all that waits for the intake, and what is given *beside* it, into *folder* as the next bundle.

    Stopped and run again, it keeps what is whole there. A `BundleError` for a folder with another bundle, a
    `KeyringError` without a mandate that holds: the intake would believe nothing of it.
    """
    keyring.mandate(vault, today)
    origin, (files, unread) = keyring.origin(vault), _waiting(vault, today)
    if not files:
        raise NothingToSend("nothing waits for the intake; run `onggi archive keys publish` first")
    files |= beside
    outgoing.lay(folder, origin, files)
    with vault.together():
        last, previous = (
            vault.json("setting", "sent") if vault.holds("setting", "sent") else (0, bundle.FIRST)
        )
        number = last + 1
        manifest = outgoing.sign(origin, number, previous, files, keyring.desk(vault))
        vault.put_json("setting", "sent", [number, hashlib.sha256(manifest).hexdigest()])
        vault.journal.append("exp", "archive", [f"outgoing:{number}"])
    outgoing.finish(folder, manifest)
    return Sent(number, tuple(sorted(files)), unread)


def _waiting(vault: Vault, today: date) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """What goes onto the stick, and the names of what cannot be read."""
    files, unread = dict[str, bytes](), list[str]()
    for folder, names in ((keyring.NOTES, NOTES), (OUTGOING, (outgoing.BOARD,))):
        here = Stick(vault.home / folder)
        for name in names:
            if here.holds(name):
                try:
                    files[name] = here.read(name, outgoing.LARGEST)
                except DamagedPart:
                    unread.append(name)
    try:
        files |= _pages(vault, today)
    except DamagedPart:
        unread.append(pages.NOTE)
    for number in sorted(_numbers(vault))[-SENT_AGAIN:]:
        files[outgoing.acknowledgement_name(number)] = acknowledgement(vault, number)
    return files, tuple(unread)


def _pages(vault: Vault, today: date) -> dict[str, bytes]:
    """The signed list of the intake's pages, while the desk that signed it still has the mandate."""
    here = Stick(vault.home / OUTGOING)
    if not here.holds(pages.NOTE):
        return {}
    note = here.read(pages.NOTE, pages.LARGEST)
    with suppress(CryptoError):
        desk = keyring.desk(vault).public
        pages.verify(note, origin=keyring.origin(vault), desk=desk, today=today)
        return {pages.NOTE: note}
    return {}


def _name(vault: Vault, number: int) -> str:
    """Each courier's key has a chain of its own."""
    return f"{keyring.courier(vault).key_id}-{number:015d}"


def _numbers(vault: Vault) -> list[int]:
    try:
        chain = keyring.courier(vault).key_id
    except keyring.KeyringError:
        return []
    return [int(name.rpartition("-")[2]) for name in vault.names(KIND) if name.startswith(f"{chain}-")]


def _record(vault: Vault, number: int) -> tuple[str, str, list[str]] | None:
    name = _name(vault, number)
    if not vault.holds(KIND, name):
        return None
    kept, previous, ids = vault.json(KIND, name)
    return kept, previous, ids
