"""A documentation project as its editors arrange it: parts, chapters, blocks. Pure: a change makes a new one.

1. A quote is a place in a rendition and the digest of its words there; the words themselves are not kept.
2. What an editor wrote is kept with the names of the testimonies it rests on, so that it can go with them.
3. Names of parts, chapters and blocks are drawn at random and stay, wherever the thing is moved.

Format: docs/formats/project.md.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal, TypeVar, get_args

from archive.errors import ArchiveError
from archive.testimony import AUDIENCES, LANGUAGES, Audience, Language

T = TypeVar("T")
BlockKind = Literal["quote", "paraphrase", "note", "context", "chronology", "picture"]
Manner = Literal["verbatim", "lightly_edited", "composite", "told_by_editor"]
"""How a chapter tells: in her words; in her words with small edits; of several; in the editor's words."""
BLOCKS: Final = get_args(BlockKind)
MANNERS: Final = get_args(Manner)
LETTERS: Final = "abcdefghjkmnpqrstvwxyz"
LONGEST: Final = 100_000
"""Letters of one block."""
TITLE: Final = 200


class BinderRefused(ArchiveError):
    """A change that the project cannot take; it stays as it was."""


@dataclass(frozen=True)
class Quote:
    """Words of one rendition: code points from *start* in the first of *segments* up to *end* in the last."""

    testimony: str
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
        return frozenset(self.sources) | ({self.quote.testimony} if self.quote else frozenset())


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


def begin(title: str, lang: str, audience: str) -> Project:
    """A project without a part, or `BinderRefused`."""
    if lang not in LANGUAGES or audience not in AUDIENCES:
        raise BinderRefused("a project has a language and an audience of the data model")
    return Project(_name("m"), _title(title), lang, audience)  # type: ignore[arg-type]


def add_part(project: Project, title: str) -> Project:
    return replace(project, parts=(*project.parts, Part(_name("p"), _title(title))))


def add_chapter(project: Project, part: str, title: str, manner: str) -> Project:
    """*project* with one more chapter at the end of *part*."""
    chapter = Chapter(_name("c"), _title(title), _manner(manner))
    _require(part, (each.id for each in project.parts))
    return _parts(project, lambda p: replace(p, chapters=(*p.chapters, chapter)) if p.id == part else p)


def add_block(project: Project, chapter: str, block: Block, after: str | None = None) -> Project:
    """*project* with *block* under a new name, at the end of the chapter or *after* another of its blocks."""
    made = _checked(replace(block, id=_name("b")))
    blocks = project.chapter(chapter).blocks
    at = len(blocks) if after is None else 1 + _place(after, [each.id for each in blocks])
    return _chapters(
        project,
        lambda c: replace(c, blocks=(*c.blocks[:at], made, *c.blocks[at:])) if c.id == chapter else c,
    )


def change_block(project: Project, id: str, change: Callable[[Block], Block]) -> Project:
    """*project* with one block changed; it keeps its name."""
    changed = _checked(replace(change(project.block(id)), id=id))
    return _blocks(project, lambda block: changed if block.id == id else block)


def rename(project: Project, id: str, title: str, manner: str = "") -> Project:
    """Another title for a part, a chapter or the project; for a chapter also another manner."""
    told = _title(title)
    if id == project.id:
        return replace(project, title=told)
    if any(part.id == id for part in project.parts):
        return _parts(project, lambda part: replace(part, title=told) if part.id == id else part)
    how = _manner(manner or project.chapter(id).manner)
    return _chapters(project, lambda c: replace(c, title=told, manner=how) if c.id == id else c)


def remove(project: Project, id: str) -> Project:
    """*project* without a part, a chapter or a block, and without what was in it."""
    _require(id, _names(project))
    kept = replace(project, parts=tuple(part for part in project.parts if part.id != id))
    kept = _parts(kept, lambda part: replace(part, chapters=tuple(c for c in part.chapters if c.id != id)))
    return _chapters(kept, lambda c: replace(c, blocks=tuple(b for b in c.blocks if b.id != id)))


def move(project: Project, id: str, into: str, at: int) -> Project:
    """A part to place *at* in the project, a chapter in part *into*, a block in chapter *into*; from 0."""
    part = next((each for each in project.parts if each.id == id), None)
    if part is not None:
        rest = [each for each in project.parts if each.id != id]
        return replace(project, parts=_put(rest, part, at))
    if any(chapter.id == id for chapter in project.chapters):
        chapter = project.chapter(id)
        _require(into, (each.id for each in project.parts))
        return _parts(
            remove(project, id),
            lambda p: replace(p, chapters=_put(list(p.chapters), chapter, at)) if p.id == into else p,
        )
    block = project.block(id)
    project.chapter(into)
    return _chapters(
        remove(project, id),
        lambda c: replace(c, blocks=_put(list(c.blocks), block, at)) if c.id == into else c,
    )


def without(project: Project, testimony: str) -> Project:
    """*project* with nothing left of *testimony*: its blocks are empty places (R10)."""
    return _blocks(
        project,
        lambda block: Block(block.id, block.kind, gone=True) if testimony in block.testimonies else block,
    )


def _blocks(project: Project, change: Callable[[Block], Block]) -> Project:
    return _chapters(project, lambda c: replace(c, blocks=tuple(map(change, c.blocks))))


def _chapters(project: Project, change: Callable[[Chapter], Chapter]) -> Project:
    return _parts(project, lambda part: replace(part, chapters=tuple(map(change, part.chapters))))


def _parts(project: Project, change: Callable[[Part], Part]) -> Project:
    return replace(project, parts=tuple(map(change, project.parts)))


def _put(rest: list[T], one: T, at: int) -> tuple[T, ...]:
    return (*rest[: max(at, 0)], one, *rest[max(at, 0) :])


def _names(project: Project) -> Iterator[str]:
    yield from (part.id for part in project.parts)
    yield from (chapter.id for chapter in project.chapters)
    yield from (block.id for block in project.blocks)


def _require(id: str, names: Iterator[str]) -> None:
    if id not in set(names):
        raise BinderRefused("there is nothing of this name in the project")


def _place(id: str, names: list[str]) -> int:
    _require(id, iter(names))
    return names.index(id)


def _checked(block: Block) -> Block:
    if block.kind not in BLOCKS or len(block.text) > LONGEST:
        raise BinderRefused(f"a block is {', '.join(BLOCKS)}, of at most {LONGEST} letters")
    if (block.kind == "quote") != (block.quote is not None) and not block.gone:
        raise BinderRefused("a quote has its place in a testimony, and nothing else has one")
    if block.kind in ("context", "picture") and not (block.ref or block.gone):
        raise BinderRefused("this kind of block says what it shows")
    if block.kind == "picture" and not block.gone:
        if not block.text.strip():
            raise BinderRefused("a picture is told in words too, for whoever cannot see it")
        block = replace(block, sources=(block.ref.partition(":")[0],))
    return block


def _title(title: str) -> str:
    told = " ".join(title.split())
    if not told or len(told) > TITLE:
        raise BinderRefused(f"a title has 1 to {TITLE} letters")
    return told


def _manner(manner: str) -> Manner:
    if manner not in MANNERS:
        raise BinderRefused(f"a chapter is told in one of these manners: {', '.join(MANNERS)}")
    return manner  # type: ignore[return-value]


def _name(letter: str) -> str:
    return letter + "".join(secrets.choice(LETTERS) for _ in range(9))


def to_json(project: Project) -> dict[str, Any]:
    """What the vault keeps."""
    return {
        "v": 1,
        "title": project.title,
        "lang": project.lang,
        "audience": project.audience,
        "resources": project.resources,
        "readings": [list(each) for each in project.readings],
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
    return Project(id, row["title"], row["lang"], row["audience"], parts, row["resources"], readings)


def _row(block: Block) -> list[Any]:
    q = block.quote
    place = [q.testimony, q.version, list(q.segments), q.start, q.end, q.words_sha256] if q else None
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
