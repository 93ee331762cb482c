"""Engines of search for tests: each begun empty in a folder of its own, and what it keeps there in bytes."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from archive.search.analyzer import Analysis, Term
from archive.search.backend import Backend, Entry
from archive.search.blocks.engine import Blocks
from archive.search.folder import BlocksFile
from archive.search.fts5 import Fts5

Places = list[list[str]]
"""A passage: the terms of each place in turn; where there is none, the place is free."""


@dataclass(frozen=True)
class Begun:
    """An engine that runs, and every folder in which it keeps something."""

    engine: Backend
    folders: tuple[Path, ...] = ()
    secret: bool = False
    """Whether nothing of it can be read there."""

    def stored(self) -> bytes:
        """All that lies in its folders, and all that zlib packed there."""
        raw = b"\n".join(
            file.read_bytes() for each in self.folders for file in sorted(each.rglob("*")) if file.is_file()
        )
        at, streams = raw.find(b"\x78"), []
        while at >= 0:
            with suppress(zlib.error):
                streams.append(zlib.decompressobj().decompress(raw[at : at + 65536]))
            at = raw.find(b"\x78", at + 1)
        return raw + b"\n".join(streams)


@contextmanager
def in_memory(folder: Path) -> Iterator[Begun]:
    yield Begun(Blocks())


@contextmanager
def in_a_folder(folder: Path) -> Iterator[Begun]:
    yield Begun(BlocksFile(folder / "index"), (folder,))


@contextmanager
def fts5(folder: Path) -> Iterator[Begun]:
    engine = Fts5(folder / "index.sqlite")
    yield Begun(engine, (folder,))
    engine.close()


@contextmanager
def sealed(folder: Path) -> Iterator[Begun]:
    engine = Fts5(folder / "index.sqlite", bytes(range(32)))
    yield Begun(engine, (folder,), secret=True)
    engine.close()


LOCAL: dict[str, Callable[[Path], object]] = {
    "blocks in memory": in_memory,
    "blocks in a folder": in_a_folder,
    "FTS5": fts5,
    "FTS5, sealed": sealed,
}


def passage(places: Places, at: int = 0, points: int = 0) -> Analysis:
    """An analysis with these terms; its pairs are those of each two places that follow one another."""
    terms = [
        Term(text, at + place, points + 2 * place, points + 2 * place + 1)
        for place, texts in enumerate(places)
        for text in texts
    ]
    pairs = [
        Term(one[0] + two[0], at + place, points + 2 * place, points + 2 * place + 3)
        for place, (one, two) in enumerate(pairwise(places))
        if one and two
    ]
    return Analysis(tuple(terms), tuple(pairs))


def entry(id: str, passages: list[Places], values: dict[str, str] | None = None) -> Entry:
    """A testimony on its way into an engine; its passages stand apart."""
    made, at = [], 0
    for places in passages:
        made.append(passage(places, at, 2 * at))
        at += len(places) + 1
    return Entry(id, values or {}, ["kept of", id], tuple(made))
