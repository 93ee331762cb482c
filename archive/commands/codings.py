"""The commands of coding: show, set, history, restore, and the way out and back as HTCDS.

Registered under `onggi archive code` by `group`. Manual: docs/manuals/archivist.md.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final, cast

import click

from archive import review
from archive.coding import htcds, versions
from archive.coding.record import life
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
from archive.interchange import exported, named_again
from archive.testimony import AUDIENCES, USES, Audience, Use
from crypto import durable

LARGEST: Final = 64 << 20
"""Bytes of a file that is read; ten thousand codings are smaller."""


@click.group()
def code() -> None:
    """Who did what to whom, coded of a testimony: as JSON here, as HTCDS for others."""


@code.command()
@home_option
@click.argument("testimony")
@click.option("--number", type=click.IntRange(min=1), help="An earlier version.")
@tells_errors
def show(home: Path, testimony: str, number: int | None) -> None:
    """Print what is coded of a TESTIMONY on this terminal, as JSON that `code set` takes."""
    with opened(home) as vault:
        found = versions.version(vault, testimony, number) if number else versions.current(vault, testimony)
    click.echo(printable(json.dumps(found.life.to_json(), ensure_ascii=False, indent=1)))
    click.echo(
        f"-- version {found.number}" + (f" by {found.coder}, {found.day}" if found.number else ""), err=True
    )


@code.command("set")
@home_option
@as_option
@click.argument("testimony")
@click.argument("file", type=readable)
@click.option(
    "--seen",
    type=click.IntRange(min=0),
    required=True,
    help="The version that FILE was made from; 0 is none.",
)
@tells_errors
def set_command(home: Path, name: str, testimony: str, file: Path, seen: int) -> None:
    """Sign the coding in FILE as the next version of what is coded of a TESTIMONY."""
    found = life(json_in(file, LARGEST))
    with opened(home) as vault:
        who, told = signing(vault, name), review.reading(vault, testimony).told
        made = versions.keep(vault, who, told, found, today(), seen=seen)
    click.echo(f"version {made.number}: {len(made.life.acts)} acts, {len(made.life.actors)} people")


@code.command()
@home_option
@click.argument("testimony")
@tells_errors
def history(home: Path, testimony: str) -> None:
    """List the versions of what is coded of a TESTIMONY, the newest first."""
    with opened(home) as vault:
        told = review.reading(vault, testimony).told
        for each in versions.history(vault, testimony):
            old = "" if each.rests_on(told) else "  the words have changed since"
            click.echo(f"{each.number}  {each.day}  {each.coder}  {len(each.life.acts)} acts{old}")


@code.command()
@home_option
@as_option
@click.argument("testimony")
@click.argument("number", type=click.IntRange(min=0))
@tells_errors
def restore(home: Path, name: str, testimony: str, number: int) -> None:
    """Make version NUMBER of what is coded of a TESTIMONY the newest again; 0 says nothing."""
    with opened(home) as vault:
        who, told = signing(vault, name), review.reading(vault, testimony).told
        seen = versions.current(vault, testimony).number
        made = versions.restore(vault, who, told, number, today(), seen=seen)
    click.echo(f"version {made.number} says what version {number} said")


@code.command("export")
@home_option
@as_option
@click.argument("into", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--use", type=click.Choice(USES), required=True, help="For what; she must have allowed it.")
@click.option("--audience", type=click.Choice(AUDIENCES), required=True, help="For whom.")
@click.option("--testimony", "ids", multiple=True, help="Only these; else all.")
@click.option("--words", is_flag=True, help="With her words; for archivists only.")
@tells_errors
def export_command(
    home: Path, name: str, into: Path, use: str, audience: str, ids: tuple[str, ...], words: bool
) -> None:
    """Write codings INTO a file of HTCDS, .csv or .json, where she allowed this use for this audience."""
    refused: dict[str, str] = {}
    with opened(home) as vault:
        who = signing(vault, name)
        asked = ids or tuple(vault.testimonies())
        made = exported(
            vault, asked, cast(Use, use), cast(Audience, audience), who.name, refused, words=words
        )
        text = htcds.to_json(made) if into.suffix == ".json" else htcds.to_csv(made)
        durable.write(into, text.encode())
    gone = {row["x_testimony"] for row in made}
    click.echo(f"wrote {into}: {len(gone)} codings, {len(made)} rows; it is confidential")
    for each, reason in refused.items():
        click.echo(f"  not {each}: {reason}")


@code.command("import")
@home_option
@as_option
@click.argument("file", type=readable)
@click.option("--testimony", help="Whose rows these are, where the file names none of ours.")
@click.option("--replace", "again", is_flag=True, help="Also where something is coded already.")
@tells_errors
def import_command(home: Path, name: str, file: Path, testimony: str | None, again: bool) -> None:
    """Sign the codings in a FILE of HTCDS, .csv or .json, each as the next version of its testimony's."""
    text = text_in(file, LARGEST)
    found = htcds.lives(htcds.from_json(text) if file.suffix == ".json" else htcds.from_csv(text))
    if testimony and len(found) == 1:
        found = {testimony: next(iter(found.values()))}
    with opened(home) as vault:
        who = signing(vault, name)
        with vault.together():
            for each, told in found.items():
                reading, before = review.reading(vault, each).told, versions.current(vault, each)
                if before.number and not again:
                    raise versions.CodingRefused(f"{each} is coded already; --replace makes a new version")
                kept = named_again(told, before.life)
                versions.keep(vault, who, reading, kept, today(), seen=before.number)
    click.echo(f"imported {len(found)} codings")


COMMANDS: Final = (code,)
