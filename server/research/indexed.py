"""The index of the release that is shown: made when it comes, beside it, so that a reader never waits for it.

1. It holds released words in the clear, as the release beside it does, and is removed with them.
2. It is opened only when it is whole, of this version's analyzer, and holds letter for letter what may be
   shown; otherwise it is made anew, in memory. An index never crosses a door.
3. All workers read the same file; none has a copy of its own.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from archive.release import BODY, RedactedTestimony
from archive.search import folder as folders
from archive.search.folder import IndexRefused
from archive.search.index import Document, Index


def name(body: str) -> str:
    """The folder of the index that goes with the file *body* of a release."""
    return "index" if body == BODY else f"index-{Path(body).stem}"


def lay(folder: Path, told: Iterable[RedactedTestimony]) -> None:
    """Make the index of a whole release in its *folder*."""
    folders.build(_documents(told), folder / name(BODY), lambda done: None)


def lay_rest(folder: Path, before: str, rest: str, gone: Iterable[str]) -> None:
    """Make the index of what remains of a release, in *rest*, from that of *before* if there is one."""
    old, new = folder / name(before), folder / name(rest)
    shutil.rmtree(new, ignore_errors=True)
    with suppress(IndexRefused, FileNotFoundError):
        shutil.copytree(old, new)
        folders.erase(new, gone)


def opened(folder: Path, body: str, told: tuple[RedactedTestimony, ...]) -> Index:
    """The index over *told*, which the file *body* of the release in *folder* holds."""
    wanted = list(_documents(told))
    with suppress(IndexRefused):
        found = folders.opened(folder / name(body))
        if found.count == len(wanted) and all(found.document(each.id) == each for each in wanted):
            return found
        found.close()
    return Index(wanted)


def _documents(told: Iterable[RedactedTestimony]) -> Iterator[Document]:
    for each in told:
        parts = tuple((part.id, part.text) for part in each.segments)
        yield Document(each.id, each.lang, each.quarter, each.kind, parts)
