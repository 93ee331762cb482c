"""An archivist ends what a woman took back, in a real browser, in Korean."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from crypto.receipt import Receipt
from tests.archive.test_standing import withdraws
from tests.journeys.test_access import violations
from tests.journeys.workbench import opened, sign_in
from tests.people import SORAS, Archive

pytestmark = pytest.mark.loopback


def looks(page: Page, name: str) -> list[str]:
    """What axe finds; with ONGGI_PICTURES, a folder, what she sees is kept there for a person to look at."""
    if folder := os.environ.get("ONGGI_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
    return [f"{name}: {each}" for each in violations(page)]


def test_what_was_taken_back_is_ended_at_the_desk(archive: Archive, chromium: Browser) -> None:
    """
    R8, R9: by her word, and by two people where it is missing; then the notice. axe is quiet on every step.
    """
    receipts = [Receipt.generate() for _ in range(2)]
    told = [archive.told(f"{n}째 사람의 말", receipt=each) for n, each in enumerate(receipts)]
    archive.let_out(*told)
    archive.take(withdraws(archive, receipts[0], 1))
    with opened(archive, chromium) as (page, there):
        sign_in(page, "minji")
        page.click("header nav >> text=거두어 간 증언")
        found = looks(page, "withdrawals")
        page.check("section.part input[name=sure]")
        page.press("section.part button.strong", "Enter")
        page.wait_for_selector(".notice[role=status]")
        found += looks(page, "withdrawals-destroyed")
        page.fill("input[name=testimony]", told[1])
        page.press("input[name=testimony]", "Enter")
        page.wait_for_selector("main input[name=passphrase]")
        found += looks(page, "withdrawals-two")
        page.select_option("main select[name=second]", "sora")
        page.fill("main input[name=passphrase]", SORAS)
        page.check("main input[name=sure]")
        page.press("main input[name=passphrase]", "Enter")
        page.wait_for_selector(".notice[role=status]")
        page.click("form[action$=notice] button")
        page.wait_for_selector(".notice[role=status] code")
        written = Path(page.inner_text(".notice[role=status] code"))
        page.goto(f"{there}/withdrawals")

    assert list(archive.vault.testimonies()) == []
    assert (written / "withdrawal.note").exists()
    assert found == []
