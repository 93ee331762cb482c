"""Who gets in: the browser that opened the one-time address, and no other page, user or machine.

1. The Host header must be ours, so that no web page reaches us by a name that points here (DNS rebinding).
2. The one-time address is spent by its first use; the cookie it sets is for this site only.
3. Everything that changes something is a POST with the session's own token, from our own pages.
4. After an idle time the session is forgotten, with the open key of whoever signed in.
"""

from __future__ import annotations

import hmac
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from flask import Flask, Response, abort, g, redirect, request
from werkzeug.wrappers import Response as Answer

from archive.people import Person

COOKIE: Final = "workbench"
IDLE: Final = 20 * 60
"""Seconds."""
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


@dataclass
class Session:
    """One browser at the desk, and who has signed in there."""

    token: str = field(repr=False)
    last: float
    person: Person | None = None
    notices: list[tuple[str, str]] = field(default_factory=list)

    def read_notices(self) -> list[tuple[str, str]]:
        """What is to be said on the next page, once."""
        told, self.notices = self.notices, []
        return told


class Door:
    """The sessions of one running workbench."""

    def __init__(self, hosts: frozenset[str], now: Callable[[], float] = time.monotonic) -> None:
        self.hosts, self._now = hosts, now
        self._once: str | None = secrets.token_urlsafe(32)
        self._sessions: dict[str, Session] = {}

    @property
    def address(self) -> str:
        """The path that lets one browser in, once."""
        return f"/open/{self._once}"

    def guard(self, app: Flask) -> None:
        """Put this door before every route of *app*."""
        app.add_url_rule("/open/<once>", view_func=self._enter)
        app.before_request(self._check)
        app.after_request(_headers)

    def _enter(self, once: str) -> Answer:
        if self._once is None or not hmac.compare_digest(once.encode(), self._once.encode()):
            abort(403)
        self._once = None
        name = secrets.token_urlsafe(32)
        self._sessions[name] = Session(secrets.token_urlsafe(32), self._now())
        answer = redirect("/", code=303)
        answer.set_cookie(COOKIE, name, httponly=True, samesite="Strict", path="/")
        return answer

    def _check(self) -> None:
        if request.host not in self.hosts:
            abort(400)
        if request.endpoint in ("_enter", "static"):
            return
        session = self._sessions.get(request.cookies.get(COOKIE, ""))
        if session is None:
            abort(403)
        if self._now() - session.last > IDLE:
            self._sessions.clear()
            abort(403)
        session.last = self._now()
        if request.method == "POST":
            self._check_post(session)
        g.desk = session

    def _check_post(self, session: Session) -> None:
        sent = request.form.get("token", "")
        origin = request.headers.get("Origin", "")
        if not hmac.compare_digest(sent.encode(), session.token.encode()):
            abort(403)
        if origin and origin.removeprefix("http://") not in self.hosts:
            abort(403)


def _headers(response: Response) -> Response:
    response.headers.update(HEADERS)
    response.headers.pop("Server", None)
    return response
