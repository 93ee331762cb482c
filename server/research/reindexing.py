"""`onggi research reindex`: search through another engine. Manual: docs/manuals/researcher.md."""

from __future__ import annotations

from pathlib import Path

import click

from archive.errors import ArchiveError
from archive.release import ReleaseError
from server.research import indexed, shelf, withdrawn
from server.research.aside import stand_aside
from server.research.config import ResearchConfig
from server.research.engine import ENGINES, Choice
from server.research.readers import home_option


@click.command()
@home_option
@click.option(
    "--engine", "name", type=click.Choice(ENGINES), required=True, help="Where to search from now on."
)
@click.option(
    "--url",
    default="",
    envvar="ONGGI_RESEARCH_ENGINE_URL",
    help="Of a server, with its password; better in ONGGI_RESEARCH_ENGINE_URL, for others see a command.",
)
@click.option(
    "--shards",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A file: of each shard of PostgreSQL a line, its URL, and after a space that of its replica.",
)
def reindex(home: Path, name: str, url: str, shards: Path | None) -> None:
    """Make the index of the release that is shown in another engine, and search there from now on.

    The one before answers until the new one is whole, and is then taken away.
    """
    try:
        lines = shards.read_text("utf-8").splitlines() if shards else []
        choice = Choice(name, url, tuple(tuple(line.split()) for line in lines if line.strip()))
        stand_aside(home)
        count = move(ResearchConfig.read(home), choice)
    except (ArchiveError, ReleaseError, shelf.NotPublished, OSError) as error:
        click.echo(f"research: error: {error}", err=True)
        raise SystemExit(1) from None
    click.echo(f"{count} testimonies are searched through {name}")


def move(config: ResearchConfig, choice: Choice) -> int:
    """Search through *choice* from now on; how many testimonies it holds. What is refused changes nothing."""
    before = Choice.read(config.home)
    number = shelf.current(config)
    if number is None:
        raise shelf.NotPublished("nothing is published yet: onggi research publish FOLDER")
    now = withdrawn.read(config)
    release = withdrawn.opened(config, number, now)
    folder = config.home / str(number)
    indexed.make(folder, withdrawn.body_of(config, number, now)[0], release, choice)
    choice.write(config.home)
    if before != choice and (before.is_server or choice.is_server):
        indexed.clear(folder, before)
    return len(release.testimonies)
