"""What every `onggi archive` command shares: the home, the passphrase, files, errors with hints, progress."""

from __future__ import annotations

import json
import os
import sys
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import wraps
from pathlib import Path
from typing import Any, Final, ParamSpec, TypeVar

import click

from archive import people, roles
from archive.errors import ArchiveError
from archive.people import Person
from archive.vault import Vault
from crypto.errors import CryptoError

STEERING: Final = ("Cc", "Cf", "Co", "Cs", "Zl", "Zp")
P = ParamSpec("P")
R = TypeVar("R")

home_option = click.option(
    "--home",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="ONGGI_ARCHIVE_HOME",
    required=True,
    help="The archive's folder (or ONGGI_ARCHIVE_HOME).",
)
root_option = click.option(
    "--root",
    "root_home",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="ONGGI_ROOT_HOME",
    help="The root's folder, best on a stick in a safe (or ONGGI_ROOT_HOME); else `root` in the archive's.",
)
as_option = click.option("--as", "name", required=True, help="Who decides; her passphrase is asked for.")
custodian_option = click.option(
    "--as", "name", required=True, help="The custodian who decides; her passphrase is asked for."
)
readable = click.Path(path_type=Path, exists=True, dir_okay=False)
folder = click.Path(path_type=Path, file_okay=False)


class Misread(ArchiveError):
    """A file that a command was given is too large, no text, or no JSON."""


def tells_errors(command: Callable[P, R]) -> Callable[P, R]:
    """Turn what this house raises into one line and exit code 1."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except (ArchiveError, CryptoError, OSError) as error:
            click.echo(f"archive: error: {printable(str(error))}", err=True)
            raise SystemExit(1) from None
        except KeyboardInterrupt:
            click.echo("archive: stopped; what was done is kept, run it again for the rest", err=True)
            raise SystemExit(1) from None

    return run


def today() -> date:
    """The day of this machine, in UTC."""
    return datetime.now(UTC).date()


def passphrase(variable: str, prompt: str, *, confirm: bool = False) -> str:
    """A passphrase from the environment variable, or asked for at the terminal without echo."""
    given = os.environ.get(variable)
    if given is None:
        given = str(click.prompt(prompt, hide_input=True, confirmation_prompt=confirm, err=True))
    return given


@contextmanager
def opened(home: Path) -> Iterator[Vault]:
    """The vault in *home*, open for one command."""
    with Vault.open(home, passphrase("ONGGI_PASSPHRASE", "Passphrase of the archive")) as vault:
        yield vault


def signing(vault: Vault, name: str) -> Person:
    """*name* with her key open, by her own passphrase."""
    return people.unlock(vault, name, passphrase("ONGGI_PERSON_PASSPHRASE", f"Passphrase of {name}"))


def custodian(vault: Vault, name: str) -> Person:
    """*name* with her key open, or `roles.RoleRefused` when she is no custodian."""
    who = signing(vault, name)
    roles.require(vault, who, "custodian")
    return who


def text_in(untrusted: Path, most: int) -> str:
    """The text of a file of at most *most* bytes, or `Misread`."""
    if untrusted.stat().st_size > most:
        raise Misread(f"{untrusted.name} is too large; it may have {most:,} bytes")
    try:
        return untrusted.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise Misread(f"{untrusted.name} is not in UTF-8") from None


def json_in(untrusted: Path, most: int) -> Any:
    """What a file of JSON of at most *most* bytes says, or `Misread`."""
    try:
        return json.loads(text_in(untrusted, most))
    except (ValueError, RecursionError):
        raise Misread(f"{untrusted.name} is not JSON") from None


def printable(text: str) -> str:
    """*text* without what would steer the terminal or turn its lines around; it came from a stranger."""
    return "".join(c if c in "\n\t" or unicodedata.category(c) not in STEERING else "\ufffd" for c in text)


def progress(what: str) -> Callable[[int, int], None]:
    """A counter on the terminal; silent when the output is not one."""

    def show(done: int, all: int) -> None:
        if sys.stderr.isatty():
            click.echo(f"\r{what} {done} of {all}", nl=done == all, err=True)

    return show
