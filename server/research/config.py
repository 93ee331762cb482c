"""Where the reading room keeps the one release it shows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from crypto.keys import VerifyKey
from server.research import kept

ACCESS: Final = "access"
OPEN, VETTED = "open", "vetted"


@dataclass(frozen=True)
class ResearchConfig:
    """A home folder, and the archive whose releases are believed."""

    home: Path
    origin: str
    root: VerifyKey

    @property
    def vetted(self) -> bool:
        """Whether only invited readers enter: unless the home says nothing of it, or that it is open."""
        path = self.home / ACCESS
        return path.exists() and path.read_text("utf-8").strip() != OPEN

    @classmethod
    def read(cls, home: Path) -> ResearchConfig:
        """The settings that the first `publish` wrote."""
        root = VerifyKey.from_text((home / "root.pub").read_text("utf-8"))
        return cls(home, (home / "origin").read_text("utf-8").strip(), root)

    def write(self) -> None:
        """Remember which archive this room belongs to."""
        self.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        for name, line in (("origin", self.origin), ("root.pub", self.root.to_text())):
            kept.write(self.home / name, f"{line}\n".encode())
