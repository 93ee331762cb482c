"""Every page that a link leads to, in a real Chromium: it breaks no rule of its site's policy, and no error.

A page that breaks its own policy works less than it seems to, and hides the day on which a stranger's does.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page, Request
from werkzeug.serving import make_server

from archive import review
from archive.coding import versions
from archive.coding.record import life
from server.research import shelf
from server.research.config import ResearchConfig
from server.research.site import create_app
from tests.journeys.survivor import ROOT, Site, served
from tests.journeys.workbench import opened, sign_in
from tests.people import ORIGIN, TODAY, Archive
from tests.server.research.readers import vetted
from tests.server.research.rooms import OFFICE, told, write

pytestmark = pytest.mark.loopback
SEEN = """
globalThis.broken = [];
addEventListener("securitypolicyviolation", (e) =>
  broken.push(`${e.effectiveDirective} ${e.blockedURI} ${e.sourceFile}:${e.lineNumber}`));
"""
SOLD = {"acts": [{"act_id": "e1", "type": "x_Sale", "date_edtf": "1998", "place_ref": "kp-10"}]}
MOST = 40
ROWS = [told(f"kor{chr(97 + n)}", f"강을 건넜다 {n}.", coding={"year": ["1998"]}) for n in range(6)]


def loud(page: Page, start: str, *more: str) -> tuple[list[str], set[str]]:
    """What any page complained of that *start* and *more* lead to, each kind once; and the kinds."""
    found, waiting, seen = list[str](), [start, *more], set[str]()

    def hear(said: ConsoleMessage) -> None:
        if said.type == "error":
            found.append(f"{page.url}: {said.text}")

    def miss(request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # it was still on its way when the next page was opened
            found.append(f"{page.url}: {request.url} {request.failure}")

    page.add_init_script(SEEN)
    page.on("console", hear)
    page.on("pageerror", lambda error: found.append(f"{page.url}: {error}"))
    page.on("requestfailed", miss)
    while waiting and len(seen) < MOST:
        path = waiting.pop(0)
        try:
            page.goto(urljoin(start, path))
        except Error as error:
            if "Download is starting" not in str(error):
                raise
            continue
        seen.add(kind(path))
        found += [f"{page.url}: {each}" for each in page.evaluate("() => globalThis.broken")]
        links: list[str] = page.evaluate("() => [...document.links].map((link) => link.href)")
        for link in links:
            here = urlsplit(link).netloc == urlsplit(start).netloc and "/static/" not in link
            if here and kind(link) not in seen | set(map(kind, waiting)):
                waiting.append(link)
    return found, seen


def kind(link: str) -> str:
    """The path, with one name in the place of every testimony's."""
    return re.sub(r"/testimony/\w+(@\d+)?", "/testimony/x", urlsplit(link).path)


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context(locale="ko-KR")
    yield context
    context.close()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    yield from served(tmp_path, ROOT.public)


def test_no_page_of_the_deposit_site_breaks_its_policy(site: Site, context: BrowserContext) -> None:
    """
    Her page and all that it leads to, the way out included.
    """
    found, seen = loud(context.new_page(), f"{site.address}/", "/help", "/carry")

    assert found == []
    assert {"/", "/help", "/carry"} <= seen


def test_no_page_of_a_reading_room_breaks_its_policy(tmp_path: Path, context: BrowserContext) -> None:
    """
    What is found, a testimony, the drawings, the list; and the door of a vetted one.
    """
    config = ResearchConfig(tmp_path / "room", ORIGIN, OFFICE.root.public)
    shelf.publish(config, write(tmp_path / "stick", 1, *ROWS), TODAY)
    with serving(create_app(config)) as address:
        found, seen = loud(context.new_page(), f"{address}?q=강")
    app = create_app(vetted(config))
    with serving(app) as address:
        closed, outside = loud(context.new_page(), address)
    app.extensions["readers"].dispose()

    assert found + closed == []
    assert {"/", "/testimony/x", "/looking", "/concordance", "/list"} <= seen
    assert outside >= {"/", "/join"}


def test_no_page_of_the_workbench_breaks_its_policy(archive: Archive, chromium: Browser) -> None:
    """
    With a testimony that has a recording and one that was coded, somebody signed in, and every script.
    """
    archive.recorded(b"no sound", text="그해 겨울에 강을 건넜다.")
    reading = review.reading(archive.vault, archive.told("혜산에서 왔다.")).told
    versions.keep(archive.vault, archive.minji, reading, life(SOLD), TODAY, seen=0)
    with opened(archive, chromium) as (desk, there):
        desk.set_default_timeout(240_000)
        sign_in(desk, "minji")
        found, seen = loud(desk, f"{there}/")

    assert found == []
    assert len(seen) > 15
    assert any("/testimony/" in path for path in seen)
