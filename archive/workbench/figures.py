"""The people spoken of: a row for each with names, role and what stands for her; joined, parted, undone.

The names are shown to whoever has signed in and may mark, and to nobody else at this desk.
"""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, abort, redirect, request, url_for
from werkzeug.wrappers import Response

from archive import roles
from archive.command_line import today
from archive.errors import ArchiveError
from archive.people import Person
from archive.redaction import joining, likeness, naming
from archive.redaction.choices import RECORD
from archive.redaction.figures import figure, gather
from archive.redaction.figures import figures as everybody
from archive.redaction.likeness import folded
from archive.standing import TakenBack
from archive.testimony import LANGUAGES
from archive.vault import Vault
from archive.workbench import page

figures = Blueprint("figures", __name__)
A_PAGE: Final = 50
"""Rows of the list on one page."""
UNDONE: Final = 20
"""Of what was joined and parted, how much is listed to be taken back, the newest first."""
SPOKEN: Final = {"ko": "kor", "en": "eng"}
"""The language of the page as a language of testimonies."""
Told = tuple[str, str]
"""A notice, and a value behind it."""


@figures.route("/figures", methods=["GET", "POST"])
def show() -> str:
    # Posted, because a name that is looked for stays in the browser's history otherwise.
    wanted, number = request.form.get("q", "").strip(), max(request.args.get("page", 1, type=int), 1)
    if not _may_read():
        return page.show("figures.html", hidden=True)
    vault = page.vault()
    with vault.together():
        found = everybody(vault)
        rows = [each for each in found if folded(wanted) in "\n".join(map(folded, each.surfaces))]
        acts = joining.acts(vault)
    return page.show(
        "figures.html",
        rows=rows[(number - 1) * A_PAGE : number * A_PAGE],
        found=len(rows),
        many=len(found),
        wanted=wanted,
        number=number,
        pages=-(-len(rows) // A_PAGE),
        acts=acts[:UNDONE],
        called={each.id: each.surfaces[0] for each in found},
        **_common(vault),
    )


@figures.get("/figures/alike")
def alike() -> str:
    if not _may_read():
        return page.show("figures_alike.html", hidden=True)
    vault = page.vault()
    with vault.together():
        found = {each.id: each for each in everybody(vault)}
        apart = joining.told_apart(vault)
    pairs = likeness.alike({id: each.surfaces for id, each in found.items()}, apart)
    return page.show("figures_alike.html", pairs=pairs, of=found, **_common(vault))


@figures.get("/figures/one/<name>")
def one(name: str) -> str:
    if not _may_read():
        return page.show("figure.html", hidden=True)
    vault = page.vault()
    try:
        found = figure(vault, name)
    except ArchiveError:
        abort(404)
    return page.show("figure.html", figure=found, places=naming.places(vault, found), **_common(vault))


@figures.post("/figures/<step>")
def change(step: str) -> Response:
    """One step by the person who has signed in, and back to where she was."""
    form = request.form
    to = _back(form.get("from", ""), form.get("figure", ""))
    if step not in STEPS:
        abort(404)
    with page.tells_refusals():
        page.say(*STEPS[step](page.vault(), page.signer()))
    return redirect(to, code=303)


def _back(to: str, name: str) -> str:
    if to == "one":
        return url_for("figures.one", name=name, collection=_collection())
    return url_for("figures.alike" if to == "alike" else "figures.show", collection=_collection())


def _may_read() -> bool:
    person = page.person()
    held = roles.given(page.vault()).get(person.name, frozenset()) if person else frozenset()
    return bool(held & set(roles.MARKERS))


def _collection() -> str:
    chosen = (request.form.get("new", ""), request.values.get("collection", ""))
    return next((each.strip() for each in chosen if each.strip()), naming.COLLECTION)


def _common(vault: Vault) -> dict[str, Any]:
    collection, collections = _collection(), naming.collections(vault)
    return {
        "collection": collection,
        "collections": sorted({collection, *collections}),
        "spoken": SPOKEN[page.language()],
        "roles": naming.roles_in(SPOKEN[page.language()]),
        "shown": lambda each, language: naming.shown_for(vault, each, collection, language),
        "languages": LANGUAGES,
    }


def _gather(vault: Vault, person: Person) -> Told:
    """Every name that is hidden in any testimony which is still here, and was not taken back."""
    new = 0
    with vault.together():
        for id in sorted({*vault.names(RECORD), *vault.names("review")}):
            try:
                new += gather(vault, person, id)
            except TakenBack:
                continue
    return "figures_gathered", f"{new}"


def _join(vault: Vault, person: Person) -> Told:
    ids = request.form.getlist("figures")
    joining.join(vault, person, ids[0] if ids else "", ids[1:], today())
    return "figures_joined", ""


def _apart(vault: Vault, person: Person) -> Told:
    one, other = [*request.form.getlist("figures"), "", ""][:2]
    joining.tell_apart(vault, person, one, other)
    return "figures_told_apart", ""


def _undo(vault: Vault, person: Person) -> Told:
    joining.undo(vault, person, request.form.get("act", ""))
    return "figures_undone", ""


def _part(vault: Vault, person: Person) -> Told:
    joining.part(vault, person, request.form.get("figure", ""), request.form.getlist("aliases"), today())
    return "figures_parted", ""


def _role(vault: Vault, person: Person) -> Told:
    form = request.form
    invented = form.get("by") == "name"
    naming.set_role(vault, person, form.get("figure", ""), form.get("role", ""), invented=invented)
    return "figures_role_kept", ""


def _draw(vault: Vault, person: Person) -> Told:
    naming.draw(vault, person, request.form.get("figure", ""), _collection(), again=True)
    return "figures_drawn", ""


def _use(vault: Vault, person: Person) -> Told:
    used = naming.use(vault, person, request.form.get("figure", ""), _collection())
    if used.refused:
        return "figures_used_in_part", " ".join(used.refused)
    return "figures_used", f"{used.spans} · {len(used.testimonies)}"


STEPS: Final = {
    "gather": _gather,
    "join": _join,
    "apart": _apart,
    "undo": _undo,
    "part": _part,
    "role": _role,
    "draw": _draw,
    "use": _use,
}
