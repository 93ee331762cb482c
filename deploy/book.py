"""A book of many published lives, made in a real house by the way every book goes: imported, redacted by two,
quoted, agreed to, compiled.

Each folder becomes a part, and each text a chapter in its own words. For trying out, and for the benchmark.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

from archive import people, review
from archive.imports import import_texts
from archive.manuscripts import approval, arranging, compiling, shelf
from archive.manuscripts.binder import Block, Project, count
from archive.manuscripts.quoting import Sources
from archive.people import Person
from archive.risk.sweep import swept
from archive.testimony import Grant
from archive.vault import Vault
from deploy.house import PHRASES, House, found

GRANTED: list[Grant] = [("memoir_compilation", "public")]


@dataclass(frozen=True)
class Made:
    """What a book took, in seconds, and how large it became."""

    chapters: int
    words: int
    arranging: float
    compiling: float
    files: tuple[Path, ...]


def texts_of(folders: Iterable[Path], words: int) -> Iterator[tuple[Path, str, int]]:
    """Texts of every folder in turn, with their titles, until there are so many *words*."""
    queues = [iter(_listed(folder)) for folder in folders]
    total = 0
    while queues and total < words:
        for queue in list(queues):
            found = next(queue, None)
            if found is None:
                queues.remove(queue)
                continue
            path, title = found
            total += (told := count(path.read_text("utf-8-sig")))
            yield path, title, told
            if total >= words:
                return


def _listed(folder: Path) -> list[tuple[Path, str]]:
    index, titles = folder.parent / "index.jsonl", dict[str, str]()
    if index.is_file():
        rows = map(json.loads, index.read_text("utf-8").splitlines())
        titles = {row["id"]: row["title"] for row in rows}
    return [(path, titles.get(path.stem, path.stem)[:180]) for path in sorted(folder.glob("*.txt"))]


def make(vault: Vault, folders: list[Path], words: int, into: Path, formats: tuple[str, ...]) -> Made:
    """Import, decide, quote, agree and compile."""
    today = datetime.now(UTC).date()
    minji, sora = (people.unlock(vault, name, PHRASES[name]) for name in ("minji", "sora"))
    chosen = list(texts_of(folders, words))
    start = time.monotonic()
    project = shelf.create(vault, minji, "Lives told", "kor", "public")
    project = _arranged(vault, minji, sora, project, chosen)
    for chapter in project.chapters:
        for each in chapter.testimonies:
            approval.approve(vault, sora, project, chapter.id, each, "published_before", today)
    between = time.monotonic()
    files = compiling.compile_book(vault, minji, project, formats, into, today, _tell)
    end = time.monotonic()
    told = sum(number for _, _, number in chosen)
    return Made(len(chosen), told, between - start, end - between, tuple(files))


def _arranged(
    vault: Vault, minji: Person, sora: Person, project: Project, chosen: list[tuple[Path, str, int]]
) -> Project:
    today, sources = datetime.now(UTC).date(), Sources(vault, project)
    testimonies = _imported(vault, minji, sora, [path for path, _, _ in chosen])
    made = project
    for folder, group in groupby(sorted(chosen), key=lambda each: each[0].parent):
        made = arranging.add_part(made, folder.parents[1].name.replace("-", " "))
        for path, title, _ in group:
            made = arranging.add_chapter(made, made.parts[-1].id, title, "verbatim")
            chapter, testimony = made.parts[-1].chapters[-1].id, testimonies[path.name]
            for segment in sources.rendition(testimony).segments:
                quote = sources.bind(testimony, [segment.id], 0, len(segment.text))
                made = arranging.add_block(made, chapter, Block("", "quote", quote=quote))
    # They were published, and whoever is named in them was: what the recognisers find is nobody's to hide.
    found = {each.words for id in testimonies.values() for each in swept(vault, sources.rendition(id))}
    made = replace(made, allowed=tuple(sorted(found)))
    return shelf.change(vault, minji, project.id, lambda now: made, today)


def _imported(vault: Vault, minji: Person, sora: Person, paths: list[Path]) -> dict[str, str]:
    """Each text as a testimony in which two people found nothing to hide, by the name of its file."""
    today = datetime.now(UTC).date()
    with tempfile.TemporaryDirectory() as together:
        for path in paths:
            (Path(together) / path.name).write_bytes(path.read_bytes())
        taken = import_texts(vault, Path(together), today, catalogue=None, grants=GRANTED).taken
    for testimony in taken.values():
        review.propose(vault, minji, testimony, [])
        review.approve(vault, sora, testimony, review.reading(vault, testimony).proposal)
    return {name: str(testimony) for name, testimony in taken.items()}


def _tell(done: int, all: int) -> None:
    if sys.stderr.isatty():
        print(f"\rformat {done} of {all}", end="\n" if done == all else "", file=sys.stderr)


def main() -> int:
    asked = argparse.ArgumentParser(description="make a book of the texts in these folders")
    asked.add_argument("folders", nargs="+", type=Path)
    asked.add_argument("--words", type=int, default=60_000)
    asked.add_argument("--into", type=Path, required=True, help="a new folder")
    asked.add_argument("--format", dest="formats", choices=list(compiling.FORMATS), action="append")
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        house = House(Path(scratch) / "house")
        found(house)
        with Vault.open(house.home("archive"), PHRASES[""]) as vault:
            folders = [folder.resolve() for folder in options.folders]
            made = make(
                vault, folders, options.words, options.into, tuple(options.formats or compiling.FORMATS)
            )
    print(f"  {made.chapters} chapters, {made.words} words")
    print(f"  arranged in {made.arranging:.1f} s, compiled in {made.compiling:.1f} s")
    for path in made.files:
        print(f"  {path} {path.stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
