"""No route of any site answers without the security headers, whatever it answers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from archive.workbench.door import Door
from archive.workbench.site import create_app as workbench
from crypto.keys import SigningKey
from migrations.run import migrate
from server.intake.config import IntakeConfig
from server.intake.site import create_app as intake
from server.intake.tables import connect
from server.research.config import ResearchConfig
from server.research.door import OUTSIDE
from server.research.site import create_app as reading_room
from tests.people import Archive
from tests.server.research.readers import vetted

WANTED = {
    "Content-Security-Policy": r"default-src 'none'(?!.*(unsafe|https?:|\*))(?=.*base-uri 'none')"
    r"(?=.*frame-ancestors 'none').*require-trusted-types-for 'script'; trusted-types (onggi|'none')$",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer|same-origin",
    "Cache-Control": "no-store$",
    "Cross-Origin-Opener-Policy": "same-origin$",
    "Cross-Origin-Embedder-Policy": "require-corp$",
    "Cross-Origin-Resource-Policy": "same-origin$",
    "Permissions-Policy": r"camera=\(\), geolocation=\(\), microphone=\((self)?\), payment=\(\), usb=\(\)$",
}
READS = ("listing.more", "listing.file", "harvest.answer")
"""A POST because what is asked for is too long or too private for an address; nothing is kept of it."""
METHODS = ("GET", "POST", "PUT", "DELETE")


@pytest.fixture
def sites(tmp_path: Path, archive: Archive) -> Iterator[dict[str, Flask]]:
    """The three sites, on real but empty homes."""
    engine = connect(tmp_path / "intake.sqlite")
    migrate(engine, "intake")
    engine.dispose()
    deposit_site = intake(IntakeConfig(tmp_path, "archive.example", "00" * 32))
    room = ResearchConfig(tmp_path / "room", "archive.example", SigningKey.generate().public)
    room.write()
    inner = ResearchConfig(tmp_path / "vetted", "archive.example", room.root)
    inner.write()
    vetted_room = reading_room(vetted(inner))
    desk = workbench(archive.vault, Door(frozenset({"localhost"})))
    yield {
        "intake": deposit_site,
        "reading room": reading_room(room),
        "vetted room": vetted_room,
        "workbench": desk,
    }
    deposit_site.extensions["deposits"].engine.dispose()
    vetted_room.extensions["readers"].dispose()


def test_every_route_of_every_site_answers_with_the_headers(sites: dict[str, Flask]) -> None:
    """
    Found or not, refused or served, by any method: every rule of the three URL maps is tried.
    """
    lacking, tried = [], 0
    for name, app in sites.items():
        for rule in app.url_map.iter_rules():
            path = re.sub(r"<[^>]+>", "1", rule.rule)
            for method in METHODS:
                with app.test_client().open(path, method=method) as answer:
                    tried += 1
                    found = {header: answer.headers.get(header, "") for header in WANTED}
                    lacking += [
                        f"{name}: {method} {rule.rule} ({answer.status_code}): {header}"
                        for header, wanted in WANTED.items()
                        if not re.match(wanted, found[header])
                    ]

    assert lacking == []
    assert tried > 60


def test_only_a_desk_and_a_vetted_room_set_a_cookie(sites: dict[str, Flask]) -> None:
    """
    Neither a survivor's browser nor one in an open reading room is given anything to keep.
    """
    for name in ("intake", "reading room"):
        for rule in sites[name].url_map.iter_rules():
            with sites[name].test_client().get(re.sub(r"<[^>]+>", "1", rule.rule)) as answer:
                assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("name", ["vetted room", "workbench"])
def test_a_cookie_is_this_sites_alone_and_does_not_last(sites: dict[str, Flask], name: str) -> None:
    """
    `__Host-`: no other name and no plain connection can set it. No script reads it, no other site sends it.
    """
    site = sites[name]
    address = "/sign-in" if name == "vetted room" else site.extensions["door"].address
    with site.test_client().get(address, base_url="https://localhost") as answer:
        [cookie] = answer.headers.getlist("Set-Cookie")
    told = [part.strip() for part in cookie.split(";")]

    assert told[0].startswith("__Host-")
    assert {"Secure", "HttpOnly", "Path=/"} <= set(told)
    assert "SameSite=Strict" in told or "SameSite=Lax" in told
    assert not any(part.startswith("Domain") for part in told)
    assert any(part.startswith(("Expires", "Max-Age")) for part in told) == (name == "vetted room")


@pytest.mark.parametrize("name", ["vetted room", "workbench"])
def test_no_post_is_taken_without_the_sessions_own_token(sites: dict[str, Flask], name: str) -> None:
    """
    Another site can make a browser send a form, and its cookie at a vetted room's, but never the token.
    """
    site, tried = sites[name], []
    browser = site.test_client()
    inside = "/sign-in" if name == "vetted room" else site.extensions["door"].address
    browser.get(inside, base_url="https://localhost").close()
    for rule in site.url_map.iter_rules():
        if "POST" in (rule.methods or ()) and rule.endpoint not in READS:
            path = re.sub(r"<int:[^>]+>", "1", rule.rule)
            path = re.sub(r"<[^>]+>", "abcdefghij", path)
            for token in ("", "x" * 43):
                sent = {"form": token, "token": token}
                with browser.post(path, base_url="https://localhost", data=sent) as answer:
                    tried.append((rule.endpoint, answer.status_code))

    assert [each for each in tried if not refused(name, *each)] == []
    assert len(tried) > 5


def refused(name: str, endpoint: str, status: int) -> bool:
    """Or sent to the door, where the session has not begun yet."""
    return status == 403 or (name == "vetted room" and status == 302 and endpoint not in OUTSIDE)


def test_only_the_page_that_she_tells_on_may_ask_for_a_microphone(sites: dict[str, Flask]) -> None:
    """
    A page that anything slipped into could listen otherwise; the reading room and the desk never listen.
    """
    hearing = set()
    for name, app in sites.items():
        for rule in app.url_map.iter_rules():
            with app.test_client().get(re.sub(r"<[^>]+>", "1", rule.rule)) as answer:
                if "microphone=()" not in answer.headers.get("Permissions-Policy", "microphone=()"):
                    hearing.add((name, rule.rule))

    assert hearing == {("intake", "/")}
