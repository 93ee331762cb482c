"""A reviewer says who is one person, lets a tag stand for her, and takes it back: with keys, in Korean."""

from __future__ import annotations

from datetime import date

import pytest
from playwright.sync_api import Browser

from archive.redaction import choices, figures, joining
from tests.archive.redaction.test_figures import SECOND, called, told
from tests.journeys.test_hiding_desk import looks
from tests.journeys.workbench import opened, sign_in
from tests.people import Archive

pytestmark = pytest.mark.loopback
__all__ = ["told"]


def test_she_joins_names_uses_a_tag_and_takes_it_back(
    archive: Archive, chromium: Browser, told: dict[str, str]
) -> None:
    """
    Suggestions with reasons, one press each; a role; the tag in all drafts; undone exactly. Axe is quiet.
    """
    before = figures.figures(archive.vault)
    with opened(archive, chromium) as (page, there):
        page.goto(f"{there}/figures")
        found = looks(page, "figures-shut")
        assert "김영숙" not in page.content()
        sign_in(page, "minji")
        page.goto(f"{there}/figures/alike")
        found += looks(page, "figures-alike")
        assert "성을 뺀 이름이 같습니다" in page.content()
        page.focus("button[aria-label='김영숙, 영숙: 한 사람']")
        page.keyboard.press("Enter")
        page.wait_for_selector("[role=status]")
        page.goto(f"{there}/figures")
        for surface in ("김영숙", "小玉"):
            page.focus(f"input[aria-label='{surface} 고르기']")
            page.keyboard.press("Space")
        page.click("button[form=joining]")
        page.wait_for_selector("[role=status]")
        page.select_option("select[aria-label='김영숙의 역할']", "younger_sister")
        page.click("tr:has-text('김영숙') form:has(select) button")
        page.wait_for_selector("[role=status]")
        page.click("button[aria-label='김영숙: 대신 쓰는 말을 모든 곳에 쓰기']")
        page.wait_for_selector("[role=status]")
        found += looks(page, "figures")
        row = page.locator("tr", has_text="김영숙").inner_text()
        assert "[여동생 " in row
        assert "증언을 이어 줌" in row
        page.click("tr:has-text('김영숙') th a")
        found += looks(page, "figure")
        assert "[妹妹" in page.content()
        page.goto(f"{there}/testimony/{told[SECOND]}/hide/once-more")
        assert "[여동생 " in page.inner_text("main")
        for _ in range(2):
            page.goto(f"{there}/figures")
            page.click(".acts li:first-child button")
            page.wait_for_selector("[role=status]")
        found += looks(page, "figures-undone")

    assert found == []
    after = figures.figures(archive.vault)
    assert [(each.id, each.aliases) for each in after] == [(each.id, each.aliases) for each in before]
    assert joining.acts(archive.vault) == []


def test_without_a_script_the_list_works_too(
    archive: Archive, chromium: Browser, told: dict[str, str]
) -> None:
    """
    Parting a name with a box and a button; what is taken in from a testimony since.
    """
    vault = archive.vault
    into = called(vault, "김영숙")
    joining.join(vault, archive.minji, into, [called(vault, "김영순")], date(2026, 1, 1))
    text = "박순이가 왔다."
    late = archive.told(text)
    choices.keep(vault, archive.minji, late, [choices.Choice(0, 3, "name", True)])
    with opened(archive, chromium, scripts=False) as (page, there):
        sign_in(page, "minji")
        page.goto(f"{there}/figures/one/{into}")
        page.check("li:has-text('김영순') input")
        page.click("form[action*='/part'] button")
        assert called(vault, "김영순") != into
        page.goto(f"{there}/figures")
        page.click("form[action*='/gather'] button")

    assert sum("박순이" in each.surfaces for each in figures.figures(vault)) == 2
