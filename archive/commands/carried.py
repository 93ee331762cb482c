"""What is carried: the doors in, the courier's way out, and the page that is carried out.

Manuals: docs/manuals/archivist.md and courier.md.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

import click

from archive import codes, courier, pages
from archive.accession import Report, accession_capsule
from archive.accession import accession as take_in
from archive.capsule import every as offline_pages
from archive.capsule import write as write_page
from archive.command_line import folder as a_folder
from archive.command_line import home_option, opened, printable, progress, readable, tells_errors, today
from archive.imports import import_texts
from archive.testimony import AUDIENCES, USES, Grant
from archive.working import working
from crypto import durable
from crypto.capsule.page import LANGUAGES, Language

DAMAGED: Final = "damaged on the stick and not acknowledged; copy it again"
CUT: Final = "missing: the file was cut on its way; ask for it again"

qr_option = click.option("--qr", is_flag=True, help="Show the acknowledgement as codes for a phone.")


@click.command()
@home_option
@click.argument("carried", type=click.Path(path_type=Path, exists=True))
@click.option("--acknowledgement", type=click.Path(path_type=Path, dir_okay=False), help="Where to write it.")
@qr_option
@tells_errors
def accession(home: Path, carried: Path, acknowledgement: Path | None, qr: bool) -> None:
    """Take in what was CARRIED here: a courier's bundle, which is a folder, or a capsule, which is a file.

    For a bundle it writes the acknowledgement that lets the intake delete.
    """
    from_courier = carried.is_dir()
    take = take_in if from_courier else accession_capsule
    with opened(home) as vault:
        with working(vault, "accession", progress("envelope")) as tell:
            report = take(vault, carried, progress=tell)
        _tell_accession(report)
        click.echo(f"journal {vault.journal.head()}")
    if not from_courier:
        return
    file = acknowledgement or carried / "ACKNOWLEDGEMENT"
    durable.write(file, report.acknowledgement)
    click.echo(f"wrote {file}")
    if qr:
        codes.show(report.acknowledgement)


@click.command()
@home_option
@click.argument("number", type=click.IntRange(min=1), required=False)
@qr_option
@tells_errors
def acknowledgement(home: Path, number: int | None, qr: bool) -> None:
    """Print the acknowledgement of the newest bundle, or of bundle NUMBER, once more."""
    with opened(home) as vault:
        note = courier.acknowledgement(vault, number)
    if qr:
        codes.show(note)
    else:
        click.echo(note, nl=False)


@click.command()
@home_option
@click.argument("folder", type=a_folder)
@tells_errors
def send(home: Path, folder: Path) -> None:
    """Write all that waits for the intake into FOLDER, on the courier's stick."""
    with opened(home) as vault:
        sent = courier.send(vault, folder, today(), offline_pages(vault, today()))
        click.echo(f"sent {sent.number}: {', '.join(sent.files)}")
        click.echo(f"journal {vault.journal.head()}")
    for name in sent.unread:
        click.echo(f"archive: error: not sent, because it cannot be read here: {name}", err=True)
    if sent.unread:
        raise SystemExit(1)


@click.command()
@home_option
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--lang", type=click.Choice(LANGUAGES), default="ko", show_default=True, help="Of the page.")
@tells_errors
def capsule(home: Path, folder: Path, lang: Language) -> None:
    """Write into FOLDER a page that needs no network, its signed note, and what it is checked with."""
    with opened(home) as vault:
        written = write_page(vault, folder, lang, today())
    for path in written:
        click.echo(f"wrote {path}")
    click.echo(f"sha256 {hashlib.sha256(next(iter(written.values()))).hexdigest()}")


@click.command("sign-page")
@home_option
@click.argument("file", type=readable)
@tells_errors
def sign_page(home: Path, file: Path) -> None:
    """List what the intake shows to a browser, from the FILE that it wrote; after a yes, sign it."""
    untrusted = file.read_bytes()
    with opened(home) as vault:
        files = pages.listed(vault, untrusted)
        strange = pages.strange(files)
        for path, listed in files.items():
            click.echo(
                f"{'NOT OURS  ' if path in strange else ''}{path}  {listed.size} bytes  {listed.sha256}"
            )
        if strange:
            click.echo(f"{len(strange)} files are not those of this version of Onggi: find out why first")
        click.confirm("are these the archive's pages", abort=True)
        signed = pages.sign(vault, untrusted, today())
        click.echo(
            f"list {signed.serial} is signed until {signed.expires}; `onggi archive send` takes it along"
        )


def _tell_accession(report: Report) -> None:
    brought, lost = (f"bundle {report.number}", DAMAGED) if report.number else ("capsule", CUT)
    click.echo(f"{brought}: {len(report.taken)} testimonies, {report.files} files")
    for told, number in (
        ("TAKEN BACK by who told it: see `onggi archive list`", report.withdrawn),
        ("consents changed", report.changed),
        ("here already", report.again),
        ("in quarantine: see `onggi archive quarantine`", len(report.quarantined)),
        (lost, len(report.damaged)),
        ("files that the intake did not pack lie on the stick; not opened", report.foreign),
    ):
        if number:
            click.echo(f"  {number} {told}")
    for name in report.bad:
        click.echo(f"  bad on the stick: {name}")
    if report.place.again:
        click.echo("  this very bundle came before; what is new in it is counted above")
    if report.place.twin:
        click.echo(
            "  another bundle of this number came before; ask the operator which of them was packed there"
        )
    if report.place.gap:
        click.echo("  a bundle before this one has not come; the courier may still have it")
    for testimony in report.taken:
        click.echo(f"  testimony {testimony}")


def _grant(context: click.Context, option: click.Parameter, values: tuple[str, ...]) -> list[Grant]:
    found: list[Grant] = []
    for value in values:
        use, _, audience = value.partition(":")
        if use not in USES or audience not in AUDIENCES:
            raise click.BadParameter(
                f"a grant is USE:AUDIENCE, such as index_search:archivists; uses are {', '.join(USES)}"
            )
        found.append((use, audience))  # type: ignore[arg-type]
    return found


@click.command("import-texts")
@home_option
@click.argument("texts", type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.option("--catalogue", type=readable, help="JSON Lines: file, language, consent of each.")
@click.option(
    "--grant", "grants", multiple=True, callback=_grant, help="USE:AUDIENCE that all of them allowed."
)
@tells_errors
def import_texts_command(home: Path, texts: Path, catalogue: Path | None, grants: list[Grant]) -> None:
    """Take in an organisation's own transcripts (.txt, .md, .docx) under TEXTS, as their own kind."""
    with opened(home) as vault, working(vault, "import", progress("text")) as tell:
        report = import_texts(vault, texts, today(), catalogue=catalogue, grants=grants, progress=tell)
    click.echo(f"imported {len(report.taken)} texts, {report.words} words")
    if report.again:
        click.echo(f"  {len(report.again)} were here already")
    for name, reason in report.refused.items():
        click.echo(f"  not imported: {printable(name)}: {reason}")
    if report.refused:
        raise SystemExit(1)


COMMANDS: Final = (accession, acknowledgement, send, capsule, sign_page, import_texts_command)
