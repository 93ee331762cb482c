"""`onggi archive custody` and `passphrase`: who can open the vault or the root, and how that changes.

Manual: docs/manuals/custodian.md. Format: docs/formats/custody.md.

1. A slip is shown while it is typed: 64 signs cannot be checked against paper unseen. Then the terminal is
   wiped, so that the next custodian does not see it. A slip is never taken from the command line.
2. Slips are written before the table that needs them: a ceremony cut short leaves the old slips as they were.
3. Before a lock is made again its key is tried on what it opens; so a damaged lock is no obstacle to slips.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, Final, Literal, ParamSpec

import click

from archive import locks
from archive.command_line import folder, home_option, passphrase, root_option, tells_errors
from archive.errors import ArchiveError
from archive.root import Root
from archive.slips import Heading, Opens, page
from archive.vault import Vault
from crypto import custody, durable
from crypto.custody import Slip, Table
from crypto.errors import CustodyError, MisreadSlip, TooFewSlips

WIPE: Final = "\x1b[H\x1b[2J\x1b[3J"
"""The screen and what can be scrolled back to."""
P = ParamSpec("P")


class CeremonyRefused(ArchiveError):
    """This ceremony would harm slips or files that are there."""


@dataclass(frozen=True)
class Target:
    """What a ceremony is for: the vault or the root, each with a lock and a table in a folder of its own."""

    name: Literal["vault", "root"]
    home: Path

    def unlock(self) -> bytes:
        """The key, by its passphrase."""
        if self.name == "vault":
            return locks.unlock(
                self.home, self.name, passphrase("ONGGI_PASSPHRASE", "Passphrase of the archive")
            )
        return locks.unlock(
            self.home, self.name, passphrase("ONGGI_ROOT_PASSPHRASE", "Passphrase of the root")
        )

    def table(self) -> Table:
        return locks.table(self.home, self.name)

    @contextmanager
    def journalled(self, key: bytes, type: Literal["cre", "mod"], what: str) -> Iterator[None]:
        """What is done in this block once *key* has opened its target, with an event in the vault's journal.

        The root keeps no journal.
        """
        if self.name == "root":
            Root.open(self.home, key)
            yield
            return
        with Vault.open_with_key(self.home, key) as vault, vault.together():
            yield
            vault.journal.append(type, "archive", [what])


def for_target(command: Callable[Concatenate[Target, P], None]) -> Callable[..., None]:
    """Give a command its `Target` from `vault` or `root`, the archive's home and the root's."""

    @click.argument("name", metavar="vault|root", type=click.Choice(["vault", "root"]))
    @home_option
    @root_option
    @tells_errors
    @wraps(command)
    def run(name: Literal["vault", "root"], home: Path, root_home: Path | None, **given: Any) -> None:
        command(Target(name, home if name == "vault" else root_home or home / "root"), **given)  # type: ignore[call-arg]

    return run


need_option = click.option("--need", type=int, required=True, help="How many slips open it together.")
of_option = click.option("--of", type=int, required=True, help="How many custodians there are, at most 7.")
title_option = click.option(
    "--title",
    default="Slip of a custodian",
    help="What stands at the head of each page; best nothing telling.",
)


@click.group("custody")
def custodians() -> None:
    """Slips for n custodians, any k of whom open the vault or the root together."""


@custodians.command()
@for_target
@need_option
@of_option
@title_option
@click.option(
    "--anew", is_flag=True, help="Although there are slips: from then on the old ones open nothing."
)
@click.argument("into", metavar="FOLDER", type=folder)
def make(target: Target, need: int, of: int, title: str, anew: bool, into: Path) -> None:
    """Make slips for every custodian, a page each, in the empty FOLDER; asks for the passphrase."""
    file = locks.slips_file(target.home, target.name)
    if file.exists() and not anew:
        raise CeremonyRefused(f"there are slips for the {target.name}; with --anew they will open nothing")
    _check_empty(into)
    key = target.unlock()
    table, slips = custody.split(key, need, of)
    with target.journalled(key, "cre", f"slips:{table.set}"):
        _write(into, target.name, title, table, slips)
        durable.write(file, table.to_bytes())
    click.echo(f"set {table.set}: {of} slips, any {need} of which open the {target.name}; see {into}")
    click.echo(
        "Print them, then test each: `onggi archive custody test`. Then destroy the files: they are slips."
    )


@custodians.command()
@for_target
def test(target: Target) -> None:
    """Ask for one slip, and say whose it is and whether it is genuine; opens nothing."""
    table = target.table()
    slip = _ask("slip")
    custody.test(table, slip)
    _wipe()
    click.echo(f"the slip of custodian {slip.number} of {table.of}, set {table.set}: genuine")


@custodians.command()
@for_target
def restore(target: Target) -> None:
    """Ask for slips until enough are here, then for a new passphrase, and lock under it."""
    key = gather(target.table())
    with target.journalled(key, "mod", f"lock:{target.name}"):
        aside = locks.restore(target.home, target.name, key, _new_passphrase(target))
    click.echo(f"the {target.name} opens with the new passphrase, and with the same slips as before")
    if aside:
        click.echo(f"the lock that was here is damaged or of another key; it is kept as {aside.name}")


@custodians.command()
@for_target
@title_option
@click.argument("number", type=int)
@click.argument("into", metavar="FOLDER", type=folder)
def replace(target: Target, title: str, number: int, into: Path) -> None:
    """Ask for slips until enough are here, then make a new one for custodian NUMBER in the empty FOLDER."""
    _check_empty(into)
    old = target.table()
    key = gather(old)
    table, slip = custody.replace(old, key, number)
    with target.journalled(key, "mod", f"slips:{table.set}"):
        _write(into, target.name, title, table, [slip])
        durable.write(locks.slips_file(target.home, target.name), table.to_bytes())
    click.echo(f"the slip of custodian {number} is new; the other slips stay good. See {into}")
    click.echo(
        f"Her old slip still opens older copies of {target.name}.slips: put the new one into every backup."
    )


@custodians.command()
@need_option
@of_option
@title_option
@click.argument("into", metavar="FOLDER", type=folder)
@tells_errors
def rehearse(need: int, of: int, title: str, into: Path) -> None:
    """The whole ceremony with a key for practice: slips into the empty FOLDER, then asks for K of them."""
    _check_empty(into)
    key = custody.new_key()
    table, slips = custody.split(key, need, of)
    _write(into, "rehearsal", title, table, slips)
    click.echo(f"set {table.set}: {of} slips marked REHEARSAL in {into}; print them and hand them out")
    if gather(table) != key:
        raise CeremonyRefused("these slips opened another key; tell whoever maintains this program")
    click.echo(f"these {need} slips opened the key for practice; nothing of the archive was touched")


@click.command("passphrase")
@for_target
def change_passphrase(target: Target) -> None:
    """Change the passphrase of the vault or of the root; asks for the old one, then twice for the new one."""
    key = target.unlock()
    with target.journalled(key, "mod", f"lock:{target.name}"):
        locks.relock(target.home, target.name, key, _new_passphrase(target))
    click.echo(
        f"the {target.name} opens with the new passphrase; copies of the old lock open with the old one"
    )


def _new_passphrase(target: Target) -> str:
    return passphrase("ONGGI_NEW_PASSPHRASE", f"A new passphrase for the {target.name}", confirm=True)


def _check_empty(into: Path) -> None:
    if into.exists() and any(into.iterdir()):
        raise CeremonyRefused(
            "this folder is not empty; name a new one, best in memory, such as /dev/shm/slips"
        )


def _write(into: Path, opens: Opens, title: str, table: Table, slips: list[Slip] | tuple[Slip, ...]) -> None:
    into.mkdir(parents=True, exist_ok=True, mode=0o700)
    heading = Heading(title, opens, table.need, table.of, datetime.now(UTC).date().isoformat())
    for slip in slips:
        durable.write(into / f"custodian-{slip.number}.pdf", page(slip, heading))
    durable.write(into / f"{opens}.slips", table.to_bytes())


def gather(table: Table) -> bytes:
    """The key, from slips that are asked for one by one; each is told at once whether it is good."""
    good: dict[int, Slip] = {}
    while len(good) < table.need:
        try:
            slip = _ask(f"slip {len(good) + 1} of {table.need}")
            custody.test(table, slip)
        except TooFewSlips:
            return custody.combine(table, good.values())
        except CustodyError as error:
            click.echo(f"not taken: {error}", err=True)
            continue
        _wipe()
        again = " is here already" if slip.number in good else " is good"
        good[slip.number] = slip
        click.echo(f"the slip of custodian {slip.number}{again}: {len(good)} of {table.need}", err=True)
    return custody.combine(table, good.values())


def _ask(what: str) -> Slip:
    """A slip as it was typed, mended group by group; `TooFewSlips` when nothing was."""
    signs = _typed(what)
    while True:
        try:
            return Slip.parse(signs)
        except MisreadSlip as error:
            if error.group is None:
                raise
            click.echo(f"not yet: {error}", err=True)
            again = _line(f"group {error.group} once more")
            if not again:
                raise
            before, after = custody.GROUP * (error.group - 1), custody.LENGTH - custody.GROUP * error.group
            signs = signs[:before] + again + signs[len(signs) - after :]


def _typed(what: str) -> str:
    """The signs of a slip, from one line or several, typed or scanned."""
    signs = ""
    while len(signs) < custody.LENGTH:
        line = _line(f"{what}, from group {len(signs) // custody.GROUP + 1}")
        if not line:
            break
        signs += line
    if not signs:
        raise TooFewSlips("no slip was given")
    return signs


def _line(prompt: str) -> str:
    while True:
        try:
            return custody.read_signs(str(click.prompt(prompt, default="", show_default=False, err=True)))
        except MisreadSlip as error:
            click.echo(f"type this line again: {error}", err=True)


def _wipe() -> None:
    if sys.stderr.isatty():
        click.echo(WIPE, err=True, nl=False)


COMMANDS: Final = (custodians, change_passphrase)
