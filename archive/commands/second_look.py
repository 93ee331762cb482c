"""`onggi archive held` and `onggi archive show`: what the second look found, and letting it be seen.

To hide it there is `onggi archive redact`. Manual: docs/manuals/archivist.md.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from archive import assessing, care
from archive.command_line import as_option, home_option, opened, printable, signing, tells_errors
from archive.redaction import choices

CLOSED: Final = "(in a part that is closed; open it on the workbench)"


@click.command()
@home_option
@tells_errors
def held(home: Path) -> None:
    """List what the last draft held back: what may tell who somebody is, and nobody chose to show."""
    with opened(home) as vault:
        found = assessing.held(vault)
        closed = {
            each.testimony_id: care.severe(vault, each.testimony_id, each.lang, each.parts) for each in found
        }
    for each in found:
        click.echo(each.testimony_id)
        if each.left is None:
            click.echo("  its words have changed since; draft again")
        for left in each.left or ():
            shut = left.segment in closed[each.testimony_id]
            click.echo(f"  {left.kind}: {CLOSED if shut else printable(left.words)}")
    click.echo(f"{len(found)} held back")


@click.command()
@home_option
@as_option
@click.argument("testimony")
@tells_errors
def show(home: Path, name: str, testimony: str) -> None:
    """Choose that words which the second look found are seen, wherever they stand in TESTIMONY."""
    # Asked for, never given: a terminal keeps every command.
    words = click.prompt("words", err=True)
    with opened(home) as vault:
        choices.show(vault, signing(vault, name), testimony, words)
    click.echo("shown; draft again")


COMMANDS: Final = (held, show)
