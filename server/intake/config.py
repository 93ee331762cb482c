"""The intake's settings, read once and whole."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Final

from crypto import durable
from crypto import keycard as keycards
from crypto import mandate as mandates
from crypto.keys import VerifyKey
from server.intake.places import check_database, check_storage

KEYCARD, CAPSULE, MANDATE = "keycard.note", "capsule.note", "mandate.note"
ROTATION: Final = "root-rotation.note"
DATABASE, STORAGE = "database.url", "storage.url"
MAX_ENVELOPE: Final = 2_200_000_000
"""Bytes: a film of 2 GB, its padding and its envelope."""
PART_SIZE: Final = 1 << 20
"""Bytes in one request: small enough to try again on a bad line, large enough to be quick on a good one."""
KEEP_DAYS: Final = 30
"""An unfinished or never acknowledged deposit is removed after this."""


class NoIntake(FileNotFoundError):
    """A folder that `onggi intake init` has not made an intake yet."""


@dataclass(frozen=True)
class IntakeConfig:
    """Where the intake keeps what it cannot read, and what it shows a client."""

    home: Path
    origin: str
    root_hex: str
    max_envelope: int = MAX_ENVELOPE
    part_size: int = PART_SIZE
    keep_days: int = KEEP_DAYS
    rows_at: str | None = None
    bytes_at: str | None = None

    @property
    def database(self) -> str:
        """The URL of the rows: an SQLite file in the home, unless another was named."""
        return self.rows_at or f"sqlite:///{self.home.absolute() / 'intake.sqlite'}"

    @property
    def storage(self) -> str:
        """The URL of the sealed bytes: a folder in the home, unless another was named."""
        return self.bytes_at or self.shelf.absolute().as_uri()

    @property
    def shelf(self) -> Path:
        return self.home / "shelf"

    @property
    def keycard(self) -> Path:
        return self.home / KEYCARD

    @property
    def root(self) -> VerifyKey:
        return VerifyKey(bytes.fromhex(self.root_hex))

    @property
    def floor(self) -> int:
        """The lowest serial of a keycard that this intake believes, and its page."""
        return self.floor_of(KEYCARD, self.root)

    def floor_of(self, name: str, signer: VerifyKey) -> int:
        """The lowest serial of *name* by this *signer* that is believed; another signer begins anew."""
        try:
            serial, _, key_id = (self.home / f"{name}.floor").read_text("ascii").partition(" ")
        except FileNotFoundError:
            return 0
        return int(serial) if key_id == signer.key_id else 0

    @property
    def rotations(self) -> str:
        """The end of the chain that led to this root, as much as her page reads; empty where none did.

        It was verified when it was kept. One that ends at another root is of a time before this one.
        """
        try:
            chain = (self.home / ROTATION).read_bytes()
        except FileNotFoundError:
            return ""
        if not mandates.leads_to(chain, self.root):
            return ""
        return b"".join(mandates.each_rotation(chain, self.origin)[-mandates.MOST_BEFORE :]).decode()

    def desk(self, today: date) -> VerifyKey:
        """The key that acts for the archive *today*, by the root's mandate; a `CryptoError` otherwise."""
        return self.valid_mandate(today).desk

    def valid_mandate(self, today: date) -> mandates.Mandate:
        """The mandate in this home, if it is good *today*; a `CryptoError` or `OSError` otherwise."""
        note, floor = (self.home / MANDATE).read_bytes(), self.floor_of(MANDATE, self.root)
        return mandates.verify(note, origin=self.origin, root=self.root, today=today, floor=floor)

    def valid_keycard(self, today: date) -> keycards.Keycard:
        """The keycard in this home, if it is good *today*; a `CryptoError` or `OSError` otherwise."""
        note = self.keycard.read_bytes()
        return keycards.verify(note, origin=self.origin, root=self.root, today=today, floor=self.floor)

    @classmethod
    def read(cls, home: Path) -> IntakeConfig:
        """The settings of the intake in *home*, as `onggi intake init` left them, or `NoIntake`."""
        if not (home / "root.pub").exists():
            raise NoIntake("this folder is no intake yet; onggi intake init makes it one")
        root = VerifyKey.from_text((home / "root.pub").read_text("utf-8"))
        settings = cls(home, (home / "origin").read_text("utf-8").strip(), root.raw.hex())
        return settings.with_places()

    def with_places(self, database: str | None = None, storage: str | None = None) -> IntakeConfig:
        """These settings with the places that are named: here, else in the environment, else in the home."""
        rows = database or os.environ.get("ONGGI_INTAKE_DATABASE") or _line(self.home / DATABASE)
        sealed = storage or os.environ.get("ONGGI_INTAKE_STORAGE") or _line(self.home / STORAGE)
        return replace(self, rows_at=rows and check_database(rows), bytes_at=sealed and check_storage(sealed))

    def keep_places(self) -> None:
        """Write the places that were named into the home, for every command from now on."""
        for name, url in ((DATABASE, self.rows_at), (STORAGE, self.bytes_at)):
            if url:
                durable.write(self.home / name, f"{url}\n".encode())

    def write(self) -> None:
        """Remember whose intake this is."""
        self.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        durable.write(self.home / "origin", f"{self.origin}\n".encode())
        durable.write(self.home / "root.pub", f"{self.root.to_text()}\n".encode())


def _line(path: Path) -> str | None:
    return path.read_text("utf-8").strip() if path.exists() else None


def raise_floor(home: Path, name: str, serial: int, signer: VerifyKey) -> None:
    """From now on nothing older than *serial* by this *signer* is believed under *name*."""
    durable.write(home / f"{name}.floor", f"{serial} {signer.key_id}".encode())
