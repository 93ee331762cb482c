"""`onggi archive selfcheck`: is this machine fit to hold testimony, and is what is installed whole.

It opens no vault and asks for no passphrase, so that it can be run at every start, and by the installer.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Final

import click

from archive import installation, machine
from archive.command_line import folder, printable, progress, tells_errors
from archive.machine import Fact

WARNED: Final = 3
"""The exit code when everything works and something about the machine should be put right."""


@click.command()
@click.option(
    "--home", type=folder, envvar="ONGGI_ARCHIVE_HOME", help="The archive's folder; its disk is looked at."
)
@tells_errors
def selfcheck(home: Path | None) -> None:
    """Check that this machine sees no network, leaves no words behind, and that Onggi is whole.

    Exit code 0 when all is well, 1 when something installed is bad, 3 when the machine should be put right.
    """
    levels = {tell(fact) for fact in _facts(home)}
    if "bad" in levels:
        raise SystemExit(1)
    if "warn" in levels:
        raise SystemExit(WARNED)


def tell(fact: Fact) -> str:
    """Print one line, with its hint; its level."""
    hint = f"; hint: {fact.hint}" if fact.hint else ""
    click.echo(printable(f"{fact.level:<8}{fact.says}{hint}"))
    return fact.level


def _facts(home: Path | None) -> Iterator[Fact]:
    now = datetime.now(UTC)
    about = machine.facts(home, installed=installation.installed(), now=now)
    return chain(about, installation.facts(progress("file")))


COMMANDS: Final = (selfcheck,)
