"""An editor makes a book in a real browser: arranges, quotes by selecting, asks, and takes the file away."""

from __future__ import annotations

import os
import re
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from archive import review
from archive.manuscripts import shelf
from archive.manuscripts.binder import Project
from archive.manuscripts.quoting import Sources
from archive.redaction.figures import gather
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


def press(page: Page, selector: str, timeout: int = 30_000) -> None:
    """Press what sends a form, and wait for the page that answers."""
    with page.expect_navigation(timeout=timeout):
        page.click(selector, timeout=timeout)


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


def beside(page: Page, id: str) -> None:
    """Look for a testimony by a piece of its id, and open it."""
    page.fill("#find [name=q]", id[2:9])
    press(page, "#find button")
    press(page, f".found a:has-text('{id}')")


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
        beside(page, id)
        select(page, "s0001", 0, "s0002", 15)
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
        # The recognisers look it through first, and are loaded for that.
        with page.expect_download(timeout=120_000) as download:
            page.click("text=EPUB", timeout=120_000)
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
    id = told(archive)
    with opened(archive, chromium, scripts=False) as (page, there):
        sign_in(page, "minji")
        begun(page, there, "항아리")
        beside(page, id)
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


def test_names_are_drawn_again_what_is_left_is_found_and_chapters_are_moved(
    archive: Archive, chromium: Browser
) -> None:
    """
    A name that is selected in part is quoted whole; drawn again it changes everywhere; a hidden name in a
    note is found and nobody can allow it; chapters are dragged, and moved with Alt and the arrows.
    """
    id = told(archive)
    gather(archive.vault, archive.minji, id)
    with opened(archive, chromium) as (page, there):
        sign_in(page, "minji")
        begun(page, there, "항아리")
        page.click("text=장 더하기")
        page.fill("details[open] input[name=title]", "세다")
        press(page, "details[open] button")
        beside(page, id)
        page.evaluate(
            """() => {
                const part = document.querySelector('[data-segment="s0001"]');
                const name = part.querySelector("[data-points]").firstChild;
                document.getSelection().setBaseAndExtent(name, 2, part.lastChild, 2);
            }"""
        )
        page.wait_for_selector("#take:visible")
        press(page, "#take")
        [first] = words(archive)
        page.click("text=글 쓰기")
        page.fill("details[open] textarea", "혜숙이가 웃었다.")
        press(page, "details[open] button")
        one, two = (chapter.id for chapter in project(archive).chapters)
        with page.expect_navigation():
            page.drag_and_drop(f"#{two} .quiet", f"#{one} .quiet")
        dragged = [chapter.id for chapter in project(archive).chapters]
        assert page.evaluate("document.activeElement.id") == two
        with page.expect_navigation():
            page.keyboard.press("Alt+ArrowDown")
        keyed = [chapter.id for chapter in project(archive).chapters]
        shoot(page, "binder-names")
        page.click("text=책 속의 이름")
        press(page, "button:has-text('지은 이름')")
        [second, _] = words(archive)
        press(page, "text=살펴보기", 120_000)
        left = page.inner_text("ul.acts")
        found = violations(page)
        shoot(page, "book-names")

    assert re.fullmatch(r"\[사람 .\]이는", first)
    assert re.fullmatch(r"\[[^ ]+\]이는", second)
    assert (dragged, keyed) == ([two, one], [one, two])
    assert "가린 이름의 다른 표기" in left
    assert "가릴 말이 아님" not in left
    assert found == []


def select(page: Page, first: str, start: int, last: str, end: int) -> None:
    """Select as a mouse would, from a letter of one paragraph to a letter of another."""
    page.evaluate(
        """([first, start, last, end]) => {
            const at = (name) => document.querySelector(`[data-segment="${name}"]`).lastChild;
            document.getSelection().setBaseAndExtent(at(first), start, at(last), end);
        }""",
        [first, start, last, end],
    )
    page.wait_for_selector("#take:visible")
