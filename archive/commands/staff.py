"""`onggi archive roles|care`: who may do what, and how those who read are looked after.

Manual: docs/manuals/archivist.md.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from archive import care, roles
from archive.command_line import as_option, home_option, opened, readable, signing, tells_errors, text_in
from archive.roles import ROLES, Role

LARGEST: Final = 1 << 20
"""Bytes of a file that is read; the notice has at most 4,000 letters."""
NONE_GIVEN: Final = (
    "this archive was made before there were roles: everyone may do everything until one is taken"
)


@click.group("roles")
def staff() -> None:
    """Who may propose, approve, keep and edit. A custodian gives and takes."""


@staff.command("show")
@home_option
@tells_errors
def show(home: Path) -> None:
    """List everybody with her roles, after every set was verified."""
    with opened(home) as vault:
        held, any_given = roles.given(vault), roles.are_given(vault)
    for name, each in held.items():
        click.echo(f"{name}  {', '.join(role for role in ROLES if role in each) or 'no role'}")
    if not any_given:
        click.echo(NONE_GIVEN)


def _step(given: bool) -> None:
    change = roles.give if given else roles.take
    word = "give" if given else "take"

    @staff.command(word, help=f"As a custodian, {word} a ROLE {'to' if given else 'from'} NAME.")
    @home_option
    @as_option
    @click.argument("who", metavar="NAME")
    @click.argument("role", type=click.Choice(ROLES))
    @tells_errors
    def step(home: Path, name: str, who: str, role: Role) -> None:
        with opened(home) as vault:
            change(vault, signing(vault, name), who, role)
            held = roles.given(vault)[who]
        click.echo(f"{who}: {', '.join(each for each in ROLES if each in held) or 'no role'}")


_step(True)
_step(False)


@click.group("care")
def looked_after() -> None:
    """How those who read are looked after: the pace, and where help is."""


@looked_after.command("show")
@home_option
@tells_errors
def care_show(home: Path) -> None:
    """Print the pace, and the notice that says where help is."""
    with opened(home) as vault:
        pace, notice = care.pace(vault), care.notice(vault)
    click.echo(f"a rest after {pace.minutes} minutes; at most {pace.in_a_row} severe ones in a row")
    click.echo(notice or "no notice of your own yet: `onggi archive care notice FILE`")


@looked_after.command("pace")
@home_option
@click.option("--minutes", type=int, required=True, help="When a rest is due, 5 to 240.")
@click.option("--in-a-row", type=int, required=True, help="Severe testimonies one after another, 1 to 20.")
@tells_errors
def care_pace(home: Path, minutes: int, in_a_row: int) -> None:
    """Choose when the workbench reminds of a rest, and how many severe testimonies follow one another."""
    with opened(home) as vault:
        care.set_pace(vault, care.Pace(minutes, in_a_row))
    click.echo(f"a rest after {minutes} minutes; at most {in_a_row} severe ones in a row")


@looked_after.command("notice")
@home_option
@click.argument("file", type=readable)
@tells_errors
def care_notice(home: Path, file: Path) -> None:
    """Show the text of FILE, in UTF-8, beside everything severe: whom to call, and when."""
    text = text_in(file, LARGEST)
    with opened(home) as vault:
        care.set_notice(vault, text)
    click.echo("the notice is kept; the workbench shows it from now on")


COMMANDS: Final = (staff, looked_after)
