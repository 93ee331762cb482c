"""A second set of words, for whoever makes her type them: alike on every screen, wire, shelf and row."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Request

from tests.journeys.survivor import ROOT, SENTINEL, Site, keep, open_page, send, served
from tests.journeys.test_returning import comes_back, phone_of, watched

pytestmark = pytest.mark.loopback
HARMLESS = "오늘은 날씨가 맑다"
ROWS = ("deposit", "part")
ALIKE = {"size", "day", "complete", "number"}
"""Columns that may hold one value in the rows of any two deposits of one day."""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    yield from served(tmp_path, ROOT.public)


def rows(site: Site) -> list[dict[str, object]]:
    with closing(sqlite3.connect(site.home / "intake.sqlite")) as database:
        database.row_factory = sqlite3.Row
        return [dict(row) for table in ROWS for row in database.execute(f"select * from {table}")]


def told(site: Site, chromium: Browser, words: str) -> str:
    phone = phone_of(chromium)
    open_page(phone, site)
    phone.fill("#words", words)
    receipt = " ".join(keep(phone, "keep"))
    send(phone)
    phone.context.close()
    return receipt


def test_two_sets_of_words_are_alike_to_whoever_makes_her_type_one(site: Site, chromium: Browser) -> None:
    """
    Whichever she types, screen and requests are the same; on the shelf and in the rows nothing ties them
    together; and taking back with one leaves the other whole.
    """
    hers, harmless = (told(site, chromium, each) for each in (SENTINEL, HARMLESS))
    assert {len(each) for each in site.envelopes()} == {len(site.envelopes()[0])}
    values: dict[object, set[str]] = {}
    for row in rows(site):
        owner = str(row.get("deposit", row.get("id")))
        for name, value in row.items():
            if name not in ALIKE:
                values.setdefault(value, set()).add(owner)
    assert len(values) >= 4
    assert all(len(owners) == 1 for owners in values.values())
    accounts = [body for meta, body, _ in site.opened() if meta["type"] == "statement"]
    assert len(accounts) == 2
    seen = []
    for receipt in (hers, harmless):
        phone = phone_of(chromium)
        requests: list[Request] = []
        watched(phone, requests)
        shown = comes_back(phone, site.address, receipt)
        seen.append((shown, [(each.method, each.url, each.post_data_buffer) for each in requests]))
        assert SENTINEL not in shown
        phone.context.close()
    assert seen[0] == seen[1]
    assert "1번이 모두 온전히 왔습니다" in seen[0][0]
    phone = phone_of(chromium)
    comes_back(phone, site.address, harmless)
    phone.click("[data-go=leaving]")
    phone.click("#take-back")
    phone.wait_for_selector("#taken:visible", timeout=60_000)
    phone.context.close()
    left = [body for _, body, _ in site.opened()]

    assert any(SENTINEL.encode() in body for body in left)
    assert not any(HARMLESS.encode() in body for body in left)


def test_it_is_explained_where_she_gets_her_words_and_nowhere_she_is_made_to_type_them(
    site: Site, chromium: Browser
) -> None:
    """
    Whoever stands beside her when she comes back is not reminded of it by the page.
    """
    phone = phone_of(chromium)
    open_page(phone, site)
    phone.fill("#words", SENTINEL)
    keep(phone, "keep")
    assert phone.locator("#keeping summary >> text=걱정되세요").is_visible()
    phone.goto(site.address)
    phone.wait_for_selector("#words:enabled")
    phone.click("[data-go=returning]")
    assert "걱정되세요" not in phone.inner_text("main")
    phone.context.close()
