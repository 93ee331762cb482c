"""The reply board at the intake: taken from the archive's desk alone, and the same for everybody who asks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask.testing import FlaskClient

from crypto import board as boards
from crypto import words
from crypto.keys import IntakeSecret, SigningKey
from server.intake.commands import intake
from server.intake.config import IntakeConfig
from server.intake.site import create_app
from tests.people import ORIGIN, TODAY, Office

OFFICE = Office()


def made(serial: int = 7, *, issued: date = TODAY, desk: SigningKey = OFFICE.desk, size: int = 256) -> bytes:
    expires = issued + timedelta(days=30)
    return boards.issue(
        [], origin=ORIGIN, serial=serial, issued=issued, expires=expires, size=size, desk=desk
    )


GOOD = made()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    notes = OFFICE.notes(tmp_path / "notes", IntakeSecret.generate().public)
    asked = ["init", "--home", str(tmp_path / "home"), "--origin", ORIGIN]
    asked += ["--root", OFFICE.root.public.to_text(), "--notes", str(notes)]
    assert CliRunner().invoke(intake, asked).exit_code == 0
    return tmp_path / "home"


@pytest.fixture
def browser(home: Path) -> Iterator[FlaskClient]:
    app = create_app(IntakeConfig.read(home))
    yield app.test_client()
    app.extensions["deposits"].engine.dispose()


def take(home: Path, content: bytes) -> Result:
    (home.parent / "carried").write_bytes(content)
    return CliRunner().invoke(intake, ["board", "--home", str(home), str(home.parent / "carried")])


def test_a_board_that_the_archive_signed_is_handed_out_as_it_was_signed(
    home: Path, browser: FlaskClient
) -> None:
    """
    What the courier brought is what every browser gets, to the byte; and the next one replaces it.
    """
    told = take(home, GOOD)
    assert (told.exit_code, "board 7 is handed out until" in told.output) == (0, True)
    assert browser.get("/board").data == GOOD
    newer = made(8, size=512)
    assert take(home, newer).exit_code == 0
    assert browser.get("/board").data == newer
    assert sorted(p.name for p in home.glob("board*")) == ["board", "board.floor"]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (made(6), "older than 7"),
        (made(8, desk=SigningKey.generate()), "not signed by"),
        (made(8, issued=TODAY - timedelta(days=40)), "expired"),
        (made(8, issued=TODAY + timedelta(days=3)), "issued"),
        (GOOD[:-1], "cut short"),
        (GOOD[:-1] + bytes([GOOD[-1] ^ 1]), "not those that were signed"),
        (b"", "cut short"),
    ],
    ids=["rolled-back", "another-desk", "expired", "future", "cut", "changed", "empty"],
)
def test_what_is_not_the_archives_newest_board_changes_nothing(
    home: Path, browser: FlaskClient, content: bytes, told: str
) -> None:
    """
    An old, false or damaged board is refused with the fact, and the good one stays.
    """
    assert take(home, GOOD).exit_code == 0
    refused = take(home, content)

    assert refused.exit_code == 1
    assert refused.output.startswith("intake: error: ")
    assert told in refused.output
    assert browser.get("/board").data == GOOD


def test_the_same_board_may_be_carried_twice(home: Path) -> None:
    """
    A courier who is not sure does it again.
    """
    assert [take(home, GOOD).exit_code for _ in range(2)] == [0, 0]


ASKED: list[dict[str, str]] = [
    {},
    {"Range": "bytes=1024-4430"},
    {"If-None-Match": "*", "If-Modified-Since": "Tue, 24 Nov 2099 00:00:00 GMT"},
    {"Cookie": "seen=7", "Accept-Language": "ko", "Accept-Encoding": "gzip, br", "Accept": "text/html"},
    {"User-Agent": "another", "DNT": "1", "Referer": "https://elsewhere.example/"},
]


@pytest.mark.parametrize("there", [True, False], ids=["a board", "no board"])
def test_everybody_gets_the_same_answer(home: Path, browser: FlaskClient, there: bool) -> None:
    """
    Whatever a browser sends, status, headers and body are one and the same: nothing can be asked for in part.
    """
    if there:
        take(home, GOOD)
    answers = set()
    for headers in ASKED:
        for path in ("/board", "/board?entry=17", "/board?since=6"):
            answer = browser.get(path, headers=headers)
            answers.add((answer.status_code, answer.data, str(answer.headers)))

    [(status, body, headers_)] = answers
    assert (status, len(body)) == ((200, 873_216) if there else (404, len(body)))
    assert "no-store" in headers_
    for name in ("ETag", "Last-Modified", "Set-Cookie", "Accept-Ranges", "Vary", "Content-Encoding"):
        assert name not in headers_


def test_nothing_can_be_sent_to_the_board(home: Path, browser: FlaskClient) -> None:
    """
    No acknowledgement, no question: the board only answers GET and HEAD.
    """
    take(home, GOOD)
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        assert browser.open("/board", method=method).status_code == 405


def test_the_mandate_and_the_lists_are_the_same_for_everybody(home: Path, browser: FlaskClient) -> None:
    """
    Whoever comes back gets the note as the root signed it and the lists whole, whatever she asks with.
    """
    with_question = [browser.get(f"/{path}?x=1") for path in ("mandate", "words/ko", "words/zh", "words/en")]
    plain = [browser.get(f"/{path}") for path in ("mandate", "words/ko", "words/zh", "words/en")]

    assert [answer.data for answer in with_question] == [answer.data for answer in plain]
    assert plain[0].data == (home / "mandate.note").read_bytes()
    assert [answer.text for answer in plain[1:]] == [words.packed(each) for each in ("ko", "zh-Hans", "en")]
    assert {answer.headers["Cache-Control"] for answer in plain} == {"no-store"}
    assert browser.get("/words/zh-Hant").status_code == 404
    (home / "mandate.note").unlink()
    assert browser.get("/mandate").status_code == 404
