"""The next testimony to read, a rest, and what one person has opened, which only she is shown."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping

from flask import Blueprint, g, redirect, url_for
from werkzeug.wrappers import Response

from archive import care, review, roles
from archive.command_line import today
from archive.review import Listed
from archive.roles import MARKERS, Roles
from archive.workbench import page

caring = Blueprint("caring", __name__)


def queue(
    listed: Iterable[Listed],
    name: str,
    held: Roles,
    handed: Mapping[str, Container[str]],
    skipped: Container[str],
) -> list[str]:
    """What waits for *name*, in order: what others left to her, proposals to read, and then what is new.

    Not what she proposed herself, left to others, or skipped today.
    """
    found = []
    for each in listed:
        told, stage = each.told, each.told.workflow_status
        mine = (stage == "received" and held & set(MARKERS)) or (
            stage == "proposed" and "reviewer" in held and each.proposer != name
        )
        if mine and not each.taken_back and told.id not in skipped and name not in handed.get(told.id, ()):
            found.append((told.id not in handed, stage != "proposed", str(told.id)))
    return [id for *_, id in sorted(found)]


@caring.get("/care")
def show() -> str:
    vault, person = page.vault(), page.person()
    return page.show(
        "care.html",
        exposure=care.exposure(vault, person, today()) if person else None,
        pace=care.pace(vault),
        waiting=len(_queue()) if person else 0,
    )


@caring.post("/care/next")
def serve() -> Response:
    """The next testimony for whoever has signed in; never more severe ones in a row than the pace allows."""
    vault, session = page.vault(), g.desk
    if page.person() is None:
        page.say("sign_in_first")
        return redirect(url_for("caring.show"), code=303)
    full = session.in_a_row >= care.pace(vault).in_a_row
    for name in _queue():
        hard = bool(_severe(name))
        if hard and full:
            continue
        session.in_a_row = session.in_a_row + 1 if hard else 0
        return redirect(url_for("reading.show", name=name), code=303)
    page.say("care_only_severe" if full and _queue() else "care_nothing_waits")
    return redirect(url_for("caring.show"), code=303)


@caring.post("/care/<step>/<name>")
def leave(name: str, step: str) -> Response:
    """Skip for today, or hand over to the others. Neither asks why, and neither is counted."""
    person = page.person()
    if person is None:
        page.say("sign_in_first")
        return redirect(url_for("reading.show", name=name), code=303)
    if step == "hand-over" and page.vault().holds("testimony", name):
        care.hand_over(page.vault(), person, name)
    g.desk.skipped.add(name)
    return serve()


@caring.post("/care/rest")
def rest() -> Response:
    g.desk.rest(g.now)
    return page.back()


def _queue() -> list[str]:
    vault, person = page.vault(), page.person()
    assert person is not None
    held = roles.given(vault).get(person.name, frozenset())
    return queue(review.summaries(vault), person.name, held, care.handed_over(vault), g.desk.skipped)


def _severe(name: str) -> dict[str, str]:
    told = review.reading(page.vault(), name).told
    return care.severe(page.vault(), name, told.lang_original, ((s.id, s.text) for s in told.segments))
