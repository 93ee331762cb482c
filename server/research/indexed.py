"""The index of the release that is shown: made when it comes, so that a reader never waits for it.

It lies beside the release, or on the server that `engine` names.

1. It holds released words in the clear, as the release beside it does, and is removed with them.
2. It is opened only when it is whole, of this version's analyzer, and holds letter for letter what may be
   shown; otherwise it is made anew, in memory. An index never crosses a door.
3. All workers read the same file; none has a copy of its own.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Final

from archive.release import BODY, RedactedTestimony
from archive.search import folder as folders
from archive.search.backend import Backend
from archive.search.document import FACETS, Document
from archive.search.folder import IndexRefused
from archive.search.index import Index, entries, fill, made_by
from server.research.engine import Choice

TOGETHER: Final = 500
"""Testimonies that are compared at once."""


def name(body: str) -> str:
    """The folder of the index that goes with the file *body* of a release."""
    return "index" if body == BODY else f"index-{Path(body).stem}"


def lay(folder: Path, told: Iterable[RedactedTestimony]) -> None:
    """Make the index of a whole release that comes, in its *folder* or on a server; `EngineError`."""
    make(folder, BODY, told, Choice.read(folder.parent))


def make(folder: Path, body: str, told: Iterable[RedactedTestimony], choice: Choice) -> None:
    """Make the index over *told*, which the file *body* in *folder* holds, where *choice* says."""
    wanted = list(_documents(told))
    if not choice.is_server:
        folders.build(wanted, folder / name(body), lambda done: None, choice.name)
        return
    with closing(choice.connect()) as engine:
        _fill(engine, wanted)


def lay_rest(folder: Path, before: str, rest: str, gone: Iterable[str]) -> None:
    """Make the index of what remains of a release, in *rest*, from that of *before* if there is one.

    On a server what is *gone* is erased at once; `EngineError` when it is not.
    """
    if (choice := Choice.read(folder.parent)).is_server:
        with closing(choice.connect()) as engine:
            engine.erase(gone)
        return
    old, new = folder / name(before), folder / name(rest)
    shutil.rmtree(new, ignore_errors=True)
    with suppress(IndexRefused, FileNotFoundError):
        shutil.copytree(old, new)
        folders.erase(new, gone)


def opened(folder: Path, body: str, told: tuple[RedactedTestimony, ...]) -> Index:
    """The index over *told*, which the file *body* of the release in *folder* holds; `EngineError`."""
    wanted = list(_documents(told))
    if (choice := Choice.read(folder.parent)).is_server:
        engine = choice.connect()
        if engine.told != made_by() or not _holds(Index.of(engine), wanted):
            _fill(engine, wanted)
        return Index.of(engine)
    with suppress(IndexRefused):
        found = folders.opened(folder / name(body))
        if _holds(found, wanted):
            return found
        found.close()
    return Index(wanted)


def clear(folder: Path, choice: Choice) -> None:
    """Take away the index of the release in *folder* from where *choice* kept it."""
    if choice.is_server:
        with closing(choice.connect()) as engine:
            engine.replace([], (), {})
        return
    for each in folder.glob("index*"):
        shutil.rmtree(each)


def _fill(engine: Backend, wanted: Iterable[Document]) -> None:
    fill(engine, entries(wanted), FACETS, made_by())


def _holds(found: Index, wanted: Sequence[Document]) -> bool:
    """Whether an index has exactly these documents, letter for letter."""
    if found.count != len(wanted):
        return False
    some = (wanted[at : at + TOGETHER] for at in range(0, len(wanted), TOGETHER))
    return all(found.documents([each.id for each in part]) == part for part in some)


def _documents(told: Iterable[RedactedTestimony]) -> Iterator[Document]:
    for each in told:
        parts = tuple((part.id, part.text) for part in each.segments)
        yield Document(each.id, each.lang, each.quarter, each.kind, parts)
