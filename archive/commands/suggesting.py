"""`onggi archive redaction suggest`: JSON Lines in, the same lines with suggestions out. No vault is opened.

Format: docs/formats/suggest.md.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final

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
    lines = list(read(sys.stdin.buffer))
    done = suggested(lines, progress("document"), lang=lang, theta=theta, every_mention=all_mentions)
    for line in done:
        click.echo(json.dumps(line, ensure_ascii=False).encode())


def read(untrusted: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """Each line as an object with a `text`, or `MalformedLine`. Empty lines are passed over."""
    for number, line in enumerate(untrusted, 1):
        if not line.strip():
            continue
        try:
            told = json.loads(line.decode())
        except UnicodeDecodeError:
            raise MalformedLine(f"line {number} is not UTF-8") from None
        except (ValueError, RecursionError):
            raise MalformedLine(f"line {number} is not JSON") from None
        if not isinstance(told, dict) or not isinstance(told.get("text"), str):
            raise MalformedLine(f"line {number} is no object with a text")
        if not isinstance(told.get("doc", ""), str | int):
            raise MalformedLine(f"line {number}: doc is neither a string nor a whole number")
        try:
            json.dumps(told, ensure_ascii=False).encode()
        except (UnicodeEncodeError, RecursionError):
            raise MalformedLine(f"line {number} holds half a sign, a lone surrogate") from None
        yield told


def suggested(
    lines: Sequence[dict[str, Any]],
    progress: Callable[[int, int], None],
    *,
    lang: str | None,
    theta: float,
    every_mention: bool,
) -> list[dict[str, Any]]:
    """The lines in their order, each with the spans that are suggested for it."""
    documents: dict[tuple[str, object], list[int]] = {}
    for number, line in enumerate(lines):
        key = ("doc", line["doc"]) if "doc" in line else ("line", number)
        documents.setdefault(key, []).append(number)
    found: list[list[list[int | str | float]]] = [[] for _ in lines]
    for done, members in enumerate(documents.values(), 1):
        texts = [lines[number]["text"] for number in members]
        spans = suggest(texts, language=lang, theta=theta, every_mention=every_mention)
        for number, mine in zip(members, spans, strict=True):
            found[number] = [row(each) for each in mine]
        progress(done, len(documents))
    return [{**line, "spans": spans} for line, spans in zip(lines, found, strict=True)]


def row(each: Suggestion) -> list[int | str | float]:
    """A suggestion as the format has it."""
    return [each.start, each.end, each.kind, round(each.probability, 3), each.reason]


COMMANDS: Final = (redaction,)
