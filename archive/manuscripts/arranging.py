"""Changes to a project: each takes one and gives the next, or refuses and nothing is changed. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final, TypeVar

from archive.manuscripts.binder import (
    BLOCKS,
    MANNERS,
    BinderRefused,
    Block,
    Chapter,
    Manner,
    Part,
    Project,
)
from archive.testimony import AUDIENCES, LANGUAGES, drawn

T = TypeVar("T")
LONGEST: Final = 100_000
"""Letters of one block."""
TITLE: Final = 200
"""Letters of a title."""


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


def end_with(project: Project, resources: str, readings: str) -> Project:
    """*project* with where help is, and with readings: on each line a word, =, and how it is read."""
    rows = [line.partition("=") for line in readings.splitlines() if line.strip()]
    pairs = tuple((word.strip(), how.strip()) for word, _, how in rows)
    if not all(word and how for word, how in pairs) or len(resources) > LONGEST:
        raise BinderRefused("of each line: a word, an equals sign, and how it is read")
    return replace(project, resources=resources.strip(), readings=pairs)


def list_names(project: Project, on: bool) -> Project:
    """Whether a list of who is who stands at the end of the book."""
    return replace(project, glossary=on)


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
        raise BinderRefused("a title has 1 to 200 letters")
    return told


def _manner(manner: str) -> Manner:
    if manner not in MANNERS:
        raise BinderRefused(f"a chapter is told in one of these manners: {', '.join(MANNERS)}")
    return manner  # type: ignore[return-value]


def _name(letter: str) -> str:
    return letter + drawn(9)
