"""A day at the desk: one person proposes, another approves, and neither reads more than she chose."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from archive import review
from archive.workbench.door import Door
from archive.workbench.site import create_app
from tests.journeys.test_access import violations
from tests.people import MINJIS, SORAS, Archive

pytestmark = pytest.mark.loopback
MILD, HARD = "혜숙이는 노란 집에서 살았다.", "그 밤에 나는 강간을 당했다. 혜숙이도 곁에 있었다."
TEXT = f"{MILD}\n{HARD}\n그 뒤로 혜숙을 보지 못했다."


@contextmanager
def served(archive: Archive) -> Iterator[tuple[str, Door]]:
    door = Door(frozenset())
    server = make_server("127.0.0.1", 0, create_app(archive.vault, door), threaded=True)
    here = f"127.0.0.1:{server.server_port}"
    door.hosts = frozenset({here})
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://{here}", door
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Day:
    """A browser at the desk, 1280 wide and in Korean, and what axe finds on each page it looks at."""

    def __init__(self, page: Page) -> None:
        self.page, self.found = page, list[str]()

    def sign_in(self, name: str, phrase: str) -> None:
        if self.page.locator(".who").count():
            self.page.click("header form[action$=sign-out] button")
        self.page.select_option("select[name=name]", name)
        self.page.fill("input[name=passphrase]", phrase)
        self.page.press("input[name=passphrase]", "Enter")
        self.page.wait_for_selector(f".who:has-text('{name}')")

    def looks(self, name: str) -> None:
        """With ONGGI_PICTURES, a folder, what she sees is kept there for a person to look at."""
        if folder := os.environ.get("ONGGI_PICTURES"):
            self.page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
        self.found += [f"{name}: {each}" for each in violations(self.page)]

    def shows(self, words: str) -> bool:
        return words in self.page.inner_text("main")


def test_two_people_at_one_desk(archive: Archive, chromium: Browser) -> None:
    """
    R13, R23, R25-R27: severe words stay closed to each of them until she opens them; another key approves.
    """
    told = archive.told(TEXT)
    archive.told("长江边上的事。", lang="zho")
    archive.take(b"noise" * 20_000)
    context = chromium.new_context(
        viewport={"width": 1280, "height": 900}, locale="ko-KR", bypass_csp=True, reduced_motion="reduce"
    )
    with served(archive) as (there, door):
        day = Day(context.new_page())
        page = day.page
        page.goto(there + door.address)
        day.looks("desk")
        day.sign_in("minji", MINJIS)
        page.goto(f"{there}/testimony/{told}")
        assert day.shows(MILD)
        assert not day.shows("강간")
        day.looks("closed")
        page.click("#s0002 .judging summary")
        page.select_option("#s0002 select[name=level]", "3")
        page.fill("#s0002 input[name=summary]", "성폭력을 당한 밤")
        page.click("#s0002 .judging button")
        page.wait_for_selector(".closed:has-text('성폭력을 당한 밤')")
        page.click("#s0002 .closed button")
        page.wait_for_selector("#s0002 .original")
        assert day.shows("강간")
        page.evaluate(SELECT)
        page.wait_for_selector("#surface:valid")
        page.click(".marking button")
        page.wait_for_selector(".original mark")
        day.looks("open")
        page.click("form[action$='/approve'] button")
        page.wait_for_selector("[role=status]")
        assert archive.vault.testimony(told).workflow_status == "proposed"
        day.sign_in("sora", SORAS)
        assert not day.shows("강간")
        page.goto(f"{there}/care")
        day.looks("care")
        page.click("form[action='/care/next'] button")
        page.wait_for_selector(".closed")
        assert page.url == f"{there}/testimony/{told}"
        page.click("form[action$='/approve'] button")
        page.wait_for_selector("[role=status]")
        assert archive.vault.testimony(told).workflow_status == "proposed"
        page.click("#s0002 .closed button")
        page.wait_for_selector("#s0002 .original")
        page.click("form[action$='/approve'] button")
        page.wait_for_selector("[role=status]")
        assert archive.vault.testimony(told).workflow_status == "approved"
        for path in ("journal", "search", "release"):
            page.goto(f"{there}/{path}")
            day.looks(path)
        page.click("form[action='/close'] button")
        page.wait_for_selector("h1")
        day.looks("over")
        assert door.left_alone
    context.close()

    assert day.found == []
    reading = review.reading(archive.vault, told)
    assert (reading.proposer, reading.approver) == ("minji", "sora")


SELECT = """() => {
    const words = document.querySelector("#s0001 .original").firstChild;
    getSelection().setBaseAndExtent(words, 0, words, 2);
}"""
