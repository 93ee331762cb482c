"""The pages of a coding: the words beside the life, and the life as a timeline and a map."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from flask import Blueprint, abort, redirect, request, url_for
from werkzeug.wrappers import Response

from archive import review
from archive.coding import chronology, versions
from archive.coding.record import NARRATOR, ROLES, Act, Actor, Life, found_in, life
from archive.coding.versions import Coding, CodingRefused
from archive.command_line import today
from archive.errors import ArchiveError
from archive.standing import TakenBack
from archive.testimony import Testimony
from archive.vault import UnknownRecord
from archive.vocabulary.lists import codes, joined
from archive.vocabulary.places import named, places
from archive.workbench import drawing, page

coding = Blueprint("coding", __name__)
MANY: Final = {
    "recruitment": "vic_MethodOfRecruitment",
    "control": "vic_MethodsOfControl",
    "exploitation": "vic_TypeOfExploitation",
    "sex_exploitation": "vic_TypeOfSexExploitation",
    "act_terms": "huridocs_4",
}
ONE: Final = {"venue_type": "venue_type", "confidence": "huridocs_41", "precision": "place_precision"}


def _opened(name: str) -> tuple[Testimony, Coding]:
    try:
        return review.reading(page.vault(), name).told, versions.current(page.vault(), name)
    except (UnknownRecord, TakenBack):
        abort(404)


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
        many=MANY,
        one=ONE,
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
    person, form = page.person(), request.form
    if person is None:
        page.say("sign_in_first")
        return back
    seen = form.get("seen", -1, type=int)
    try:
        if step == "restore":
            number = form.get("number", 0, type=int)
            versions.restore(page.vault(), person, told, number, today(), seen=seen)
        elif step in STEPS:
            made = STEPS[step](found.life, told)
            versions.keep(page.vault(), person, told, made, today(), seen=seen)
        else:
            abort(404)
    except ArchiveError as refused:
        page.say(str(refused))
    else:
        page.say("coding_done")
    return back


def _save(found: Life, told: Testimony) -> Life:
    """The life with the act of the form in the place of the one it edits, or behind all."""
    form = request.form
    act_id = form.get("act", "") or _next("e", (each.act_id for each in found.acts))
    before = found.act(act_id) or Act(act_id=act_id)
    where, phrase = form.get("place", "").strip(), form.get("phrase", "").strip()
    at = named(where)
    if where and at is None:
        raise CodingRefused("no place of the gazetteer has this name; choose what it lies in")
    span = found_in(told.segments, phrase, form.get("segment", ""))
    if phrase and span is None:
        raise CodingRefused("these words are not in that paragraph; copy them exactly")
    row = Life(acts=(before,)).to_json()["acts"][0]
    row |= {
        key: form.get(key, "").strip()
        for key in ("type", "date_edtf", "date_verbatim", "place_verbatim", *ONE)
    }
    row |= {key: form.getlist(key) for key in MANY}
    row |= {"place_ref": at.id if at else ""}
    row["evidence_spans"] = [*row.get("evidence_spans", []), *([vars(span)] if span else [])]
    actors = found.actors
    if role := form.get("role", ""):
        who = form.get("who", "").strip()
        known = next((a for a in actors if who and a.label == who), None)
        if who and known is None:
            known = Actor(actor_id=_next("a", (each.actor_id for each in actors)), label=who)
            actors = (*actors, known)
        link = {
            "actor": known.actor_id if known else NARRATOR,
            "role": role,
            "coerced": form.get("coerced", ""),
        }
        row["role_links"] = [*row.get("role_links", []), link]
    if form.get("via"):
        ends = {key: named(form.get(key, "")) for key in ("from_ref", "to_ref", "river_ref")}
        move = {key: each.id for key, each in ends.items() if each}
        row["movements"] = [*row.get("movements", []), {"via": form["via"], **move}]
    if form.get("kind"):
        amount = form.get("amount", type=int)
        paid = {
            "kind": form["kind"],
            "amount_min": amount,
            "amount_max": amount,
            "currency": form.get("currency", ""),
        }
        row["transactions"] = [
            *row.get("transactions", []),
            paid | {"verbatim": form.get("price", "").strip()},
        ]
    checked = life({"actors": Life(actors=actors).to_json().get("actors", []), "acts": [row]}).acts[0]
    kept = [checked if a.act_id == act_id else a for a in found.acts]
    return replace(found, actors=actors, acts=tuple(kept if found.act(act_id) else [*kept, checked]))


def _next(letter: str, ids: Iterable[str]) -> str:
    """A name that nobody has: one more than the highest number behind this letter."""
    return f"{letter}{max((int(id[1:]) for id in ids if id[0] == letter), default=0) + 1}"


def _remove(found: Life, told: Testimony) -> Life:
    return replace(found, acts=tuple(a for a in found.acts if a.act_id != request.form.get("act")))


def _up(found: Life, told: Testimony) -> Life:
    acts = list(found.acts)
    at = next((n for n, a in enumerate(acts) if a.act_id == request.form.get("act")), 0)
    if at:
        acts[at - 1], acts[at] = acts[at], acts[at - 1]
    return replace(found, acts=tuple(acts))


STEPS: Final = {"save": _save, "remove": _remove, "up": _up}
