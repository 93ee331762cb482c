"""The desk's commands: list, read, redact, approve, verify, and the workbench's pages.

Registered under `onggi archive` by `group`. Manual: docs/manuals/archivist.md.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, Final

import click

from archive import care, releasing, review
from archive.accession import retry
from archive.command_line import (
    as_option,
    home_option,
    opened,
    printable,
    signing,
    tells_errors,
)
from archive.journal import Head
from archive.quarantine import quarantined
from archive.redaction import profiles, replacing
from archive.redaction.spans import LABELS
from archive.standing import withdrawals
from archive.vault import Vault
from archive.working import under_way


@click.command("list")
@home_option
@tells_errors
def list_command(home: Path) -> None:
    """List every testimony: id, stage, language, quarter, kind, and whether its files are here.

    What others are doing here comes first, and what was taken back, with the releases that it went out in.
    """
    with opened(home) as vault:
        for work in under_way(vault):
            far = f"  {work.done} of {work.all}" if work.all else ""
            click.echo(f"UNDER WAY  {work.what} since {work.since:%H:%M} UTC{far}")
        _tell_withdrawals(vault)
        for each in review.summaries(vault):
            told = each.told
            files = f"  files: {', '.join(each.files)}" if each.files else ""
            stage = "withdrawn" if each.taken_back else told.workflow_status
            line = f"{told.id}  {stage:<9} {told.lang_original}  {told.received_quarter}"
            click.echo(f"{line}  {told.kind}{files}")


def _tell_withdrawals(vault: Vault) -> None:
    shown, all = releasing.released(vault), withdrawals(vault)
    # Her page takes back under every key that it had: one of them has her words, and the others have none.
    if elsewhere := sum(not each.testimonies for each in all):
        click.echo(f"TAKEN BACK  {elsewhere} withdrawals of what is not here: destroyed, or never told so")
    for each in all:
        if not each.testimonies:
            continue
        click.echo(f"TAKEN BACK  {each.day}  {len(each.testimonies)} testimonies")
        for testimony in each.testimonies:
            numbers = ", ".join(map(str, releasing.releases_of(vault, testimony)))
            click.echo(f"  {testimony}" + (f"  went out in release {numbers}" if numbers else ""))
        if shown & set(each.testimonies):
            click.echo("  the reading room still shows it: draft and sign the next release now")


@click.command()
@home_option
@click.argument("testimony")
@click.option("--preview", is_flag=True, help="As the marks would leave it.")
@click.option("--open-as", "opener", help="Who opens the severe parts; the journal says so.")
@tells_errors
def read(home: Path, testimony: str, preview: bool, opener: str | None) -> None:
    """Print a TESTIMONY on this terminal, and its proposal, which `approve` asks for.

    Severe parts stay closed until somebody opens them with her passphrase.
    """
    with opened(home) as vault:
        reading = review.reading(vault, testimony)
        told = reading.told
        segments = [(each.id, each.text) for each in told.segments]
        closed = care.severe(vault, told.id, told.lang_original, segments)
        if opener and closed:
            care.opened(vault, signing(vault, opener), told.id, closed)
            closed = {}
    if closed:
        _print_parts(reading, closed, preview=preview)
    else:
        click.echo(printable(reading.preview if preview else told.text))
    click.echo(f"-- {len(reading.marks)} marks", nl=not reading.proposal)
    if reading.proposal:
        approved = f"approved by {reading.approver}" if reading.approver else "not approved"
        click.echo(f", proposed by {reading.proposer}, {approved}; proposal {reading.proposal}")


def _print_parts(reading: review.Reading, closed: dict[str, str], *, preview: bool) -> None:
    for part in reading.parts:
        words = part.preview if preview else "".join(text for text, _ in part.pieces)
        shut = f"[{part.id} is severe and closed: {closed.get(part.id) or 'not summarised yet'}]"
        click.echo(printable(shut if part.id in closed else words))
    click.echo(f"-- {len(closed)} parts are closed; `--open-as NAME` opens them", err=True)


@click.command()
@home_option
@as_option
@click.argument("testimony")
@click.option("--profile", is_flag=True, help="Tell what has only a label as the release profile says.")
@tells_errors
def redact(home: Path, name: str, testimony: str, profile: bool) -> None:
    """Propose what to hide in a TESTIMONY: a category and the words, one a line, read from the input.

    They are hidden everywhere they occur; after `=>` stands what is read instead, in brackets, or how it is
    found: generalise/province, role/WORDS, remove. Without a line, what is marked is proposed, or nothing.
    """
    click.echo(f"category and words, one a line ({', '.join(LABELS)}); an empty line ends", err=True)
    lines = iter(lambda: sys.stdin.readline().strip(), "")
    marks = [(category, *_instead(words)) for category, _, words in (line.partition(" ") for line in lines)]
    if any(not surface or category not in LABELS for category, surface, _ in marks):
        raise click.UsageError("a line is a category, a space, the words to hide, and perhaps => [instead]")
    with opened(home) as vault:
        who = signing(vault, name)
        with vault.together():
            review.propose(vault, who, testimony)
            told = review.reading(vault, testimony).told
            for category, surface, said in marks:
                shown = said if said[:1] in ("", "[") else replacing.told_as(told, category, surface, said)
                review.mark(vault, who, testimony, surface, category, shown)
            if profile:
                rungs = profiles.current(vault).rungs
                wider = replacing.by_label(told, review.reading(vault, testimony).marks, rungs)
                review.propose(vault, who, testimony, wider)
        reading = review.reading(vault, testimony)
    click.echo(f"proposed {len(reading.marks)} redactions; a second person reads and approves them")


def _instead(words: str) -> tuple[str, str]:
    surface, _, shown = words.partition("=>")
    return surface.strip(), shown.strip()


@click.command()
@home_option
@as_option
@click.argument("testimony")
@click.option("--proposal", required=True, help="The proposal that `read` showed her.")
@tells_errors
def approve(home: Path, name: str, testimony: str, proposal: str) -> None:
    """Approve exactly the proposal by another person that was read."""
    with opened(home) as vault:
        review.approve(vault, signing(vault, name), testimony, proposal)
    click.echo("approved")


@click.command("take-back")
@home_option
@as_option
@click.argument("testimony")
@tells_errors
def take_back(home: Path, name: str, testimony: str) -> None:
    """Take a proposal or an approval back; the testimony is as it was received."""
    with opened(home) as vault:
        review.withdraw_proposal(vault, signing(vault, name), testimony)
    click.echo("taken back")


@click.command()
@home_option
@click.option("--retry", "again", is_flag=True, help="Try to open it all once more.")
@tells_errors
def quarantine(home: Path, again: bool) -> None:
    """List what could not be opened, and why. Nothing of it is ever deleted by itself."""
    with opened(home) as vault:
        if again:
            opens = retry(vault)
            click.echo(f"taken in now: {len(opens.taken)} testimonies, {opens.files} files")
        waiting = quarantined(vault)
    for each in waiting:
        click.echo(f"{each.id}  {each.day}  {each.reason}")
    click.echo(f"{len(waiting)} envelopes in quarantine")


@click.group()
def journal() -> None:
    """Who did what, and that nobody changed it."""


@journal.command("verify")
@home_option
@click.option("--seen", help="A head that was noted earlier, as accession and release print it.")
@click.option("--json", "as_json", is_flag=True, help="Print every event as a line of JSON.")
@click.option("--as", "name", help="Who asks, by her passphrase: she sees which severe parts she opened.")
@tells_errors
def journal_verify(home: Path, seen: str | None, as_json: bool, name: str | None) -> None:
    """Verify the whole journal, and that it holds what was noted. Who opened what is told to herself only."""
    with opened(home) as vault:
        events = vault.journal.events(Head.parse(seen) if seen else None)
        head = vault.journal.head()
        who = signing(vault, name).name if name else None
    for event in events if as_json else ():
        # What somebody opened is hers to add up, and nobody else's (R26).
        row: dict[str, Any] = vars(event) | (
            {"agent": None} if event.type == "dsp" and event.agent != who else {}
        )
        click.echo(json.dumps(row, ensure_ascii=False))
    click.echo(f"{len(events)} events, unbroken; head {head}")


@click.command()
@home_option
@click.option("--port", default=8462, show_default=True, help="A port on 127.0.0.1.")
@click.option(
    "--idle",
    type=click.FloatRange(min=0.01, max=120),
    default=20,
    show_default=True,
    help="Minutes without a click after which it closes by itself.",
)
@tells_errors
def workbench(home: Path, port: int, idle: float) -> None:
    """Open the archivist's pages on this machine only, under an address that works once."""
    from archive.workbench.service import serve

    def ready(address: str) -> None:
        click.echo(
            f"workbench: open once {address}\nCtrl-C closes it, and so do {idle:g} minutes without a click"
        )

    with opened(home) as vault:
        interrupted = serve(vault, port, idle * 60, ready)
    if not interrupted:
        click.echo("workbench: closed, and the vault with it; start it again to go on")


COMMANDS: Final = (list_command, read, redact, approve, take_back, quarantine, journal, workbench)
