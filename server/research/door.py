"""The door of a room that only invited readers enter. An open room does not have it, and sets no cookie.

1. Without a session no page, file or answer of the interface is given, and an error says nothing of them.
2. The cookie is a signed token that dies after half an hour without a page; it is this site's, on TLS only.
3. What changes something is a POST with the session's own token.
4. Who signs in begins a new session: a token that somebody else put into a browser is worth nothing.
5. A program comes with her key instead of a cookie. It is let to what can be taken away, and to nothing else.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import timedelta
from typing import Final

import segno
from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    current_app,
    g,
    jsonify,
    redirect,
    request,
    session,
    url_for,
)
from flask.sessions import SecureCookieSessionInterface
from werkzeug.wrappers import Response as Answer

from server.research import numbers, taken, terms
from server.research.accounts import AccountRefused, Accounts
from server.research.config import ResearchConfig
from server.research.keys import Keys
from server.research.page import language, page
from server.research.sessions import Reader, Sessions
from server.research.tables import connect, key_of

COOKIE: Final = "__Host-reading"
IDLE: Final = timedelta(minutes=30)
OUTSIDE: Final = ("static", "door.sign_in", "door.entered", "door.join", "door.joined")
"""What is given to anybody."""
TO_TAKE: Final = (
    "taking.found",
    "taking.search",
    "taking.testimony",
    "taking.description",
    "harvest.answer",
)
"""What a program may ask for with her key."""
BEFORE_TERMS: Final = (*OUTSIDE, "door.terms_page", "door.accepted", "door.sign_out")

door = Blueprint("door", __name__)


class _Cookie(SecureCookieSessionInterface):
    """Flask's signed session, under HMAC-SHA-256."""

    salt = "onggi-reading"
    digest_method = staticmethod(hashlib.sha256)


def close(app: Flask, config: ResearchConfig) -> None:
    """Let only readers of *config*'s room into *app*."""
    engine, key = connect(config.home), key_of(config.home)
    app.secret_key = hashlib.blake2b(key, person=b"onggi-cookie").digest()
    app.session_interface = _Cookie()
    app.config |= {
        "SESSION_COOKIE_NAME": COOKIE,
        "SESSION_COOKIE_SECURE": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": IDLE,
    }
    app.extensions |= {"accounts": Accounts(engine, key), "sessions": Sessions(engine), "readers": engine}
    app.extensions["keys"] = Keys(engine)
    app.register_blueprint(door)
    app.before_request(_only_readers)
    app.after_request(_note_what_was_taken)


@door.get("/sign-in")
def sign_in() -> str:
    return _form("sign_in.html")


@door.post("/sign-in")
def entered() -> Answer | tuple[str, int]:
    _from_our_page()
    asked = request.form
    try:
        token = _sessions().sign_in(asked.get("name", ""), asked.get("phrase", ""), asked.get("number", ""))
    except AccountRefused as error:
        return _form("sign_in.html", refused=str(error)), 403
    session.clear()
    session["token"] = token
    return redirect(url_for("pages.search", ui=request.args.get("ui")))


@door.get("/join")
def join() -> str:
    return _form("join.html")


@door.post("/join")
def joined() -> str | tuple[str, int]:
    """First with the invitation alone, then with what she chose and the number of her app."""
    _from_our_page()
    asked, accounts = request.form, _accounts()
    code, phrase = asked.get("code", ""), asked.get("phrase")
    try:
        invited = accounts.invited(code)
    except AccountRefused as error:
        return _form("join.html", refused=str(error)), 403
    address = numbers.address(invited.secret, invited.name, current_app.config["RESEARCH"].origin)
    drawn = segno.make(address, error="m").svg_data_uri(scale=4, border=4)
    shown = {"code": code, "invited": invited, "secret": numbers.typed(invited.secret), "drawn": drawn}
    if phrase is None:
        return _form("join.html", **shown)
    try:
        if phrase != asked.get("again"):
            raise AccountRefused("passphrase_differs")
        codes = accounts.join(code, phrase, asked.get("number", ""))
    except AccountRefused as error:
        return _form("join.html", refused=str(error), **shown), 403
    return _form("joined.html", name=invited.name, codes=codes)


@door.get("/terms")
def terms_page() -> str:
    home = current_app.config["RESEARCH"].home
    version = terms.current(home)
    return _form("terms.html", version=version, told=terms.text(home, version, language()))


@door.post("/terms")
def accepted() -> Answer:
    _from_our_page()
    version = terms.current(current_app.config["RESEARCH"].home)
    if request.form.get("version") != str(version):
        return redirect(url_for("door.terms_page", ui=request.args.get("ui")))
    _sessions().accept(g.reader, version)
    return redirect(url_for("pages.search", ui=request.args.get("ui")))


@door.post("/sign-out")
def sign_out() -> Answer:
    _from_our_page()
    _sessions().sign_out(session.get("token", ""))
    session.clear()
    return redirect(url_for("door.sign_in", ui=request.args.get("ui")))


@door.get("/key")
def key_page() -> str:
    return _form("key.html", since=_keys().since(g.reader))


@door.post("/key")
def key_made() -> str | tuple[str, int]:
    _from_our_page()
    asked = request.form
    try:
        _sessions().prove(g.reader.name, asked.get("phrase", ""), asked.get("number", ""))
    except AccountRefused as error:
        return _form("key.html", refused=str(error), since=_keys().since(g.reader)), 403
    made = _keys().make(g.reader)
    return _form("key.html", made=made, since=_keys().since(g.reader))


@door.post("/key/revoke")
def key_revoked() -> Answer:
    _from_our_page()
    _keys().revoke(g.reader)
    return redirect(url_for("door.key_page", ui=request.args.get("ui")))


@door.app_errorhandler(403)
def old_form(error: Exception) -> tuple[str, int]:
    return page("notice.html", None, told="old_form"), 403


def _only_readers() -> Answer | tuple[Response, int] | None:
    if "Authorization" in request.headers:
        return _only_keys()
    session.permanent = True
    reader = _sessions().reader(session.get("token", ""))
    if reader:
        g.reader, g.form = reader, _own_token()
    if request.endpoint in OUTSIDE:
        return None
    if reader is None:
        return _sent_to("door.sign_in")
    if reader.terms < terms.current(current_app.config["RESEARCH"].home) and (
        request.endpoint not in BEFORE_TERMS
    ):
        return _sent_to("door.terms_page")
    return None


def _only_keys() -> tuple[Response, int] | None:
    """A program's request: its key counts alone, whatever cookie comes with it, and it is given none."""
    bearer = request.authorization
    reader = _keys().reader(bearer.token or "") if bearer and bearer.type == "bearer" else None
    if request.endpoint not in TO_TAKE or reader is None:
        return _refused("a key opens only what can be taken away", 401, {"WWW-Authenticate": "Bearer"})
    if reader.terms < terms.current(current_app.config["RESEARCH"].home):
        return _refused("sign in with a browser, and accept the terms", 403, {})
    if not _keys().may_now(reader):
        return _refused("too many at once; wait a minute", 429, {"Retry-After": "60"})
    g.reader, g.by_key = reader, True
    return None


def _refused(told: str, status: int, headers: dict[str, str]) -> tuple[Response, int]:
    answer = jsonify(error=told)
    answer.headers.update(headers)
    return answer, status


def _sent_to(endpoint: str) -> Answer | tuple[Response, int]:
    if request.path.startswith(("/api/", "/oai")):
        return jsonify(error="sign in with a browser, and accept the terms"), 401
    return redirect(url_for(endpoint, ui=request.args.get("ui")))


def _note_what_was_taken(response: Response) -> Response:
    """A page names the form and the release of what goes out with it (`page.take`); a refused one has not."""
    reader: Reader | None = g.get("reader")
    if reader and "took" in g and response.status_code == 200:
        release, form = g.took
        form += " by key" if "by_key" in g else ""
        taken.note(current_app.extensions["readers"], reader, release, form, _accounts().today)
    return response


def _from_our_page() -> None:
    if not hmac.compare_digest(request.form.get("form", "").encode(), _own_token().encode()):
        abort(403)


def _own_token() -> str:
    if "form" not in session:
        session["form"] = secrets.token_urlsafe(16)
    return str(session["form"])


def _form(template: str, **values: object) -> str:
    g.form = _own_token()
    return page(template, None, **values)


def _accounts() -> Accounts:
    found: Accounts = current_app.extensions["accounts"]
    return found


def _keys() -> Keys:
    found: Keys = current_app.extensions["keys"]
    return found


def _sessions() -> Sessions:
    found: Sessions = current_app.extensions["sessions"]
    return found
