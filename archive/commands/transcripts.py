"""The commands of versions: list, show, add, compare, sign, choose; and drafts by programs of this machine.

Registered under `onggi archive` by `group`. Manual: docs/manuals/archivist.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final, cast

import click

from archive import review, supplements
from archive.command_line import (
    as_option,
    home_option,
    opened,
    printable,
    progress,
    readable,
    signing,
    tells_errors,
    today,
)
from archive.consent import rendition, require_granted
from archive.people import Person
from archive.testimony import AUDIENCES, LANGUAGES, USES, Audience, Language, Segment, Use
from archive.vault import Vault
from archive.versions import basis, loudness, programs, record, webvtt
from archive.versions.comparison import compare as compared
from archive.versions.derivation import Kind, Version, VersionRefused, among, first_free
from archive.versions.recordings import recording, recordings
from archive.versions.segments import LONGEST, follow, tidy

MARKS: Final = {"": ("", ""), "del": ("[-", "-]"), "ins": ("{+", "+}")}
"""Around what was taken away and what was added, as wdiff writes it."""

number_argument = click.argument("number", type=click.IntRange(min=0))
lang_option = click.option("--lang", type=click.Choice(LANGUAGES), help="Of the words; else its source's.")


@click.command("versions")
@home_option
@click.argument("testimony")
@tells_errors
def versions_command(home: Path, testimony: str) -> None:
    """List the versions of a TESTIMONY, its recordings, and which version counts."""
    with opened(home) as vault:
        review.reading(vault, testimony)
        counts = basis.chosen(vault, testimony)
        for each in record.history(vault, testimony):
            source = "" if each.derived_from is None else f"  from {each.derived_from}"
            by = each.program or each.author
            told = f"{each.number}  {each.kind:<16} {each.lang}  {each.day}  {len(each.segments)} segments"
            click.echo(f"{told}{source}  {by}{'  COUNTS' if each.number == counts else ''}".rstrip())
        for heard in recordings(vault, testimony):
            state = "can be heard" if heard.source else "make a safe copy of it first"
            click.echo(f"recording {heard.number}  {heard.declared}  {state}")
        for later in supplements.told_later(vault, testimony):
            click.echo(f"told later  {later}")


@click.group()
def version() -> None:
    """Versions of a testimony: transcripts, corrections, translations, and who stands for them."""


@version.command()
@home_option
@click.argument("testimony")
@number_argument
@click.option("--vtt", is_flag=True, help="As WebVTT, which every segment's time is needed for.")
@tells_errors
def show(home: Path, testimony: str, number: int, vtt: bool) -> None:
    """Print version NUMBER of a TESTIMONY on this terminal; 0 is what was received."""
    with opened(home) as vault:
        found = record.version(vault, testimony, number)
    if vtt:
        click.echo(printable(webvtt.write(found.segments)), nl=False)
        return
    for each in found.segments:
        click.echo(f"{each.id}  {printable(each.text)}")


@version.command()
@home_option
@click.argument("testimony")
@click.option("--use", type=click.Choice(USES), required=True, help="For what; she must have allowed it.")
@click.option("--audience", type=click.Choice(AUDIENCES), required=True, help="For whom.")
@tells_errors
def captions(home: Path, testimony: str, use: Use, audience: Audience) -> None:
    """Print what they may have of a TESTIMONY as WebVTT, with what is read instead of hidden words."""
    with opened(home) as vault:
        shown = rendition(vault, testimony, use, audience).segments
        cues = webvtt.timed(shown, review.reading(vault, testimony).told.segments)
    click.echo(printable(webvtt.write(cues)), nl=False)


@version.command()
@home_option
@as_option
@click.argument("testimony")
@click.argument("file", type=readable)
@click.option(
    "--of", "source", type=click.IntRange(min=0), required=True, help="The version it was made from."
)
@click.option("--recording", "number", type=click.IntRange(min=1), help="Which file its times are of.")
@lang_option
@tells_errors
def add(
    home: Path, name: str, testimony: str, file: Path, source: int, number: int | None, lang: str | None
) -> None:
    """Sign FILE as a version of a TESTIMONY: .vtt with its times, or a text, an empty line between segments.

    In the language of its source it is a correction, in another a translation.
    """
    raw = _bytes(file)
    with opened(home) as vault:
        who = signing(vault, name)
        with vault.together():
            found = record.history(vault, testimony)
            before = among(found, source)
            language = cast(Language, lang or before.lang)
            free = first_free(found)
            if file.suffix == ".vtt":
                told = webvtt.parse(raw, {each.id for each in before.segments}, free)
            elif language == before.lang:
                told = follow(before.segments, _texts(raw), free)
            else:
                told = _beside(before.segments, _texts(raw))
            kind: Kind = "corrected" if language == before.lang else "translation"
            if kind == "translation":
                require_granted(vault, testimony, "translate", "archivists")
            made = record.keep(
                vault,
                who,
                testimony,
                kind,
                told,
                today(),
                derived_from=source,
                lang=language,
                recording=number,
            )
    _tell(made)


@version.command()
@home_option
@click.argument("testimony")
@click.argument("before", type=click.IntRange(min=0))
@click.argument("after", type=click.IntRange(min=0))
@tells_errors
def compare(home: Path, testimony: str, before: int, after: int) -> None:
    """Print what is different between two versions of a TESTIMONY: [-taken away-] and {+added+}."""
    with opened(home) as vault:
        found = record.history(vault, testimony)
    rows = compared(among(found, before).segments, among(found, after).segments)
    for row in rows:
        if row.change != "same":
            told = "".join(f"{MARKS[kind][0]}{text}{MARKS[kind][1]}" for kind, text in row.pieces)
            click.echo(f"{row.id}  {printable(told)}")
    click.echo(f"-- {sum(row.change != 'same' for row in rows)} of {len(rows)} segments differ", err=True)


@version.command()
@home_option
@as_option
@click.argument("testimony")
@number_argument
@tells_errors
def sign(home: Path, name: str, testimony: str, number: int) -> None:
    """Stand for version NUMBER, which another wrote: reviewed first, and then, by another, approved."""
    with opened(home) as vault:
        _tell(record.stand_for(vault, signing(vault, name), testimony, number, today()))


@version.command()
@home_option
@as_option
@click.argument("testimony")
@number_argument
@tells_errors
def choose(home: Path, name: str, testimony: str, number: int) -> None:
    """Make the words of version NUMBER count: they are marked, approved and released. 0: as received."""
    with opened(home) as vault:
        basis.choose(vault, signing(vault, name), testimony, number)
    click.echo(f"version {number} counts")


@version.command()
@home_option
@as_option
@click.argument("testimony")
@click.argument("later")
@click.option("--from", "number", type=click.IntRange(min=0), default=0, show_default=True)
@tells_errors
def join(home: Path, name: str, testimony: str, later: str, number: int) -> None:
    """Join what she told LATER, under the same words, to a version of a TESTIMONY: one more version."""
    with opened(home) as vault:
        made = supplements.join(vault, signing(vault, name), testimony, later, today(), derived_from=number)
    _tell(made)


@version.command()
@home_option
@as_option
@click.argument("testimony")
@click.option("--recording", "number", type=click.IntRange(min=1), default=1, show_default=True)
@lang_option
@tells_errors
def draft(home: Path, name: str, testimony: str, number: int, lang: str | None) -> None:
    """Let the recogniser of this machine draft what is said in a recording, where she allowed that."""
    program = programs.require("recogniser")
    click.echo(program.author, err=True)
    with opened(home) as vault:
        require_granted(vault, testimony, "ai_processing_local", "archivists")
        who, heard = signing(vault, name), recording(vault, testimony, number)
        found = record.history(vault, testimony)
        language = cast(Language, lang or found[0].lang)
        sound = loudness.heard_as(vault, heard, "-f", "wav")
        told = programs.recognise(program, sound, language, first_free(found), progress("second"))
        _keep_draft(vault, who, testimony, program, told, 0, language, number)


@version.command()
@home_option
@as_option
@click.argument("testimony")
@number_argument
@click.option("--lang", type=click.Choice(LANGUAGES), required=True, help="Into which language.")
@tells_errors
def translate(home: Path, name: str, testimony: str, number: int, lang: str) -> None:
    """Let the translator of this machine draft version NUMBER in another language, where she allowed that."""
    program = programs.require("translator")
    click.echo(program.author, err=True)
    with opened(home) as vault:
        require_granted(vault, testimony, "translate", "archivists")
        require_granted(vault, testimony, "ai_processing_local", "archivists")
        who, source = signing(vault, name), record.version(vault, testimony, number)
        told = programs.translate(program, source.segments, progress("segment"))
        _keep_draft(vault, who, testimony, program, told, number, cast(Language, lang), None)


def _keep_draft(
    vault: Vault,
    who: Person,
    testimony: str,
    program: programs.Program,
    told: Sequence[Segment],
    source: int,
    lang: Language,
    number: int | None,
) -> None:
    made = record.keep(
        vault,
        who,
        testimony,
        "machine_literal",
        told,
        today(),
        derived_from=source,
        lang=lang,
        program=program.author,
        recording=number,
    )
    _tell(made)
    click.echo("it is a draft: correct it, and have it reviewed and approved, before it counts")


def _tell(made: Version) -> None:
    click.echo(f"version {made.number}: {made.kind} {made.lang}, {len(made.segments)} segments")


def _bytes(file: Path) -> bytes:
    if file.stat().st_size > 4 * LONGEST:
        raise VersionRefused("the file is too large to be a version")
    return file.read_bytes()


def _texts(raw: bytes) -> list[str]:
    try:
        lines = raw.decode("utf-8-sig").replace("\r\n", "\n").split("\n")
    except UnicodeDecodeError:
        raise VersionRefused("the file is not in UTF-8") from None
    blocks = "\n".join(line if line.strip() else "" for line in lines).split("\n\n")
    return [told for told in map(tidy, blocks) if told]


def _beside(source: Sequence[Segment], texts: list[str]) -> tuple[Segment, ...]:
    """A translation, segment by segment."""
    if len(texts) != len(source):
        raise VersionRefused(f"it has {len(texts)} segments and its source {len(source)}; give each its own")
    return tuple(
        Segment(each.id, text, each.t_start, each.t_end, each.speaker)
        for each, text in zip(source, texts, strict=True)
    )


COMMANDS: Final = (versions_command, version)
