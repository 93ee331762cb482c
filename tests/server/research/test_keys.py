"""A reader's program reads with a key of hers, through the same gate, and is let to nothing else."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from server.research import shelf, taken, terms
from server.research.config import ResearchConfig
from server.research.keys import A_MINUTE, MARK, Keys
from server.research.sessions import Reader
from server.research.site import create_app
from server.research.tables import DATABASE
from tests.people import TODAY
from tests.server.research.readers import PHRASE, SITE, Clock, Desk, post, reading, vetted
from tests.server.research.rooms import told, write

ROWS = [told(f"kor{chr(97 + n)}", f"강을 건넜다 {n}.") for n in range(6)]
SEARCH, ONE = "/api/v1/search?q=강", "/api/v1/testimony/kora"
TO_TAKE = (SEARCH, ONE, "/found.csv", "/found.jsonl", "/oai?verb=Identify")


@dataclass
class Room:
    """A vetted room, its accounts, and a browser where Kim is signed in; her codes stand in for numbers."""

    app: Flask
    desk: Desk
    browser: FlaskClient
    codes: list[str]

    def make(self, **changes: str) -> TestResponse:
        typed = {"phrase": PHRASE, "number": self.codes.pop()} | changes
        return post(self.browser, "/key", **typed)

    def made(self) -> str:
        found = re.search(rf"{MARK}[\w-]+", self.make().text)
        assert found
        return found[0]

    def ask(self, key: str, path: str = SEARCH, scheme: str = "Bearer") -> TestResponse:
        program = self.app.test_client()
        return program.get(path, base_url=SITE, headers={"Authorization": f"{scheme} {key}"})


@pytest.fixture
def room(config: ResearchConfig, tmp_path: Path) -> Iterator[Room]:
    shelf.publish(config, write(tmp_path / "stick", 1, *ROWS), TODAY)
    app, desk = create_app(vetted(config)), Desk.of(config.home)
    desk.clock.seconds = time.time()
    secret, codes = desk.joined("Kim")
    yield Room(app, desk, reading(app, "Kim", secret, time.time()), list(codes))
    app.extensions["readers"].dispose()
    desk.engine.dispose()


def test_a_program_takes_with_her_key_what_she_may_and_opens_no_page(room: Room) -> None:
    """
    It is given no cookie, and a cookie that comes with it does not count. The log says so: by key.
    """
    key = room.made()
    for path in TO_TAKE:
        answer = room.ask(key, path)
        assert (answer.status_code, "Set-Cookie" in answer.headers) == (200, False), path
    for path in ("/", "/testimony/kora", "/key", "/terms", "/list", "/static/reading.css"):
        assert room.ask(key, path).status_code == 401
    signed_in = room.browser.get("/", base_url=SITE, headers={"Authorization": f"Bearer {key}x"})

    assert room.ask(key).get_json()["total"] == 6
    assert signed_in.status_code == 401
    assert {(each.name, each.form) for each in taken.log(room.desk.engine)} == {
        ("Kim", f"{form} by key") for form in ("api", "csv", "jsonl", "oai")
    }


def test_a_key_is_said_once_and_kept_only_as_what_recognises_it(room: Room, tmp_path: Path) -> None:
    """
    Neither the page, opened again, nor the database has it; another key, or a part of it, opens nothing.
    """
    key = room.made()
    later = room.browser.get("/key", base_url=SITE).text

    assert MARK not in later
    assert key.removeprefix(MARK).encode() not in (tmp_path / "room" / DATABASE).read_bytes()
    for wrong in (key[:-1], key.upper(), "", MARK, "x" * 49):
        assert room.ask(wrong).status_code == 401
    for scheme in ("Basic", "Token"):
        assert room.ask(key, scheme=scheme).status_code == 401


def test_a_key_is_made_by_who_has_passphrase_and_number_as_well_as_the_browser(room: Room) -> None:
    """
    An open browser alone makes none, and what fails counts as a failed try to sign in does.
    """
    for changes in ({"phrase": "another passphrase"}, {"number": "000000"}):
        refused = room.make(**changes)
        assert refused.status_code == 403
        assert MARK not in refused.text
    assert room.desk.accounts.all()[0].joined
    assert Keys(room.desk.engine).since(Reader(1, "Kim", 1)) is None


def test_a_key_ends_when_she_ends_it_makes_another_or_may_read_no_more(room: Room) -> None:
    """
    Revoked without a number; with the account's last day; with terms not accepted; with a new invitation.
    """
    first, second = room.made(), room.made()
    assert [room.ask(key).status_code for key in (first, second)] == [401, 200]
    post(room.browser, "/key/revoke", "/key")
    assert room.ask(second).status_code == 401

    third, today = room.made(), room.desk.accounts.today
    room.desk.accounts.expire("Kim", today - timedelta(days=1))
    assert room.ask(third).status_code == 401
    room.desk.accounts.expire("Kim", today)
    assert room.ask(third).status_code == 200
    folder = room.desk.engine.url.database
    assert folder
    texts = Path(folder).parent / "new"
    texts.mkdir()
    for language in terms.LANGUAGES:
        (texts / f"{language}.txt").write_text("no copies")
    terms.replace(Path(folder).parent, texts)
    assert room.ask(third).status_code == 403
    room.desk.accounts.invite("Kim", today, again=True)
    assert room.ask(third).status_code == 401


def test_a_program_waits_when_it_asks_too_often_and_no_time_of_it_is_kept(room: Room) -> None:
    """
    One reader's program keeps no other one waiting; with the next minute it goes on.
    """
    clock = Clock(time.time())
    keys = Keys(room.desk.engine, clock)
    kim, lee = Reader(1, "Kim", 1), Reader(2, "Lee", 1)
    may = [keys.may_now(kim) for _ in range(A_MINUTE + 1)]
    clock.seconds += 60
    room.app.extensions["keys"] = keys
    key = room.made()
    asked = [room.ask(key, ONE) for _ in range(A_MINUTE + 1)]

    assert (sum(may), may[-1]) == (A_MINUTE, False)
    assert keys.may_now(lee)
    assert [each.status_code for each in asked] == [200] * A_MINUTE + [429]
    assert asked[-1].headers["Retry-After"] == "60"
