"""An index in a folder: built from plain lines, opened again without running anything of it.

1. One file: of arrays and JSON (`blocks`), or of SQLite's engine (`fts5`). Opening it makes texts and
   numbers, never objects that act. Arrays are read where they lie; many readers share one copy in memory.
2. It names the analyzer that cut the words; its digest lies beside it. An index that another analyzer made
   is refused, and so is one that is not whole.
3. It holds the texts in the clear. It is for texts that may lie on a disk in the clear, and for nothing else.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from archive.errors import ArchiveError
from archive.search.backend import Backend, EngineError, Entry
from archive.search.blocks.arrays import Earlier
from archive.search.blocks.engine import Blocks, encoded
from archive.search.blocks.erase import without
from archive.search.blocks.segment import Segment
from archive.search.document import FACETS, Document
from archive.search.filling import entries, fill, made_by
from archive.search.fts5 import Fts5
from archive.search.index import Index
from crypto import durable

ARRAYS: Final = "index.onggi"
DIGEST: Final = "index.sha256"
SQLITE: Final = "index.sqlite"
ENGINES: Final = ("blocks", "fts5")
OWN: Final = ("id", "text", "segments", "fields")
LONGEST: Final = 64 << 20
"""Bytes of one line: more than that is no testimony."""


class IndexRefused(ArchiveError):
    """This folder or these lines are no index, or not whole; the message says what was found."""


def lines(path: Path) -> Iterator[Document]:
    """The documents in a file of JSON lines; `IndexRefused` names the line that is none.

    A line has `id` and `text`, or `segments` of `id` and `text`. Every other member with a text or a number,
    in the line or in its `fields`, is a field that can be filtered and counted.
    """
    known: set[str] = set()
    with path.open("rb") as file:
        for number, line in enumerate(iter(lambda: file.readline(LONGEST), b""), 1):
            if not line.strip():
                continue
            try:
                document = _document(json.loads(line))
            except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
                raise IndexRefused(
                    f'line {number} is no document; hint: {{"id": "…", "text": "…"}}, one a line'
                ) from None
            if document.id in known:
                raise IndexRefused(f"line {number} has the id of a line before it")
            known.add(document.id)
            yield document


class BlocksFile(Blocks):
    """Our arrays in a folder; a change is written beside it, and takes its place when it is whole."""

    def __init__(self, folder: Path, segment: Segment | None = None) -> None:
        self._folder: Final = folder
        super().__init__(segment)

    def replace(self, entries: Iterable[Entry], columns: Sequence[str], told: Mapping[str, str]) -> int:
        self._write(encoded(entries, columns, told))
        return self.count

    def erase(self, ids: Iterable[str]) -> int:
        before = self.count
        self._write(without(self._segment, ids))
        return before - self.count

    def _write(self, made: bytes) -> None:
        with _beside(self._folder) as coming:
            for name, content in ((ARRAYS, made), (DIGEST, hashlib.sha256(made).hexdigest().encode())):
                with (coming / name).open("wb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
        self._segment = _segment(self._folder)


def build(
    documents: Iterable[Document],
    folder: Path,
    progress: Callable[[int], None],
    engine: str = "blocks",
    about: Mapping[str, str] = MappingProxyType({}),
) -> int:
    """Write an index of *documents* to *folder*, in place of the index that is there; how many there are.

    It tells *about* itself what is given. `IndexRefused` when something else lies there. What was there stays
    until the new index is whole.
    """
    mine = (folder / ARRAYS).is_file() or (folder / SQLITE).is_file()
    if folder.exists() and any(folder.iterdir()) and not mine:
        raise IndexRefused("this folder holds something else than an index; name another one")
    folder.parent.mkdir(parents=True, exist_ok=True)
    given = list(documents)
    fields = sorted(set(FACETS).union(*(dict(each.fields) for each in given)))
    told = {**about, **made_by()}
    if engine == "blocks":
        fill(BlocksFile(folder), entries(given, fields, progress), fields, told)
        return len(given)
    with _beside(folder) as coming, closing(Fts5(coming / SQLITE)) as made:
        fill(made, entries(given, fields, progress), fields, told)
    return len(given)


def erase(folder: Path, ids: Iterable[str]) -> int:
    """Take documents out of the index in *folder*, every byte of them; how many were there.

    `IndexRefused` when there is no whole index. What the disk itself keeps of a file that was removed is not
    in the hands of a program: only a disk that is encrypted forgets.
    """
    with closing(_lying_in(folder)) as engine:
        return engine.erase(ids)


def opened(folder: Path, own: Mapping[str, Document] | None = None) -> Index:
    """The index in *folder*; `IndexRefused` when it is not whole or another version made it.

    *own* as for `Index.of`.
    """
    engine = _lying_in(folder)
    if not made_by().items() <= engine.told.items():
        engine.close()
        raise IndexRefused("another version made this index; make it again from its texts")
    return Index.of(engine, own)


def _lying_in(folder: Path) -> Backend:
    if not (folder / SQLITE).is_file():
        return BlocksFile(folder, _segment(folder))
    try:
        return Fts5(folder / SQLITE)
    except EngineError as error:
        raise IndexRefused(str(error)) from None


@contextmanager
def _beside(folder: Path) -> Iterator[Path]:
    """A folder that takes the place of *folder* when the block ends well, and is gone otherwise."""
    for left in folder.parent.glob(f".{folder.name}.*"):
        shutil.rmtree(left)  # what a killed run left holds the same texts in the clear
    coming = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        yield coming
        durable.sync(coming)
        if folder.exists():
            shutil.rmtree(folder)
        coming.replace(folder)
        durable.sync(folder.parent)
    finally:
        shutil.rmtree(coming, ignore_errors=True)


def _segment(folder: Path) -> Segment:
    try:
        digest = (folder / DIGEST).read_text("ascii").strip()
        with (folder / ARRAYS).open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != digest:
                raise IndexRefused("this index is not whole; make it again from its texts")
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            return Segment(memoryview(mapped), untrusted=True)
    except Earlier as earlier:
        raise IndexRefused(str(earlier)) from None
    except (OSError, ValueError):
        raise IndexRefused("there is no index in this folder, or not all of it") from None


def _document(line: dict[str, Any]) -> Document:
    parts = line.get("segments") or [{"id": "s0001", "text": line["text"]}]
    segments = tuple((_text(part["id"]), _text(part["text"])) for part in parts)
    more = {name: value for name, value in line.items() if name not in OWN} | (line.get("fields") or {})
    fields = {name: str(value) for name, value in more.items() if isinstance(value, str | int | float)}
    lang, quarter, kind = (fields.pop(name, "") for name in FACETS)
    return Document(_text(line["id"]), lang, quarter, kind, segments, tuple(sorted(fields.items())))


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError
    return value
