"""The archive's root: a folder of its own, opened at ceremonies only, under a key that is not the vault's.

1. It signs keycards, the capsule's card and the mandate, from a request that the desk's key signed.
   Signing needs no testimony: the vault stays shut.
2. A request older than one that was signed is refused: it may list keys that are gone by now.
3. The serial is written down before a note leaves, so that no two notes ever share one.

The folder holds `root.sealed` and what opens it: `root.lock` for a passphrase, `root.slips` for custodians.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import nacl.exceptions
import nacl.secret

from archive import durable
from archive.errors import ArchiveError
from archive.requests import Request, parse
from crypto import mandate as mandates
from crypto.keycard import SLACK, DatedKey, Keycard, Kind, issue
from crypto.keys import SigningKey, VerifyKey
from crypto.mandate import Mandate
from crypto.notes import open_note

SEALED: Final = "root.sealed"
LOCK: Final = "root"
"""The name of the lock and of the table of slips in the root's folder."""
KEYCARD, CAPSULE, MANDATE, ROTATION = "keycard.note", "capsule.note", "mandate.note", "root-rotation.note"
CARD_LIVES: Final = timedelta(days=30)
MANDATE_LIVES: Final = timedelta(days=365)
MIN_CLIENT: Final = 1


class RootError(ArchiveError):
    """There is no root here, or it does not sign this."""


@dataclass(frozen=True, repr=False)
class _State:
    """What is sealed: never shown, and rewritten whole."""

    origin: str
    seed: str
    serial: int
    request: int
    desk: str


class Root:
    """An open root. Let go of it as soon as it has signed."""

    def __init__(self, folder: Path, key: bytes, state: _State) -> None:
        self._folder: Final = folder
        self._box: Final = nacl.secret.SecretBox(key)
        self._state = state

    @classmethod
    def found(cls, folder: Path, key: bytes, origin: str, desk: VerifyKey) -> Root:
        """A new root for *origin*, sealed under *key*, that takes requests from *desk*."""
        if (folder / SEALED).exists():
            raise RootError("there is a root here already; name another folder")
        seed = SigningKey.generate().to_text()
        root = cls(folder, key, _State(origin, seed, 0, 0, desk.to_text()))
        root._keep()
        return root

    @classmethod
    def open(cls, folder: Path, key: bytes) -> Root:
        """The root in *folder* under its *key*, or `RootError`."""
        try:
            plain = nacl.secret.SecretBox(key).decrypt((folder / SEALED).read_bytes())
            return cls(folder, key, _State(**json.loads(plain)))
        except FileNotFoundError:
            raise RootError("there is no root in this folder; name the one that holds root.sealed") from None
        except (nacl.exceptions.CryptoError, ValueError, TypeError):
            raise RootError("root.sealed is damaged, or is another archive's") from None

    @property
    def public(self) -> VerifyKey:
        return self._key.public

    @property
    def origin(self) -> str:
        return self._state.origin

    def sign(self, untrusted: bytes, today: date) -> dict[str, bytes]:
        """The notes that the desk's request asks for, by file name; `RootError` or a `CryptoError`."""
        state = self._state
        desk = VerifyKey.from_text(state.desk)
        asked = parse(open_note(untrusted, f"{state.origin}/desk", desk), self.origin)
        if asked.number < state.request:
            raise RootError("this request is older than one that was signed; run `onggi archive keys make`")
        serial = state.serial + 1
        self._state = replace(state, serial=serial, request=asked.number)
        self._keep()
        given = Mandate(
            self.origin, serial, today, today + MANDATE_LIVES, desk, asked.reply, asked.archivists
        )
        cards = {KEYCARD: self._card("intake", asked, serial, today)}
        if asked.capsule:
            cards[CAPSULE] = self._card("capsule", asked, serial, today)
        return cards | {MANDATE: mandates.issue(given, self._key)}

    def appoint(self, desk: VerifyKey) -> None:
        """From now on take requests from this *desk*, and give the mandate to it."""
        self._state = replace(self._state, desk=desk.to_text())
        self._keep()

    def rotate(self, today: date) -> bytes:
        """Make the root that follows this one, and become it; the note that both signed."""
        new = SigningKey.generate()
        note = mandates.issue_rotation(self.origin, today, self._key, new)
        # The note first: a stop between the two leaves the old root, and a note that names a key nobody has.
        durable.write(self._folder / ROTATION, note)
        self._state = replace(self._state, seed=new.to_text())
        self._keep()
        return note

    def _card(self, kind: Kind, asked: Request, serial: int, today: date) -> bytes:
        expires = today + CARD_LIVES
        shown = tuple(k for k in asked.intake if k.last >= today - SLACK and k.first <= expires + SLACK)
        if kind == "capsule":
            shown = (max(asked.capsule, key=lambda k: k.last),)
            expires = shown[0].last
        _require_whole(shown, kind, today - SLACK, expires)
        return issue(Keycard(self.origin, serial, today, expires, MIN_CLIENT, shown, kind), self._key)

    @property
    def _key(self) -> SigningKey:
        return SigningKey.from_text(self._state.seed)

    def _keep(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        sealed = self._box.encrypt(json.dumps(asdict(self._state)).encode())
        durable.write(self._folder / SEALED, bytes(sealed))


def _require_whole(keys: tuple[DatedKey, ...], kind: Kind, day: date, last: date) -> None:
    """A client that finds no key for its day stops: a card with a gap in it must not leave."""
    while day <= last:
        if not any(k.first <= day <= k.last for k in keys):
            raise RootError(f"the request has no {kind} key for {day}; run `onggi archive keys make` first")
        day += timedelta(days=1)
