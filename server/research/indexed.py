"""The index of the release that is shown: made when it comes, so that a reader never waits for it.

It lies beside the release, or on the server that `engine` names.

1. It holds released words in the clear, as the release beside it does, and is removed with them.
2. It is searched only when it is whole, of this version's analyzer and of this very release; otherwise it is
   made anew, in memory. An index never crosses a door.
3. No word of it comes on a page: those that are shown are the verified release's own.
4. All workers read the same file; none has a copy of its own.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, suppress
from pathlib import Path
from typing import Final

from archive.release import BODY, RedactedTestimony, VerifiedRelease
from archive.search import folder as folders
from archive.search.backend import Backend
from archive.search.document import FACETS, Document
from archive.search.filling import entries, fill, made_by
from archive.search.folder import IndexRefused
from archive.search.index import Index
from server.research.engine import Choice

OF: Final = "release"
"""By this name an index says of which release it is."""
BESIDE: Final = ":"
"""Between a part and the language of its translation."""


class Documents(Mapping[str, Document]):
    """The testimonies of a release as what can be found, each made when it is looked at.

    Their parts, and behind them those of each translation, as `standing` names them.
    """

    def __init__(self, told: Iterable[RedactedTestimony]) -> None:
        self.told: Final = {each.id: each for each in told}

    def __getitem__(self, id: str) -> Document:
        each = self.told[id]
        parts = [(part.id, part.text) for part in each.segments]
        for lang, beside in each.translations.items():
            parts += [(f"{part.id}{BESIDE}{lang}", part.text) for part in beside]
        return Document(id, each.lang, each.quarter, each.kind, tuple(parts))

    def __iter__(self) -> Iterator[str]:
        return iter(self.told)

    def __len__(self) -> int:
        return len(self.told)


def standing(name: str) -> tuple[str, str]:
    """The part of a testimony that has this name in an index, and of which translation; nothing for none."""
    part, _, lang = name.partition(BESIDE)
    return part, lang


def name(body: str) -> str:
    """The folder of the index that goes with the file *body* of a release."""
    return "index" if body == BODY else f"index-{Path(body).stem}"


def lay(folder: Path, release: VerifiedRelease) -> None:
    """Make the index of a whole release that comes, in its *folder* or on a server; `EngineError`."""
    make(folder, BODY, release, Choice.read(folder.parent))


def make(folder: Path, body: str, release: VerifiedRelease, choice: Choice) -> None:
    """Make the index over what the file *body* in *folder* holds of *release*, where *choice* says."""
    documents = Documents(release.testimonies)
    if not choice.is_server:
        wanted = documents.values()
        folders.build(wanted, folder / name(body), lambda done: None, choice.name, _about(release))
        return
    with closing(choice.connect()) as engine:
        _fill(engine, documents, release)


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


def opened(folder: Path, body: str, release: VerifiedRelease, documents: Documents) -> Index:
    """The index over *documents*, which the file *body* in *folder* holds of *release*; `EngineError`."""
    if (choice := Choice.read(folder.parent)).is_server:
        engine = choice.connect()
        about = {**_about(release), **made_by()}
        if not _is_of(Index.of(engine), documents, about):
            _fill(engine, documents, release)
        return Index.of(engine, documents)
    with suppress(IndexRefused):
        found = folders.opened(folder / name(body), documents)
        if _is_of(found, documents, _about(release)):
            return found
        found.close()
    return Index(documents.values())


def clear(folder: Path, choice: Choice) -> None:
    """Take away the index of the release in *folder* from where *choice* kept it."""
    if choice.is_server:
        with closing(choice.connect()) as engine:
            engine.replace([], (), {})
        return
    for each in folder.glob("index*"):
        shutil.rmtree(each)


def _fill(engine: Backend, documents: Documents, release: VerifiedRelease) -> None:
    fill(engine, entries(documents.values()), FACETS, {**_about(release), **made_by()})


def _about(release: VerifiedRelease) -> dict[str, str]:
    return {OF: release.digest}


def _is_of(found: Index, documents: Documents, about: Mapping[str, str]) -> bool:
    """Whether an index says that it is of this release, and has these testimonies and no others."""
    return about.items() <= found.about.items() and found.ids == sorted(documents)
