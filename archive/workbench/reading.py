"""One testimony on the desk: its words, what is hidden in them, and who decided that."""

from __future__ import annotations

from collections.abc import Container

from flask import Blueprint, abort, g, redirect, request, url_for
from werkzeug.wrappers import Response

from archive import care, review
from archive.accession import attachment_state
from archive.errors import ArchiveError
from archive.people import Person
from archive.redaction import choices
from archive.redaction.spans import LABELS, Redaction
from archive.review import Part
from archive.standing import TakenBack, standing
from archive.vault import UnknownRecord, Vault
from archive.workbench import hiding, page

reading = Blueprint("reading", __name__)


@reading.get("/testimony/<name>")
def show(name: str) -> str:
    try:
        found = review.reading(page.vault(), name)
    except (UnknownRecord, TakenBack):
        abort(404)
    told, parts = found.told, found.parts
    segments = [(each.id, each.text) for each in told.segments]
    closed = page.closed_parts(told)
    return page.show(
        "testimony.html",
        testimony=told,
        reading=found,
        parts=parts,
        severity=care.severity(page.vault(), name, told.lang_original, segments),
        closed=closed,
        marked=_marked(parts, closed),
        levels=care.LEVELS,
        allowed=standing(page.vault(), told).allowed,
        states=[attachment_state(page.vault(), a) for a in told.attachments],
        categories=list(LABELS),
    )


def _marked(parts: list[Part], closed: Container[str]) -> list[tuple[str, Redaction, int, bool]]:
    """What is hidden: the words, their first mark, how often, and whether they stand in closed parts only."""
    found: dict[str, list[tuple[Redaction, bool]]] = {}
    for part in parts:
        for words, mark in part.pieces:
            if mark:
                found.setdefault(words, []).append((mark, part.id in closed))
    return [(words, each[0][0], len(each), all(shut for _, shut in each)) for words, each in found.items()]


@reading.post("/testimony/<name>/<step>")
def decide(name: str, step: str) -> Response:
    """One step on a testimony by the person who has signed in."""
    vault, person = page.vault(), page.person()
    back = redirect(url_for("reading.show", name=name), code=303)
    if person is None:
        page.say("sign_in_first")
        return back
    try:
        if step in ("mark", "unmark", "propose") and hiding.reveal(name, choices.choices(vault, name)):
            # Who proposes here has not been shown what her list on the other page left out: once she is.
            page.say("suggest_seeds_elsewhere")
            return redirect(url_for("suggesting.show", name=name), code=303)
        if step == "mark":
            review.mark(
                vault, person, name, request.form.get("surface", ""), request.form.get("category", "")
            )
        elif step == "unmark":
            review.unmark(vault, person, name, request.form.get("start", -1, type=int))
        elif step in ("propose", "approve") and page.closed_parts(review.reading(vault, name).told):
            page.say("care_unread")
            return back
        elif step == "propose":
            review.propose(vault, person, name)
        elif step == "approve":
            review.approve(vault, person, name, request.form.get("proposal"))
        elif step == "take-back":
            review.withdraw_proposal(vault, person, name)
        elif step == "severity":
            _judge(vault, person, name)
        elif step == "open":
            _open(vault, person, name)
        elif step == "close":
            g.desk.opened = {each for each in g.desk.opened if each[0] != name}
        else:
            abort(404)
    except UnknownRecord:
        abort(404)
    except ArchiveError as refused:
        page.say(str(refused))
    else:
        page.say(f"done_{step}")
    return back


def _judge(vault: Vault, person: Person, name: str) -> None:
    told, form = review.reading(vault, name).told, request.form
    segment, level = form.get("part", ""), form.get("level", -1, type=int)
    care.judge(vault, person, told, segment, level, form.get("summary", ""))


def _open(vault: Vault, person: Person, name: str) -> None:
    """The deliberate act: one part, or all that are closed, for this desk and until it is closed again."""
    shut = page.closed_parts(review.reading(vault, name).told)
    wanted = [part for part in shut if request.form.get("part", part) == part]
    care.opened(vault, person, name, wanted)
    g.desk.opened |= {(name, part) for part in wanted}
