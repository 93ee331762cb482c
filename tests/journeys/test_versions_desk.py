"""Two archivists correct, review, approve and compare, in a real browser."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from archive import review, translating
from archive.redaction.spans import Redaction
from archive.versions.basis import chosen
from archive.versions.record import history
from tests.journeys.test_access import violations
from tests.journeys.workbench import opened, sign_in
from tests.people import RESEARCH, Archive

pytestmark = pytest.mark.loopback
WORDS = "나는 혜산에서 왔다.\n\n혜숙이는 강을 건넜다.\n\n그 뒤로 혜숙을 보지 못했다."
SHOTS = os.environ.get("ONGGI_SCREENSHOTS")
"""A folder for pictures of the pages, for whoever wants to look at them."""


def test_a_correction_becomes_the_words_that_count(archive: Archive, chromium: Browser) -> None:
    """
    R13, R14: one writes, another reviews, the first approves, and chooses; both sides are seen beside each
    other; what changed is marked with more than colour; axe finds nothing.
    """
    told = archive.told(WORDS, grants=[*RESEARCH, ("translate", "archivists")])
    with opened(archive, chromium) as (page, there):
        sign_in(page, "minji")
        page.goto(f"{there}/testimony/{told}/versions")
        page.click("text=고치기")
        page.fill("#s0002", "혜숙이는 두만강을 건넜다.\n\n추운 겨울이었다.")
        page.click("text=서명하고 새 판으로 저장")
        page.wait_for_selector("[role=status]")
        sign_in(page, "sora")
        page.goto(f"{there}/testimony/{told}/versions")
        page.click("text=검토했다고 서명")
        sign_in(page, "minji")
        page.goto(f"{there}/testimony/{told}/versions")
        page.click("text=이 글을 승인")
        page.wait_for_selector("text=서명했습니다")
        page.click("tr:last-child >> text=이 글을 쓰기")
        page.wait_for_selector(".counts")
        page.goto(f"{there}/testimony/{told}/versions?edit=3&into=eng")
        page.fill("#s0002", "Hyesuk crossed the Tumen.")
        page.click("text=서명하고 새 판으로 저장")
        page.goto(f"{there}/testimony/{told}/versions?before=0&after=3")
        inserted = page.locator(".compared ins").all_inner_texts()
        decorated = page.eval_on_selector(".compared ins", "e => getComputedStyle(e).textDecorationLine")
        found = violations(page)
        beside = page.locator(".beside tr#b-s0002 td").all_inner_texts()
        if SHOTS:
            page.screenshot(path=Path(SHOTS) / "versions.png", full_page=True)
        page.goto(f"{there}/testimony/{told}/versions?edit=3")
        found += violations(page)
        if SHOTS:
            page.screenshot(path=Path(SHOTS) / "versions-edit.png", full_page=True)

    kinds = [each.kind for each in history(archive.vault, told)]
    assert kinds == ["received_literal", "corrected", "reviewed", "approved", "translation"]
    assert [s.id for s in history(archive.vault, told)[3].segments] == ["s0001", "s0002", "s0004", "s0003"]
    assert chosen(archive.vault, told) == 3
    assert "추운 겨울이었다." in review.reading(archive.vault, told).told.text
    assert inserted == ["두만", "추운 겨울이었다."]
    assert decorated == "underline"
    assert beside[1:4] == [
        "혜숙이는 강을 건넜다.",
        "혜숙이는 두만강을 건넜다.",
        "Hyesuk crossed the Tumen.",
    ]
    assert found == []


def test_a_translation_for_readers_is_written_beside_the_redacted_words(
    archive: Archive, chromium: Browser
) -> None:
    """
    R13: one writes what readers will read, another approves it; axe finds nothing.
    """
    told = archive.told(WORDS, grants=[*RESEARCH, ("translate", "archivists")])
    at = WORDS.find("혜숙")
    review.propose(archive.vault, archive.minji, told, [Redaction(at, at + 2, "name")])
    archive.approve(told)
    with opened(archive, chromium) as (page, there):
        sign_in(page, "minji")
        page.goto(f"{there}/testimony/{told}/translation?into=eng")
        page.fill("#s0002", "[name] crossed the river.")
        page.click("text=이 번역에 서명")
        page.wait_for_selector("text=다른 사람이 승인합니다")
        found = violations(page)
        if SHOTS:
            page.screenshot(path=Path(SHOTS) / "translation.png", full_page=True)
        sign_in(page, "sora")
        page.goto(f"{there}/testimony/{told}/translation?into=eng")
        page.click("text=이 번역을 승인")
        page.wait_for_selector("text=다음 공개본에 함께 나갑니다")

    assert translating.standing(archive.vault, told)["eng"].told.approver == "sora"
    assert found == []
