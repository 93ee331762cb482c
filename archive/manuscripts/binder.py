"""A documentation project as its editors arrange it: parts, chapters, blocks. Pure: a change makes a new one.

1. A quote is a place in a rendition and the digest of its words there; the words themselves are not kept.
2. What an editor wrote is kept with the names of the testimonies it rests on, so that it can go with them.
3. Names of parts, chapters and blocks are drawn at random and stay, wherever the thing is moved.

Format: docs/formats/project.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final, Literal, get_args

from archive.errors import ArchiveError
from archive.testimony import Audience, Language

BlockKind = Literal["quote", "paraphrase", "note", "context", "chronology", "picture"]
Manner = Literal["verbatim", "lightly_edited", "composite", "told_by_editor"]
"""How a chapter tells: in her words; in her words with small edits; of several; in the editor's words."""
BLOCKS: Final = get_args(BlockKind)
MANNERS: Final = get_args(Manner)


class BinderRefused(ArchiveError):
    """A change that the project cannot take; it stays as it was."""


@dataclass(frozen=True)
class Quote:
    """Words of one rendition: code points from *start* in the first of *segments* up to *end* in the last."""

    testimony_id: str
    version: str = field(repr=False)
    """SHA-256 of the rendition (`quoting.version_of`)."""
    segments: tuple[str, ...]
    start: int
    end: int
    words_sha256: str = field(repr=False)

    @property
    def range(self) -> str:
        """As a citation has it: s0003, or s0003-s0005."""
        return "-".join(dict.fromkeys((self.segments[0], self.segments[-1])))


@dataclass(frozen=True)
class Block:
    """One piece of a chapter. *text*: what the editor wrote; of a quote, how she edited it, or nothing."""

    id: str
    kind: BlockKind
    text: str = field(default="", repr=False)
    quote: Quote | None = None
    sources: tuple[str, ...] = ()
    """Testimonies that the editor's words, a chronology or a picture rest on."""
    ref: str = ""
    """Which fact of `context`, or which safe copy of an attachment."""
    gone: bool = False
    """What it rested on was destroyed: nothing is left of it but its place."""

    @property
    def testimonies(self) -> frozenset[str]:
        """Every testimony that this block needs."""
        return frozenset(self.sources) | ({self.quote.testimony_id} if self.quote else frozenset())


@dataclass(frozen=True)
class Chapter:
    id: str
    title: str = field(repr=False)
    manner: Manner = "verbatim"
    blocks: tuple[Block, ...] = ()

    @property
    def testimonies(self) -> frozenset[str]:
        """Every testimony that speaks in it."""
        return frozenset().union(*(block.testimonies for block in self.blocks))


@dataclass(frozen=True)
class Part:
    id: str
    title: str = field(repr=False)
    chapters: tuple[Chapter, ...] = ()


@dataclass(frozen=True)
class Project:
    """A book in the making, for one audience."""

    id: str
    title: str = field(repr=False)
    lang: Language
    audience: Audience
    parts: tuple[Part, ...] = ()
    resources: str = field(default="", repr=False)
    """Where help is, printed in the book (R27)."""
    readings: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """Words and how they are read: set above the first of each chapter, as ruby."""
    glossary: bool = False
    """Whether a list of who is who stands at the end."""
    allowed: tuple[str, ...] = field(default=(), repr=False)
    """Words that look like a name and are nobody's to hide, as an archivist or reviewer said."""

    @property
    def chapters(self) -> Iterator[Chapter]:
        return (chapter for part in self.parts for chapter in part.chapters)

    @property
    def blocks(self) -> Iterator[Block]:
        return (block for chapter in self.chapters for block in chapter.blocks)

    @property
    def testimonies(self) -> frozenset[str]:
        return frozenset().union(*(chapter.testimonies for chapter in self.chapters))

    def chapter(self, id: str) -> Chapter:
        """The chapter of this name, or `BinderRefused`."""
        found = next((chapter for chapter in self.chapters if chapter.id == id), None)
        if found is None:
            raise BinderRefused("there is no chapter of this name")
        return found

    def block(self, id: str) -> Block:
        """The block of this name, or `BinderRefused`."""
        found = next((block for block in self.blocks if block.id == id), None)
        if found is None:
            raise BinderRefused("there is no block of this name")
        return found


def to_json(project: Project) -> dict[str, Any]:
    """What the vault keeps."""
    return {
        "v": 1,
        "title": project.title,
        "lang": project.lang,
        "audience": project.audience,
        "resources": project.resources,
        "readings": [list(each) for each in project.readings],
        "glossary": project.glossary,
        "allowed": list(project.allowed),
        "parts": [
            [p.id, p.title, [[c.id, c.title, c.manner, [_row(b) for b in c.blocks]] for c in p.chapters]]
            for p in project.parts
        ],
    }


def from_json(id: str, row: dict[str, Any]) -> Project:
    """What `to_json` wrote. Trusted: it comes out of the vault."""
    parts = tuple(
        Part(p, told, tuple(Chapter(c, t, m, tuple(map(_block, blocks))) for c, t, m, blocks in chapters))
        for p, told, chapters in row["parts"]
    )
    readings = tuple((word, reading) for word, reading in row["readings"])
    return Project(
        id, row["title"], row["lang"], row["audience"], parts, row["resources"], readings,
        row.get("glossary", False), tuple(row.get("allowed", ())),
    )  # fmt: skip


def _row(block: Block) -> list[Any]:
    q = block.quote
    place = [q.testimony_id, q.version, list(q.segments), q.start, q.end, q.words_sha256] if q else None
    return [block.id, block.kind, block.text, place, list(block.sources), block.ref, block.gone]


def _block(row: list[Any]) -> Block:
    id, kind, text, place, sources, ref, gone = row
    return Block(id, kind, text, _quote(*place) if place else None, tuple(sources), ref, gone)


def _quote(
    testimony: str, version: str, segments: list[str], start: int, end: int, words_sha256: str
) -> Quote:
    return Quote(testimony, version, tuple(segments), start, end, words_sha256)


def count(text: str) -> int:
    """How many words: runs of letters, and of Han each sign."""
    return len(_WORDS.findall(text))


_WORDS: Final = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]|[^\W_\u3400-\u9fff\uf900-\ufaff]+(?:['’-][^\W_]+)*")
