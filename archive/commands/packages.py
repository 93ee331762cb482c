"""The commands of packages: bags for another archive, sealed bags for our own long memory, and their check.

Registered under `onggi archive package` by `group`. Manual: docs/manuals/archivist.md, Packages.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

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
from archive.preservation import bags, sealed
from archive.preservation import opened as open_form


@click.group()
def package() -> None:
    """Packages (BagIt) that standard tools alone can verify and open."""


@package.command("open")
@home_option
@as_option
@click.argument("release", type=click.IntRange(min=1))
@click.argument("into", type=folder)
@tells_errors
def open_command(home: Path, name: str, release: int, into: Path) -> None:
    """Write the newest RELEASE as an open bag into the new folder INTO: whoever has it can read it."""
    with opened(home) as vault:
        held = open_form.write(vault, signing(vault, name), release, into, today())
        click.echo(f"{held} testimonies in {into}")
        click.echo(f"journal {vault.journal.head()}")


@package.command("seal")
@home_option
@as_option
@click.argument("recipient")
@click.argument("into", type=folder)
@tells_errors
def seal_command(home: Path, name: str, recipient: str, into: Path) -> None:
    """Write all that may be preserved as a sealed bag INTO; RECIPIENT's secret opens its keyring."""
    with opened(home) as vault:
        who, tell = signing(vault, name), progress("testimony")
        held = sealed.write(vault, who, recipient, into, today(), tell)
        click.echo(f"{held} testimonies in {into}")
        click.echo(f"journal {vault.journal.head()}")
    click.echo("destroy the keyring.age of every earlier package: it opens what was destroyed since")


@package.command()
@click.argument("bag", type=click.Path(path_type=Path, exists=True, file_okay=False))
@tells_errors
def check(bag: Path) -> None:
    """Verify a BAG: every file, every checksum, every line of its manifests."""
    click.echo(f"whole: {bags.check(bag)} files")


COMMANDS: Final = (package,)
