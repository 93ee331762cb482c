"""A film on a line that breaks: two phones, one set of words, nothing sent twice."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route

from crypto.receipt import Receipt
from server.intake.config import PART_SIZE
from tests.journeys.survivor import ROOT, SENTINEL, Site, served

pytestmark = pytest.mark.loopback
HERE = Path(__file__).parent
CLIENT = HERE.parents[1] / "server" / "intake" / "client"
ESBUILD = CLIENT / "node_modules" / ".bin" / "esbuild"
FILM = 20_000_000
"""Bytes of the film that she has on her phone's card."""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    (tmp_path / "home").mkdir()
    yield from served(tmp_path / "home", ROOT.public)


@pytest.fixture
def film(tmp_path: Path) -> Path:
    path = tmp_path / "VID_20140211.mp4"
    path.write_bytes(secrets.token_bytes(FILM))
    return path


@pytest.fixture(scope="module")
def script() -> str:
    if not ESBUILD.exists():
        pytest.skip("run `make client` first")
    asked = [str(ESBUILD), str(HERE / "resuming.mjs"), "--bundle", "--format=esm"]
    return subprocess.run(asked, cwd=CLIENT, check=True, capture_output=True, text=True).stdout


def without_integrity(route: Route) -> None:
    """The page, with leave to run another script than its own."""
    answer = route.fetch()
    route.fulfill(response=answer, body=re.sub(r' integrity="[^"]*"', "", answer.text()))


def phone_of(chromium: Browser, site: Site, script: str, film: Path | None) -> Page:
    """A phone that has never been here, with the client's modules under its page."""
    phone = chromium.new_context(locale="ko-KR").new_page()
    phone.route("**/static/app.js", lambda route: route.fulfill(body=script, content_type="text/javascript"))
    phone.route(f"{site.address}/", without_integrity)
    phone.goto(site.address)
    phone.wait_for_function("() => typeof globalThis.send === 'function'")
    if film:
        phone.set_input_files("#any", film)
    return phone


def test_a_film_goes_on_from_another_phone_with_the_words_alone(
    site: Site, chromium: Browser, script: str, film: Path
) -> None:
    """
    The line is cut in the middle and the page closed; the next phone sends only what is missing, and the
    archive opens the film as it was.
    """
    first = phone_of(chromium, site, script, film)
    code = first.evaluate("() => code()")
    taken: list[int] = []

    def cut_in_the_middle(route: Route) -> None:
        if len(taken) == 9:
            route.abort()
        else:
            route.continue_()
            taken.append(len(route.request.post_data_buffer or b""))

    first.route("**/api/deposits/*/*", cut_in_the_middle)
    with first.expect_event("requestfailed", lambda request: request.method == "PUT", timeout=60_000):
        first.evaluate("([code, words]) => void send(code, words).catch(() => {})", [code, SENTINEL])
    first.context.close()
    [begun] = (site.home / "shelf").iterdir()
    kept = sum(part.stat().st_size for part in begun.iterdir())

    second = phone_of(chromium, site, script, film)
    sent: list[int] = []
    second.on("request", lambda r: sent.append(len(r.post_data_buffer or b"") if r.method == "PUT" else 0))
    told = second.evaluate("([code, words]) => send(code, words)", [code, SENTINEL])
    opened = {meta["type"]: body for meta, body, _ in site.opened()}
    size = sum(len(envelope) for envelope in site.envelopes())

    assert kept == 9 * PART_SIZE
    assert sum(sent) == size - kept
    assert told["first"] == pytest.approx(kept / size)
    assert told["last"] == 1
    assert hashlib.sha256(opened["file"]).digest() == hashlib.sha256(film.read_bytes()).digest()
    assert json.loads(opened["statement"])["text"] == SENTINEL
    second.context.close()


def test_with_her_words_she_sees_what_arrived_and_takes_it_back(
    site: Site, chromium: Browser, script: str
) -> None:
    """
    Another phone finds her statement in the list; once she took it back, neither list nor shelf has it.
    """
    first = phone_of(chromium, site, script, None)
    code = first.evaluate("() => code()")
    first.evaluate("([code, words]) => send(code, words)", [code, SENTINEL])
    first.evaluate("([code, words]) => send(code, words)", [code, "하나 더"])
    other = phone_of(chromium, site, script, None)
    asked: list[str] = []
    other.on("request", lambda request: asked.append(request.url + (request.post_data or "")))
    found = other.evaluate("(code) => look(code)", code)
    nothing = other.evaluate("(code) => look(code)", "00" * 13)
    other.evaluate("(code) => takeBack(code)", code)
    after = other.evaluate("(code) => look(code)", code)
    account = Receipt(bytes.fromhex(code)).keys(ROOT.public).signing.public.raw.hex()

    assert [row["state"] for row in found] == [1, 1]
    assert found[1]["seq"] == found[0]["seq"] + 1
    assert (nothing, after) == ([], [])
    assert list((site.home / "shelf").iterdir()) == []
    assert not any(code in told or account in told for told in asked)
    for page in (first, other):
        page.context.close()
