"""A book as every format writes it: sections of paragraphs, tables and pictures, with notes and citations.

1. It is made of a project whose every block may be read and whose every chapter was agreed to, or not at all:
   `NotReady` names the blocks and the chapters (R10, R34).
2. Whose words they are is told by style, and what an editor changed of them in a note (R35).
3. A citation is id@version#segment, by names that no archivist uses.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final, Literal

from archive.coding import outside
from archive.coding import versions as codings
from archive.errors import ArchiveError
from archive.leaving import released_id
from archive.manuscripts import approval, chronology, context
from archive.manuscripts.appearing import appearing
from archive.manuscripts.binder import Block, Project
from archive.manuscripts.quoting import Blocked, Sources
from archive.redaction import naming
from archive.releasing import releases_of
from archive.testimony import Language, drawn
from archive.vault import Vault
from archive.versions.basis import chosen

Style = Literal["quote", "edited", "paraphrase", "note", "context"]
CITED: Final = "project-id"
"""By which name a project cites a testimony that is in no release; under the testimony, to go with it."""


class NotReady(ArchiveError):
    """The book may not be made; nothing was written."""

    def __init__(self, blocked: Sequence[Blocked], waiting: Sequence[tuple[str, str]]) -> None:
        told = [f"block {each.block} of {each.chapter}: {each.why}" for each in blocked]
        told += [f"chapter {chapter}: {who} has not said yes to these words" for chapter, who in waiting]
        super().__init__("; ".join(told))
        self.blocked, self.waiting = tuple(blocked), tuple(waiting)


@dataclass(frozen=True)
class Paragraph:
    """One or more lines of one voice. *notes* are the numbers of its notes."""

    style: Style
    lines: tuple[str, ...] = field(repr=False)
    notes: tuple[int, ...] = ()
    lang: str = ""
    """Of a quote: the language of her words, as HTML names it."""


@dataclass(frozen=True)
class Table:
    """A chronology: rows of when, what, where and whose; drawn too, where there are dates."""

    rows: tuple[chronology.Row, ...] = field(repr=False)

    @property
    def drawn(self) -> chronology.Drawing | None:
        return chronology.drawing(self.rows)


@dataclass(frozen=True)
class Picture:
    name: str
    media: str
    content: bytes = field(repr=False)
    alt: str = field(repr=False)


Piece = Paragraph | Table | Picture


@dataclass(frozen=True)
class Section:
    """A chapter, under the title of its part when it is the first there."""

    id: str
    part: str = field(repr=False)
    title: str = field(repr=False)
    manner: str
    pieces: tuple[Piece, ...] = ()


@dataclass(frozen=True)
class Entry:
    """A line of the list of who is who: by what name, who she is, and in which chapters she appears."""

    names: tuple[str, ...] = field(repr=False)
    role: str
    chapters: tuple[tuple[str, str], ...] = field(repr=False)
    """Section and title."""


@dataclass(frozen=True)
class Book:
    """All that any format needs."""

    id: str
    title: str = field(repr=False)
    lang: Language
    day: date
    sections: tuple[Section, ...]
    notes: tuple[str, ...] = field(repr=False)
    resources: str = field(repr=False)
    readings: tuple[tuple[str, str], ...] = field(repr=False, default=())
    glossary: tuple[Entry, ...] = field(repr=False, default=())
    hidden: frozenset[tuple[str, str]] = field(repr=False, default=frozenset())
    """What was taken out of the testimonies in it, for the residue scan."""

    @property
    def words(self) -> dict[str, str]:
        """What the book itself says, in its language."""
        return said(self.lang)

    @property
    def made(self) -> str:
        return self.words["made"].format(day=self.day.isoformat())


@cache
def said(lang: str) -> dict[str, str]:
    return dict(json.loads(Path(__file__).with_name("words.json").read_text("utf-8"))[lang])


def assemble(vault: Vault, project: Project, today: date) -> Book:
    """The book of *project* as it stands, or `NotReady`."""
    with vault.together():
        sources = Sources(vault, project)
        _require_ready(vault, project, sources)
        making = _Making(vault, project, sources)
        glossary = _glossary(project, sources) if project.glossary else ()
        sections = tuple(making.sections())
        hidden = frozenset[tuple[str, str]]().union(
            *(sources.rendition(each).hidden for each in project.testimonies)
        )
    return Book(
        project.id, project.title, project.lang, today, sections, tuple(making.notes), project.resources,
        project.readings, glossary, hidden,
    )  # fmt: skip


def _glossary(project: Project, sources: Sources) -> tuple[Entry, ...]:
    """Everybody in the book by the names that it has for them, and no other."""
    titles, roles = {each.id: each.title for each in project.chapters}, naming.roles_in(project.lang)
    made = (
        Entry(each.shown, roles[each.role], tuple((id, titles[id]) for id in each.chapters))
        for each in appearing(project, sources)
    )
    return tuple(sorted(made, key=lambda entry: entry.names))


def _require_ready(vault: Vault, project: Project, sources: Sources) -> None:
    blocked = sources.blocked(project)
    held = {each.chapter for each in blocked}
    waiting = [
        (chapter.id, testimony)
        for chapter in project.chapters
        if chapter.id not in held
        for testimony in approval.missing(vault, project, chapter, sources)
    ]
    if blocked or waiting:
        raise NotReady(blocked, waiting)


class _Making:
    """Sections from chapters; the notes are numbered through the whole book."""

    def __init__(self, vault: Vault, project: Project, sources: Sources) -> None:
        self.notes: list[str] = []
        self._vault, self._project, self._sources = vault, project, sources

    def sections(self) -> Iterator[Section]:
        for part in self._project.parts:
            for n, chapter in enumerate(part.chapters):
                pieces = tuple(self._piece(block) for block in chapter.blocks)
                manner = said(self._project.lang)[f"manner_{chapter.manner}"] if chapter.testimonies else ""
                yield Section(chapter.id, part.title if n == 0 else "", chapter.title, manner, pieces)

    def _piece(self, block: Block) -> Piece:
        if block.kind == "chronology":
            return self._chronology(block)
        if block.kind == "picture":
            return self._picture(block)
        if block.kind == "context":
            fact = context.facts()[block.ref]
            told = f"{chronology.Row(fact.when, '').year}. {fact.told[self._project.lang]}"
            return Paragraph("context", (told,), (self._note(fact.source),))
        style: Style = "edited" if block.quote and block.text else block.kind
        lines = tuple(line for line in self._sources.text(block).split("\n") if line.strip())
        lang = said(self._sources.rendition(block.quote.testimony_id).lang)["lang"] if block.quote else ""
        return Paragraph(style, lines, tuple(self._cited(block)), lang)

    def _cited(self, block: Block) -> Iterator[int]:
        if block.quote is None:
            return
        told = f"{self._cite(block.quote.testimony_id)}#{block.quote.range}"
        if edits := self._sources.edits(block):
            marked = "".join({"del": f"[−{t}−]", "ins": f"[+{t}+]"}.get(how, t) for how, t in edits)
            told += f" ({said(self._project.lang)['edited']}: {marked})"
        yield self._note(told)

    def _note(self, told: str) -> int:
        self.notes.append(told)
        return len(self.notes)

    def _cite(self, testimony: str) -> str:
        if numbers := releases_of(self._vault, testimony):
            return f"{released_id(self._vault, testimony)}@{numbers[-1]}"
        name = f"{testimony}:{self._project.id}"
        if not self._vault.holds(CITED, name):
            self._vault.put_json(CITED, name, drawn())
        return f"{self._vault.json(CITED, name)}@v{chosen(self._vault, testimony)}"

    def _chronology(self, block: Block) -> Table:
        lives = {
            self._cite(each).partition("@")[0]: outside.widened(codings.current(self._vault, each).life)
            for each in block.sources
        }
        wanted = [context.facts()[id] for id in block.ref.split() if id in context.facts()]
        return Table(tuple(chronology.rows(lives, wanted, self._project.lang)))

    def _picture(self, block: Block) -> Picture:
        media, content = self._sources.picture(block)
        alt = self._sources.names.told(block.text, self._project.lang)
        return Picture(f"{block.id}.{media.partition('/')[2]}", media, content, alt)
