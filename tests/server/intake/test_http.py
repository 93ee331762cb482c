"""The intake through HTTP: what the page asks for, and what nobody should."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from crypto.words import Language, packed
from server.intake.deposits import Deposits
from server.intake.shelf import DiskShelf
from tests.server.intake.sealed import ENVELOPE, PART, PARTS, part


def test_a_deposit_goes_through_http(browser: FlaskClient) -> None:
    """
    Begin, send, ask, complete, as the page does it.
    """
    asked = {"deposit": (deposit := "0d" * 16), "size": len(ENVELOPE), "erase": "5e" * 32}
    begun = browser.post("/api/deposits", json=asked)
    assert (begun.status_code, begun.json) == (
        201,
        {"part_size": PART, "missing": [*PARTS], "complete": False},
    )
    for offset in PARTS:
        assert browser.put(f"/api/deposits/{deposit}/{offset}", data=part(offset)).status_code == 204
    told = browser.get(f"/api/deposits/{deposit}").json

    assert told == {"size": len(ENVELOPE), "received": len(ENVELOPE), "complete": False, "missing": []}
    assert browser.post(f"/api/deposits/{deposit}/complete").json == {"complete": True}


@pytest.mark.parametrize("path", ["/keycard", "/nothing", "/api/deposits/zz", "/static/nothing.js"])
def test_every_answer_carries_the_headers_and_no_cookie(browser: FlaskClient, path: str) -> None:
    """
    Errors and static files are protected as pages are.
    """
    answer = browser.get(path)

    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(("lang", "other"), [("ko", "en"), ("en", "ko")])
def test_a_page_carries_the_receipt_list_of_its_own_language_only(
    browser: FlaskClient, lang: Language, other: Language
) -> None:
    """
    Her phone loads no words that it does not show.
    """
    page = browser.get(f"/?lang={lang}").get_data(as_text=True)

    assert packed(lang) in page
    assert packed(other)[2000:2100] not in page


def test_a_refusal_states_the_fact_and_a_hint(browser: FlaskClient) -> None:
    """
    Bad input gets a clear answer.
    """
    answer = browser.post("/api/deposits", json={"size": True, "name": "x"})

    assert answer.status_code == 400
    assert set(answer.json or {}) == {"error", "hint"}


@pytest.mark.parametrize("asked", [b"[" * 50_000, b'{"size":' * 7_000, b'{"size": NaN}', b"\xff", b""])
def test_whatever_is_asked_for_is_refused_and_breaks_nothing(browser: FlaskClient, asked: bytes) -> None:
    """
    Brackets in brackets, half an answer, no text at all: the same clear refusal.
    """
    answer = browser.post("/api/deposits", data=asked, content_type="application/json")

    assert answer.status_code == 400
    assert set(answer.json or {}) == {"error", "hint"}


def test_a_full_disk_is_a_reason_to_come_back(browser: FlaskClient) -> None:
    """
    503, on which the page tries again by itself, and not a refusal.
    """

    class Full(DiskShelf):
        def room(self) -> int:
            return 0

    app = browser.application
    known: Deposits = app.extensions["deposits"]
    shelf = Full(app.config["INTAKE"].shelf)
    app.extensions["deposits"] = Deposits(known.engine, shelf, PART, known.max_envelope)
    answer = browser.post(
        "/api/deposits", json={"deposit": "0d" * 16, "size": len(ENVELOPE), "erase": "5e" * 32}
    )

    assert (answer.status_code, (answer.json or {})["hint"]) == (503, "try again later")
