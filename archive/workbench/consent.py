"""The page of what may be done with a testimony, and the list of what is due."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from flask import Blueprint, abort, redirect, request, url_for
from werkzeug.wrappers import Response

from archive import retention, review
from archive.coding import versions as codings
from archive.coding.record import Actor, Life
from archive.command_line import today
from archive.consent import against
from archive.policy import versions
from archive.policy.record import Policy, policy
from archive.policy.verdict import Reason, needs_guardian, was_minor
from archive.standing import Standing, standing
from archive.testimony import AUDIENCES, USES, Grant, Testimony
from archive.vocabulary.lists import codes
from archive.workbench import page

consent = Blueprint("consent", __name__)
KINDS: Final = ("personal", "operational")
BESIDE: Final = ("images", "audio", "attachments")


@page.or_not_found
def _opened(name: str) -> Testimony:
    return review.reading(page.vault(), name).told


@consent.get("/testimony/<name>/consent")
def show(name: str) -> str:
    vault, told = page.vault(), _opened(name)
    now = standing(vault, told)
    try:
        decided, life = versions.current(vault, name), codings.current(vault, name).life
        history, waiting = versions.history(vault, name), versions.waiting(vault, name)
    except (versions.PolicyDamaged, codings.CodingDamaged) as damaged:
        page.say(str(damaged))
        decided, life, history, waiting = versions.NOTHING, codings.NOTHING, [], None
    return page.show(
        "consent.html",
        testimony=told,
        consent=now.consent,
        later=now.consent != told.consent,
        cells=_cells(told, now),
        why=_why(name, now),
        uses=USES,
        audiences=AUDIENCES,
        decided=decided,
        waiting=waiting,
        history=history,
        until={each.kind: each for each in decided.policy.embargoes},
        holding={each.kind for each in decided.policy.embargoes if each.holds(today())},
        review_by=retention.review_by(decided.policy, told.received_quarter, retention.years(vault)),
        overdue=retention.review_by(decided.policy, told.received_quarter, retention.years(vault)) < today(),
        minor=was_minor(decided.policy, life),
        guardian=needs_guardian(decided.policy, life),
        named=list(_people(decided.policy, life)),
        accused=list(_accused(decided.policy, life)),
        parts=[*(each.id for each in told.segments), *BESIDE],
        codes=codes,
    )


@consent.post("/testimony/<name>/consent/<step>")
def change(name: str, step: str) -> Response:
    """One step on a policy by the person who has signed in."""
    _opened(name)
    back = redirect(url_for("consent.show", name=name), code=303)
    with page.tells_refusals():
        vault, person = page.vault(), page.signer()
        if step == "save":
            seen = request.form.get("seen", -1, type=int)
            made = versions.decide(vault, person, name, _wanted(), today(), seen=seen)
            page.say("consent_counts" if made else "consent_waits")
        elif step == "second":
            versions.second(vault, person, name, request.form.get("change", ""))
            page.say("consent_counts")
        elif step == "drop":
            versions.drop(vault, person, name)
            page.say("consent_dropped")
        else:
            abort(404)
    return back


@consent.get("/due")
def due() -> str:
    return page.show("due.html", due=retention.due(page.vault(), today()), today=today())


def _cells(told: Testimony, now: Standing) -> dict[Grant, str]:
    """What stands in the table: granted, held back now, taken back by a later statement; else nothing was."""
    cells = dict.fromkeys(told.consent.granted, "over")
    cells |= {each: "held" if against(page.vault(), told.id, *each) else "granted" for each in now.allowed}
    return cells


def _why(name: str, now: Standing) -> dict[Reason, list[Grant]]:
    """Each reason that holds back what she granted, with what it holds back."""
    found: dict[Reason, list[Grant]] = {}
    for each in sorted(now.allowed):
        for reason in against(page.vault(), name, *each):
            found.setdefault(reason, []).append(each)
    return found


def _people(decided: Policy, life: Life) -> Iterator[dict[str, Any]]:
    """A row of the form for everybody who is coded with a name, or of whom the policy says something."""
    rows = {each.actor: each for each in decided.third_parties}
    for id in sorted({*rows, *(each.actor_id for each in life.actors if each.names)} - {"narrator"}):
        actor, row = _actor(life, id), rows.get(id)
        yield {
            "actor": id,
            "label": actor.label if actor else "",
            "names": ", ".join(row.names if row else _spelt(actor)),
            "finding": row.finding if row else "",
            "whereabouts": row.whereabouts if row else "",
            "coded": actor.whereabouts_class if actor else "",
            "basis": row.basis if row else "",
        }


def _accused(decided: Policy, life: Life) -> Iterator[dict[str, Any]]:
    blamed = {
        link.actor for act in life.acts for link in act.role_links if link.role in codes("per_RoleInProcess")
    }
    rows = {each.actor: each for each in decided.accused}
    for id in sorted((blamed | set(rows)) - {"narrator"}):
        actor, row = _actor(life, id), rows.get(id)
        if row or (actor and actor.names):
            names = ", ".join(row.names if row else _spelt(actor))
            label = actor.label if actor else ""
            yield {"actor": id, "label": label, "names": names, "basis": row.basis if row else ""}


def _actor(life: Life, id: str) -> Actor | None:
    return next((each for each in life.actors if each.actor_id == id), None)


def _spelt(actor: Actor | None) -> list[str]:
    forms = [form for name in (actor.names if actor else ()) for form in (name.form, name.romanisation)]
    return [each for each in dict.fromkeys(forms) if each]


def _wanted() -> Policy:
    """The policy that the form says; `MalformedCoding` names the field."""
    form = request.form
    single = ("review_by", "minor_at_time", "minor_at_telling", "guardian", "list_existence", "attribution")
    row: dict[str, Any] = {key: form.get(key, "").strip() for key in (*single, "grounds")}
    row["embargoes"] = [
        {"kind": kind, "until": form.get(f"until_{kind}", "").strip()} for kind in KINDS if form.get(kind)
    ]
    people = _rows("who", "actor", "names", "finding", "whereabouts", "basis")
    row["third_parties"] = [each for each in people if _says_something(each)]
    row["accused"] = [each for each in _rows("accused", "actor", "names", "basis") if each.get("basis")]
    row["withheld"] = [each for each in _rows("withheld", "part", "use", "audience") if each.get("part")]
    return policy(row)


def _says_something(row: dict[str, Any]) -> bool:
    """Of somebody coded the names stand there already; whom only a policy knows is there for them."""
    decided = row["finding"] or row["whereabouts"] or row["basis"]
    return bool(decided or (row["names"] and not row["actor"].startswith("a")))


def _rows(table: str, *fields: str) -> Iterator[dict[str, Any]]:
    """The rows of a table of the form; names are parted by commas."""
    columns = [request.form.getlist(f"{table}_{field}") for field in fields]
    for values in zip(*columns, strict=False):
        row: dict[str, Any] = {key: value.strip() for key, value in zip(fields, values, strict=True)}
        if "names" in row:
            names = (each.strip() for each in row["names"].replace("，", ",").split(","))
            row["names"] = [each for each in dict.fromkeys(names) if each]
        yield row
