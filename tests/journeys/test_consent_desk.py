"""An archivist holds a testimony back, and two people open it again, in a real browser, in Korean."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from archive import review, sameness
from archive.coding import versions as codings
from archive.coding.record import life
from archive.policy import versions
from archive.workbench.door import Door
from archive.workbench.site import create_app
from tests.journeys.test_access import violations
from tests.people import MINJIS, SORAS, TODAY, Archive

pytestmark = pytest.mark.loopback
TOLD = """그해 겨울 어머니는 장마당에서 두부를 팔았다. 나는 동생의 손을 잡고 얼어붙은 강가에 서 있었다.
건너편 마을의 불빛이 보였고 개가 짖었다. 안내하던 사람은 돈을 먼저 달라고 했다."""
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


def test_a_search_with_filters_and_a_pair_to_decide(archive: Archive, there: str, seen: Page) -> None:
    """
    By keyboard from the head of the page; the pair goes when somebody has decided. axe finds nothing.
    """
    one, other = (archive.told(f"{TOLD}\n{end}") for end in ("그 뒤는 모른다.", "그것이 끝이다."))
    coded = {
        "acts": [{"act_id": "e1", "type": "x_Sale", "place_ref": "cn-changbai", "control": ["x_Confinement"]}]
    }
    words = review.reading(archive.vault, one).told
    codings.keep(archive.vault, archive.minji, words, life(coded), TODAY, seen=0)
    seen.goto(there)
    sign_in(seen, "minji", MINJIS)
    base = seen.url.rstrip("/")
    seen.click("header nav >> text=찾기")
    seen.fill("main input[name=q]", "두부")
    seen.press("main input[name=q]", "Enter")
    seen.wait_for_selector("article >> nth=1")
    found = violations(seen)
    seen.select_option("main select[name=code] >> nth=0", "CN-JL")
    seen.click("main button.strong")
    seen.wait_for_selector("h2")
    picture(seen, "finding")
    assert seen.locator("article").count() == 1
    found += violations(seen)
    seen.goto(f"{base}/alike")
    found += violations(seen)
    picture(seen, "alike")
    seen.click("article button[value=same_text]")
    seen.wait_for_selector("main table")
    found += violations(seen)

    assert seen.locator("article").count() == 0
    assert [{each.one, each.other} for each in sameness.decided(archive.vault)] == [{one, other}]
    assert found == []
