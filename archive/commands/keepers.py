"""`onggi archive backup|restore|verify|shred`: keeping what is here, and destroying what must go.

Manual: docs/manuals/archivist.md, Keeping. Formats: docs/formats/backup.md.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from archive import locks, people
from archive.command_line import (
    custodian_option,
    folder,
    home_option,
    opened,
    passphrase,
    progress,
    signing,
    tells_errors,
    today,
)
from archive.commands import ceremony
from archive.journal import Head
from archive.keeping import backup as backups
from archive.keeping import check, shredding
from archive.keeping import restore as restoring
from archive.keeping.boxes import Boxes
from archive.keeping.keyring import Shut
from archive.keeping.telling import told
from archive.vault import LOCK
from crypto.custody import Table

a_file = click.Path(path_type=Path, dir_okay=False)
keyring_option = click.option(
    "--keyring", "file", type=a_file, required=True, help="The keyring's file, on a medium of its own."
)


@click.command()
@home_option
@keyring_option
@click.argument("into", type=folder)
@tells_errors
def backup(home: Path, file: Path, into: Path) -> None:
    """Add what is new to the boxes in the folder INTO, and replace the keyring."""
    with opened(home) as vault:
        report = backups.back_up(vault, into, file, today(), progress("part"))
        click.echo(
            f"{report.records} records; new in the boxes: {report.boxes} records, {report.objects} files"
        )
        click.echo(f"wrote {file}")
        click.echo(f"journal {vault.journal.head()}")
    for name in report.left_out:
        click.echo(f"not in the backup, for it is nothing of this program's: {name}", err=True)
    for pack in report.packs:
        click.echo(
            f"this pack of the medium is damaged, and what it held was written again: {pack}", err=True
        )
    if report.damaged:
        lost = told(report.damaged)
        click.echo(
            f"archive: error: no backup of these files, which are missing or damaged: {lost}", err=True
        )
        raise SystemExit(1)


@click.command()
@home_option
@keyring_option
@click.option("--slips", "by_slips", is_flag=True, help="Open it with custodians' slips, not the passphrase.")
@click.option("--partial", is_flag=True, help="Take what there is, although something is lost.")
@click.argument("boxes", metavar="FROM", type=folder)
@tells_errors
def restore(home: Path, file: Path, by_slips: bool, partial: bool, boxes: Path) -> None:
    """Make a vault in the new folder --home from the boxes in FROM and a keyring."""
    shut = Shut.read(file)
    if by_slips:
        key = ceremony.gather(Table.parse(shut.slips))
    else:
        phrase = passphrase("ONGGI_PASSPHRASE", "Passphrase of the archive")
        key = locks.unlock_copy(shut.lock, phrase, f"the {LOCK}.lock in this keyring")
    made = restoring.Backup(Boxes(boxes), shut, key)
    report = restoring.restore(made, home, partial=partial, progress=progress("part"))
    click.echo(f"restored {report.records} records of the backup of {report.day}")
    if report.without_key:
        click.echo(
            f"{report.without_key} boxes have no key in this keyring: shredded or replaced since, "
            f"or newer than {report.day}"
        )
    click.echo(f"journal {report.head}; compare the head of {report.day} with your book")
    click.echo("the root has a backup of its own; `onggi archive verify` looks through the vault")
    for pack in report.packs:
        click.echo(f"this pack is damaged: {pack}", err=True)
    if report.lost:
        click.echo(f"archive: error: {len(report.lost)} records are lost: {told(report.lost)}", err=True)
        raise SystemExit(1)


@click.command()
@home_option
@click.option("--seen", help="A head that was noted earlier, as accession and release print it.")
@click.option(
    "--backup", "boxes", type=folder, help="Look through the backup in this folder of boxes as well."
)
@click.option("--keyring", "file", type=a_file, help="The keyring of that backup.")
@tells_errors
def verify(home: Path, seen: str | None, boxes: Path | None, file: Path | None) -> None:
    """Look through the whole vault: database, journal, every record, every file. Goes on after a stop."""
    if (boxes is None) != (file is None):
        raise click.UsageError("--backup and --keyring belong together")
    with opened(home) as vault:
        found = {"vault": check.verify(vault, Head.parse(seen) if seen else None, progress("file"))}
        if boxes and file:
            ring = Shut.read(file).open(vault.keyring_key)
            found["backup"] = check.verify_backup(vault, Boxes(boxes), ring, progress("file in the boxes"))
    for what, each in found.items():
        click.echo(f"{what}: {each.records} records, {each.objects} files; journal {each.head}")
        for note in each.notes:
            click.echo(f"  {note}")
    problems = [f"{what}: {problem}" for what, each in found.items() for problem in each.problems]
    for problem in problems:
        click.echo(f"archive: error: {problem}", err=True)
    if problems:
        raise SystemExit(1)
    click.echo("all is well")


@click.command()
@home_option
@custodian_option
@click.option("--with", "second", required=True, help="The second person who decides it.")
@click.option("--yes", "sure", is_flag=True, help="Do not ask. For rehearsals.")
@click.argument("testimony")
@tells_errors
def shred(home: Path, name: str, second: str, sure: bool, testimony: str) -> None:
    """Destroy TESTIMONY and all that was made of it, by the decision of two people. Nobody can undo it."""
    with opened(home) as vault:
        going = shredding.what_goes(vault, testimony)
        _tell(going)
        if not sure:
            click.confirm(f"Destroy all this of {testimony}, for good?", abort=True, err=True)
        one = signing(vault, name)
        phrase = passphrase("ONGGI_SECOND_PASSPHRASE", f"Passphrase of {second}")
        gone = shredding.shred_testimony(vault, testimony, one, people.unlock(vault, second, phrase), today())
        click.echo(f"destroyed {gone.records} records")
        click.echo(f"journal {vault.journal.head()}")
    click.echo("run `onggi archive backup` now: until then the keyring of the last backup opens all this")


def _tell(going: shredding.Shredded) -> None:
    for kind, many in sorted(going.kinds.items()):
        click.echo(f"  {kind}: {many}", err=True)


COMMANDS: Final = (backup, restore, verify, shred)
