"""An archivist holds a testimony back, and two people open it again, in a real browser, in Korean."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from archive import review
from archive.coding import versions as codings
from archive.coding.record import life
from archive.policy import versions
from archive.workbench.door import Door
from archive.workbench.site import create_app
from tests.journeys.test_access import violations
from tests.people import MINJIS, SORAS, TODAY, Archive

pytestmark = pytest.mark.loopback
PERSON = {"actor_id": "a1", "label": "이웃 언니", "whereabouts_class": "in_dprk", "names": [{"form": "혜숙"}]}


@pytest.fixture
def there(archive: Archive) -> Iterator[str]:
    """The workbench, running; its address that works once."""
    door = Door(frozenset())
    server = make_server("127.0.0.1", 0, create_app(archive.vault, door), threaded=True)
    door.hosts = frozenset({f"127.0.0.1:{server.server_port}"})
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}{door.address}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def seen(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(locale="ko-KR", viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


def sign_in(seen: Page, name: str, passphrase: str) -> None:
    seen.select_option("select[name=name]", name)
    seen.fill("input[name=passphrase]", passphrase)
    seen.press("input[name=passphrase]", "Enter")
    seen.wait_for_selector(".who")


def picture(seen: Page, name: str) -> None:
    """For somebody who wants to look at it: a folder in ONGGI_PICTURES."""
    if folder := os.environ.get("ONGGI_PICTURES"):
        seen.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def test_one_holds_back_and_two_open_again(archive: Archive, there: str, seen: Page) -> None:
    """
    R12, R13, R31: what holds it back stands there; a loosening waits for the second; axe is quiet.
    """
    told = archive.told()
    review.propose(archive.vault, archive.minji, told)
    archive.approve(told)
    words = review.reading(archive.vault, told).told
    codings.keep(archive.vault, archive.minji, words, life({"actors": [PERSON]}), TODAY, seen=0)
    seen.goto(there)
    sign_in(seen, "minji", MINJIS)
    base = seen.url.rstrip("/")
    seen.goto(f"{base}/testimony/{told}/consent")
    found = violations(seen)
    picture(seen, "consent")
    assert "북한에 있고 허락하지 않은 사람" in seen.inner_text("main")
    seen.check("input[name=personal]")
    seen.fill("input[name=until_personal]", "2099-01-01")
    seen.fill("input[name=grounds]", "가족이 아직 거기 있다")
    seen.click(".policy button.strong")
    seen.wait_for_selector("text=지금부터 이대로입니다")
    assert versions.current(archive.vault, told).policy.embargoes[0].until == "2099-01-01"
    seen.uncheck("input[name=personal]")
    seen.click(".policy button.strong")
    seen.wait_for_selector("#waiting")
    found += violations(seen)
    picture(seen, "consent-waiting")
    seen.goto(f"{base}/due")
    found += violations(seen)
    picture(seen, "due")
    seen.click("main a")
    seen.click("header form button")
    sign_in(seen, "sora", SORAS)
    seen.goto(f"{base}/testimony/{told}/consent")
    seen.click("section.notice button.strong")
    seen.wait_for_selector("text=지금부터 이대로입니다")

    assert versions.current(archive.vault, told).by == ("minji", "sora")
    assert found == []
