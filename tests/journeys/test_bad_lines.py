"""She tells over lines that break: cut, slow, out of order, without answers. What arrives is whole."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.journeys.lines import Line, bad
from tests.journeys.survivor import ROOT, SENTINEL, Site, choose, keep, picture, png, served

pytestmark = pytest.mark.loopback
LINES: dict[str, dict[str, object]] = {
    "cut again and again": {"cut_after": (40_000, 90_000)},
    "slow and out of order": {"delay": 0.12},
    "answers that are lost": {"deaf": 0.25},
    "all of it": {"cut_after": (90_000, 240_000), "delay": 0.05, "deaf": 0.1},
}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    yield from served(tmp_path, ROOT.public)


@pytest.mark.parametrize("kind", LINES)
def test_on_a_line_that_breaks_all_of_it_arrives_once(site: Site, phone: Page, kind: str) -> None:
    """
    The page tries again by itself; if it gives up, she presses again, and it goes on.
    """
    line = Line(int(site.address.rpartition(":")[2]), **LINES[kind])  # type: ignore[arg-type]
    # The page's waiting between two tries is a tenth here: only the clock is another.
    phone.add_init_script(
        "const real = setTimeout; globalThis.setTimeout = (act, ms, ...more) => real(act, ms / 10, ...more);"
    )
    phone.goto(site.address)
    phone.wait_for_selector("#words:enabled")
    with bad(line) as address:
        phone.route(
            "**/api/**", lambda route: route.continue_(url=route.request.url.replace(site.address, address))
        )
        phone.fill("#words", SENTINEL)
        choose(phone, picture(), png(48, 40, 8, 2, bytes([60, 90, 200] * 48)))
        keep(phone, "keep")
        for _ in range(12):
            phone.click("#send")
            phone.wait_for_selector("#done:visible, #keeping:visible", timeout=90_000)
            if phone.is_visible("#done"):
                break
            assert phone.is_visible("#notice")
    opened = site.opened()
    said = [json.loads(body) for meta, body, _ in opened if meta["type"] == "statement"]
    photos = {digest.hex() for meta, _, digest in opened if meta["type"] == "file"}

    assert phone.is_visible("#done")
    assert line.cuts > 0 or line.delay
    assert {one["text"] for one in said} == {SENTINEL}
    # A statement whose answer was lost may stand there twice, under two numbers; a photo never does.
    assert len({one["seq"] for one in said}) == len(said)
    assert len(photos) == 2
    assert all({file["digest"] for file in one["files"]} <= photos for one in said)
