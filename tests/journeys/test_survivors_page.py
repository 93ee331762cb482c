"""Her page when something goes wrong: a lost answer, a line that stands still, a link, a way back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route

from crypto import resume, words
from crypto.receipt import Receipt
from server.intake import catalogue
from tests.journeys.survivor import (
    ROOT,
    SENTINEL,
    Site,
    choose,
    keep,
    open_page,
    picture,
    send,
    served,
    words_on,
)

pytestmark = pytest.mark.loopback
TRIES = 8
"""How often the page asks before it gives up (client/upload.js)."""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    yield from served(tmp_path, ROOT.public)


def test_the_words_she_is_shown_open_every_try(site: Site, phone: Page) -> None:
    """
    When only the answer was lost and she presses again, both statements are of one account, first and second.
    """
    lost: list[str] = []

    def lose_the_answer(route: Route) -> None:
        route.fetch()
        lost.append(route.request.url)
        route.abort()

    phone.clock.install()
    open_page(phone, site)
    phone.fill("#words", SENTINEL)
    words = keep(phone, "keep")
    phone.route("**/complete", lose_the_answer)
    phone.click("#send")
    while not phone.is_visible("#send"):
        phone.clock.run_for(5_000)
    told = phone.inner_text("#notice")
    phone.unroute("**/complete")
    send(phone)
    account = Receipt.parse(" ".join(words)).keys(ROOT.public)
    opened = [(json.loads(body), digest) for _, body, digest in site.opened()]

    assert len(lost) == TRIES
    assert "확인하지 못했습니다" in told
    [one, other] = sorted(statement["seq"] for statement, _ in opened)
    assert other == one + 1
    assert one in resume.window(datetime.now(UTC).date())
    fingerprint = ROOT.public.fingerprint().replace(" ", "")
    for statement, digest in opened:
        signed = f"onggi-acct1|intake|{fingerprint}|{statement['seq']}|".encode() + digest
        assert statement["account"]["ed25519"] == account.signing.public.raw.hex()
        account.signing.public.verify(bytes.fromhex(statement["signature"]), signed)


def test_a_line_that_stands_still_is_tried_again(site: Site, phone: Page) -> None:
    """
    A request that is never answered does not hold her words for ever.
    """
    held: list[Route] = []

    def hold_the_first(route: Route) -> None:
        if held:
            route.continue_()
        held.append(route)

    # The page's minute is a second here: only the clock is another.
    phone.add_init_script(
        "const real = setTimeout; globalThis.setTimeout = (act, ms, ...more) => real(act, ms / 60, ...more);"
    )
    open_page(phone, site)
    phone.fill("#words", SENTINEL)
    keep(phone, "keep")
    phone.route("**/complete", hold_the_first)
    send(phone)

    assert len(held) == 2


@pytest.mark.parametrize("lang", words.LANGUAGES)
def test_her_words_and_her_digits_are_one_receipt(site: Site, phone: Page, lang: words.Language) -> None:
    """
    Whichever she writes down, in the language of her page, it is the same code.
    """
    phone.goto(f"{site.address}/?lang={lang}")
    phone.fill("#words:enabled", SENTINEL)
    kept = keep(phone, "keep")

    assert len(kept) == (10 if lang == "en" else 11)
    assert Receipt.parse(" ".join(kept)) == Receipt.parse(phone.inner_text("#digits"))
    assert Receipt.parse(" ".join(kept)).words(lang) == kept


def test_another_language_keeps_all_that_she_wrote_and_chose(site: Site, phone: Page) -> None:
    """
    The page changes its words under her hands, also on the steps behind it; no page is loaded for that.
    """
    open_page(phone, site)
    phone.fill("#words", SENTINEL)
    choose(phone, picture())
    kept = keep(phone, "keep", "memoir")
    left: list[str] = []
    phone.on("framenavigated", lambda frame: left.append(frame.url))
    phone.click("[data-speak=zh-Hant]")
    phone.wait_for_selector("html[lang=zh-Hant]")
    spelt = words_on(phone)
    for lang in words.LANGUAGES:
        phone.click(f"[data-speak={lang}]")
        phone.wait_for_selector(f"html[lang={lang}]")
        shown = phone.locator("[data-t]").evaluate_all(
            "(all) => all.map((n) => [n.dataset.t, n.textContent])"
        )
        assert [text for _, text in shown] == [catalogue.texts(lang)[key] for key, _ in shown]

    assert Receipt.parse(" ".join(spelt)) == Receipt.parse(" ".join(kept))
    assert phone.input_value("#words") == SENTINEL
    assert "Photo" in (phone.locator("#files").text_content() or "")
    send(phone)
    [said] = [json.loads(body) for meta, body, _ in site.opened() if meta["type"] == "statement"]
    assert (said["consent"]["lang"], said["text"], left) == ("en", SENTINEL, [])


def test_without_a_line_the_page_stays_as_it_was(site: Site, phone: Page) -> None:
    """
    She is told, and nothing is lost.
    """
    open_page(phone, site)
    phone.fill("#words", SENTINEL)
    phone.route("**/texts/*", lambda route: route.abort())
    phone.click("[data-speak=en]")
    phone.wait_for_selector("#notice:visible")

    assert phone.input_value("#words") == SENTINEL
    assert phone.get_attribute("html", "lang") == "ko"


def test_a_page_that_the_browser_kept_comes_back_new(site: Site, phone: Page) -> None:
    """
    With the back button she finds an empty page that works, and nobody finds her words.
    """
    open_page(phone, site)
    phone.fill("#words", SENTINEL)
    phone.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))")
    assert phone.inner_text("body") == ""
    with phone.expect_navigation():
        phone.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    phone.wait_for_selector("#words:enabled")

    assert phone.input_value("#words") == ""


@pytest.mark.parametrize(
    ("lang", "label", "lines"),
    [
        ("ko", "사진이나 파일 넣기", ["1. 사진", "2. 사진"]),
        ("en", "Add photos or files", ["1. Photo", "2. Photo"]),
    ],
)
def test_choosing_photos_speaks_her_language(
    site: Site, phone: Page, lang: str, label: str, lines: list[str]
) -> None:
    """
    Not the browser's; large enough for a thumb, and there for a keyboard and a screen reader.
    """
    phone.goto(f"{site.address}/?lang={lang}")
    phone.wait_for_selector("#words:enabled")
    button = phone.get_by_label(label, exact=True)
    box = button.bounding_box()
    phone.focus("#telling summary")
    phone.keyboard.press("Tab")
    focused = phone.evaluate("[document.activeElement.id, getComputedStyle(document.activeElement).opacity]")
    choose(phone, picture())
    choose(phone, picture())

    assert phone.locator("#files strong").all_inner_texts() == lines
    assert box
    assert min(box["width"], box["height"]) >= 44
    assert focused == ["photos", "0"]
    with phone.expect_file_chooser():
        button.click()
