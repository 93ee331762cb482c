"""The site as it runs, looked at from outside: by `onggi intake check --url` and by whoever watches it."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from shutil import rmtree

import pytest
from click.testing import CliRunner, Result

from crypto.keys import IntakeSecret
from deploy.house import House, serving
from server.headers import HEADERS
from server.intake.commands import intake
from server.intake.config import IntakeConfig
from server.intake.site import open_deposits
from tests.people import ORIGIN, Office

pytestmark = pytest.mark.loopback


def run(house: House, *arguments: str) -> Result:
    home = str(house.home("intake"))
    return CliRunner().invoke(intake, [arguments[0], "--home", home, *arguments[1:]])


@pytest.fixture
def house(tmp_path: Path) -> House:
    office, house = Office(), House(tmp_path)
    notes = office.notes(tmp_path / "notes", IntakeSecret.generate().public)
    options = ["--origin", ORIGIN, "--root", office.root.public.to_text(), "--notes", str(notes)]
    assert run(house, "init", *options).exit_code == 0
    return house


@contextmanager
def proxy(headers: list[tuple[str, str]]) -> Iterator[str]:
    """A site that answers with these headers, as one behind a careless proxy would."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response_only(200)
            for header in headers:
                self.send_header(*header)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/keycard"
        finally:
            server.shutdown()
            thread.join()


def health(port: int) -> tuple[int, bytes]:
    line = HTTPConnection("127.0.0.1", port, timeout=30)
    line.request("GET", "/healthz")
    answer = line.getresponse()
    told = answer.status, answer.read()
    line.close()
    return told


def test_a_folder_that_is_no_intake_is_not_served(tmp_path: Path) -> None:
    """
    It says what comes first.
    """
    ran = CliRunner().invoke(intake, ["serve", "--home", str(tmp_path / "intake")])

    assert ran.exit_code == 1
    assert ran.stderr == "intake: error: this folder is no intake yet; onggi intake init makes it one\n"


def test_the_site_is_served_where_onggi_is_not_on_the_path(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    As from an environment that nobody activated.
    """
    monkeypatch.setenv("PATH", "/nowhere")
    with serving(house, "intake") as port:
        status, _ = health(port)

    assert status == 204


def test_the_headers_of_the_running_site_are_found_good(house: House) -> None:
    """
    Asked over the network, the deployed server says what a browser has to hear.
    """
    with serving(house, "intake") as port:
        told = run(house, "check", "--url", f"http://127.0.0.1:{port}/")

    assert told.exit_code == 0, told.output
    assert "good  headers: as they have to be" in told.output


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda all_: all_[1:], "X-Content-Type-Options"),
        (lambda all_: [*all_, all_[0]], "X-Content-Type-Options"),
        (lambda all_: [*all_[:-1], ("Cache-Control", "public")], "Cache-Control"),
        (lambda all_: [*all_, ("Set-Cookie", "a=b")], "no cookie"),
    ],
    ids=["missing", "twice", "other", "cookie"],
)
def test_a_proxy_that_changes_headers_is_named(house: House, change: object, said: str) -> None:
    """
    A header that is missing, other or there twice is said by its name, and so is a cookie.
    """
    assert callable(change)
    with proxy(change(list(HEADERS.items()))) as url:
        told = run(house, "check", "--url", url)

    assert told.exit_code == 1
    assert f"BAD   headers: missing, other or twice: {said};" in told.output


@pytest.mark.parametrize("url", ["file:///etc/hostname", "http://127.0.0.1:1/"])
def test_an_address_where_no_site_is_keeps_no_other_look_back(house: House, url: str) -> None:
    """
    It is bad, and the canary went in and out all the same.
    """
    told = run(house, "check", "--url", url)

    assert told.exit_code == 1
    assert "BAD   headers: " in told.output
    assert "good  canary: " in told.output


def test_health_is_a_number_and_no_word(house: House) -> None:
    """
    204 while a deposit can be kept, 503 when its disk or its rows are gone; never a reason.
    """
    shelf, rows = house.home("intake") / "shelf", house.home("intake") / "intake.sqlite"
    with serving(house, "intake") as port:
        told = [health(port)]
        shelf.rename(house.data / "away")
        told.append(health(port))
        if shelf.exists():
            # A second worker had only begun, and made the folder anew.
            rmtree(shelf)
            told[-1] = health(port)
        (house.data / "away").rename(shelf)
        told.append(health(port))
        rows.write_bytes(b"broken")
        told.append(health(port))

    assert told == [(204, b""), (503, b""), (204, b""), (503, b"")]


def test_expiring_says_about_how_many_of_each(house: House) -> None:
    """
    Size classes and nothing else: no name of a deposit is written down, and no number that tells a day.
    """
    today = datetime.now(UTC).date()
    with closing(open_deposits(IntakeConfig.read(house.home("intake")))) as deposits:
        for days, count in ((40, 1), (20, 11), (3, 10)):
            then = replace(deposits, today=partial(date.__sub__, today, timedelta(days)))
            for _ in range(count):
                then.begin(secrets.token_hex(16), 70_000, secrets.token_hex(32))
    told = [run(house, "expire").output for _ in range(2)]

    assert told == [
        "expired deposits: old, at most 10; unfinished, at most 100; of which nothing came, at most 10; "
        "bytes without a row, none; forgotten, long held, none\n",
        "expired deposits: old, none; unfinished, none; of which nothing came, none; "
        "bytes without a row, none; forgotten, long held, none\n",
    ]
