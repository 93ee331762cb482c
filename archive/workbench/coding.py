"""The pages of a coding: the words beside the life, and the life as a timeline and a map."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from flask import Blueprint, abort, redirect, request, url_for
from werkzeug.wrappers import Response

from archive import review
from archive.coding import chronology, versions
from archive.coding.record import NARRATOR, ROLES, Actor, Life
from archive.coding.versions import Coding
from archive.command_line import today
from archive.testimony import Testimony
from archive.vocabulary.lists import codes, joined
from archive.vocabulary.places import places
from archive.workbench import act_form, drawing, page

coding = Blueprint("coding", __name__)
FIRST: Final = ("type", "date_edtf", "date_verbatim", "place_ref", "place_verbatim")
"""The fields of an act that are asked at once; the others come behind "More"."""


@page.or_not_found
def _opened(name: str) -> tuple[Testimony, Coding]:
    return review.reading(page.vault(), name).told, versions.current(page.vault(), name)


@coding.get("/testimony/<name>/coding")
def show(name: str) -> str:
    told, found = _opened(name)
    edited = found.life.act(request.args.get("act", ""))
    return page.show(
        "coding.html",
        testimony=told,
        closed=page.closed_parts(told),
        coding=found,
        edited=edited,
        fresh=found.rests_on(told),
        history=versions.history(page.vault(), name)[1:20],
        codes=codes,
        roles=joined(*ROLES),
        joined=joined,
        fields=act_form.FIELDS,
        first=FIRST,
        cast=_cast(found.life),
        places=places(),
    )


@coding.get("/testimony/<name>/life")
def seen(name: str) -> str:
    told, found = _opened(name)
    moments = chronology.moments(found.life)
    stops, ways = chronology.journey(found.life)
    return page.show(
        "life.html",
        testimony=told,
        moments=moments,
        stops=stops,
        types=codes("hte_Type"),
        timeline=drawing.timeline(moments),
        near=drawing.chart(stops, ways, page.language(), drawing.NEAR),
        far=drawing.chart(stops, ways, page.language(), drawing.FAR) if drawing.goes_far(stops) else None,
        places=places(),
    )


@coding.post("/testimony/<name>/coding/<step>")
def change(name: str, step: str) -> Response:
    """One step on a coding by the person who has signed in."""
    told, found = _opened(name)
    back = redirect(url_for("coding.show", name=name), code=303)
    seen = request.form.get("seen", -1, type=int)
    with page.tells_refusals():
        person = page.signer()
        if step == "restore":
            number = request.form.get("number", 0, type=int)
            versions.restore(page.vault(), person, told, number, today(), seen=seen)
        elif step in STEPS:
            made = STEPS[step](found.life, told)
            versions.keep(page.vault(), person, told, made, today(), seen=seen)
        else:
            abort(404)
        page.say("coding_done")
    return back


def _cast(found: Life) -> dict[str, Actor]:
    """Everybody in it by identifier, she who tells first, whether or not anything is said of her."""
    return {NARRATOR: Actor(actor_id=NARRATOR)} | {each.actor_id: each for each in found.actors}


def _remove(found: Life, told: Testimony) -> Life:
    return replace(found, acts=tuple(a for a in found.acts if a.act_id != request.form.get("act")))


def _up(found: Life, told: Testimony) -> Life:
    acts = list(found.acts)
    at = next((n for n, a in enumerate(acts) if a.act_id == request.form.get("act")), 0)
    if at:
        acts[at - 1], acts[at] = acts[at], acts[at - 1]
    return replace(found, acts=tuple(acts))


STEPS: Final = {
    "save": lambda found, told: act_form.with_act(found, told, request.form),
    "person": lambda found, told: act_form.with_person(found, request.form),
    "drop": lambda found, told: act_form.without(found, request.form),
    "remove": _remove,
    "up": _up,
}
