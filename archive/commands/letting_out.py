"""`onggi archive release`: what leaves, drafted by one person and signed by another.

Manual: docs/manuals/archivist.md, Release. What may leave, and why: `releasing`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from archive import ledger, releasing
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
from archive.vault import Vault
from archive.working import working


@click.group()
def release() -> None:
    """What leaves: drafted by one person, signed by another."""


@release.command("draft")
@home_option
@as_option
@tells_errors
def release_draft(home: Path, name: str) -> None:
    """Draft everything that is approved and allowed as the next release."""
    with opened(home) as vault:
        who = signing(vault, name)
        with working(vault, "release", progress("testimony")) as tell:
            releasing.draft(vault, who, tell)
        _tell_draft(vault)


@release.command("show")
@home_option
@tells_errors
def release_show(home: Path) -> None:
    """Show the draft that waits: what would leave, what stays and why, and its digest."""
    with opened(home) as vault:
        _tell_draft(vault)


def _tell_draft(vault: Vault) -> None:
    waiting = releasing.drafted(vault)
    click.echo(f"draft of release {waiting.number} by {waiting.proposer}: {len(waiting.ids)} testimonies")
    for testimony in waiting.ids:
        click.echo(f"  leaves: {testimony}")
    for testimony, reason in waiting.refused.items():
        click.echo(f"  stays: {testimony}: {reason}")
    for translation, reason in waiting.untold.items():
        click.echo(f"  translation stays: {translation}: {reason}")
    for testimony in waiting.gone:
        click.echo(f"  no longer there: {testimony}")
    change = ledger.differs(vault, (), ledger.waiting(vault))
    for testimony in change.few:
        click.echo(f"  new, and one of few: {testimony}")
    for each in change.more:
        click.echo(f"  says more: {each.id}: {each.words} words, {len(each.codes)} codes")
    click.echo(f"draft {waiting.digest}")


@release.command("sign")
@home_option
@as_option
@click.option("--draft", "digest", required=True, help="The draft that `release show` showed her.")
@click.option("--more", multiple=True, help="A testimony that may say more than when it was last let out.")
@click.option("--few", is_flag=True, help="Fewer than five new testimonies may leave all the same.")
@click.argument("into", type=folder)
@tells_errors
def release_sign(home: Path, name: str, digest: str, more: tuple[str, ...], few: bool, into: Path) -> None:
    """As a second person, scan and sign the draft, and write it into the empty folder INTO."""
    releasing.require_empty(into)
    with opened(home) as vault:
        who = signing(vault, name)
        with working(vault, "release", progress("testimony")) as tell:
            signed = releasing.sign(vault, who, digest, today(), tell, more=more, few=few)
        click.echo(f"signed release {signed.number}: {len(signed.ids)} testimonies")
        releasing.write(vault, signed.number, into, today())
        click.echo(f"wrote {into}")
        click.echo(f"journal {vault.journal.head()}")


@release.command("write")
@home_option
@click.argument("number", type=int)
@click.argument("into", type=folder)
@tells_errors
def release_write(home: Path, number: int, into: Path) -> None:
    """Write release NUMBER once more, as it was signed, into the empty folder INTO."""
    with opened(home) as vault:
        releasing.write(vault, number, into, today())
    click.echo(f"wrote {into}")


COMMANDS: Final = (release,)
