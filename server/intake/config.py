"""The intake's settings, read once and whole."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from crypto.keys import VerifyKey

MAX_ENVELOPE: Final = 2_200_000_000
"""Bytes: a film of 2 GB, its padding and its envelope."""
PART_SIZE: Final = 1 << 20
"""Bytes in one request: small enough to try again on a bad line, large enough to be quick on a good one."""
KEEP_DAYS: Final = 30
"""An unfinished or never acknowledged deposit is removed after this."""


@dataclass(frozen=True)
class IntakeConfig:
    """Where the intake keeps what it cannot read, and what it shows a client."""

    home: Path
    origin: str
    root_hex: str
    max_envelope: int = MAX_ENVELOPE
    part_size: int = PART_SIZE
    keep_days: int = KEEP_DAYS

    @property
    def database(self) -> Path:
        return self.home / "intake.sqlite"

    @property
    def shelf(self) -> Path:
        return self.home / "shelf"

    @property
    def keycard(self) -> Path:
        return self.home / "keycard.note"

    @classmethod
    def read(cls, home: Path) -> IntakeConfig:
        """The settings of the intake in *home*, as `onggi intake init` left them."""
        root = VerifyKey.from_text((home / "root.pub").read_text("utf-8"))
        return cls(home, (home / "origin").read_text("utf-8").strip(), root.raw.hex())
