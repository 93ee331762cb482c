"""How fast the archive takes in a bundle of many testimonies, and what memory that takes.

1. Each testimony is a statement as the page makes it, of an account of its own; one lists a recording.
2. The bundle is signed by the courier's key and read by the real accession, in a process of its own.
3. Every testimony has its own key, its transaction and its journal events, as on the real machine.
"""

from __future__ import annotations

import argparse
import secrets
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.bars import table
from benchmarks.steps import MB, Cost, recipient
from crypto import bundle
from crypto.envelope import Sealer
from crypto.keys import SigningKey
from deploy.depositor import File, Intake, tell
from deploy.house import House, Refused, found

MANY: Final = 1_000
LARGE: Final = 10_000
TEXT: Final = 2_500
"""Bytes at random, told as 5,000 signs: a page and a half."""
RECORDING: Final = 100 * MB
PAGE: Final = """
## Taking in a bundle

{rows}

Testimonies of {signs:,} signs, each of an account of its own, and one recording of 100 MB. Timed is the
accession once the vault is open; memory is that process's at its highest since then. MB/s counts the
sealed bytes.
"""


@dataclass
class Stick(Intake):
    """In an intake's place: keeps the envelopes as files, without a line that could be slow."""

    folder: Path

    def __post_init__(self) -> None:
        self.folder.mkdir()
        self.envelopes: list[tuple[str, Path]] = []

    def deposit(
        self,
        sealer: Sealer,
        file: File,
        meta: dict[str, object],
        deposit: str | None = None,
        erase: str | None = None,
    ) -> str:
        name = deposit or secrets.token_hex(16)
        with (self.folder / name).open("wb") as into:
            sealer.seal(file.source, file.length, meta, into)
        self.envelopes.append((name, self.folder / name))
        return name


def arrive(house: House, recording: Path, many: int) -> tuple[Cost, int]:
    """The cost of taking in *many* testimonies and a recording, and the bytes of their envelopes."""
    stick, to = Stick(house.data / "envelopes"), recipient(house)
    for _ in range(many - 1):
        tell(stick, secrets.token_hex(TEXT), "eng", house.root, to)
    with recording.open("rb") as source:
        file = File(source, recording.stat().st_size, "audio/ogg")
        tell(stick, secrets.token_hex(TEXT), "eng", house.root, to, files=[file])
    courier = SigningKey.from_text((house.home("intake") / "courier.key").read_text("utf-8"))
    carried = house.data / "carried"
    bundle.write(carried, number=1, previous=bundle.FIRST, envelopes=stick.envelopes, courier=courier)
    size = sum(path.stat().st_size for _, path in stick.envelopes)
    cost = Cost()
    cost.step(house, "accession", carried, str(many), "1")
    return cost, size


def page(recording: Path, *, large: bool) -> str:
    """The part of the page about accession, each number of testimonies in a house of its own."""
    rows = []
    for many in (MANY, LARGE) if large else (MANY,):
        print(f"taking in {many} testimonies", file=sys.stderr, flush=True)
        with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
            house = House(Path(scratch) / "house")
            found(house)
            cost, size = arrive(house, recording, many)
        took, memory = cost.seconds["taking in"], cost.memory["taking in"]
        rates = [f"{took:.1f}", f"{(many + 1) / took:.0f}", f"{size / MB / took:.1f}", f"{memory / MB:.0f}"]
        rows.append([f"{many:,}", *rates])
    head = ["testimonies", "seconds", "envelopes/s", "MB/s", "memory, MB"]
    return PAGE.format(rows=table(head, *rows), signs=2 * TEXT)


def main() -> int:
    asked = argparse.ArgumentParser(description="The accession of many testimonies and one recording.")
    asked.add_argument("--large", action="store_true", help=f"also of {LARGE:,} testimonies")
    options = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        recording = Path(scratch) / "recording"
        recording.write_bytes(secrets.token_bytes(RECORDING))
        try:
            print(page(recording, large=options.large), end="")
        except Refused as refused:
            print(f"bench: error: {refused}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
