"""`onggi research`: publish a release, serve it. Manual: docs/manuals/researcher.md."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import click

from archive.release import ReleaseError
from crypto.errors import CryptoError
from crypto.keys import VerifyKey
from server.research import shelf
from server.research.config import ResearchConfig
from server.research.withdrawn import NoticeRefused

home_option = click.option(
    "--home",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="ONGGI_RESEARCH_HOME",
    required=True,
    help="The reading room's folder (or ONGGI_RESEARCH_HOME).",
)


@click.group()
def research() -> None:
    """The reading room: shows what the archive released, and nothing else."""


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
        number = shelf.publish(config, folder, datetime.now(UTC).date())
    except (CryptoError, ReleaseError, shelf.NotPublished, OSError) as error:
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
            raise shelf.NotPublished("this room knows no archive yet; publish a release first")
        gone = shelf.withdraw(ResearchConfig.read(home), folder, datetime.now(UTC).date())
    except (CryptoError, ReleaseError, shelf.NotPublished, NoticeRefused, OSError) as error:
        click.echo(f"research: error: {error}", err=True)
        raise SystemExit(1) from None
    click.echo(f"the notice is verified; {gone} testimonies are not shown any more")


@research.command()
@home_option
@click.option("--port", default=8463, show_default=True, help="A port on 127.0.0.1.")
def serve(home: Path, port: int) -> None:
    """Serve the reading room on loopback, without an access log: what is looked for is nobody's business."""
    arguments = [
        "gunicorn",
        f"server.research.site:application({str(home)!r})",
        "--bind",
        f"127.0.0.1:{port}",
    ]
    # One process: the index and the Korean dictionary take memory, and threads share them.
    arguments += ["--workers", "1", "--threads", "16", "--worker-class", "server.patience.Worker"]
    arguments += ["--worker-tmp-dir", "/dev/shm", "--no-control-socket", "--timeout", "600"]
    os.execvp("gunicorn", arguments)
