"""The commands of finding: words with filters, and testimonies that may be the same.

Registered under `onggi archive` by `group`. Manual: docs/manuals/archivist.md.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Final

import click

from archive import care, sameness
from archive.command_line import (
    as_option,
    home_option,
    opened,
    printable,
    signing,
    tells_errors,
    today,
)
from archive.finding import Collection, Wanted
from archive.search.answer import answer
from archive.testimony import AUDIENCES, LANGUAGES, USES, Grant

STAGES: Final = ("received", "proposed", "approved", "released")


def _grant(context: click.Context, option: click.Parameter, value: str | None) -> Grant | None:
    use, _, audience = (value or "").partition(":")
    if value and (use not in USES or audience not in AUDIENCES):
        raise click.BadParameter("a grant is USE:AUDIENCE, such as quote_excerpt:public")
    return (use, audience) if value else None  # type: ignore[return-value]


def _read(done: int) -> None:
    """How many texts were read, on the terminal."""
    if sys.stderr.isatty():
        click.echo(f"\rtext {done}", nl=False, err=True)


@click.command()
@home_option
@click.option("--stage", type=click.Choice(STAGES), default=None, help="Only of this stage.")
@click.option("--code", "codes", multiple=True, help="Only where this is coded: x_Sale, CN-JL; several: all.")
@click.option("--lang", type=click.Choice(LANGUAGES), default=None, help="Only told in this language.")
@click.option("--quarter", default="", help="Only of this quarter, such as 2026-Q1.")
@click.option("--grant", callback=_grant, help="Only where she granted USE:AUDIENCE.")
@click.option("--person", is_flag=True, help="Ask for a name as well, and find whom it is coded of.")
@click.option("--codes", "tell_codes", is_flag=True, help="List the codes that there are, and end.")
@click.option("--json", "as_json", is_flag=True, help="Ids, scores, excerpts and facets, for a program.")
@click.option("--start", type=click.IntRange(0), default=0, show_default=True, help="The first to show.")
@click.option(
    "--size", type=click.IntRange(0, 10_000), default=20, show_default=True, help="How many to show."
)
@tells_errors
def search(
    home: Path,
    stage: str | None,
    codes: tuple[str, ...],
    lang: str | None,
    quarter: str,
    grant: Grant | None,
    person: bool,
    tell_codes: bool,
    as_json: bool,
    start: int,
    size: int,
) -> None:
    """Ask for words and find them in what the archivists may search; the index is in memory only.

    With filters the words may be empty: everything that they let through is listed.
    """
    # Asked for, never given: a terminal keeps every command.
    words = "" if tell_codes else click.prompt("words", default="", show_default=False, err=True)
    who = click.prompt("name", default="", show_default=False, err=True) if person else ""
    wanted = Wanted(stage or "", lang or "", quarter, codes, grant, who)
    with opened(home) as vault:
        collection = Collection(vault, _read)
        if tell_codes:
            for code, count in collection.codes().items():
                click.echo(f"{count:>6}  {code}")
            return
        results = collection.search(words, wanted, start=start, size=size)
        found = collection.index.documents([hit.document.id for hit in results.hits])
        closed = {each.id: care.severe(vault, each.id, each.lang, each.segments) for each in found}
    total, refused = collection.index.count, len(collection.refused)
    if as_json:
        told = answer(words, results, closed) | {"searched": total, "refused": refused}
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    click.echo(f"{results.total} of {total} testimonies; {refused} may not be searched")
    if results.total > len(results.hits):
        click.echo(f"the best {len(results.hits)}:" if not start else f"{len(results.hits)} from {start}:")
    for hit in results.hits:
        click.echo(f"{hit.document.id}  {hit.document.lang}")
        for excerpt in hit.excerpts if words else ():
            if excerpt.segment in closed[hit.document.id]:
                click.echo(f"  {excerpt.segment}  severe and closed")
                continue
            shown = ((printable(text), is_hit) for text, is_hit in excerpt.pieces)
            pieces = (click.style(text, bold=True) if is_hit else text for text, is_hit in shown)
            click.echo(f"  {excerpt.segment}  {''.join(pieces)}")


@click.command()
@home_option
@click.option("--decided", "old", is_flag=True, help="What was decided, instead.")
@tells_errors
def alike(home: Path, old: bool) -> None:
    """List pairs that may be one text or of one teller, with why. Nothing is merged; a person decides.

    The evidence is words out of testimonies: close the terminal afterwards.
    """
    with opened(home) as vault:
        if old:
            for each in sameness.decided(vault):
                click.echo(f"{each.one}  {each.other}  {each.verdict}  {each.by}  {each.day}")
            return
        found = sameness.suggested(vault, Collection(vault, _read), _read)
    for pair in found:
        click.echo(f"{pair.one}  {pair.other}  {printable(_why(pair))}")
    click.echo(f"{len(found)} pairs to look at")


@click.command()
@home_option
@as_option
@click.argument("one")
@click.argument("other")
@click.argument("verdict", type=click.Choice(sameness.VERDICTS))
@tells_errors
def same(home: Path, name: str, one: str, other: str, verdict: str) -> None:
    """Sign what was found of ONE and OTHER when both were read; the pair is not suggested again."""
    with opened(home) as vault:
        sameness.decide(vault, signing(vault, name), one, other, verdict, today())
    click.echo("decided")


def _why(pair: sameness.Evidence) -> str:
    told = []
    if pair.containment:
        told.append(f"{pair.containment:.0%} of the shorter stands in the other")
    if pair.account:
        told.append("one account")
    if pair.people:
        told.append(f"named in both: {', '.join(pair.people[:5])}")
    if pair.words:
        told.append(f"rare in both: {', '.join(pair.words[:8])} (style {pair.style:.2f})")
    return "; ".join(told)


COMMANDS: Final = (search, alike, same)
