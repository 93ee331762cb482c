"""The pages of the desk. Each POST calls one function of the room, and says in one line what came of it."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

from flask import (
    Blueprint,
    abort,
    current_app,
    g,
    redirect,
    request,
    url_for,
)
from werkzeug.wrappers import Response

from archive import people, releasing, review
from archive.accession import attachment_state
from archive.command_line import today
from archive.errors import ArchiveError
from archive.finding import private_index
from archive.quarantine import quarantined
from archive.redaction.spans import LABELS
from archive.review import Reading
from archive.search.index import Index
from archive.search.words import QueryRefused
from archive.standing import TakenBack, choices, standing, withdrawals
from archive.vault import UnknownRecord
from archive.workbench import page

STAGES: Final = ("received", "proposed", "approved", "released")

pages = Blueprint("pages", __name__)


@pages.get("/")
def desk() -> str:
    vault = page.vault()
    readings = [reading for reading in review.readings(vault) if not reading.taken_back]
    stage = request.args.get("stage")
    return page.show(
        "desk.html",
        counts=Counter(r.told.workflow_status for r in readings),
        languages=Counter(r.told.lang_original for r in readings),
        quarters=sorted(Counter(r.told.received_quarter for r in readings).items()),
        total=len(readings),
        shown=[r for r in readings if stage in (None, r.told.workflow_status)],
        states={r.told.id: _states(r) for r in readings},
        quarantined=quarantined(vault),
        stage=stage,
        stages=STAGES,
        withdrawn=[
            (each, [(t, releasing.releases_of(vault, t)) for t in each.testimonies])
            for each in withdrawals(vault)
        ],
    )


@pages.get("/testimony/<name>")
def testimony(name: str) -> str:
    try:
        reading = review.reading(page.vault(), name)
    except (UnknownRecord, TakenBack):
        abort(404)
    allowed = standing(page.vault(), reading.told).allowed
    return page.show(
        "testimony.html",
        testimony=reading.told,
        reading=reading,
        allowed=allowed,
        states=_states(reading),
        categories=list(LABELS),
    )


@pages.post("/testimony/<name>/<step>")
def decide(name: str, step: str) -> Response:
    """One step on a testimony by the person who has signed in."""
    vault, person = page.vault(), page.person()
    back = redirect(url_for("pages.testimony", name=name), code=303)
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


@pages.get("/release")
def release() -> str:
    vault = page.vault()
    drafted = releasing.drafted(vault) if vault.holds("draft", "release") else None
    return page.show("release.html", drafted=drafted, releases=[int(n) for n in vault.names("release")])


@pages.post("/release/<step>")
def let_out(step: str) -> Response:
    vault, person = page.vault(), page.person()
    back = redirect(url_for("pages.release"), code=303)
    if person is None:
        page.say("sign_in_first")
        return back
    try:
        if step == "draft":
            releasing.draft(vault, person)
            page.say("done_draft")
        elif step == "sign":
            signed = releasing.sign(vault, person, request.form.get("draft", ""), today())
            into = vault.home / "outgoing" / f"release-{signed.number}"
            try:
                releasing.write(vault, signed.number, into, today())
                page.say("done_sign", str(into))
            except OSError:
                page.say("not_written", f"onggi archive release write {signed.number} FOLDER")
            page.say("journal_head", str(vault.journal.head()))
        else:
            abort(404)
    except ArchiveError as refused:
        page.say(str(refused))
    return back


@pages.route("/search", methods=["GET", "POST"])
def search() -> str:
    # A form that is posted: what is looked for may be a name, and an address stays in the browser's history.
    words = request.form.get("q", "")
    index, refused = _index()
    try:
        results = index.search(words) if words else None
    except QueryRefused as reason:
        page.say(str(reason))
        results = None
    return page.show("search.html", words=words, results=results, count=index.count, refused=len(refused))


@pages.post("/sign-in")
def sign_in() -> Response:
    try:
        given = request.form.get("passphrase", "")
        g.desk.person = people.unlock(page.vault(), request.form.get("name", ""), given)
        page.say("done_sign_in")
    except ArchiveError as refused:
        page.say(str(refused))
    return page.back()


@pages.post("/sign-out")
def sign_out() -> Response:
    g.desk.person = None
    return page.back()


@pages.post("/language")
def choose_language() -> Response:
    answer = page.back()
    chosen = request.form.get("language", "")
    if chosen in page.LANGUAGES:
        answer.set_cookie("language", chosen, httponly=True, samesite="Strict")
    return answer


@pages.app_errorhandler(ArchiveError)
def not_now(error: ArchiveError) -> tuple[str, int]:
    return page.notice("not_now", str(error)), 503


@pages.app_errorhandler(400)
@pages.app_errorhandler(403)
@pages.app_errorhandler(404)
def refused(error: Any) -> tuple[str, int]:
    return page.notice({400: "wrong_host", 403: "not_let_in", 404: "not_here"}[error.code]), error.code


def _states(reading: Reading) -> list[str]:
    return [attachment_state(page.vault(), a) for a in reading.told.attachments]


def _index() -> tuple[Index, dict[str, str]]:
    """The private index, made again when a testimony came or went, or somebody chose otherwise."""
    held = (tuple(page.vault().testimonies()), choices(page.vault()))
    kept = current_app.extensions.get("index")
    if kept is None or kept[0] != held:
        kept = current_app.extensions["index"] = (held, private_index(page.vault()))
    found: tuple[Index, dict[str, str]] = kept[1]
    return found
