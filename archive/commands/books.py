"""The commands of a project's book: what keeps it back, the narrator's yes, and the files.

Registered with those of `projects`. Manual: docs/manuals/editor.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final, cast

import click

from archive.command_line import (
    as_option,
    folder,
    home_option,
    opened,
    printable,
    progress,
    signing,
    tells_errors,
    today,
)
from archive.commands.projects import id_argument, project
from archive.manuscripts import approval, compiling, looking, shelf
from archive.manuscripts.appearing import appearing, name_everybody, rename
from archive.manuscripts.approval import HEARD, Heard
from archive.manuscripts.binder import Chapter, Project, count
from archive.manuscripts.looking import Look
from archive.manuscripts.quoting import Sources, used
from archive.vault import Vault


@project.command()
@home_option
@id_argument
@tells_errors
def show(home: Path, id: str) -> None:
    """Print the binder of project ID: parts, chapters, blocks, their words, and what keeps them back."""
    with opened(home) as vault:
        _, made = shelf.project(vault, id)
        for part in made.parts:
            click.echo(f"{part.id}  {printable(part.title)}")
            for chapter in part.chapters:
                click.echo(f"  {chapter.id}  {chapter.manner}  {printable(chapter.title)}")
                for line in _told(vault, made, chapter):
                    click.echo(f"    {line}")


def _told(vault: Vault, made: Project, chapter: Chapter) -> Iterator[str]:
    """A line for each block, with what keeps it back, and for each yes that is missing."""
    sources = Sources(vault, made)
    blocked = {each.block: each.why for each in sources.blocked_in(chapter)}
    for block in chapter.blocks:
        told = f"{block.id}  {block.kind}"
        if block.quote:
            told += f"  {block.quote.testimony_id}#{block.quote.range}"
        if block.id in blocked:
            yield f"{told}  BLOCKED: {blocked[block.id]}"
        else:
            yield f"{told}  {count(sources.text(block))} words"
    if not blocked:
        for testimony in approval.missing(vault, made, chapter, sources):
            yield f"waits for the yes of {testimony}"


@project.command()
@home_option
@as_option
@id_argument
@click.argument("chapter")
@click.argument("testimony")
@click.option("--heard", type=click.Choice(HEARD), required=True, help="How she said it.")
@click.option("--message", default="", help="The testimony by which her yes came.")
@tells_errors
def yes(home: Path, name: str, id: str, chapter: str, testimony: str, heard: str, message: str) -> None:
    """Sign that whoever told TESTIMONY agreed to CHAPTER of project ID, in exactly these words."""
    with opened(home) as vault:
        who, made = signing(vault, name), shelf.project(vault, id)[1]
        approval.approve(vault, who, made, chapter, testimony, cast(Heard, heard), today(), message)


@project.command("read-back")
@home_option
@as_option
@id_argument
@click.argument("chapter")
@click.argument("testimony")
@tells_errors
def read_back(home: Path, name: str, id: str, chapter: str, testimony: str) -> None:
    """Send CHAPTER of project ID to whoever told TESTIMONY, with the next reply board."""
    with opened(home) as vault:
        who, made = signing(vault, name), shelf.project(vault, id)[1]
        letters = approval.read_back(vault, who, made, chapter, testimony, today())
    click.echo(f"{letters} replies leave with the next board; `onggi archive send` takes it along")


@project.command()
@home_option
@id_argument
@tells_errors
def names(home: Path, id: str) -> None:
    """List who appears in the book of project ID: her figure, her role, her name in it, and the chapters."""
    with opened(home) as vault:
        made = shelf.project(vault, id)[1]
        for each in appearing(made, Sources(vault, made)):
            shown, chapters = " · ".join(each.shown) or "-", " ".join(each.chapters)
            click.echo(f"{each.figure}  {each.role}  {shown}  {chapters}")


@project.command()
@home_option
@as_option
@id_argument
@click.argument("figure", required=False)
@click.option("--tag", "by", flag_value="tag", help="A tag with her role stands for FIGURE in this book.")
@click.option(
    "--invented", "by", flag_value="invented", help="An invented name stands for FIGURE in this book."
)
@tells_errors
def name(home: Path, name: str, id: str, figure: str | None, by: str | None) -> None:
    """Draw a name of this book for everybody in project ID who has none, or another one for FIGURE."""
    with opened(home) as vault:
        who, made = signing(vault, name), shelf.project(vault, id)[1]
        if figure is None:
            click.echo(f"{name_everybody(vault, who, made)} drawn")
        else:
            rename(vault, who, made, figure, invented=None if by is None else by == "invented")


@project.command()
@home_option
@id_argument
@tells_errors
def look(home: Path, id: str) -> None:
    """List where a name may be left in project ID, and of what kind; no word of it."""
    with opened(home) as vault:
        made = shelf.project(vault, id)[1]
        for each in dict.fromkeys(map(str, Look(vault, made, Sources(vault, made)).findings())):
            click.echo(each)


@project.command()
@home_option
@as_option
@id_argument
@click.argument("words")
@tells_errors
def allow(home: Path, name: str, id: str, words: str) -> None:
    """Say as an archivist or reviewer that WORDS in project ID are nobody's to hide."""
    with opened(home) as vault:
        looking.allow(vault, signing(vault, name), id, words, today())


@project.command("where-used")
@home_option
@click.argument("testimony")
@tells_errors
def where_used(home: Path, testimony: str) -> None:
    """List where the segments of TESTIMONY are quoted."""
    with opened(home) as vault:
        for (of, segment), places in sorted(used(shelf.projects(vault)).items()):
            for place in places if of == testimony else []:
                click.echo(f"{segment}  {place.project}  {place.chapter}  {place.block}")


@project.command("compile")
@home_option
@as_option
@id_argument
@click.argument("into", type=folder)
@click.option("--format", "formats", type=click.Choice(list(compiling.FORMATS)), multiple=True)
@tells_errors
def compile_command(home: Path, name: str, id: str, into: Path, formats: tuple[str, ...]) -> None:
    """Make the book of project ID in the new folder INTO: all formats, or those that are named."""
    with opened(home) as vault:
        who, made = signing(vault, name), shelf.project(vault, id)[1]
        wanted = formats or tuple(compiling.FORMATS)
        for path in compiling.compile_book(vault, who, made, wanted, into, today(), progress("format")):
            click.echo(f"wrote {path}")
        click.echo(f"journal {vault.journal.head()}")


COMMANDS: Final = (project,)
