"""The commands of attachments: what came, what it says of itself, and safe copies of it.

Registered under `onggi archive attachments` by `group`. Manual: docs/manuals/archivist.md.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from archive.attachments import copies, office, sandbox
from archive.attachments.copies import File
from archive.command_line import (
    as_option,
    home_option,
    opened,
    printable,
    progress,
    signing,
    tells_errors,
    today,
)
from archive.working import working

PROGRAMS: Final = ("bwrap", "prlimit", "ffmpeg", "exiftool", "pdftoppm", "soffice")


@click.group()
def attachments() -> None:
    """Files that came with a testimony. None is opened but in a sandbox; originals stay as they came."""


@attachments.command("list")
@home_option
@click.argument("testimony")
@tells_errors
def list_command(home: Path, testimony: str) -> None:
    """List the files of a TESTIMONY: name, what its bytes say it is, size, and what was made of it."""
    with opened(home) as vault:
        found = copies.files(vault, testimony)
    for file in found:
        _tell(file)
    click.echo(f"{len(found)} files")


@attachments.command("copy")
@home_option
@as_option
@click.argument("file")
@click.option("--dangerzone", is_flag=True, help="Let Dangerzone convert a document, where it is installed.")
@tells_errors
def copy_command(home: Path, name: str, file: str, dangerzone: bool) -> None:
    """Make a safe copy of FILE, which is TESTIMONY:NUMBER: pixels and samples only, built anew."""
    with opened(home) as vault:
        who = signing(vault, name)
        with working(vault, "copy", progress("part")) as tell:
            made = copies.make(vault, who, file, today(), tell, dangerzone=dangerzone)
        _tell(made)


@attachments.command()
@home_option
@click.argument("file")
@tells_errors
def metadata(home: Path, file: str) -> None:
    """Print what FILE, which is TESTIMONY:NUMBER, said of itself when its safe copy was made."""
    testimony, _, number = file.partition(":")
    with opened(home) as vault:
        found = copies.files(vault, testimony)
    for tag in next((each.tags for each in found if each.name == f"{testimony}:{number}"), ()):
        click.echo(printable(f"{tag.group}  {tag.name}  {tag.value}"))


@attachments.command()
@tells_errors
def tools() -> None:
    """Say whether files can be opened on this machine, and which programs are there for it."""
    for name in PROGRAMS:
        click.echo(f"{name:<10} {'here' if sandbox.available(name) else 'not installed'}")
    click.echo(f"dangerzone {office.dangerzone_version() or 'not installed; it is not needed'}")
    sandbox.require()
    click.echo("the sandbox works")


def _tell(file: File) -> None:
    kind = file.detected.media if file.detected else "not here"
    made = f"{len(file.copies)} safe copies" if file.copies else file.state
    click.echo(f"{file.name}  {kind}  {file.size} bytes  {made}" + (f": {file.why}" if file.why else ""))


COMMANDS: Final = (attachments,)
