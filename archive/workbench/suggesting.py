"""The reviewer's page: what is suggested to be hidden, decided one by one or all alike, proposed at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from typing import Any, Final

from flask import Blueprint, request
from werkzeug.wrappers import Response

from archive import review
from archive.people import Person
from archive.redaction import choices, figures, rereading, undoing, wishes
from archive.redaction.figure_key import MapClosed
from archive.redaction.spans import LABELS, RedactionError, version_of
from archive.redaction.suggest import THETA
from archive.redaction.worklist import ASKED, Row
from archive.redaction.worklist import STEPS as THETAS
from archive.testimony import Testimony
from archive.vault import Vault
from archive.workbench import choice_form, hiding, noting, page
from archive.workbench.hiding import Step, Told

suggesting = Blueprint("suggesting", __name__)
A_PAGE: Final = 50
"""Rows of a page without scripts."""
SAID: Final = "suggest_said_"
"""How keys of the catalogue begin that the script speaks with."""
SURENESS: Final = (0.9, 0.6, 0.3, 0.1, 0.0)
"""From which probability on the words for it are used: almost certain, likely, possible, doubtful, faint."""


@suggesting.get("/testimony/<name>/hide")
def show(name: str) -> str:
    found = hiding.opened(name)
    told, closed = found.told, page.closed_parts(found.told)
    rows, asked_of = hiding.listed(told), partial(noting.asked_of, wishes.wishes(page.vault(), name))
    theta = request.args.get("theta", THETA, type=float)
    step = next((n for n, each in enumerate(THETAS) if each >= theta), len(THETAS) - 1)
    number = max(request.args.get("page", 1, type=int), 1)
    listed = [row for row in rows if row.step <= step]
    return page.show(
        "suggesting.html",
        testimony=told,
        reading=found,
        closed=closed,
        parts=[(id, *piece, _pieces(rows, *piece)) for id, piece in hiding.parts(told).items()],
        rows=rows,
        data=[_told(row, asked_of(row.words)) for row in rows],
        asked_of=asked_of,
        step=step,
        steps=THETAS,
        added=[sum(row.step == n and not row.state for row in rows) for n in range(len(THETAS))],
        listed=listed[(number - 1) * A_PAGE : number * A_PAGE],
        number=number,
        pages=-(-len(listed) // A_PAGE),
        sureness=_sureness,
        why=_why,
        percent=_percent,
        categories=list(LABELS),
        seen=version_of(told.text),
        said=_said(),
        done=undoing.last(page.vault(), name),
        **noting.notes(told),
    )


def _said() -> dict[str, Any]:
    """What the script of the page says, in the language of the page."""
    text = page.texts(page.language())
    said = {key.removeprefix(SAID): words for key, words in text.items() if key.startswith(SAID)}
    return said | {"steps": THETAS}


def _pieces(rows: list[Row], at: int, words: str) -> Iterator[tuple[str, int | None]]:
    """A part cut where rows begin and end, each piece with the number of its row."""
    mine = sorted(
        (r.start, r.end, n) for n, r in enumerate(rows) if at <= r.start and r.end <= at + len(words)
    )
    reached = 0
    for start, end, n in mine:
        yield words[reached : start - at], None
        yield words[start - at : end - at], n
        reached = end - at
    yield words[reached:], None


def _sureness(probability: float) -> str:
    return f"suggest_sure_{next(n for n, least in enumerate(SURENESS) if probability >= least)}"


def _percent(probability: float) -> str:
    """Never all of it: what a model is surest of may still be wrong."""
    return f"{min(probability, 0.99):.0%}"


def _why(reason: str) -> str:
    """The reason in the language of the page, or as the recogniser gives it."""
    plain = reason.replace(", ko", "").replace(", zh", "").replace(", en", "")
    return page.texts(page.language()).get(f"suggest_why_{plain}", plain)


def _told(row: Row, asked: str) -> list[Any]:
    """A row as the script of the page reads it, with what she *asked* for."""
    text = page.texts(page.language())
    kind = text[f"suggest_kind_{row.kind}"] if row.kind else ""
    sure = f"{text[_sureness(row.probability)]} ({_percent(row.probability)})" if row.kind else ""
    why = " · ".join(filter(None, (_why(row.reason), asked if row.reason != ASKED else "")))
    return [row.start, row.end, row.category, row.state, row.words, kind, sure, why, row.step]


@suggesting.post("/testimony/<name>/hide/<any(keep, propose, undo):step>")
def decide(name: str, step: str) -> Response:
    """Keep what was decided, propose it, or take back what was done last."""
    return hiding.take(name, STEPS[step], "suggesting.show")


def _keep(vault: Vault, person: Person, told: Testimony) -> Told:
    choices.keep(vault, person, told.id, choice_form.chosen(told))
    return "suggest_kept", ""


def _propose(vault: Vault, person: Person, told: Testimony) -> Told:
    """Keep what was decided in any case; propose it when all is open, was read once more, and was shown."""
    standing = choices.keep(vault, person, told.id, choice_form.chosen(told))
    if page.closed_parts(told):
        return "care_unread", ""
    if unread := rereading.unread(vault, person.name, told.id):
        return "suggest_unread", f"{len(unread)}", "rereading.once_more"
    if missed := hiding.reveal(told.id, standing, by=person):
        return "suggest_seeds_missed", f"{missed}"
    with vault.together():
        marks = review.propose(vault, person, told.id, choices.redactions(standing))
        if wishes.unmet(vault, told.id, review.reading(vault, told.id).preview):
            raise RedactionError("she asked for words to be hidden that would still be read; hide them")
        choices.forget_hidden(vault, person, told.id)
    # Its names are looked for in the other testimonies from now on; that the map is broken stops no proposal.
    with suppress(MapClosed):
        figures.gather(vault, person, told.id)
    return "suggest_proposed", f"{len(marks)}"


def _undo(vault: Vault, person: Person, told: Testimony) -> Told:
    """What was approved stays: what a second person read is taken back on the page of her words."""
    with vault.together():
        act = undoing.last(vault, told.id)
        if act and act.proposed:
            found = review.reading(vault, told.id)
            if found.approver:
                raise RedactionError("a second person has approved it; take the proposal back under “Read”")
            if found.proposer:
                review.withdraw_proposal(vault, person, told.id)
        undoing.undo(vault, person, told.id)
    return "suggest_taken_back", ""


STEPS: Final[dict[str, Step]] = {"keep": _keep, "propose": _propose, "undo": _undo}
