"""The commands of documentation projects: arrange, quote, ask for the narrator's yes, and make the book.

Registered under `onggi archive project` by `group`. Manual: docs/manuals/editor.md.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import click

from archive.command_line import (
    as_option,
    home_option,
    json_in,
    opened,
    printable,
    readable,
    signing,
    tells_errors,
    text_in,
    today,
)
from archive.manuscripts import arranging, binder, context, shelf
from archive.manuscripts.appearing import name_everybody
from archive.manuscripts.binder import BLOCKS, MANNERS, BinderRefused, Block, Project
from archive.manuscripts.quoting import QuoteRefused, Sources
from archive.testimony import AUDIENCES, LANGUAGES
from archive.vault import Vault

LARGEST = 1 << 20
"""Bytes of a file that is read; a chapter has a tenth of it."""
id_argument = click.argument("id")
after_option = click.option("--after", help="The block to stand behind; else at the end.")


@click.group()
def project() -> None:
    """Documentation projects: books made of testimonies, bound to what each woman allowed."""


def _changed(
    home: Path, name: str, id: str, how: Callable[[Vault, Project], Project], label: str = ""
) -> None:
    """Change a project as *name*, print what of it is new, and draw names for those who are new in it."""
    with opened(home) as vault, vault.together():
        who = signing(vault, name)
        before = _names(shelf.project(vault, id)[1])
        made = shelf.change(vault, who, id, lambda now: how(vault, now), today(), label=label)
        name_everybody(vault, who, made)
        for each in _names(made) - before:
            click.echo(each)


def _names(made: Project) -> set[str]:
    parts = {part.id for part in made.parts}
    return parts | {chapter.id for chapter in made.chapters} | {block.id for block in made.blocks}


@project.command()
@home_option
@as_option
@click.argument("title")
@click.option("--lang", type=click.Choice(LANGUAGES), required=True, help="Of the book itself.")
@click.option("--audience", type=click.Choice(AUDIENCES), required=True, help="Who will read it.")
@tells_errors
def create(home: Path, name: str, title: str, lang: str, audience: str) -> None:
    """Begin a project called TITLE; its id is printed."""
    with opened(home) as vault:
        click.echo(shelf.create(vault, signing(vault, name), title, lang, audience).id)


@project.command("list")
@home_option
@tells_errors
def list_command(home: Path) -> None:
    """List the projects, with how many chapters and blocks each has."""
    with opened(home) as vault:
        for each in shelf.projects(vault):
            chapters, blocks = len(list(each.chapters)), len(list(each.blocks))
            told = f"{each.id}  {each.lang}  {each.audience}  {chapters} chapters  {blocks} blocks"
            click.echo(f"{told}  {printable(each.title)}")


@project.command()
@home_option
@as_option
@id_argument
@click.argument("title")
@tells_errors
def part(home: Path, name: str, id: str, title: str) -> None:
    """Add a part called TITLE to project ID."""
    _changed(home, name, id, lambda vault, now: arranging.add_part(now, title))


@project.command()
@home_option
@as_option
@id_argument
@click.argument("part")
@click.argument("title")
@click.option("--manner", type=click.Choice(MANNERS), required=True, help="How it tells.")
@tells_errors
def chapter(home: Path, name: str, id: str, part: str, title: str, manner: str) -> None:
    """Add a chapter called TITLE to PART of project ID."""
    _changed(home, name, id, lambda vault, now: arranging.add_chapter(now, part, title, manner))


@project.command()
@home_option
@as_option
@id_argument
@click.argument("chapter")
@click.argument("testimony")
@click.argument("segments")
@click.option("--from", "start", type=click.IntRange(min=0), default=0, help="Letters to leave out first.")
@click.option("--to", "end", type=click.IntRange(min=1), help="Where to stop in the last segment.")
@after_option
@tells_errors
def quote(
    home: Path,
    name: str,
    id: str,
    chapter: str,
    testimony: str,
    segments: str,
    start: int,
    end: int | None,
    after: str | None,
) -> None:
    """Quote TESTIMONY in CHAPTER of project ID: SEGMENTS are one, s0003, or several, s0003-s0005."""

    def quoted(vault: Vault, now: Project) -> Project:
        sources = Sources(vault, now)
        texts = {each.id: each.text for each in sources.rendition(testimony).segments}
        names, (first, _, last) = list(texts), segments.partition("-")
        if first not in texts or (last or first) not in texts:
            raise QuoteRefused("there is no such part in what may be read of this testimony")
        chosen = names[names.index(first) : names.index(last or first) + 1]
        bound = sources.bind(testimony, chosen, start, end or len(texts[last or first]))
        return arranging.add_block(now, chapter, Block("", "quote", quote=bound), after)

    _changed(home, name, id, quoted)


@project.command()
@home_option
@as_option
@id_argument
@click.argument("chapter")
@click.argument("kind", type=click.Choice([each for each in BLOCKS if each != "quote"]))
@click.option("--text", "file", type=readable, help="A file with the editor's words.")
@click.option("--of", "sources", multiple=True, help="A testimony that it rests on; may be repeated.")
@click.option("--ref", default="", help="Facts of `project facts`, or a picture TESTIMONY:NUMBER:PART.")
@after_option
@tells_errors
def block(
    home: Path,
    name: str,
    id: str,
    chapter: str,
    kind: binder.BlockKind,
    file: Path | None,
    sources: tuple[str, ...],
    ref: str,
    after: str | None,
) -> None:
    """Add what is no quote to CHAPTER of project ID."""
    made, told = Block("", kind, sources=sources, ref=ref), _text(file) if file else ""

    def written(vault: Vault, now: Project) -> Project:
        return arranging.add_block(now, chapter, Sources(vault, now).edited(now, made, told), after)

    _changed(home, name, id, written)


@project.command()
@home_option
@as_option
@id_argument
@click.argument("block")
@click.argument("file", type=readable)
@tells_errors
def edit(home: Path, name: str, id: str, block: str, file: Path) -> None:
    """Put the words in FILE in the place of those of BLOCK; of a quote, as an edit that the book shows."""
    told = _text(file)

    def edited(vault: Vault, now: Project) -> Project:
        sources = Sources(vault, now)
        return arranging.change_block(now, block, lambda each: sources.edited(now, each, told))

    _changed(home, name, id, edited)


@project.command()
@home_option
@as_option
@id_argument
@click.argument("thing")
@click.argument("into")
@click.argument("place", type=click.IntRange(min=1))
@tells_errors
def move(home: Path, name: str, id: str, thing: str, into: str, place: int) -> None:
    """Move THING, a part, a chapter into part INTO or a block into chapter INTO, to PLACE, from 1 on."""
    _changed(home, name, id, lambda vault, now: arranging.move(now, thing, into, place - 1))


@project.command()
@home_option
@as_option
@id_argument
@click.argument("thing")
@tells_errors
def remove(home: Path, name: str, id: str, thing: str) -> None:
    """Remove a part, a chapter or a block; a snapshot keeps what was."""
    _changed(home, name, id, lambda vault, now: arranging.remove(now, thing))


@project.command()
@home_option
@as_option
@id_argument
@click.argument("thing")
@click.argument("title")
@click.option("--manner", type=click.Choice(MANNERS), help="Of a chapter: how it tells.")
@tells_errors
def rename(home: Path, name: str, id: str, thing: str, title: str, manner: str | None) -> None:
    """Call the project itself, a part or a chapter TITLE."""
    _changed(home, name, id, lambda vault, now: arranging.rename(now, thing, title, manner or ""))


@project.command("set")
@home_option
@as_option
@id_argument
@click.option("--resources", type=readable, help="A text that says where help is.")
@click.option("--readings", type=readable, help="JSON: words and how each is read, such as {'漢江': '한강'}.")
@click.option(
    "--glossary/--no-glossary", default=None, help="Whether a list of who is who stands at the end."
)
@tells_errors
def set_command(
    home: Path, name: str, id: str, resources: Path | None, readings: Path | None, glossary: bool | None
) -> None:
    """Set what is printed at the end of project ID, and the readings above its words."""

    def given(vault: Vault, now: Project) -> Project:
        if resources:
            now = replace(now, resources=_text(resources))
        if glossary is not None:
            now = arranging.list_names(now, glossary)
        return replace(now, readings=readings_in(readings)) if readings else now

    _changed(home, name, id, given)


@project.command()
@home_option
@tells_errors
def facts(home: Path) -> None:
    """List what happened around these lives, with sources; `project block` names them."""
    for each in context.facts().values():
        click.echo(f"{each.id}  {each.when.text}  {each.told['eng']} ({each.source})")


@project.command()
@home_option
@id_argument
@tells_errors
def snapshots(home: Path, id: str) -> None:
    """List what project ID was before each change, the newest first."""
    with opened(home) as vault:
        for each in shelf.snapshots(vault, id):
            click.echo(f"{each.number}  {each.day}  {each.by}  {printable(each.label)}".rstrip())


@project.command()
@home_option
@as_option
@id_argument
@click.argument("label")
@tells_errors
def snapshot(home: Path, name: str, id: str, label: str) -> None:
    """Keep project ID as it is now, under LABEL, for good."""
    _changed(home, name, id, lambda vault, now: now, label)


@project.command()
@home_option
@as_option
@id_argument
@click.argument("number", type=click.IntRange(min=1))
@tells_errors
def restore(home: Path, name: str, id: str, number: int) -> None:
    """Make project ID what it was before change NUMBER. What was destroyed since does not come back."""
    with opened(home) as vault:
        shelf.restore(vault, signing(vault, name), id, number, today())


def _text(file: Path) -> str:
    return text_in(file, LARGEST).strip()


def readings_in(file: Path) -> tuple[tuple[str, str], ...]:
    """The words in a file of JSON and how each is read, or `BinderRefused`, or `Misread`."""
    told = json_in(file, LARGEST)
    if not isinstance(told, dict) or not all(k and isinstance(v, str) and v for k, v in told.items()):
        raise BinderRefused("readings are an object: a word, and how it is read")
    return tuple(told.items())
