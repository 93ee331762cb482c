"""The editors' room, further: who appears in a book under which name, and what may be a real one left in it.

No real name is on this page but what an editor wrote herself.
"""

from __future__ import annotations

from flask import Blueprint, abort, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from archive.command_line import today
from archive.manuscripts import looking, shelf
from archive.manuscripts.appearing import appearing, name_everybody, rename
from archive.manuscripts.arranging import list_names
from archive.manuscripts.looking import Finding, Look, allow
from archive.manuscripts.quoting import QuoteRefused, Sources
from archive.redaction import naming as drawing
from archive.workbench import page
from archive.workbench.books import opened
from archive.workbench.figures import SPOKEN

naming = Blueprint("naming", __name__)


@naming.route("/books/<id>/names", methods=["GET", "POST"])
def show(id: str) -> str:
    """Everybody in the book; when asked for, what may be a name that was left."""
    _, project = opened(id)
    sources = Sources(page.vault(), project)
    return page.show(
        "book_names.html",
        project=project,
        cast=appearing(project, sources),
        titles={each.id: each.title for each in project.chapters},
        roles=drawing.roles_in(SPOKEN[page.language()]),
        looked=request.method == "POST",
        left=_left(id, sources) if request.method == "POST" else [],
        never=looking.NEVER,
    )


def _left(id: str, sources: Sources) -> list[Finding]:
    try:
        return Look(page.vault(), opened(id)[1], sources).findings()
    except QuoteRefused as refused:
        page.say(str(refused))
        return []


@naming.post("/books/<id>/names/<step>")
def change(id: str, step: str) -> Answer:
    """One step by the person who has signed in."""
    _, project = opened(id)
    to, form = url_for("naming.show", id=id), request.form
    with page.tells_refusals():
        vault, person = page.vault(), page.signer()
        if step == "everybody":
            name_everybody(vault, person, project)
        elif step == "again":
            invented = {"tag": False, "name": True}.get(form.get("by", ""))
            rename(vault, person, project, form.get("figure", ""), invented=invented)
        elif step == "list":
            shelf.change(vault, person, id, lambda now: list_names(now, bool(form.get("on"))), today())
        elif step == "allow":
            allow(vault, person, id, form.get("words", ""), today())
        else:
            abort(404)
        page.say(f"books_done_{step}")
    return redirect(to, code=303)
