"""What an operator does about readers: `onggi research access`, `invite`, `expire` and others.

Manual: docs/manuals/researcher.md.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

import click
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from server.research import kept, taken
from server.research import terms as versions
from server.research.accounts import AccountRefused, Accounts
from server.research.config import ACCESS, OPEN, VETTED
from server.research.tables import connect, key_of, prepare

YEAR = timedelta(days=365)
P = ParamSpec("P")
R = TypeVar("R")

home_option = click.option(
    "--home",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="ONGGI_RESEARCH_HOME",
    required=True,
    help="The reading room's folder (or ONGGI_RESEARCH_HOME).",
)


def _tells_errors(command: Callable[P, R]) -> Callable[P, R]:
    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except (AccountRefused, versions.TermsRefused, OSError) as error:
            click.echo(f"research: error: {error}", err=True)
        except SQLAlchemyError as error:
            click.echo(f"research: error: the accounts cannot be used: {type(error).__name__}", err=True)
        raise SystemExit(1)

    return run


@click.command()
@home_option
@click.argument("kind", type=click.Choice([OPEN, VETTED]))
@_tells_errors
def access(home: Path, kind: str) -> None:
    """Let whoever reaches the room read (open), or only readers who were invited (vetted)."""
    if kind == VETTED:
        prepare(home)
    kept.write(home / ACCESS, f"{kind}\n".encode())
    click.echo(f"the room is {kind}; start it again")


@click.command()
@home_option
@click.argument("name")
@click.option(
    "--until", type=click.DateTime(["%Y-%m-%d"]), help="The last day of reading; a year from today otherwise."
)
@click.option("--again", is_flag=True, help="For who lost the passphrase or the numbers: what was is void.")
@_tells_errors
def invite(home: Path, name: str, until: datetime | None, again: bool) -> None:
    """Invite NAME to read; print the code to hand over, by another way than the room's address."""
    accounts = Accounts(_engine(home), key_of(home))
    last = until.date() if until else accounts.today + YEAR
    code = accounts.invite(name, last, again=again)
    click.echo(f"invitation {code}")
    click.echo(f"good once, for two weeks; to read until {last}")


@click.command(name="accounts")
@home_option
@_tells_errors
def accounts(home: Path) -> None:
    """List who may read, until when, and which terms they accepted."""
    found = Accounts(_engine(home), key_of(home))
    for each in found.all():
        state = "over" if each.until < found.today else "reads" if each.joined else "invited"
        accepted = f"terms {each.terms}" if each.terms else "no terms"
        click.echo(f"{state:<8} until {each.until}  {accepted:<9} {each.name}")


@click.command()
@home_option
@click.argument("name")
@click.option("--on", "last", type=click.DateTime(["%Y-%m-%d"]), help="The last day; at once otherwise.")
@_tells_errors
def expire(home: Path, name: str, last: datetime | None) -> None:
    """End the reading of NAME, at once or after a day; or lengthen it."""
    found = Accounts(_engine(home), key_of(home))
    day: date = last.date() if last else found.today - timedelta(days=1)
    found.expire(name, day)
    click.echo(f"{name} reads until {day}" if day >= found.today else f"{name} reads no more")


@click.command()
@home_option
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@_tells_errors
def terms(home: Path, folder: Path) -> None:
    """Let the terms in FOLDER (ko.txt, zh.txt, en.txt) hold from now on; every reader is asked again."""
    click.echo(f"terms {versions.replace(home, folder)} hold from now on")


@click.command()
@home_option
@click.option("--release", type=click.IntRange(1), help="Only this release.")
@_tells_errors
def downloads(home: Path, release: int | None) -> None:
    """Print as CSV who took words of which release away, and on which day."""
    writer = csv.writer(sys.stdout)
    writer.writerow(["day", "name", "release", "form"])
    for each in taken.log(_engine(home), release):
        writer.writerow([each.day, each.name, each.release, each.form])


def _engine(home: Path) -> Engine:
    try:
        key_of(home)
    except FileNotFoundError:
        raise AccountRefused("this room has no readers; first: onggi research access vetted") from None
    prepare(home)
    return connect(home)


COMMANDS = (access, invite, accounts, expire, terms, downloads)
