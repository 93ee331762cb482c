"""`onggi archive`: identity, people and the two doors in. The desk's commands are in `desk`.

Each command calls one function. Manuals: docs/manuals/archivist.md and courier.md.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import click

from archive import keyring, people
from archive.accession import Report
from archive.accession import accession as take_in
from archive.command_line import (
    home_option,
    opened,
    passphrase,
    printable,
    progress,
    readable,
    tells_errors,
)
from archive.desk import DESK
from archive.imports import import_texts
from archive.testimony import AUDIENCES, USES, Grant
from archive.vault import Vault
from crypto.keys import VerifyKey


def _asked(prompt: str) -> str:
    return str(click.prompt(prompt, hide_input=True, err=True))


def _today() -> date:
    return datetime.now(UTC).date()


@click.group()
def archive() -> None:
    """The archive's machine, without a network: opens, redacts, releases."""


@archive.command()
@home_option
@click.option("--origin", required=True, help="The archive's name on all it signs, such as archive.example.")
@tells_errors
def init(home: Path, origin: str) -> None:
    """Make the vault and the archive's root key; print the public key and its fingerprint."""
    keyring.check_origin(origin)
    chosen = passphrase("ONGGI_PASSPHRASE", "A passphrase of several words", confirm=True)
    with Vault.create(home, chosen) as vault:
        root = keyring.found(vault, origin)
    click.echo(root.to_text())
    click.echo(f"fingerprint {root.fingerprint()}")


@archive.group()
def keys() -> None:
    """The archive's identity and its intake keys."""


@keys.command("show")
@home_option
@tells_errors
def keys_show(home: Path) -> None:
    """Print the root public key and its fingerprint, to be compared by voice or on paper."""
    with opened(home) as vault:
        root = keyring.root(vault).public
        click.echo(f"{root.to_text()}\nfingerprint {root.fingerprint()}\norigin {keyring.origin(vault)}")


@keys.command("publish")
@home_option
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@tells_errors
def keys_publish(home: Path, file: Path) -> None:
    """Write a new keycard of 30 days into FILE; the courier takes it to the intake."""
    with opened(home) as vault:
        file.write_bytes(keyring.publish(vault, _today()))
    click.echo(f"wrote {file}")


@archive.group()
def courier() -> None:
    """Whose bundles are believed."""


@courier.command("trust")
@home_option
@click.argument("key")
@tells_errors
def courier_trust(home: Path, key: str) -> None:
    """Believe bundles signed by KEY, which `onggi intake init` printed, and by no other."""
    with opened(home) as vault:
        keyring.trust_courier(vault, trusted := VerifyKey.from_text(key))
    click.echo(f"courier {trusted.key_id} is trusted")


@archive.group()
def person() -> None:
    """Who may decide. Every decision needs two."""


@person.command("add")
@home_option
@click.argument("name")
@click.option("--by", "sponsors", multiple=True, help="Who admits her; two, once two people are here.")
@tells_errors
def person_add(home: Path, name: str, sponsors: tuple[str, ...]) -> None:
    """Make NAME's signing key, sealed under her own passphrase; two people admit her."""
    with opened(home) as vault:
        admitted_by = [people.unlock(vault, each, _asked(f"Passphrase of {each}")) for each in sponsors]
        chosen = passphrase("ONGGI_PERSON_PASSPHRASE", f"A passphrase for {name}", confirm=True)
        key = people.add(vault, name, chosen, admitted_by)
    click.echo(f"{name} signs with {key.key_id}")


@archive.command()
@home_option
@click.argument("bundle", type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.option("--acknowledgement", type=click.Path(path_type=Path, dir_okay=False), help="Where to write it.")
@tells_errors
def accession(home: Path, bundle: Path, acknowledgement: Path | None) -> None:
    """Take in the courier's BUNDLE, and write the acknowledgement that lets the intake delete."""
    with opened(home) as vault:
        report = take_in(vault, bundle, progress=progress("envelope"))
        _tell_accession(report)
        click.echo(f"journal {vault.journal.head()}")
    file = acknowledgement or bundle / "ACKNOWLEDGEMENT"
    file.write_bytes(report.acknowledgement)
    click.echo(f"wrote {file}")


def _tell_accession(report: Report) -> None:
    click.echo(f"bundle {report.number}: {len(report.taken)} testimonies, {report.files} files")
    for told, number in (
        ("here already", report.again),
        ("in quarantine: see `onggi archive quarantine`", len(report.quarantined)),
        ("damaged on the stick and not acknowledged; copy it again", len(report.damaged)),
    ):
        if number:
            click.echo(f"  {number} {told}")
    if report.gap:
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


@archive.command("import-texts")
@home_option
@click.argument("texts", type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.option("--catalogue", type=readable, help="JSON Lines: file, language, consent of each.")
@click.option(
    "--grant", "grants", multiple=True, callback=_grant, help="USE:AUDIENCE that all of them allowed."
)
@tells_errors
def import_texts_command(home: Path, texts: Path, catalogue: Path | None, grants: list[Grant]) -> None:
    """Take in an organisation's own transcripts (.txt, .md, .docx) under TEXTS, as their own kind."""
    with opened(home) as vault:
        report = import_texts(
            vault, texts, _today(), catalogue=catalogue, grants=grants, progress=progress("text")
        )
    click.echo(f"imported {len(report.taken)} texts, {report.words} words")
    if report.again:
        click.echo(f"  {len(report.again)} were here already")
    for name, reason in report.refused.items():
        click.echo(f"  not imported: {printable(name)}: {reason}")
    if report.refused:
        raise SystemExit(1)


for each in DESK:
    archive.add_command(each)
