"""One testimony on the desk: its words, what is hidden in them, and who decided that."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, request, url_for
from werkzeug.wrappers import Response

from archive import review
from archive.accession import attachment_state
from archive.errors import ArchiveError
from archive.redaction.spans import LABELS
from archive.standing import TakenBack, standing
from archive.vault import UnknownRecord
from archive.workbench import page

reading = Blueprint("reading", __name__)


@reading.get("/testimony/<name>")
def show(name: str) -> str:
    try:
        found = review.reading(page.vault(), name)
    except (UnknownRecord, TakenBack):
        abort(404)
    allowed = standing(page.vault(), found.told).allowed
    return page.show(
        "testimony.html",
        testimony=found.told,
        reading=found,
        allowed=allowed,
        states=[attachment_state(page.vault(), a) for a in found.told.attachments],
        categories=list(LABELS),
    )


@reading.post("/testimony/<name>/<step>")
def decide(name: str, step: str) -> Response:
    """One step on a testimony by the person who has signed in."""
    vault, person = page.vault(), page.person()
    back = redirect(url_for("reading.show", name=name), code=303)
    if person is None:
        page.say("sign_in_first")
        return back
    try:
        if step == "mark":
            review.mark(
                vault, person, name, request.form.get("surface", ""), request.form.get("category", "")
            )
        elif step == "unmark":
            review.unmark(vault, person, name, request.form.get("start", -1, type=int))
        elif step == "propose":
            review.propose(vault, person, name)
        elif step == "approve":
            review.approve(vault, person, name, request.form.get("proposal"))
        elif step == "take-back":
            review.withdraw_proposal(vault, person, name)
        else:
            abort(404)
    except UnknownRecord:
        abort(404)
    except ArchiveError as refused:
        page.say(str(refused))
    else:
        page.say(f"done_{step}")
    return back
