"""`onggi intake`: each command calls one function and prints one line. Manual: docs/manuals/operator.md."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime
from functools import wraps
from pathlib import Path
from typing import Final, ParamSpec, TypeVar

import click
from sqlalchemy.exc import SQLAlchemyError

from crypto import durable, frames
from crypto.errors import CryptoError
from crypto.keys import SigningKey, VerifyKey
from server.intake import board as boards
from server.intake import checking, courier, cover, nearby, notes, published
from server.intake import notice as notices
from server.intake.config import IntakeConfig
from server.intake.limits import LimitsError
from server.intake.places import PlaceRefused
from server.intake.receiving import Received
from server.intake.receiving import receive as take_stick
from server.intake.refusals import DepositError
from server.intake.shelf import ShelfError
from server.intake.site import create_app, open_deposits, take_places
from server.traces import logs

GB = 1_000_000_000
REFUSALS: Final = (
    CryptoError,
    DepositError,
    LimitsError,
    ShelfError,
    PlaceRefused,
    courier.CourierError,
    notes.NotesRefused,
    cover.UnfitCover,
    nearby.UnfitList,
)
P = ParamSpec("P")
R = TypeVar("R")


def _tells_errors(command: Callable[P, R]) -> Callable[P, R]:
    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except (*REFUSALS, OSError) as error:
            click.echo(f"intake: error: {error}", err=True)
            if hint := getattr(error, "hint", None):
                click.echo(f"intake: hint: {hint}", err=True)
            raise SystemExit(1) from None
        except SQLAlchemyError as error:
            # Only its kind: the text may hold what was asked for, and pages of it.
            click.echo(f"intake: error: the database cannot be used: {type(error).__name__}", err=True)
            click.echo("intake: hint: is it running, and is PGPASSWORD set if it wants one?", err=True)
            raise SystemExit(1) from None

    return run


home_option = click.option(
    "--home",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="ONGGI_INTAKE_HOME",
    required=True,
    help="The intake's folder (or ONGGI_INTAKE_HOME).",
)
readable = click.Path(path_type=Path, exists=True, dir_okay=False)
writable = click.Path(path_type=Path, dir_okay=False)
given = click.Path(path_type=Path, exists=True, file_okay=False)


def _today() -> date:
    return datetime.now(UTC).date()


@click.group()
def intake() -> None:
    """The deposit site: it keeps what it cannot read."""


intake.add_command(logs)


@intake.command()
@home_option
@click.option("--origin", required=True, help="The archive's name in its keycard, such as archive.example.")
@click.option("--root", "root_text", required=True, help="The archive's root public key.")
@click.option("--notes", "folder", type=given, required=True, help="What `onggi archive keys publish` wrote.")
@click.option("--new-root", is_flag=True, help="The archive told another root by voice; no note leads to it.")
@click.option("--database", metavar="URL", help="Where its rows lie, if not in an SQLite file in the home.")
@click.option("--storage", metavar="URL", help="Where sealed bytes lie, if not in a folder in the home.")
@_tells_errors
def init(
    home: Path,
    origin: str,
    root_text: str,
    folder: Path,
    new_root: bool,
    database: str | None,
    storage: str | None,
) -> None:
    """Make the home of an intake and its courier key, or give it new notes; print the key to trust."""
    root = VerifyKey.from_text(root_text)
    if (home / "root.pub").exists() and not new_root:
        config = IntakeConfig.read(home)
        if root not in (config.root, notes.follow(config, notes.read(folder)).root):
            raise notes.NotesRefused("this intake has another root; with --new-root it is replaced")
    config = IntakeConfig(home, origin, root.raw.hex())
    places = config.with_places(database, storage)
    notes.take(config, folder, _today())
    secret = home / "courier.key"
    if not secret.exists():
        with os.fdopen(os.open(secret, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(SigningKey.generate().to_text() + "\n")
    take_places(config.with_places(), places)
    click.echo(SigningKey.from_text(secret.read_text("utf-8")).public.to_text())
    click.echo(f"fingerprint of the archive's root {root.fingerprint()}")


@intake.command()
@home_option
@click.option("--port", default=8461, show_default=True, help="A port on 127.0.0.1.")
@_tells_errors
def serve(home: Path, port: int) -> None:
    """Serve the site on loopback, without an access log; a proxy or onion service faces the world."""
    IntakeConfig.read(home)
    # By this Python: where Onggi is installed, its programs need not be on the PATH.
    arguments = [sys.executable, "-m", "gunicorn", f"server.intake.site:application({str(home)!r})"]
    arguments += ["--bind", f"127.0.0.1:{port}", "--workers", "2", "--threads", "256"]
    arguments += ["--worker-connections", "4000", "--worker-class", "server.patience.Worker"]
    arguments += ["--logger-class", "server.silence.Quiet", "--log-level", "warning"]
    os.execv(sys.executable, [*arguments, "--worker-tmp-dir", "/dev/shm", "--no-control-socket"])


@intake.command()
@home_option
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--at-most",
    type=click.FloatRange(min=0, min_open=True),
    default=courier.STICK / GB,
    show_default=True,
    metavar="GB",
    help="How much the stick takes; what is over waits for the next one.",
)
@_tells_errors
def pack(home: Path, folder: Path, at_most: float) -> None:
    """Write the oldest complete deposits into FOLDER, on the courier's stick."""
    key = SigningKey.from_text((home / "courier.key").read_text("utf-8"))
    with closing(open_deposits(IntakeConfig.read(home))) as deposits:
        packed = courier.pack(deposits, key, folder, home / "packing", at_most=int(at_most * GB))
    told = f"packed bundle {packed.number}: {packed.envelopes} sealed envelopes in {folder}"
    told += f"; {packed.waiting} still wait"
    if packed.unreadable:
        told += f"; {len(packed.unreadable)} cannot be read and stay here: {', '.join(packed.unreadable)}"
    click.echo(told)


@intake.command()
@home_option
@click.argument("file", type=readable)
@_tells_errors
def acknowledge(home: Path, file: Path) -> None:
    """Delete what the archive says it holds. FILE is its signed note, or the codes that a phone read."""
    config, untrusted = IntakeConfig.read(home), file.read_bytes()
    desk, gone = config.desk(_today()), 0
    with closing(open_deposits(config)) as deposits:
        for note in frames.join(untrusted) or [untrusted]:
            gone += courier.acknowledge(deposits, config.origin, desk, note)
    click.echo(f"deleted {gone} deposits that the archive holds")


@intake.command()
@home_option
@click.argument("folder", type=given)
@_tells_errors
def receive(home: Path, folder: Path) -> None:
    """Take what the archive sent on the courier's stick in FOLDER: notes, board, acknowledgements."""
    config = IntakeConfig.read(home)
    with closing(open_deposits(config)) as deposits:
        told = take_stick(config, deposits, folder, _today())
    _tell_received(told)
    if told.damaged or told.refused or (told.old and told.number != told.last):
        raise SystemExit(1)


def _tell_received(told: Received) -> None:
    if told.old:
        click.echo(f"stick {told.number} is not newer than the last that was received; nothing has changed")
        if told.number != told.last:
            click.echo(f"  number {told.last} was received already: is this the right stick?")
        return
    click.echo(f"received {told.number}: {', '.join(told.taken)}; deleted {told.deleted} deposits")
    if told.gap:
        click.echo("  a stick before this one did not come, or not whole; what was on it is on this one too")
    if told.foreign:
        click.echo(f"  {told.foreign} files that the archive did not send lie on the stick; not opened")
    if told.new_root:
        click.echo("  the archive has a new root: compare its fingerprint, and start the site anew")
    for name in told.damaged:
        click.echo(f"  damaged on the stick: {name}")
    for name, reason in told.refused.items():
        click.echo(f"  not taken: {name}: {reason}")


@intake.command()
@home_option
@click.argument("file", type=readable)
@_tells_errors
def board(home: Path, file: Path) -> None:
    """Verify the reply board in FILE and hand it out from now on, in the place of the one before."""
    config = IntakeConfig.read(home)
    with file.open("rb") as source:
        taken = boards.take(config, source.read(boards.LARGEST + 1), config.desk(_today()), _today())
    click.echo(f"board {taken.serial} is handed out until {taken.expires}")


@intake.command()
@home_option
@_tells_errors
def expire(home: Path) -> None:
    """Remove deposits that are older than the intake keeps them, and those that were left unfinished."""
    config = IntakeConfig.read(home)
    with closing(open_deposits(config)) as deposits:
        gone = deposits.expire(config.keep_days)
    about = notices.about  # a timer runs this, and machines keep what timers print
    click.echo(
        f"expired deposits: old, {about(gone.old)}; unfinished, {about(gone.unfinished)}; "
        f"of which nothing came, {about(gone.empty)}; bytes without a row, {about(gone.swept)}; "
        f"forgotten, long held, {about(gone.forgotten)}"
    )


@intake.command()
@home_option
@click.option("--url", default="", help="The running site, whose headers are looked at too.")
@_tells_errors
def check(home: Path, url: str) -> None:
    """Look at notes, clock, room and headers, and send one sealed envelope in and out again."""
    config, good = IntakeConfig.read(home), True
    with closing(open_deposits(config)) as deposits:
        for finding in checking.check(config, deposits, _today(), url):
            click.echo(f"{'good' if finding.good else 'BAD '}  {finding.name}: {finding.said}")
            good = good and finding.good
    if not good:
        raise SystemExit(1)


@intake.command()
@home_option
@click.option("--into", type=writable, help="The notice; notice.txt in the home without it.")
@click.option("--counts", type=writable, help="The counts; counts.prom in the home without it.")
@_tells_errors
def notice(home: Path, into: Path | None, counts: Path | None) -> None:
    """Write the notice of the day, always as long, and the day's coarse counts."""
    config = IntakeConfig.read(home)
    with closing(open_deposits(config)) as deposits:
        state = notices.look(config, deposits, _today())
    notices.write(state, into or home / notices.NOTICE, counts or home / notices.COUNTS)
    click.echo(f"written for {state.today}")


@intake.command()
@home_option
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@_tells_errors
def manifest(home: Path, file: Path) -> None:
    """Write into FILE the list of all that this site shows to a browser, for the archive to sign."""
    config = IntakeConfig.read(home)
    app = create_app(config)
    listing = published.listing(app)
    app.extensions["deposits"].close()
    durable.write(file, listing)
    same = published.is_signed(config, listing, _today())
    click.echo(
        "this is what the archive signed; nothing to carry"
        if same
        else f"wrote {file}; carry it to the archive, for `onggi archive sign-page`"
    )


@intake.command("cover")
@home_option
@click.argument("page", required=False, metavar="[PAGE]")
@click.option("--name", default="", help="What every page of the site is called in a tab and in the history.")
@_tells_errors
def choose_cover(home: Path, page: str | None, name: str) -> None:
    """Choose what the way out leads to: PAGE is weather, recipes, units, or a file of your own HTML."""
    if not (page or name):
        raise click.UsageError("name a page or a file, or give a name with --name")
    ours = page if page in cover.OURS else ""
    html = Path(page).read_text("utf-8") if page and not ours else ""
    chosen = cover.choose(home, page=ours or "", html=html, name=name)
    click.echo(f"cover: {chosen.page or ('your own page' if chosen.html else cover.OURS[0])}")
    click.echo(f"name: {chosen.name or 'that of the page, in her language'}; start the site anew")


@intake.command("help-list")
@home_option
@click.option("--examples", is_flag=True, help="Write the examples into FILE instead, to be edited.")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@_tells_errors
def help_list(home: Path, examples: bool, file: Path) -> None:
    """Check the list of organisations in FILE and show, from now on, those that you confirmed."""
    if examples:
        with file.open("xb") as into:
            into.write(nearby.EXAMPLES.read_bytes())
        click.echo(f"wrote {file}: ask each organisation, correct, confirm; then the same without --examples")
        return
    for each in nearby.take(home, file.read_bytes()):
        shown = f"confirmed {each.confirmed}" if each.confirmed else "not confirmed, not shown"
        click.echo(f"{each.name}  {each.address}  {shown}")
