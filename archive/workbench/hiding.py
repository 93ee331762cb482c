"""What the pages of hiding share: the testimony that is open, its parts, and a step that somebody takes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from random import SystemRandom
from typing import Any

from flask import g, redirect, request, url_for
from werkzeug.wrappers import Response

from archive import review
from archive.people import Person
from archive.redaction import choices, figures, seeds, undoing, wishes
from archive.redaction.choices import Choice
from archive.redaction.figure_key import MapClosed
from archive.redaction.seeds import Planted, Span
from archive.redaction.spans import version_of
from archive.redaction.undoing import Act
from archive.redaction.worklist import Piece, Row, worklist
from archive.review import Reading
from archive.testimony import Testimony
from archive.vault import Vault
from archive.workbench import page

Told = tuple[str, str] | tuple[str, str, str]
"""What came of a step: a notice, a value behind it, and perhaps the page that follows."""
Step = Callable[[Vault, Person, Testimony], Told]


@page.or_not_found
def opened(name: str) -> Reading:
    """The testimony of this name as it stands; not found when she took it back."""
    return review.reading(page.vault(), name)


def parts(told: Testimony) -> dict[str, Piece]:
    """Each part by its name: where it begins in the whole text, and its words."""
    found, at = dict[str, Piece](), 0
    for each in told.segments:
        start = told.text.find(each.text, at)
        found[each.id], at = (start, each.text), start + len(each.text)
    return found


def seen(told: Testimony) -> list[Piece]:
    """The parts that are open at this desk: the others are not looked through either."""
    closed = page.closed_parts(told)
    return [piece for id, piece in parts(told).items() if id not in closed]


def listed(told: Testimony) -> list[Row]:
    """The rows of what is open here, as she sees them who has signed in: a few may be left out.

    What is left out is drawn when the list is made first for her, and again when other words count.
    """
    vault, who = page.vault(), page.person()
    asked = [(w.words, w.category) for w in wishes.wishes(vault, told.id) if w.outcome == "hide"]
    rows = worklist(seen(told), choices.choices(vault, told.id), asked, _aliases(vault))
    if who is None:
        return rows
    planted: Planted | None = g.desk.seeds.get(told.id)
    if planted is None or planted.version_sha256 != version_of(told.text):
        planted = g.desk.seeds[told.id] = seeds.plant(told.text, rows, SystemRandom())
    return planted.without(rows)


def _aliases(vault: Vault) -> frozenset[tuple[str, str]]:
    try:
        return figures.known_aliases(vault)
    except MapClosed as closed:
        # The list is made without it, and she is told: the recognisers still find most.
        page.say(str(closed))
        return frozenset()


def left_out(testimony_id: str) -> tuple[Span, ...]:
    """What is left out of the list of a testimony at this desk, and was not shown yet."""
    planted: Planted | None = g.desk.seeds.get(testimony_id)
    return planted.spans if planted and not planted.shown else ()


def reveal(testimony_id: str, standing: Iterable[Choice], *, by: Person | None = None) -> int:
    """Show what was left out, counted *by* whom if any; how much of it the choices that stand do not hide."""
    planted: Planted | None = g.desk.seeds.get(testimony_id)
    if planted is None:
        return 0
    missed = planted.missed(standing)
    if by is not None:
        seeds.count(page.vault(), by, testimony_id, planted, missed)
    g.desk.seeds[testimony_id] = planted.revealed()
    return len(missed)


def take(name: str, step: Step, back: str) -> Response:
    """Take a *step* as who has signed in, say what came of it, and go *back* or where it says."""
    told = opened(name).told
    with page.tells_refusals():
        person = page.signer()
        with _remembered(page.vault(), person, told.id):
            notice, value, *elsewhere = step(page.vault(), person, told)
        page.say(notice, value)
        back = elsewhere[0] if elsewhere else back
    kept: dict[str, Any] = {key: request.form[key] for key in ("theta", "page") if request.form.get(key)}
    return redirect(url_for(back, name=name, **kept), code=303)


@contextmanager
def _remembered(vault: Vault, person: Person, testimony_id: str) -> Iterator[None]:
    """Whatever a step did to the choices, refused in the end or not, can be taken back afterwards."""
    before, proposal = choices.choices(vault, testimony_id), review.reading(vault, testimony_id).proposal
    try:
        yield
    finally:
        now = review.reading(vault, testimony_id).proposal
        proposed = now is not None and now != proposal
        if proposed or choices.choices(vault, testimony_id) != before:
            undoing.remember(vault, testimony_id, Act(person.name, proposed, before))
