"""The pages of the desk. Each POST calls one function of the room, and says in one line what came of it."""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any, Final

from flask import (
    Blueprint,
    abort,
    current_app,
    g,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.wrappers import Response

from archive import people, releasing, review
from archive.accession import attachment_state
from archive.command_line import today
from archive.errors import ArchiveError
from archive.finding import private_index
from archive.people import Person
from archive.quarantine import quarantined
from archive.redaction.spans import LABELS
from archive.review import Reading
from archive.search.index import Index
from archive.search.words import QueryRefused
from archive.standing import TakenBack, choices, standing, withdrawals
from archive.vault import UnknownRecord, Vault

LANGUAGES: Final = ("ko", "en")
STAGES: Final = ("received", "proposed", "approved", "released")

pages = Blueprint("pages", __name__)


@cache
def texts(language: str) -> dict[str, str]:
    """Every string of the pages in *language*."""
    path = Path(__file__).parent / "translations" / f"{language}.json"
    catalogue: dict[str, str] = json.loads(path.read_text("utf-8"))
    return catalogue


def told(sentence: str) -> str:
    """A notice or a refusal in the language of the page; as it is where there is no translation."""
    lang = _language()
    refusals = texts(f"refusals.{lang}") if lang == "ko" else {}
    return texts(lang).get(sentence) or refusals.get(sentence, sentence)


@pages.get("/")
def desk() -> str:
    vault = _vault()
    readings = [reading for reading in review.readings(vault) if not reading.taken_back]
    stage = request.args.get("stage")
    return _page(
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
        reading = review.reading(_vault(), name)
    except (UnknownRecord, TakenBack):
        abort(404)
    allowed = standing(_vault(), reading.told).allowed
    return _page(
        "testimony.html", reading=reading, allowed=allowed, states=_states(reading), categories=list(LABELS)
    )


@pages.post("/testimony/<name>/<step>")
def decide(name: str, step: str) -> Response:
    """One step on a testimony by the person who has signed in."""
    vault, person = _vault(), _person()
    back = redirect(url_for("pages.testimony", name=name), code=303)
    if person is None:
        _say("sign_in_first")
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
        _say(str(refused))
    else:
        _say(f"done_{step}")
    return back


@pages.get("/release")
def release() -> str:
    vault = _vault()
    drafted = releasing.drafted(vault) if vault.holds("draft", "release") else None
    return _page("release.html", drafted=drafted, releases=[int(n) for n in vault.names("release")])


@pages.post("/release/<step>")
def let_out(step: str) -> Response:
    vault, person = _vault(), _person()
    back = redirect(url_for("pages.release"), code=303)
    if person is None:
        _say("sign_in_first")
        return back
    try:
        if step == "draft":
            releasing.draft(vault, person)
            _say("done_draft")
        elif step == "sign":
            signed = releasing.sign(vault, person, request.form.get("draft", ""), today())
            into = vault.home / "outgoing" / f"release-{signed.number}"
            try:
                releasing.write(vault, signed.number, into, today())
                _say("done_sign", str(into))
            except OSError:
                _say("not_written", f"onggi archive release write {signed.number} FOLDER")
            _say("journal_head", str(vault.journal.head()))
        else:
            abort(404)
    except ArchiveError as refused:
        _say(str(refused))
    return back


@pages.route("/search", methods=["GET", "POST"])
def search() -> str:
    # A form that is posted: what is looked for may be a name, and an address stays in the browser's history.
    words = request.form.get("q", "")
    index, refused = _index()
    try:
        results = index.search(words) if words else None
    except QueryRefused as reason:
        _say(str(reason))
        results = None
    return _page("search.html", words=words, results=results, count=index.count, refused=len(refused))


@pages.post("/sign-in")
def sign_in() -> Response:
    try:
        given = request.form.get("passphrase", "")
        g.desk.person = people.unlock(_vault(), request.form.get("name", ""), given)
        _say("done_sign_in")
    except ArchiveError as refused:
        _say(str(refused))
    return _back()


@pages.post("/sign-out")
def sign_out() -> Response:
    g.desk.person = None
    return _back()


@pages.post("/language")
def language() -> Response:
    answer = _back()
    chosen = request.form.get("language", "")
    if chosen in LANGUAGES:
        answer.set_cookie("language", chosen, httponly=True, samesite="Strict")
    return answer


@pages.app_errorhandler(ArchiveError)
def not_now(error: ArchiveError) -> tuple[str, int]:
    lang = _language()
    return render_template("notice.html", lang=lang, t=texts(lang), told="not_now", why=told(str(error))), 503


@pages.app_errorhandler(400)
@pages.app_errorhandler(403)
@pages.app_errorhandler(404)
def refused(error: Any) -> tuple[str, int]:
    told = {400: "wrong_host", 403: "not_let_in", 404: "not_here"}[error.code]
    return render_template("notice.html", lang=_language(), t=texts(_language()), told=told), error.code


def _vault() -> Vault:
    vault: Vault = current_app.extensions["vault"]
    return vault


def _person() -> Person | None:
    person: Person | None = g.desk.person
    return person


def _say(notice: str, value: str = "") -> None:
    """On the next page: a key of the catalogue or a sentence, and a value behind it."""
    g.desk.notices.append((notice, value))


def _states(reading: Reading) -> list[str]:
    return [attachment_state(_vault(), a) for a in reading.told.attachments]


def _index() -> tuple[Index, dict[str, str]]:
    """The private index, made again when a testimony came or went, or somebody chose otherwise."""
    held = (tuple(_vault().testimonies()), choices(_vault()))
    kept = current_app.extensions.get("index")
    if kept is None or kept[0] != held:
        kept = current_app.extensions["index"] = (held, private_index(_vault()))
    found: tuple[Index, dict[str, str]] = kept[1]
    return found


def _back() -> Response:
    to = request.form.get("back", "/")
    safe = to.startswith("/") and not to.startswith("//") and "\\" not in to
    return redirect(to if safe else "/", code=303)


def _language() -> str:
    kept = request.cookies.get("language")
    return kept if kept in LANGUAGES else request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]


def _page(template: str, **values: Any) -> str:
    lang = _language()
    return render_template(
        template,
        lang=lang,
        t=texts(lang),
        told=told,
        other="en" if lang == "ko" else "ko",
        person=_person(),
        people=_vault().names("person"),
        token=g.desk.token,
        notices=g.desk.read_notices(),
        **values,
    )
