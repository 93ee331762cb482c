"""The commands of the release profile: show, set, sign as the second person, let go.

Registered under `onggi archive` by `group`. Manual: docs/manuals/archivist.md.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from archive.command_line import as_option, home_option, opened, signing, tells_errors, today
from archive.redaction import profiles
from archive.redaction.operators import LADDERS
from archive.redaction.profiles import LABEL, Profile


@click.group()
def profile() -> None:
    """How wide the places, dates, ages and sums of all testimonies are told in a release."""


@profile.command()
@home_option
@tells_errors
def show(home: Path) -> None:
    """Print the profile in force, every rung there is, and what waits for a second person."""
    with opened(home) as vault:
        now, change = profiles.current(vault), profiles.waiting(vault)
    _print(now)
    for kind, ladder in LADDERS.items():
        click.echo(f"-- {kind}: {', '.join((*ladder, LABEL))}", err=True)
    if change:
        click.echo(f"-- waits for a second person, change {change.digest}, by {change.by[0]}", err=True)
        _print(change)


@profile.command("set")
@home_option
@as_option
@click.argument("called")
@click.option("--rung", "told", multiple=True, help="KIND=RUNG; what is not named stays as it is.")
@tells_errors
def set_command(home: Path, name: str, called: str, told: tuple[str, ...]) -> None:
    """Sign a profile CALLED so. What is told wider counts at once, what is told narrower waits."""
    with opened(home) as vault:
        who = signing(vault, name)
        rungs = dict(profiles.current(vault).rungs) | dict(_pair(each) for each in told)
        made = profiles.decide(vault, who, called, rungs, today())
        change = profiles.waiting(vault)
    if made:
        click.echo(f"profile {made.number} counts now")
    elif change:
        click.echo(f"it narrows {', '.join(change.narrows)}; another person signs change {change.digest}")


@profile.command()
@home_option
@as_option
@click.option("--change", required=True, help="The change that `profile show` showed her.")
@tells_errors
def second(home: Path, name: str, change: str) -> None:
    """As another person, sign the profile that waits; it counts from then on."""
    with opened(home) as vault:
        made = profiles.second(vault, signing(vault, name), change)
    click.echo(f"profile {made.number} counts now")


@profile.command()
@home_option
@as_option
@tells_errors
def drop(home: Path, name: str) -> None:
    """Let go of the profile that waits."""
    with opened(home) as vault:
        profiles.drop(vault, signing(vault, name))
    click.echo("let go")


def _print(found: Profile) -> None:
    click.echo(f"{found.name} {found.number}")
    for kind, rung in found.rungs.items():
        click.echo(f"  {kind} {rung}")


def _pair(told: str) -> tuple[str, str]:
    kind, sign, rung = told.partition("=")
    if not sign:
        raise click.UsageError("a rung is KIND=RUNG, such as place=province")
    return kind.strip(), rung.strip()


COMMANDS: Final = (profile,)
