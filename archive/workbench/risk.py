"""The pages of residual risk: what a draft may still tell, what was held back, and what is out already.

Several figures, each beside what it does not say; never one score. Linking is kept in memory only.
"""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, abort, current_app, redirect, request, url_for
from werkzeug.wrappers import Response

from archive import assessing, ledger, review
from archive.errors import ArchiveError
from archive.people import Person
from archive.redaction import choices, naming
from archive.redaction.worklist import CATEGORY
from archive.release import RedactedTestimony
from archive.risk import alone, leaks
from archive.risk.sweep import Left
from archive.testimony import TAGS
from archive.vault import Vault
from archive.vocabulary.lists import joined
from archive.vocabulary.places import places
from archive.workbench import page
from archive.workbench.bars import columns
from archive.working import working

risk = Blueprint("risk", __name__)
SHOWN: Final = 100
"""Testimonies on one page."""
MOST: Final = 12
"""Testimonies named beside what stands in all of them."""
LISTS: Final = ("vic_TypeOfExploitation", "vic_MethodOfRecruitment", "vic_MethodsOfControl")
KEPT: Final = "linked"
"""Where the last linking lies, in memory: gone with the desk."""


@risk.get("/release/risk")
def show() -> str:
    vault, told = page.vault(), assessing.release(page.vault())
    facts, wanted = alone.Facts(told), _wanted()
    small, found = alone.small(facts, wanted), assessing.caught(vault, told)
    expected = assessing.expected(vault, told)
    return page.show(
        "risk.html",
        sentence=assessing.SENTENCE,
        tags=TAGS,
        count=len(told),
        rungs=alone.RUNGS,
        wanted=wanted,
        there=alone.THERE,
        drawn=columns(alone.sizes(facts.groups(wanted))),
        small=small[:SHOWN],
        below=len(small),
        plan=alone.plan(facts, wanted),
        named=_named,
        expected=expected,
        lowered=leaks.caught(expected.direct, found.rate),
        these_models=leaks.is_of_these_models(),
        caught=found,
        linked=_linked(told),
        same=naming.linking(vault, told),
        most=MOST,
        held=[(h, page.closed(h.testimony_id, h.lang, h.parts)) for h in assessing.held(vault)],
        shown=SHOWN,
    )


@risk.get("/release/leaves")
def leaves() -> str:
    """What whoever signs this draft signs: of each testimony its codes, and how many share its facts."""
    told, number = assessing.release(page.vault()), max(request.args.get("page", 1, type=int), 1)
    counts = alone.Facts(told).groups(alone.chosen())
    ids = sorted(told)
    return page.show(
        "leaves.html",
        rows=[(id, told[id], counts[id]) for id in ids[(number - 1) * SHOWN : number * SHOWN]],
        number=number,
        pages=-(-len(ids) // SHOWN),
        named=_named,
    )


@risk.get("/release/ledger")
def out() -> str:
    """Every release and how it differed from the one before."""
    return page.show("ledger.html", entries=ledger.entries(page.vault()))


@risk.post("/release/link")
def link() -> Response:
    """Look for the texts nearest to each; public texts come as files, and stay in memory."""
    back = redirect(url_for("risk.show", _anchor="link"), code=303)
    if page.person() is None:
        page.say("sign_in_first")
        return back
    sent = [each for each in request.files.getlist("public") if each.filename]
    try:
        public = {f"{n} · {each.filename}": each.read().decode() for n, each in enumerate(sent, 1)}
    except UnicodeDecodeError:
        page.say("risk_not_text")
        return back
    vault = page.vault()
    told = assessing.release(vault)
    with working(vault, "release") as tell:
        current_app.extensions[KEPT] = (told, assessing.linked(vault, told, public, tell), len(public))
    page.say("risk_linked")
    return back


@risk.post("/release/held/<name>/<step>")
def decide(name: str, step: str) -> Response:
    """Something that the second look found is shown, or hidden, by the person who has signed in."""
    vault, person = page.vault(), page.person()
    back = redirect(url_for("risk.show", _anchor="held"), code=303)
    if person is None:
        page.say("sign_in_first")
        return back
    each = next((h for h in assessing.held(vault) if h.testimony_id == name), None)
    number = request.form.get("number", -1, type=int)
    if step not in DECISIONS or each is None or not 0 <= number < len(each.left or ()):
        abort(404)
    left = (each.left or ())[number]
    if left.segment in page.closed(name, each.lang, each.parts):
        page.say("care_unread")
        return back
    try:
        page.say(DECISIONS[step](vault, person, name, left))
    except ArchiveError as refused:
        page.say(str(refused))
    return back


def _show(vault: Vault, person: Person, name: str, left: Left) -> str:
    choices.show(vault, person, name, left.words)
    return "risk_shown"


def _hide(vault: Vault, person: Person, name: str, left: Left) -> str:
    review.mark(vault, person, name, left.words, CATEGORY.get(left.kind, "name"))
    return "risk_hidden"


DECISIONS: Final = {"show": _show, "hide": _hide}


def _wanted() -> dict[str, str]:
    """Which facts, and how wide, as the form of the page asks; without a form the usual ones."""
    if not any(name in alone.RUNGS for name in request.args):
        return alone.chosen()
    asked = {name: request.args.get(name, "") for name in alone.RUNGS}
    return {name: rung for name, rung in asked.items() if rung in alone.RUNGS[name] and rung != alone.OUT}


def _linked(told: dict[str, RedactedTestimony]) -> dict[str, Any] | None:
    """The last linking, if it was of this draft: the nearest first."""
    before, found, public = current_app.extensions.get(KEPT, (None, {}, 0))
    if before != told:
        return None
    near = sorted((-row[0].near, id) for id, row in found.items() if row)
    return {"rows": [(id, found[id]) for _, id in near[:SHOWN]], "count": len(near), "public": public}


def _named(field: str, value: str) -> str:
    """A fact in the language of the page."""
    lang = page.language()
    if field == "way":
        return " → ".join(_named("place", end) for end in value.split(">"))
    if field == "year" and value.endswith("X"):
        return page.texts(lang)["risk_decade"].format(f"{value[:3]}0")
    if field == "place" and value in places():
        return places()[value].label(lang)
    codes = joined(*LISTS)
    return codes[value].label(lang) if value in codes else value
