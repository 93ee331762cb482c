"""The pages of finding: words with filters, and testimonies that may be the same."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, current_app, redirect, request, url_for
from flask.sansio.blueprints import BlueprintSetupState
from werkzeug.wrappers import Response

from archive import sameness
from archive.command_line import today
from archive.finding import Collection, Wanted
from archive.search.words import QueryRefused
from archive.testimony import AUDIENCES, LANGUAGES, USES, Grant
from archive.vocabulary.lists import codes, joined
from archive.vocabulary.places import places
from archive.workbench import page
from archive.workbench.collecting import Collecting, NotYet

finding = Blueprint("finding", __name__)
STAGES: Final = ("received", "proposed", "approved", "released")
SHOWN: Final = 100
"""Pairs on one page; when they are decided, the next come."""
LISTS: Final = (
    "hte_Type", "vic_MethodOfRecruitment", "vic_MethodsOfControl", "vic_TypeOfExploitation",
    "vic_TypeOfSexExploitation", "vic_ForcedLabourIndustry", "huridocs_4", "venue_type", "legal_instrument",
)  # fmt: skip


@finding.record_once
def begin(state: BlueprintSetupState) -> None:
    state.app.extensions["collecting"] = Collecting(state.app.extensions["vault"])


def collection() -> Collection:
    """What may be found, made again when a testimony came or went, or somebody chose or decided otherwise."""
    collecting: Collecting = current_app.extensions["collecting"]
    return collecting.collection()


@finding.errorhandler(NotYet)
def not_yet(state: NotYet) -> str:
    """How far it is, with what was asked for in a form that asks again."""
    return page.show("collecting.html", done=state.done, of=state.of)


@finding.route("/search", methods=["GET", "POST"])
def show() -> str:
    # A form that is posted: what is looked for may be a name, and an address stays in the browser's history.
    words, wanted, found = request.form.get("q", ""), _wanted(), collection()
    asked = request.method == "POST"
    try:
        results = found.search(words, wanted) if asked else None
    except QueryRefused as reason:
        page.say(str(reason))
        results = None
    hits = found.index.documents([hit.document.id for hit in results.hits]) if results else []
    return page.show(
        "finding.html",
        closed={each.id: page.closed(each.id, each.lang, each.segments) for each in hits},
        words=words,
        wanted=wanted,
        results=results,
        count=found.index.count,
        refused=len(found.refused),
        known=found.codes(),
        labels=joined(*LISTS),
        places={each.id.upper(): each for each in places().values()},
        stages=STAGES,
        langs=LANGUAGES,
        quarters=found.index.search("").facets["quarter"],
        uses=USES,
        audiences=AUDIENCES,
        codes=codes,
    )


@finding.get("/alike")
def alike() -> str:
    made = collection()
    of, kept = current_app.extensions.get("alike", (None, []))
    if of is not made:
        kept = sameness.suggested(page.vault(), made)
        current_app.extensions["alike"] = (made, kept)
    decided = sameness.decided(page.vault())
    done = {(each.one, each.other) for each in decided}
    pairs = [each for each in kept if (each.one, each.other) not in done]
    return page.show(
        "alike.html",
        pairs=pairs[:SHOWN],
        total=len(pairs),
        decided=decided,
        verdicts=sameness.VERDICTS,
        lang_of=made.language,
    )


@finding.post("/alike")
def decide() -> Response:
    """What the person who has signed in found of two testimonies."""
    form = request.form
    with page.tells_refusals():
        person = page.signer()
        one, other, verdict = (form.get(name, "") for name in ("one", "other", "verdict"))
        sameness.decide(page.vault(), person, one, other, verdict, today())
        page.say("alike_done")
    return redirect(url_for("finding.alike"), code=303)


def _wanted() -> Wanted:
    form = request.form
    chosen = tuple(each for each in dict.fromkeys(form.getlist("code")) if each)
    use, audience = form.get("use", ""), form.get("audience", "")
    grant: Grant | None = (use, audience) if use in USES and audience in AUDIENCES else None  # type: ignore[assignment]
    single = (form.get(name, "").strip() for name in ("stage", "lang", "quarter"))
    stage, lang, quarter = single
    return Wanted(stage, lang, quarter, chosen, grant, form.get("person", "").strip())
