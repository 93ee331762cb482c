"""The archive's root: a folder of its own, opened at ceremonies only, under a key that is not the vault's.

1. It signs keycards, the capsule's card and the mandate, from a request that the desk's key signed.
   Signing needs no testimony: the vault stays shut.
2. A request older than one that was signed is refused: it may list keys that are gone by now. What is new in
   one is told before it is signed: a desk's stolen key must not name keys and people unseen.
3. The serial is written down before a note leaves, so that no two notes ever share one.

The folder holds `root.sealed` and what opens it: `root.lock` for a passphrase, `root.slips` for custodians.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import nacl.exceptions
import nacl.secret

from archive.errors import ArchiveError
from archive.requests import Request, parse
from crypto import durable
from crypto import mandate as mandates
from crypto.errors import CryptoError
from crypto.keycard import SLACK, DatedKey, Keycard, Kind, issue
from crypto.keys import SigningKey, VerifyKey
from crypto.mandate import Mandate
from crypto.notes import open_note

SEALED: Final = "root.sealed"
LOCK: Final = "root"
"""The name of the lock and of the table of slips in the root's folder."""
CHAIN: Final = 100
"""Rotations that travel together, so that they fit into 64 KiB; the oldest are left out."""
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
    signed: str = ""
    keys: tuple[str, ...] = ()
    people: tuple[str, ...] = ()


@dataclass(frozen=True)
class News:
    """What a request names that the root has not signed before, and who is in it no more."""

    keys: tuple[tuple[Kind, DatedKey], ...]
    archivists: tuple[VerifyKey, ...]
    gone: tuple[VerifyKey, ...]

    def __bool__(self) -> bool:
        return bool(self.keys or self.archivists or self.gone)


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
            row = json.loads(plain)
            return cls(
                folder, key, _State(**row | {"keys": tuple(row["keys"]), "people": tuple(row["people"])})
            )
        except FileNotFoundError:
            raise RootError("there is no root in this folder; name the one that holds root.sealed") from None
        except (nacl.exceptions.CryptoError, ValueError, TypeError, KeyError):
            raise RootError("root.sealed is damaged, or is another archive's") from None

    @property
    def public(self) -> VerifyKey:
        return self._key.public

    @property
    def origin(self) -> str:
        return self._state.origin

    def news(self, untrusted: bytes) -> News:
        """What is new in a request, for a person to compare; what `sign` raises for one that is refused."""
        asked, state = self._asked(untrusted), self._state
        known = {VerifyKey(bytes.fromhex(each)) for each in state.people}
        both: tuple[tuple[Kind, tuple[DatedKey, ...]], ...] = (
            ("intake", asked.intake),
            ("capsule", asked.capsule),
        )
        return News(
            tuple((kind, k) for kind, keys in both for k in keys if k.public.key_id.hex() not in state.keys),
            tuple(key for key in asked.archivists if key not in known),
            tuple(key for key in known if key not in asked.archivists),
        )

    def sign(self, untrusted: bytes, today: date) -> dict[str, bytes]:
        """The notes that the desk's request asks for, by file name; `RootError` or a `CryptoError`.

        Whoever calls this has shown a person what `news` tells.
        """
        asked, state = self._asked(untrusted), self._state
        desk, serial = VerifyKey.from_text(state.desk), state.serial + 1
        self._state = replace(
            state,
            serial=serial,
            request=asked.number,
            signed=hashlib.sha256(untrusted).hexdigest(),
            keys=tuple(k.public.key_id.hex() for k in (*asked.intake, *asked.capsule)),
            people=tuple(key.raw.hex() for key in asked.archivists),
        )
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
        self._state = replace(self._state, desk=desk.to_text(), request=0, signed="")
        self._keep()

    def rotate(self, today: date) -> bytes:
        """Make the root that follows this one, and become it; the notes that lead here, the newest last."""
        new = SigningKey.generate()
        note = mandates.issue_rotation(self.origin, today, self._key, new)
        chain = b"".join([*self._before()[1 - CHAIN :], note])
        # The note first: a stop between the two leaves the old root, and a note that names a key nobody has.
        durable.write(self._folder / ROTATION, chain)
        self._state = replace(self._state, seed=new.to_text())
        self._keep()
        return chain

    def _before(self) -> list[bytes]:
        """The notes that lead to this root, without what a stop left behind."""
        try:
            notes = mandates.each_rotation((self._folder / ROTATION).read_bytes(), self.origin)
        except FileNotFoundError:
            return []
        while notes and not mandates.leads_to(notes[-1], self.public):
            notes.pop()
        return notes

    def _asked(self, untrusted: bytes) -> Request:
        state = self._state
        text = open_note(untrusted, f"{state.origin}/desk", VerifyKey.from_text(state.desk))
        asked = parse(text, state.origin)
        if asked.root != self.public:
            raise RootError("the vault knows another root; run `onggi archive keys rotate root` to its end")
        if asked.number < state.request:
            raise RootError(
                f"request {asked.number} is older than {state.request}, which was signed; "
                f"run `onggi archive keys make --after {state.request}`"
            )
        if asked.number == state.request and hashlib.sha256(untrusted).hexdigest() != state.signed:
            raise RootError("another request of this number was signed; run `onggi archive keys make`")
        return asked

    def follows(self, root: VerifyKey) -> bytes | None:
        """The note by which this root followed *root*, when a stop kept that from the vault; or None."""
        try:
            note = (self._folder / ROTATION).read_bytes()
            new = mandates.verify_rotation(note, origin=self.origin, root=root)
        except (FileNotFoundError, CryptoError):
            return None
        return note if new == self.public else None

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
