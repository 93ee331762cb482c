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
from server.research.site import create_app as reading_room
from tests.people import Archive
from tests.server.research.readers import vetted

WANTED = {
    "Content-Security-Policy": r"default-src 'none'(?!.*(unsafe|https?:|\*)).*frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer|same-origin",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
}
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
