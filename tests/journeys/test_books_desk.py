"""An editor makes a book in a real browser: arranges, quotes by selecting, asks, and takes the file away."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from archive import review
from archive.manuscripts import shelf
from archive.manuscripts.binder import Project
from archive.manuscripts.quoting import Sources
from archive.redaction.spans import Redaction
from tests.journeys.test_access import violations
from tests.journeys.workbench import opened, sign_in
from tests.people import RESEARCH, Archive

pytestmark = pytest.mark.loopback
SHOTS = os.environ.get("ONGGI_SCREENSHOTS")
"""A folder for pictures of the pages, for whoever wants to look at them."""
TEXT = "혜숙이는 겨울에 강을 건넜다.\n\n얼음 밑에서 물소리가 났다. 신발을 벗어 들었다.\n\n그날을 잊지 않는다."


def told(archive: Archive) -> str:
    id = archive.told(TEXT, grants=[*RESEARCH, ("memoir_compilation", "public")])
    review.propose(archive.vault, archive.minji, id, [Redaction(0, 2, "name")])
    archive.approve(id)
    return id


def shoot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


def press(page: Page, selector: str) -> None:
    """Press what sends a form, and wait for the page that answers."""
    with page.expect_navigation():
        page.click(selector)


def begun(page: Page, there: str, title: str) -> None:
    page.goto(f"{there}/books")
    page.fill("main input[name=title]", title)
    page.select_option("main select[name=audience]", "public")
    press(page, "main button.strong")
    page.fill("details[open] input[name=title]", "강")
    press(page, "details[open] button")
    page.click("text=장 더하기")
    page.fill("details[open] input[name=title]", "건너다")
    press(page, "details[open] button")


def project(archive: Archive) -> Project:
    return shelf.projects(archive.vault)[0]


def words(archive: Archive) -> list[str]:
    sources = Sources(archive.vault, project(archive))
    return [sources.text(block) for block in project(archive).blocks]


def test_an_editor_quotes_by_selecting_arranges_and_takes_the_book_away(
    archive: Archive, chromium: Browser, tmp_path: Path
) -> None:
    """
    R34, R35: words selected across paragraphs become a quote to the letter; a block is dragged, another moved
    by its button; the book is made only after her yes; axe finds nothing on any page.
    """
    id = told(archive)
    with opened(archive, chromium) as (page, there):
        sign_in(page, "minji")
        begun(page, there, "항아리")
        press(page, ".beside-words form button")
        select(page, "s0001", 4, "s0002", 15)
        press(page, "#take")
        press(page, "#s-s0003 button")
        page.click("text=글 쓰기")
        page.fill("details[open] textarea", "두만강은 겨울에 언다.")
        press(page, "details[open] button")
        assert words(archive) == [
            "이는 겨울에 강을 건넜다.\n\n얼음 밑에서 물소리가 났다.",
            "그날을 잊지 않는다.",
            "두만강은 겨울에 언다.",
        ]
        page.drag_and_drop(".block:nth-child(3) .told", ".block:nth-child(1) .told")
        page.wait_for_selector(".block:nth-child(1).note")
        press(page, ".block:nth-child(3) >> text=↑")
        assert [block.kind for block in project(archive).blocks] == ["note", "quote", "quote"]
        assert words(archive)[1] == "그날을 잊지 않는다."
        found = violations(page)
        shoot(page, "binder")
        press(page, "text=EPUB")
        refused = page.inner_text("[role=status]")
        page.select_option("select[name=heard]", "in_person")
        press(page, "text=허락했다고 서명")
        with page.expect_download() as download:
            page.click("text=EPUB")
        download.value.save_as(tmp_path / "book.epub")
        page.click("text=시간 순서")
        page.wait_for_selector("svg.lives")
        found += violations(page)
        shoot(page, "book-time")
        page.goto(f"{there}/books")
        found += violations(page)
        shoot(page, "books")

    assert "has not said yes" in refused
    assert id not in [block.text for block in project(archive).blocks]
    with zipfile.ZipFile(tmp_path / "book.epub") as book:
        chapter = book.read(f"book/{next(project(archive).chapters).id}.xhtml").decode()
    assert "얼음 밑에서 물소리가 났다." in chapter
    assert "혜숙" not in chapter
    assert found == []


def test_without_a_script_everything_can_be_done_but_selecting(archive: Archive, chromium: Browser) -> None:
    """
    Quoting a paragraph, moving, removing and bringing back work by buttons alone; what changed is told.
    """
    told(archive)
    with opened(archive, chromium, scripts=False) as (page, there):
        sign_in(page, "minji")
        begun(page, there, "항아리")
        press(page, ".beside-words form button")
        press(page, "#s-s0002 button")
        press(page, "#s-s0003 button")
        press(page, ".block:nth-child(2) >> text=↑")
        assert words(archive)[0] == "그날을 잊지 않는다."
        press(page, ".block:nth-child(1) >> text=빼기")
        assert len(words(archive)) == 1
        page.click("summary:has-text('지난 모습')")
        press(page, ".plain-list li:first-child a")
        gone = page.inner_text(".compared tr.removed .told")
        press(page, "text=이 모습으로 되돌리기")
        assert len(words(archive)) == 2
    assert gone == "그날을 잊지 않는다."


def select(page: Page, first: str, start: int, last: str, end: int) -> None:
    """Select as a mouse would, from a letter of one paragraph to a letter of another."""
    page.evaluate(
        """([first, start, last, end]) => {
            const at = (name) => document.querySelector(`[data-segment="${name}"]`).firstChild;
            document.getSelection().setBaseAndExtent(at(first), start, at(last), end);
        }""",
        [first, start, last, end],
    )
    page.wait_for_selector("#take:visible")
