"""`python -m benchmarks.books`: a book of 100,000 words in each format, its time and its memory.

1. The texts are those of the corpora, Korean and English, where they are; our own invented testimonies,
   repeated, where they are not.
2. Each format is made in a process of its own, from the gate to the last byte looked through. Memory is that
   process's at its highest; opening the vault takes 268 MB of it for a moment.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import tempfile
from multiprocessing.connection import Connection
from pathlib import Path

from archive.manuscripts import compiling
from archive.vault import Vault
from benchmarks.bars import table
from deploy.book import Made, make
from deploy.house import HERE, PHRASES, House, found

CORPORA = HERE.parent / "shared" / "corpora"
SETS = ("slavery-memoirs", "korean-periodical-memoirs")
SAMPLES = HERE / "tests" / "samples" / "redaction"


def folders(words: int, beside: Path) -> list[Path]:
    """Where texts lie: the corpora, or files of our own samples that are written *beside*."""
    kept = [CORPORA / name / "data" / "texts" for name in SETS]
    if all(folder.is_dir() for folder in kept):
        return kept
    own = beside / "ours" / "data" / "texts"
    own.mkdir(parents=True)
    lines = [
        json.loads(line)["text"]
        for lang in ("ko", "en")
        for line in (SAMPLES / f"{lang}.jsonl").read_text("utf-8").splitlines()
    ]
    for number in range(-(-words // 3000)):
        start = number * 17
        chosen = [f"{number}.{n} {lines[(start + n) % len(lines)]}" for n in range(20)]
        (own / f"{number:03d}.txt").write_text("\n\n".join(chosen), "utf-8")
    return [own]


def measured(format: str, words: int) -> tuple[Made, int]:
    """What one format took, and the highest memory of the process that made it, in bytes."""
    fresh = multiprocessing.get_context("spawn")
    here, there = fresh.Pipe()
    process = fresh.Process(target=_make, args=(there, format, words))
    process.start()
    there.close()
    try:
        told: tuple[Made, int] = here.recv()
    finally:
        process.join()
    return told


def _make(told: Connection, format: str, words: int) -> None:
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        house = House(Path(scratch) / "house")
        found(house)
        with Vault.open(house.home("archive"), PHRASES[""]) as vault:
            texts = folders(words, Path(scratch))
            made = make(vault, texts, words, Path(scratch) / "book", (format,))
    told.send((made, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024))


def main() -> int:
    asked = argparse.ArgumentParser(description="measure a book in every format")
    asked.add_argument("--words", type=int, default=100_000)
    options = asked.parse_args()
    rows = []
    for format in compiling.FORMATS:
        made, memory = measured(format, options.words)
        cells = [f"{made.words:,}", f"{made.arranging:.1f}", f"{made.compiling:.1f}", f"{memory / 1e6:.0f}"]
        rows.append([format, *cells])
    print(table(["format", "words", "arranging, s", "compiling, s", "memory, MB"], *rows))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
