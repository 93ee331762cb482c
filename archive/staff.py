"""`onggi archive roles`: who may do what at this archive. Manual: docs/manuals/archivist.md."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from archive import roles
from archive.command_line import as_option, home_option, opened, signing, tells_errors
from archive.roles import ROLES, Role

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
STAFF: Final = (staff,)
