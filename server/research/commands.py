"""`onggi research`: publish a release, serve it. Manual: docs/manuals/researcher.md."""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click

from archive.errors import ArchiveError
from archive.release import ReleaseError
from archive.search.answer import answer
from archive.search.folder import ENGINES, IndexRefused, build, lines, opened
from archive.search.folder import erase as erase_from
from archive.search.words import QueryRefused
from crypto.errors import CryptoError
from crypto.keys import VerifyKey
from server.research import readers, shelf
from server.research.aside import stand_aside
from server.research.config import ResearchConfig
from server.research.readers import home_option
from server.research.reindexing import reindex
from server.research.tables import prepare
from server.research.withdrawn import NoticeRefused
from server.traces import logs

UNKNOWN: Final = "this room knows no archive yet; publish a release first"


@click.group()
def research() -> None:
    """The reading room: shows what the archive released, and nothing else."""


for each in (*readers.COMMANDS, reindex, logs):
    research.add_command(each)


@research.command()
@home_option
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--root", "root_text", help="The archive's root public key; needed the first time.")
@click.option("--origin", help="The archive's name; needed the first time.")
def publish(home: Path, folder: Path, root_text: str | None, origin: str | None) -> None:
    """Verify the release in FOLDER, and show it from now on."""
    try:
        known = ResearchConfig.read(home) if (home / "root.pub").exists() else None
        named = ResearchConfig(home, origin, VerifyKey.from_text(root_text)) if root_text and origin else None
        config = named or known
        if config is None:
            raise shelf.NotPublished("the first time, name the archive: --root KEY --origin NAME")
        if known and named and known != named:
            raise shelf.NotPublished("this reading room belongs to another archive; name another home")
        stand_aside(home)
        number = shelf.publish(config, folder, datetime.now(UTC).date())
    except (CryptoError, ReleaseError, shelf.NotPublished, ArchiveError, OSError) as error:
        click.echo(f"research: error: {error}", err=True)
        raise SystemExit(1) from None
    click.echo(f"release {number} is verified and shown")


@research.command()
@home_option
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
def withdraw(home: Path, folder: Path) -> None:
    """Verify the notice in FOLDER, and remove what it takes back, at once and for good."""
    try:
        if not (home / "root.pub").exists():
            raise shelf.NotPublished(UNKNOWN)
        gone = shelf.withdraw(ResearchConfig.read(home), folder, datetime.now(UTC).date())
    except (CryptoError, ReleaseError, shelf.NotPublished, NoticeRefused, ArchiveError, OSError) as error:
        click.echo(f"research: error: {error}", err=True)
        raise SystemExit(1) from None
    click.echo(f"the notice is verified; {gone} testimonies are not shown any more")


@research.command()
@home_option
@click.option("--port", default=8463, show_default=True, help="A port on 127.0.0.1.")
@click.option(
    "--workers",
    type=click.IntRange(1, 32),
    default=2,
    show_default=True,
    help="Processes; one for each core.",
)
def serve(home: Path, port: int, workers: int) -> None:
    """Serve the reading room on loopback, without an access log: what is looked for is nobody's business."""
    if not (home / "root.pub").exists():
        click.echo(f"research: error: {UNKNOWN}", err=True)
        raise SystemExit(1)
    if ResearchConfig.read(home).vetted:
        prepare(home)
    # By this Python: where Onggi is installed, its programs need not be on the PATH.
    arguments = [sys.executable, "-m", "gunicorn", f"server.research.site:application({str(home)!r})"]
    arguments += ["--bind", f"127.0.0.1:{port}"]
    # The index is a file that all processes share; each has the Korean dictionary for itself.
    arguments += ["--workers", str(workers), "--threads", "16", "--worker-class", "server.patience.Worker"]
    arguments += ["--worker-tmp-dir", "/dev/shm", "--no-control-socket", "--timeout", "600"]
    arguments += ["--logger-class", "server.silence.Quiet", "--log-level", "warning"]
    os.execv(sys.executable, arguments)


@research.command()
@click.option(
    "--texts",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    required=True,
    help="JSON lines: id, text, and fields.",
)
@click.option(
    "--index", "folder", type=click.Path(path_type=Path, file_okay=False), required=True, help="A new folder."
)
@click.option("--engine", type=click.Choice(ENGINES), default="blocks", show_default=True)
def index(texts: Path, folder: Path, engine: str) -> None:
    """Build an index of plain texts, to try the search. Texts lie in it in the clear: no testimonies."""

    def told(done: int) -> None:
        if done % 100 == 0:
            click.echo(f"\r{done} texts", err=True, nl=False)

    try:
        count = build(lines(texts), folder, told, engine)
    except (IndexRefused, OSError) as error:
        click.echo(f"research: error: {error}", err=True)
        raise SystemExit(1) from None
    click.echo(f"\r{count} texts can be searched")


@research.command()
@click.option(
    "--index",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="What `index` built.",
)
@click.option("--json", "as_json", is_flag=True, help="Ids, scores, excerpts and facets, for a program.")
@click.option("--where", multiple=True, metavar="FIELD=VALUE", help="Only these.")
@click.option("--start", type=click.IntRange(0), default=0, show_default=True, help="The first to show.")
@click.option(
    "--size", type=click.IntRange(0, 10_000), default=20, show_default=True, help="How many to show."
)
@click.argument("words")
def search(folder: Path, as_json: bool, where: tuple[str, ...], start: int, size: int, words: str) -> None:
    """Look for WORDS in the index that `onggi research index` built; `-` reads queries, one a line."""
    asked = [line.rstrip("\n") for line in sys.stdin] if words == "-" else [words]
    try:
        chosen = dict(each.split("=", 1) for each in where)
        found = opened(folder)
        for each in asked:
            told = answer(each, found.search(each, chosen, start=start, size=size))
            if as_json:
                click.echo(json.dumps(told, ensure_ascii=False))
                continue
            click.echo(f"{told['total']} found")
            for hit in told["hits"]:
                click.echo(f"{hit['score']:8.3f}  {hit['id']}")
                for excerpt in hit["excerpts"]:
                    click.echo(f"          {excerpt['text']}")
    except ValueError:
        raise click.BadParameter("FIELD=VALUE", param_hint="--where") from None
    except (IndexRefused, QueryRefused) as error:
        click.echo(f"research: error: {error}", err=True)
        raise SystemExit(1) from None


@research.command()
@click.option(
    "--index",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="What `index` built.",
)
@click.argument("ids", nargs=-1, required=True)
def erase(folder: Path, ids: tuple[str, ...]) -> None:
    """Take the texts with these IDS out of the index, every byte of them."""
    try:
        count = erase_from(folder, ids)
    except (IndexRefused, OSError) as error:
        click.echo(f"research: error: {error}", err=True)
        raise SystemExit(1) from None
    click.echo(f"{count} texts are erased from the index")
