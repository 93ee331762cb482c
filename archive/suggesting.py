"""`onggi archive redaction suggest`: JSON Lines in, the same lines with suggestions out. No vault is opened.

Format: docs/formats/suggest.md.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any, Final, TextIO

import click

from archive.command_line import progress, tells_errors
from archive.errors import ArchiveError
from archive.redaction.suggest import LANGUAGES, THETA, suggest
from archive.redaction.suggestion import Suggestion


class MalformedLine(ArchiveError):
    """A line that is no object with a text; its number is told, and nothing of what stood in it."""


@click.group()
def redaction() -> None:
    """What in a text might tell who somebody is."""


@redaction.command("suggest")
@click.option("--lang", type=click.Choice(LANGUAGES), help="Of all texts; else told from the script.")
@click.option(
    "--theta",
    type=click.FloatRange(0, 1),
    default=THETA,
    show_default=True,
    help="Also suggest what is nothing with a probability below this: more is found, and more in vain.",
)
@click.option(
    "--all-mentions",
    is_flag=True,
    help="Every mention, bare kin and public bodies too; not only what may identify.",
)
@tells_errors
def suggest_command(lang: str | None, theta: float, all_mentions: bool) -> None:
    """Read JSON Lines with `text` from standard input and write them with `spans` to standard output.

    Lines with the same `doc` are one document: what is found in one of them is looked for in all.
    """
    lines = list(read(sys.stdin))
    show = progress("text")
    for number, line in enumerate(suggested(lines, lang=lang, theta=theta, every_mention=all_mentions), 1):
        click.echo(json.dumps(line, ensure_ascii=False))
        show(number, len(lines))


def read(lines: TextIO | Iterable[str]) -> Iterator[dict[str, Any]]:
    """Each line as an object with a `text`, or `MalformedLine`. Empty lines are passed over."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            told = json.loads(line)
        except (ValueError, RecursionError):
            raise MalformedLine(f"line {number} is not JSON") from None
        if not isinstance(told, dict) or not isinstance(told.get("text"), str):
            raise MalformedLine(f"line {number} is no object with a text")
        yield told


def suggested(
    lines: Iterable[dict[str, Any]], *, lang: str | None, theta: float, every_mention: bool
) -> Iterator[dict[str, Any]]:
    """The lines in their order, each with the spans that are suggested for it."""
    numbered = list(enumerate(lines))
    documents = groupby(numbered, key=lambda line: line[1].get("doc", line[0]))
    for _, document in documents:
        told = [line for _, line in document]
        found = suggest(
            [line["text"] for line in told], language=lang, theta=theta, every_mention=every_mention
        )
        for line, spans in zip(told, found, strict=True):
            yield {**line, "spans": [row(each) for each in spans]}


def row(each: Suggestion) -> list[int | str | float]:
    """A suggestion as the format has it."""
    return [each.start, each.end, each.kind, round(each.probability, 3), each.reason]


SUGGESTING: Final = (redaction,)
