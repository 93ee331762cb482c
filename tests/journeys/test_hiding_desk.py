"""A reviewer goes through what is suggested with keys alone, and a second one tries to recognise somebody."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from archive import review
from archive.redaction import choices, passages, rereading
from tests.journeys.test_access import violations
from tests.journeys.workbench import opened, sign_in
from tests.people import Archive

pytestmark = pytest.mark.loopback
TEXT = (
    "저는 1998년 겨울에 회령에서 두만강을 건넜습니다. 언니 김영숙은 청진에 남았습니다.\n"
    "브로커가 오천 원에 저를 흑룡강성의 농부에게 팔았고 전화는 138-4527-9912였습니다.\n"
    "김영숙은 마을에서 쌍둥이를 낳은 하나뿐인 사람이었습니다."
)
LINE = (
    "저는 1998년 겨울에 회령에서 두만강을 건넜습니다. 브로커 김영철이 오천 원에 저를 흑룡강성의 농부 왕에게 "
    "팔았습니다. 전화번호는 138-4527-9912였습니다. 엄마와 동생 혜숙이는 청진에 남았고 마흔두 살인 이모는 "
    "연길의 공장에서 일했습니다."
)
LONG = "\n".join([LINE] * (20_000 // len(LINE)))
SELECT = """() => {
    const walker = document.createTreeWalker(document.getElementById("told"), NodeFilter.SHOW_TEXT);
    while (walker.nextNode() && !walker.currentNode.data.includes("쌍둥이"));
    const at = walker.currentNode.data.indexOf("쌍둥이");
    getSelection().setBaseAndExtent(walker.currentNode, at, walker.currentNode, at + 3);
}"""


def looks(page: Page, name: str) -> list[str]:
    """What axe finds; with ONGGI_PICTURES, a folder, what she sees is kept there for a person to look at."""
    if folder := os.environ.get("ONGGI_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png")
    return [f"{name}: {each}" for each in violations(page)]


def words(page: Page) -> str:
    return page.locator("#card .seek-words").inner_text()


def place(page: Page) -> int:
    """Where in the list she is."""
    return int(page.locator("#list li:has([aria-current])").get_attribute("value") or 0)


def until(page: Page, wanted: str) -> None:
    """Press n until the card shows these words."""
    for _ in range(60):
        if words(page) == wanted:
            return
        page.keyboard.press("n")
    raise AssertionError("these words are not in the list")


def test_she_decides_with_keys_and_proposes_once(archive: Archive, chromium: Browser) -> None:
    """
    R13: accept, reject, all identical, category, undo, add, one proposal; the second tries; axe is quiet.
    """
    told = archive.told(TEXT)
    with opened(archive, chromium) as (page, there):
        sign_in(page, "minji")
        page.goto(f"{there}/testimony/{told}/hide")
        page.wait_for_selector("#seek:not([hidden])")
        found = looks(page, "hide")
        until(page, "김영숙")
        page.keyboard.press("Shift+A")
        assert page.locator('#told mark[data-state="hide"]').count() == 2
        page.keyboard.press("u")
        assert page.locator('#told mark[data-state="hide"]').count() == 0
        until(page, "김영숙")
        page.keyboard.press("Shift+A")
        until(page, "138-4527-9912")
        page.keyboard.press("5")
        page.keyboard.press("a")
        until(page, "회령")
        page.keyboard.press("x")
        page.evaluate(SELECT)
        page.keyboard.press("h")
        page.keyboard.press("7")
        page.keyboard.press("?")
        assert page.locator("#help[open]").count() == 1
        found += looks(page, "hide-decided")
        page.click("#keep")
        page.wait_for_selector(".notice[role=status]")
        page.goto(f"{there}/testimony/{told}/hide/once-more")
        found += looks(page, "hide-once-more")
        assert "김영숙" not in page.inner_text("main")
        page.click("#reread button")
        page.wait_for_url(f"{there}/testimony/{told}/hide")
        assert "회령" not in [words(page), *page.locator("#list li:first-child b").all_inner_texts()]
        page.click("#propose")
        page.wait_for_selector(".notice[role=status]")
        sign_in(page, "sora")
        page.goto(f"{there}/testimony/{told}/second")
        page.fill("textarea", "김영숙\n회령\n")
        found += looks(page, "hide-second")
        page.click("main form[action$=try] button")
        page.wait_for_selector("main table")
        page.click("button.strong")
        page.wait_for_selector(".notice[role=status]")

    hidden = {TEXT[m.start : m.end]: m.category for m in review.reading(archive.vault, told).marks}
    assert hidden == {"김영숙": "name", "138-4527-9912": "number", "쌍둥이": "other"}
    assert archive.vault.testimony(told).workflow_status == "approved"
    [made] = choices.tries(archive.vault, told)
    assert (made.typed, made.still_seen, made.guessed) == (2, 1, 1)
    assert found == []


def test_where_words_begin_and_end_is_changed_with_keys_and_everything_is_undone(
    archive: Archive, chromium: Browser
) -> None:
    """
    R13: a letter more or less at either edge, over what was only suggested; undo gives each step back.
    """
    told = archive.told(TEXT)
    with opened(archive, chromium) as (page, there):
        sign_in(page, "minji")
        page.goto(f"{there}/testimony/{told}/hide")
        before = page.inner_html("#told")
        until(page, "청진")
        for key, now in ((".", "청진에"), ("Shift+<", " 청진에"), ("Shift+>", "청진에"), (",", "청진")):
            page.keyboard.press(key)
            assert words(page) == now.strip()
            assert now in page.locator('#told mark[data-state="hide"]').all_inner_texts()
        page.click("button[data-do=back_out]")
        assert words(page) == "청진에"
        page.evaluate(SELECT)
        page.keyboard.press("h")
        assert words(page) == "쌍둥이"
        page.keyboard.press("8")
        for _ in range(6):
            page.keyboard.press("u")
        assert page.locator('#told mark[data-state="hide"]').count() == 0
        assert page.inner_text("#told mark[aria-current]") == "청진"
        page.keyboard.press("u")
        assert "되돌릴 것이 없습니다" in page.inner_text(".seek-state")
        page.keyboard.press("p")
        page.keyboard.press("n")
        assert page.inner_html("#told").replace(' aria-current="true"', "") == before.replace(
            ' aria-current="true"', ""
        )
        until(page, "청진")
        page.keyboard.press(".")
        page.click("#keep")
        page.wait_for_selector(".notice[role=status]")

    [made] = choices.choices(archive.vault, told)
    assert (TEXT[made.start : made.end], made.hidden) == ("청진에", True)


def test_a_passage_is_noted_with_a_key_and_what_was_decided_is_kept_with_it(
    archive: Archive, chromium: Browser
) -> None:
    """
    R13: selected, named in short, said in other words; typing a reason presses no key of the page.
    """
    told = archive.told(TEXT)
    with opened(archive, chromium) as (page, there):
        sign_in(page, "minji")
        page.goto(f"{there}/testimony/{told}/hide")
        until(page, "회령")
        page.keyboard.press("a")
        page.keyboard.press("m")
        assert "끌어 고르" in page.inner_text(".seek-state")
        page.evaluate(SELECT)
        page.keyboard.press("m")
        assert page.input_value("[name=passage]") == "쌍둥이"
        page.keyboard.type("hamn 쌍둥이는 드묾")
        page.fill("[name=instead]", "아이")
        found = looks(page, "hide-passage")
        page.click("button[formaction$=passage]")
        page.wait_for_selector(".notice[role=status]")
        page.click("summary:has-text('바란 것')")
        page.fill("[name=wish]", "두만강")
        page.select_option("[name=wish_category]", "place")
        page.click("button[formaction$=wish]")
        page.wait_for_selector("form[action$=wish-away]")
        page.wait_for_selector("#card .seek-words:not(:empty)")
        assert words(page) == "두만강"
        assert "본인이 가려 달라고" in page.inner_text(".seek-why")
        found += looks(page, "hide-passage-noted")
        assert page.locator("form[action$=passage-away] button[disabled]").count() == 1

    assert found == []
    at = TEXT.index("쌍둥이")
    assert [(p.start, p.end, p.way) for p in passages.noted(archive.vault, told)] == [(at, at + 3, "rewrite")]
    made = {TEXT[c.start : c.end]: (c.hidden, c.shown) for c in choices.choices(archive.vault, told)}
    assert made == {"회령": (True, ""), "쌍둥이": (True, "[아이]")}


def test_the_letters_of_a_korean_keyboard_are_the_same_keys(archive: Archive, chromium: Browser) -> None:
    """
    With a Korean keyboard the key of "n" writes another letter; the place of the key counts. Typing does not.
    """
    told = archive.told(TEXT)
    with opened(archive, chromium) as (page, there):
        page.goto(f"{there}/testimony/{told}/hide")
        press = "(key) => document.body.dispatchEvent(new KeyboardEvent('keydown', key))"
        page.evaluate(press, {"code": "KeyN", "key": "ㅜ", "bubbles": True})
        assert place(page) == 2
        page.evaluate(press, {"code": "KeyP", "key": "ㅔ", "bubbles": True})
        assert place(page) == 1
        page.focus("#kind")
        page.keyboard.press("n")
        assert place(page) == 1
        page.click("#help summary")
        page.uncheck("#keys")
        page.keyboard.press("n")
        assert place(page) == 1


def test_what_was_decided_is_kept_before_the_desk_would_close(archive: Archive, chromium: Browser) -> None:
    """
    Without a press on *Keep*, while she reads on; what is undecided comes first again.
    """
    told = archive.told(TEXT)
    with opened(archive, chromium) as (page, there):
        sign_in(page, "minji")
        page.clock.install()
        page.goto(f"{there}/testimony/{told}/hide")
        until(page, "회령")
        page.keyboard.press("x")
        page.clock.run_for(10 * 60 * 1000)
        page.wait_for_selector(".notice[role=status]")

    [made] = choices.choices(archive.vault, told)
    assert (TEXT[made.start : made.end], made.hidden, made.by) == ("회령", False, "minji")


def test_without_scripts_there_are_boxes_and_a_choice_of_how_widely(
    archive: Archive, chromium: Browser
) -> None:
    """
    Every step of theta with how many it adds; boxes, keeping and proposing.
    """
    told = archive.told(TEXT)
    with opened(archive, chromium, scripts=False) as (page, there):
        sign_in(page, "minji")
        page.goto(f"{there}/testimony/{told}/hide")
        assert page.locator("select[name=theta] option").count() == 6
        page.select_option("select[name=theta]", "0.5")
        page.click("form[method=get] button")
        for box in page.locator("select[aria-label=김영숙]").all():
            box.select_option("name")
        page.click("main form[method=post] button.strong:visible")
        page.click("noscript button, main .once-more button")
        page.wait_for_url(f"{there}/testimony/{told}/hide")
        page.click("main form[method=post] button.strong:visible")
        page.wait_for_selector(".notice[role=status]")

    hidden = {TEXT[m.start : m.end]: m.category for m in review.reading(archive.vault, told).marks}
    assert hidden == {"김영숙": "name"}


def test_every_line_is_seen_before_a_long_text_is_proposed(archive: Archive, chromium: Browser) -> None:
    """
    What never stood in the window is unread, and has a line; a leap to the end reads what is there only.
    """
    told = archive.told("\n".join(f"{n}번째 줄에서 저는 강을 건너 걸었습니다. " * 4 for n in range(40)))
    with opened(archive, chromium) as (page, there):
        sign_in(page, "minji")
        page.goto(f"{there}/testimony/{told}/hide/once-more")
        first = page.locator("[data-unread]").count()
        page.keyboard.press("End")
        page.wait_for_selector("#s0040:not([data-unread])")
        assert 0 < page.locator("[data-unread]").count() < first < 40
        page.click("#reread button")
        page.wait_for_selector(".notice[role=status]")
        assert rereading.unread(archive.vault, "minji", told)
        while left := page.locator("[data-unread]").count():
            page.keyboard.press("PageDown")
            page.wait_for_function(
                "(before) => document.querySelectorAll('[data-unread]').length < before", arg=left
            )
        page.click("#reread button")
        page.wait_for_url(f"{there}/testimony/{told}/hide")

    assert rereading.unread(archive.vault, "minji", told) == ()


def test_a_long_text_is_decided_with_keys_over_two_thousand_words(
    archive: Archive, chromium: Browser
) -> None:
    """
    20,000 letters: seven rows stand in the page at once, all alike are one press, and all can be undone.
    """
    told = archive.told(LONG)
    with opened(archive, chromium) as (page, there):
        page.goto(f"{there}/testimony/{told}/hide")
        page.wait_for_selector("#seek:not([hidden])")
        many = page.locator("#told mark").count()
        page.keyboard.press("Shift+A")
        hidden = page.locator('#told mark[data-state="hide"]').count()
        assert page.locator("#list li").count() == 7
        page.keyboard.press("u")
        assert page.locator('#told mark[data-state="hide"]').count() == 0

    assert many >= 2000
    assert hidden == LONG.count(LINE)
