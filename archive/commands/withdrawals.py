"""`onggi archive withdrawals|destroy-withdrawn|notice`: what women took back, to its end.

Manual: docs/manuals/archivist.md, Taken back. The notice: docs/formats/withdrawal.md.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from archive import notices, releasing
from archive.command_line import (
    as_option,
    folder,
    home_option,
    opened,
    progress,
    signing,
    tells_errors,
    today,
)
from archive.keeping import withdrawing


@click.command("withdrawals")
@home_option
@tells_errors
def withdrawals(home: Path) -> None:
    """List what was taken back and waits to be destroyed, with the releases that it went out in."""
    with opened(home) as vault:
        found = withdrawing.waiting(vault)
    for each in found:
        click.echo(
            f"{each.testimony}  taken back {each.day}"
            + ("" if each.proven else "  without her proof")
            + ("  other tellings of hers stay" if each.stays else "")
        )
        _tell_out(each.out)
    proven = sum(each.proven for each in found)
    click.echo(f"{proven} wait for `onggi archive destroy-withdrawn`")
    if proven < len(found):
        click.echo(f"{len(found) - proven} need two people: `onggi archive shred`")


@click.command("destroy-withdrawn")
@home_option
@as_option
@click.option("--yes", "sure", is_flag=True, help="Do not ask. For rehearsals.")
@tells_errors
def destroy_withdrawn(home: Path, name: str, sure: bool) -> None:
    """Destroy all that was taken back: each woman's signed withdrawal decides. Nobody can undo it."""
    with opened(home) as vault:
        proven = sum(each.proven for each in withdrawing.waiting(vault))
        if not proven:
            click.echo("nothing waits to be destroyed")
            return
        if not sure:
            click.confirm(f"Destroy {proven} testimonies, for good?", abort=True, err=True)
        gone = withdrawing.destroy(vault, signing(vault, name), today(), progress("withdrawal"))
        head = vault.journal.head()
    for each in gone:
        click.echo(f"destroyed {each.testimony}: {each.records} records")
        _tell_out(each.out)
    click.echo(f"journal {head}")
    click.echo("run `onggi archive backup` now: until then the keyring of the last backup opens all this")


def _tell_out(out: tuple[withdrawing.Out, ...]) -> None:
    for each in out:
        click.echo(f"  went out in release {each.number} on {each.day}, to {each.audience}")


@click.command()
@home_option
@click.argument("into", type=folder)
@tells_errors
def notice(home: Path, into: Path) -> None:
    """Sign what the reading room is to show no more, and write it into the empty folder INTO."""
    releasing.require_empty(into)
    with opened(home) as vault:
        listed = notices.write(vault, into, today())
        click.echo(f"{listed} testimonies are on the notice")
        click.echo(f"wrote {into}")
        click.echo(f"journal {vault.journal.head()}")


COMMANDS: Final = (withdrawals, destroy_withdrawn, notice)
