"""`onggi archive reply|board`: writing back, and what carries it. Manual: docs/manuals/archivist.md."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

import click

from archive import replies
from archive.command_line import as_option, home_option, opened, signing, tells_errors, today
from archive.consent import language
from archive.courier import OUTGOING
from archive.testimony import LANGUAGES, Language
from crypto import durable
from crypto.board import SIZES
from crypto.outgoing import BOARD


@click.command()
@home_option
@as_option
@click.option(
    "--lang", type=click.Choice(LANGUAGES), help="What the reply is written in; else her own language."
)
@click.argument("testimony")
@tells_errors
def reply(home: Path, name: str, lang: Language | None, testimony: str) -> None:
    """Write to whoever told a TESTIMONY and allowed it; the text is read from the input, to its end."""
    click.echo("the reply; Ctrl-D on an empty line ends it", err=True)
    text = sys.stdin.read().strip()
    with opened(home) as vault:
        lang = lang or language(vault, testimony)
        kept = replies.write(vault, signing(vault, name), testimony, text, lang, today())
    click.echo(
        f"reply {kept.serial} in {len(kept.parts)} parts; it leaves with the next `onggi archive board`"
    )


@click.command()
@home_option
@click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--size", type=click.Choice(list(map(str, SIZES))), default="512", show_default=True)
@tells_errors
def board(home: Path, file: Path | None, size: str) -> None:
    """Write the next reply board for `onggi archive send`, or into FILE.

    Every reply of the last 120 days is on it, sealed anew, and dummies fill it up.
    """
    if file is None:
        (home / OUTGOING).mkdir(exist_ok=True, mode=0o700)
        file = home / OUTGOING / BOARD
    with opened(home) as vault:
        posted = replies.post(vault, int(size), today())
    durable.write(file, posted.content)
    click.echo(
        f"board {posted.serial}: {posted.replies} replies in {posted.parts} of {size} entries; wrote {file}"
    )
    if posted.withheld:
        click.echo(
            f"  {posted.withheld} replies stay here: not allowed any more, or sent with keys that do not work"
        )
    if posted.early:
        click.echo(
            f"  {posted.early} answers to withdrawals wait for `onggi archive backup`: only then is it true"
        )


COMMANDS: Final = (reply, board)
