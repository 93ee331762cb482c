"""The commands of translations for readers: list, show, write, approve.

Registered under `onggi archive translation` by `group`. Manual: docs/manuals/archivist.md.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import click

from archive import translating
from archive.command_line import (
    as_option,
    home_option,
    json_in,
    opened,
    printable,
    readable,
    signing,
    tells_errors,
    today,
)
from archive.redaction.translated import TranslationRefused
from archive.testimony import LANGUAGES, Language

LARGEST: Final = 64 << 20
"""Bytes of a file that is read; no testimony is so long."""

into_option = click.option("--into", type=click.Choice(LANGUAGES), required=True, help="The language.")


@click.group()
def translation() -> None:
    """Translations for readers: of the redacted words, written by one person and approved by another."""


@translation.command("list")
@home_option
@click.argument("testimony")
@tells_errors
def list_command(home: Path, testimony: str) -> None:
    """List the translations of a TESTIMONY, who signed each, and which are of other words than now."""
    with opened(home) as vault:
        for lang, each in translating.standing(vault, testimony).items():
            by = each.told.approver
            second = f"approved by {by}" if by else "waits for a second person"
            old = "" if each.is_current else "  the words have changed since"
            told = f"{lang}  {each.told.day}  {len(each.told.segments)} segments  by {each.told.translator}"
            click.echo(f"{told}, {second}{old}")


@translation.command()
@home_option
@click.argument("testimony")
@click.option("--into", type=click.Choice(LANGUAGES), help="The translation; else what is to be translated.")
@tells_errors
def show(home: Path, testimony: str, into: Language | None) -> None:
    """Print the redacted words of a TESTIMONY, or a translation of them, as JSON that `write` takes.

    With a translation also what the recognisers found in it, and by which digest it is approved.
    """
    with opened(home) as vault:
        if into is None:
            texts = {each.id: each.text for each in translating.source(vault, testimony).segments}
        elif (standing := translating.standing(vault, testimony).get(into)) is None:
            raise TranslationRefused("there is no translation into this language")
        else:
            texts = dict(standing.told.segments)
            for id, start, end, kind in standing.told.found:
                click.echo(f"-- {id}  {kind}: {printable(texts.get(id, '')[start:end])}", err=True)
            click.echo(f"-- digest {standing.told.digest}", err=True)
    click.echo(printable(json.dumps(texts, ensure_ascii=False, indent=1)))


@translation.command()
@home_option
@as_option
@click.argument("testimony")
@click.argument("file", type=readable)
@into_option
@tells_errors
def write(home: Path, name: str, testimony: str, file: Path, into: Language) -> None:
    """Sign FILE as the translation of a TESTIMONY; an earlier one and its approval are gone.

    FILE is JSON: by the name of each part its translation; a part that is left out is not translated.
    """
    texts = _texts(file)
    with opened(home) as vault:
        who = signing(vault, name)
        try:
            translating.write(vault, who, testimony, into, texts, today())
        except TranslationRefused as refused:
            where = f"{refused.segment}: " if refused.segment else ""
            raise TranslationRefused(f"{where}{refused}") from None
    click.echo("signed; it leaves when a second person has approved it")


@translation.command()
@home_option
@as_option
@click.argument("testimony")
@click.argument("digest")
@into_option
@tells_errors
def approve(home: Path, name: str, testimony: str, digest: str, into: Language) -> None:
    """Sign, as a second person, the translation of a TESTIMONY that `show` printed with this DIGEST."""
    with opened(home) as vault:
        translating.approve(vault, signing(vault, name), testimony, into, digest)
    click.echo("approved; it leaves with the next release")


def _texts(file: Path) -> dict[str, str]:
    told = json_in(file, LARGEST)
    if not isinstance(told, dict) or not all(isinstance(each, str) for each in told.values()):
        raise TranslationRefused(f"{file.name} is not texts by the names of their parts")
    return told


COMMANDS: Final = (translation,)
