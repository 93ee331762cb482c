"""A researcher reads in a real browser: finds, looks, cites, in three languages, without JavaScript."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from werkzeug.serving import make_server

from server.research import shelf
from server.research.config import ResearchConfig
from server.research.site import create_app
from tests.journeys.test_access import violations
from tests.people import ORIGIN, TODAY
from tests.server.research.rooms import OFFICE, told, write

pytestmark = pytest.mark.loopback
SOLD = {
    "exploitation": ["x_BrideTrafficking"], "control": ["DebtBondage", "x_Confinement"],
    "recruitment": ["x_BrokerDeception"], "place": ["kp-10", "cn-jl"], "way": ["kp-10>cn-jl"],
}  # fmt: skip
ROWS = [
    *(
        told(
            f"kor{chr(97 + n)}",
            f"그해 겨울 {n}월에 강을 건넜다.",
            coding=SOLD | {"year": [f"{1998 + n % 2}"]},
        )
        for n in range(12)
    ),
    told("zhoa", "我過了圖們江。", lang="zho", coding={"exploitation": ["ForcedLabour"], "year": ["2004"]}),
    told(
        "hard",
        "하늘이 맑았다.",
        "강가에서 말하기 어려운 일이 있었다.",
        severities={2: 3},
        translations={"eng": {1: "The sky was clear.", 2: "Something hard to tell happened by the river."}},
    ),
]


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    config = ResearchConfig(tmp_path / "room", ORIGIN, OFFICE.root.public)
    shelf.publish(config, write(tmp_path / "stick", 1, *ROWS), TODAY)
    server = make_server("127.0.0.1", 0, create_app(config), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("language", ["ko-KR", "zh-CN", "en-GB"])
def test_a_researcher_finds_looks_and_cites(address: str, chromium: Browser, language: str) -> None:
    """
    R28, R33; axe finds nothing on any page, in any language.
    """
    context = chromium.new_context(locale=language, viewport={"width": 1280, "height": 900})
    plain = chromium.new_context(locale=language, java_script_enabled=False)
    try:
        desk, found = context.new_page(), []
        for path in (
            "/?q=강",
            "/concordance?q=강&sort=right",
            "/looking",
            "/testimony/hard?q=강&part=s0002#s0002",
            "/testimony/hard?beside=eng&part=s0001&cite=eng",
            "/?q=걍&when=x",
            "/?q=걍",
            "/how",
            "/list",
        ):
            desk.goto(address + path)
            assert desk.locator("html").get_attribute("lang") == language[:2]
            desk.evaluate("() => document.querySelectorAll('details').forEach(each => { each.open = true })")
            found += violations(desk)
        without = plain.new_page()
        without.goto(address)
        without.fill("#q", "강")
        without.press("#q", "Enter")
        without.click("nav.ways a >> nth=1")
        without.wait_for_selector(".kwic tbody tr")
        lines = without.locator(".kwic tbody tr").count()
        without.click(".kwic .part >> nth=0")
        without.click("a.part >> nth=0")
        cited = without.locator("#cite dd").first.inner_text()
        without.goto(f"{address}/testimony/hard")
        hidden = without.locator(".closed p").is_visible()
        without.click(".closed summary")
        opened = without.locator(".closed p").is_visible()
    finally:
        context.close()
        plain.close()

    assert found == []
    assert lines == 12  # the thirteenth stands in a part that is closed
    assert "@1#s0001" in cited
    assert (hidden, opened) == (False, True)
