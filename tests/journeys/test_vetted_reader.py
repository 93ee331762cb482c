"""A researcher joins, accepts, reads, keeps a list and leaves, in a real browser without JavaScript."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from server.research import shelf
from server.research.accounts import Accounts
from server.research.config import ResearchConfig
from server.research.site import create_app
from server.research.tables import connect, key_of
from tests.journeys.test_access import violations
from tests.people import ORIGIN, TODAY
from tests.server.research.readers import PHRASE, number, vetted
from tests.server.research.rooms import OFFICE, told, write

pytestmark = pytest.mark.loopback
ROWS = [told(f"kor{n}", f"그해 겨울 {n}에 강을 건넜다.", coding={"year": ["1998"]}) for n in "abcdefghijkl"]


@dataclass
class Room:
    """A vetted room on loopback, and an invitation to it."""

    address: str
    invitation: str


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    config = ResearchConfig(tmp_path / "room", ORIGIN, OFFICE.root.public)
    shelf.publish(config, write(tmp_path / "stick", 1, *ROWS), TODAY)
    engine = connect(vetted(config).home)
    app = create_app(config)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    accounts = Accounts(engine, key_of(config.home))
    yield Room(f"http://localhost:{server.server_port}", accounts.invite("김민지", accounts.today))
    server.shutdown()
    thread.join()
    server.server_close()
    engine.dispose()
    app.extensions["readers"].dispose()


def join(page: Page, room: Room) -> bytes:
    """Answer the invitation; the secret that her app now has."""
    page.goto(f"{room.address}/join")
    page.fill("#code", room.invitation)
    page.click("main button")
    shown = page.locator("main code").inner_text()
    secret = base64.b32decode(shown.replace("-", ""))
    page.fill("#phrase", PHRASE)
    page.fill("#again", PHRASE)
    page.fill("#number", number(secret, time.time()))
    page.click("main button")
    page.wait_for_selector(".codes")
    return secret


def sign_in(page: Page, room: Room, secret: bytes) -> None:
    page.goto(f"{room.address}/sign-in")
    page.fill("#name", "김민지")
    page.fill("#phrase", PHRASE)
    page.fill("#number", number(secret, time.time()))
    page.click("main button")


def test_she_joins_reads_keeps_a_list_and_leaves(room: Room, chromium: Browser, tmp_path: Path) -> None:
    """
    Before she signs in no page is hers; after she signed out neither. Her list is a file, and comes back.
    """
    context = chromium.new_context(locale="ko-KR", java_script_enabled=False, accept_downloads=True)
    page, file = context.new_page(), tmp_path / "mine.json"
    try:
        page.goto(room.address)
        outside = page.url
        sign_in(page, room, join(page, room))
        terms = page.url
        page.click("main button")
        page.fill("#q", "강")
        page.press("#q", "Enter")
        page.wait_for_selector("article")
        found = page.locator("article").count()
        page.click("article h2 a >> nth=0")
        page.click("form.keep button")
        with page.expect_download() as download:
            page.click("button[formaction='/list.json']")
        download.value.save_as(file)
        page.goto(f"{room.address}/list")
        page.set_input_files("#file", file)
        page.click("button.second")
        page.wait_for_selector(".listed span[translate]")
        back = page.locator(".listed span[translate]").all_inner_texts()
        cookies = context.cookies()
        page.click(".reader button")
        page.goto(f"{room.address}/?q=강")
        after = page.url
    finally:
        context.close()

    assert (outside, terms, after) == (
        f"{room.address}/sign-in",
        f"{room.address}/terms",
        f"{room.address}/sign-in",
    )
    assert found == 10
    assert back == json.loads(file.read_text("utf-8"))["testimonies"]
    assert len(back) == 1
    [cookie] = cookies
    assert (cookie["name"], cookie["secure"], cookie["httpOnly"]) == ("__Host-reading", True, True)


@pytest.mark.parametrize("language", ["ko-KR", "zh-CN", "en-GB"])
def test_axe_finds_nothing_at_the_door(room: Room, chromium: Browser, language: str) -> None:
    """
    The way in, also refused; the terms; and a page with her name on it, on a small screen.
    """
    context = chromium.new_context(locale=language, viewport={"width": 360, "height": 740})
    page, found = context.new_page(), list[str]()
    try:
        for path in ("/sign-in", "/join"):
            page.goto(room.address + path)
            found += violations(page)
        page.fill("#code", room.invitation)
        page.click("main button")
        found += violations(page)
        secret = join(page, room)
        found += violations(page)
        page.goto(f"{room.address}/sign-in")
        page.fill("#name", "김민지")
        page.fill("#phrase", "another passphrase")
        page.fill("#number", "123456")
        page.click("main button")
        found += violations(page)
        sign_in(page, room, secret)
        found += violations(page)
        page.click("main button")
        found += violations(page)
        wide = page.evaluate("() => document.documentElement.scrollWidth")
    finally:
        context.close()

    assert found == []
    assert wide == 360
