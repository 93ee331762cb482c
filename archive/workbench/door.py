"""Who gets in: the browser that opened the one-time address, and no other page, user or machine.

1. The Host header must be ours, so that no web page reaches us by a name that points here (DNS rebinding).
2. The one-time address is spent by its first use; the cookie it sets is for this site only.
3. Everything that changes something is a POST with the session's own token, from our own pages.
4. After an idle time, or when somebody closes the desk, the session is forgotten with the key of whoever
   signed in; `service` then ends, and the vault's key goes with the process.
"""

from __future__ import annotations

import hmac
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from flask import Flask, Response, abort, g, redirect, request
from werkzeug.wrappers import Response as Answer

from archive.people import Person
from archive.redaction.seeds import Planted
from archive.workbench.tries import Tries

COOKIE: Final = "__Host-workbench"
"""For TLS only, says its name, and for a loopback address browsers count that as given (0045)."""
IDLE: Final = 20 * 60
"""Seconds."""
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cache-Control": "no-store",
}


@dataclass
class Session:
    """One browser at the desk, and who has signed in there."""

    token: str = field(repr=False)
    last: float
    person: Person | None = None
    notices: list[tuple[str, str]] = field(default_factory=list)
    since: float = 0
    """When she who signed in began, or rested last."""
    opened: set[tuple[str, str]] = field(default_factory=set)
    """Severe parts that are open at this desk: testimony and part."""
    seeds: dict[str, Planted] = field(default_factory=dict)
    """What is left out of the list of suggestions of a testimony, for her who has signed in."""
    skipped: set[str] = field(default_factory=set)
    in_a_row: int = 0
    """Severe testimonies that the queue gave one after another."""

    def begin(self, person: Person | None, now: float) -> None:
        """Somebody signs in, or nobody: what was open or skipped before was somebody else's."""
        self.person, self.since, self.in_a_row = person, now, 0
        self.opened, self.skipped, self.seeds = set(), set(), {}

    def rest(self, now: float) -> None:
        """She has rested."""
        self.since, self.in_a_row = now, 0

    def read_notices(self) -> list[tuple[str, str]]:
        """What is to be said on the next page, once."""
        told, self.notices = self.notices, []
        return told


class Door:
    """The sessions of one running workbench."""

    def __init__(
        self, hosts: frozenset[str], now: Callable[[], float] = time.monotonic, idle: float = IDLE
    ) -> None:
        self.hosts, self._now, self._idle = hosts, now, idle
        self._last, self._working, self._closed = now(), 0, False
        self._counting = threading.Lock()
        self.tries = Tries()
        self._once: str | None = secrets.token_urlsafe(32)
        self._sessions: dict[str, Session] = {}

    @property
    def address(self) -> str:
        """The path that lets one browser in, once."""
        return f"/open/{self._once}"

    @property
    def left_alone(self) -> bool:
        """Whether the desk was closed, or nobody has asked for anything for the idle time.

        What still works for somebody, such as the scan of a release, is not alone.
        """
        with self._counting:
            return self._closed or (not self._working and self._now() - self._last > self._idle)

    def close(self) -> None:
        """Forget every session; nobody is let in any more."""
        self._sessions.clear()
        self._once, self._closed = None, True

    def guard(self, app: Flask) -> None:
        """Put this door before every route of *app*."""
        app.add_url_rule("/open/<once>", view_func=self._enter)
        app.before_request(self._check)
        app.after_request(_headers)
        app.teardown_request(self._done)

    def _enter(self, once: str) -> Answer:
        if self._once is None or not hmac.compare_digest(once.encode(), self._once.encode()):
            abort(403)
        self._once = None
        name = secrets.token_urlsafe(32)
        self._sessions[name] = Session(secrets.token_urlsafe(32), self._now())
        answer = redirect("/", code=303)
        answer.set_cookie(COOKIE, name, secure=True, httponly=True, samesite="Strict", path="/")
        return answer

    def _check(self) -> None:
        if request.host not in self.hosts:
            abort(400)
        if request.endpoint in ("_enter", "static"):
            return
        session = self._sessions.get(request.cookies.get(COOKIE, ""))
        if session is None:
            abort(403)
        if self._now() - session.last > self._idle:
            self.close()
            abort(403)
        session.last = self._now()
        self._work(1)
        if request.method == "POST":
            self._check_post(session)
        g.desk, g.now = session, self._now()

    def _work(self, more: int) -> None:
        with self._counting:
            self._last, self._working = self._now(), self._working + more
        g.works = more > 0

    def _done(self, error: BaseException | None) -> None:
        if g.get("works"):
            self._work(-1)

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
