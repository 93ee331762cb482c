"""The commands of a policy: show, set, sign as the second person, let go, history; and what is due.

Registered under `onggi archive` by `group`. Manual: docs/manuals/archivist.md.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import click

from archive import retention
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
from archive.policy import versions
from archive.policy.record import Policy
from archive.policy.record import policy as parse
from archive.standing import require_not_taken_back
from archive.vault import UnknownRecord, Vault

LARGEST: Final = 1 << 20
"""Bytes of a file that is read; a policy has some hundred."""


@click.group()
def policy() -> None:
    """What holds a testimony back although she allowed it: embargo, third parties, children, parts."""


@policy.command()
@home_option
@click.argument("testimony")
@tells_errors
def show(home: Path, testimony: str) -> None:
    """Print the policy of a TESTIMONY as JSON that `policy set` takes, and what waits for a second person."""
    with opened(home) as vault:
        _require_here(vault, testimony)
        now, change = versions.current(vault, testimony), versions.waiting(vault, testimony)
    click.echo(_text(now))
    click.echo(f"-- version {now.number}{_by(now)}", err=True)
    if change:
        click.echo(f"-- waits for a second person, change {change.digest}{_by(change)}", err=True)
        click.echo(f"-- it loosens {', '.join(change.loosens)}", err=True)
        click.echo(_text(change))


@policy.command("set")
@home_option
@as_option
@click.argument("testimony")
@click.argument("file", type=readable)
@click.option(
    "--seen", type=click.IntRange(min=0), required=True, help="The version that FILE was made from."
)
@tells_errors
def set_command(home: Path, name: str, testimony: str, file: Path, seen: int) -> None:
    """Sign the policy in FILE for a TESTIMONY. What only narrows counts at once, what loosens waits."""
    wanted = read(file)
    with opened(home) as vault:
        who = signing(vault, name)
        _require_here(vault, testimony)
        made = versions.decide(vault, who, testimony, wanted, today(), seen=seen)
        change = versions.waiting(vault, testimony)
    if made:
        click.echo(f"version {made.number} counts now")
    else:
        assert change is not None  # kept by `decide` a moment ago, in the same hands
        click.echo(f"it loosens {', '.join(change.loosens)}; another person signs change {change.digest}")


@policy.command()
@home_option
@as_option
@click.argument("testimony")
@click.option("--change", required=True, help="The change that `policy show` showed her.")
@tells_errors
def second(home: Path, name: str, testimony: str, change: str) -> None:
    """As another person, sign the change that waits; it counts from then on."""
    with opened(home) as vault:
        made = versions.second(vault, signing(vault, name), testimony, change)
    click.echo(f"version {made.number} counts now")


@policy.command()
@home_option
@as_option
@click.argument("testimony")
@tells_errors
def drop(home: Path, name: str, testimony: str) -> None:
    """Let go of the change that waits; what counts goes on counting."""
    with opened(home) as vault:
        versions.drop(vault, signing(vault, name), testimony)
    click.echo("let go")


@policy.command()
@home_option
@click.argument("testimony")
@tells_errors
def history(home: Path, testimony: str) -> None:
    """List the policies of a TESTIMONY, the newest first, with who signed and what each loosened."""
    with opened(home) as vault:
        _require_here(vault, testimony)
        for each in versions.history(vault, testimony):
            looser = f"  loosens {', '.join(each.loosens)}" if each.loosens else ""
            click.echo(f"{each.number}{_by(each)}{looser}")


@policy.command()
@home_option
@as_option
@click.argument("number", type=click.IntRange(min=1, max=100))
@tells_errors
def years(home: Path, name: str, number: int) -> None:
    """Decide after how many years a record without a day of its own is looked at again."""
    with opened(home) as vault:
        retention.set_years(vault, number, signing(vault, name))
    click.echo(f"a record is looked at again after {number} years")


@click.command()
@home_option
@tells_errors
def due(home: Path) -> None:
    """List what is overdue to be looked at, embargoes that ended, and changes that wait. Nothing is done."""
    with opened(home) as vault:
        found = retention.due(vault, today())
    for each in found:
        click.echo(
            f"{each.since or '----------'}  {TOLD[each.cause]}  {each.testimony_id}  {each.detail}".rstrip()
        )
    click.echo(f"{len(found)} due")


TOLD: Final[dict[str, str]] = {
    "review": "look at it again",
    "embargo": "embargo ended",
    "second": "waits for a second person",
    "damaged": "policy damaged",
}


def read(untrusted: Path) -> Policy:
    """The policy in a file of JSON, or `MalformedCoding`, or `Misread`."""
    return parse(json_in(untrusted, LARGEST))


def _require_here(vault: Vault, testimony: str) -> None:
    if not vault.holds("testimony", testimony):
        raise UnknownRecord("no testimony of this name")
    require_not_taken_back(vault, testimony)


def _text(each: versions.Decision) -> str:
    return printable(json.dumps(each.policy.to_json(), ensure_ascii=False, indent=1))


def _by(each: versions.Decision) -> str:
    return f"  {each.day}  {' and '.join(each.by)}" if each.number else ""


COMMANDS: Final = (policy, due)
