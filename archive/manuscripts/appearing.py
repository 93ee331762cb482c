"""Who appears where in a project, under which name of its book. Nobody's real name is here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from archive.manuscripts.binder import Block, Project
from archive.manuscripts.quoting import QuoteRefused, Sources
from archive.people import Person
from archive.redaction import naming
from archive.testimony import LANGUAGES
from archive.vault import Vault

Place = tuple[str, str]
"""A chapter and a block."""
ORDER: Final = {lang: number for number, lang in enumerate(LANGUAGES)}


@dataclass(frozen=True)
class Appearing:
    """Somebody in a book: her role, what stands for her in each language she is read in, and where."""

    figure: str
    role: str
    invented: bool
    shown: tuple[str, ...]
    """Empty while nothing was drawn."""
    places: tuple[Place, ...]

    @property
    def chapters(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(chapter for chapter, _ in self.places))


def appearing(project: Project, sources: Sources) -> list[Appearing]:
    """Everybody in the order of the book."""
    places, langs = dict[str, list[Place]](), dict[str, set[str]]()
    for chapter in project.chapters:
        for block in chapter.blocks:
            for figure in sorted(sources.figures(block)):
                places.setdefault(figure, []).append((chapter.id, block.id))
                langs.setdefault(figure, set()).add(_lang(sources, block))
    names = sources.names
    return [
        Appearing(
            id,
            names.role(id),
            names.is_invented(id),
            tuple(filter(None, (names.shown(id, lang) for lang in sorted(langs[id], key=ORDER.__getitem__)))),
            tuple(where),
        )
        for id, where in places.items()
    ]


def name_everybody(vault: Vault, person: Person, project: Project) -> int:
    """Draw a name of this book for everybody in it who has none; how many."""
    sources = Sources(vault, project)
    unnamed = [
        each.figure
        for each in appearing(project, sources)
        if not all(sources.names.shown(each.figure, lang) for lang in LANGUAGES)
    ]
    with vault.together():
        for figure in unnamed:
            naming.draw(vault, person, figure, sources.names.collection)
    return len(unnamed)


def rename(vault: Vault, person: Person, project: Project, figure: str, *, invented: bool | None) -> None:
    """Draw another name of this book for somebody in it, a tag or an invented one; None: as it is now."""
    collection = naming.book_of(project.id)
    with vault.together():
        if invented is not None:
            naming.choose(vault, person, figure, collection, invented=invented)
        naming.draw(vault, person, figure, collection, again=True)


def _lang(sources: Sources, block: Block) -> str:
    try:
        return sources.lang_of(block)
    except QuoteRefused:
        return sources.lang
