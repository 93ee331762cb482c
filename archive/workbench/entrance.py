"""Who sits at the desk, in which language, and what is said to whoever is not let in."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, g, request
from werkzeug.wrappers import Response

from archive import people
from archive.errors import ArchiveError
from archive.workbench import page
from archive.workbench.door import Door

entrance = Blueprint("entrance", __name__)


@entrance.post("/sign-in")
def sign_in() -> Response:
    name, given = request.form.get("name", ""), request.form.get("passphrase", "")
    door: Door = current_app.extensions["door"]
    if not door.tries.begin(name, g.now):
        page.say("wait_to_sign_in")
        return page.back()
    try:
        g.desk.begin(people.unlock(page.vault(), name, given), g.now)
        door.tries.forget(name)
        page.say("done_sign_in")
    except ArchiveError as refused:
        page.say(str(refused))
    return page.back()


@entrance.post("/sign-out")
def sign_out() -> Response:
    g.desk.begin(None, g.now)
    return page.back()


@entrance.post("/close")
def close() -> str:
    """End the workbench now; the vault's key goes with its process."""
    answer = page.notice("desk_closed")
    door: Door = current_app.extensions["door"]
    door.close()
    return answer


@entrance.post("/language")
def choose_language() -> Response:
    answer = page.back()
    chosen = request.form.get("language", "")
    if chosen in page.LANGUAGES:
        answer.set_cookie(page.SPOKEN, chosen, secure=True, httponly=True, samesite="Strict", path="/")
    return answer


@entrance.app_errorhandler(ArchiveError)
def not_now(error: ArchiveError) -> tuple[str, int]:
    return page.notice("not_now", str(error)), 503


@entrance.app_errorhandler(400)
@entrance.app_errorhandler(403)
@entrance.app_errorhandler(404)
def refused(error: Any) -> tuple[str, int]:
    return page.notice({400: "wrong_host", 403: "not_let_in", 404: "not_here"}[error.code]), error.code
