"""Her page when something goes wrong: a lost answer, a line that stands still, a link, a way back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route

from crypto import resume
from crypto.receipt import Receipt
from tests.journeys.survivor import ROOT, SENTINEL, Site, choose, open_page, picture, receipt_of, served

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
    phone.check("[data-grant=keep]")
    phone.route("**/complete", lose_the_answer)
    phone.click("#send")
    while not phone.is_enabled("#send"):
        phone.clock.run_for(5_000)
    told = phone.inner_text("#notice")
    phone.unroute("**/complete")
    words = receipt_of(phone)
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
    phone.check("[data-grant=keep]")
    phone.route("**/complete", hold_the_first)

    assert len(receipt_of(phone)) == 11
    assert len(held) == 2


@pytest.mark.parametrize(("lang", "count"), [("ko", 11), ("en", 10)])
def test_her_words_and_her_digits_are_one_receipt(site: Site, phone: Page, lang: str, count: int) -> None:
    """
    Whichever she writes down, in the language of her page, it is the same code.
    """
    phone.goto(f"{site.address}/?lang={lang}")
    phone.fill("#words:enabled", SENTINEL)
    phone.check("[data-grant=keep]")
    words = receipt_of(phone)

    assert len(words) == count
    assert Receipt.parse(" ".join(words)) == Receipt.parse(phone.inner_text("#digits"))
    assert Receipt.parse(" ".join(words)).words("ko" if lang == "ko" else "en") == words


def test_the_other_language_is_offered_only_while_nothing_can_be_lost(site: Site, phone: Page) -> None:
    """
    The link is a new page: it is gone once she wrote or chose something, and beside her receipt.
    """
    link = phone.locator("#language")
    open_page(phone, site)
    shown = [link.is_visible()]
    phone.fill("#words", "가")
    shown.append(link.is_visible())
    phone.fill("#words", "")
    shown.append(link.is_visible())
    choose(phone, picture())
    shown.append(link.is_visible())
    choose(phone)
    shown.append(link.is_visible())
    phone.check("[data-grant=keep]")
    shown.append(link.is_visible())
    phone.fill("#words", SENTINEL)
    seen_while_sending: list[bool] = []
    phone.on("request", lambda _: seen_while_sending.append(link.is_visible()))
    receipt_of(phone)

    assert shown == [True, False, True, False, True, False]
    assert seen_while_sending
    assert not any(seen_while_sending)
    assert not link.is_visible()


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
    ("lang", "label", "counts"),
    [("ko", "사진 넣기", ["사진 1장", "사진 2장", ""]), ("en", "Add photos", ["1 photo", "2 photos", ""])],
)
def test_choosing_photos_speaks_her_language(
    site: Site, phone: Page, lang: str, label: str, counts: list[str]
) -> None:
    """
    Not the browser's; large enough for a thumb, and there for a keyboard and a screen reader.
    """
    phone.goto(f"{site.address}/?lang={lang}")
    phone.wait_for_selector("#words:enabled")
    button = phone.get_by_label(label, exact=True)
    box = button.bounding_box()
    phone.focus("#words")
    phone.keyboard.press("Tab")
    focused = phone.evaluate("[document.activeElement.id, getComputedStyle(document.activeElement).opacity]")
    told = []
    for number in (1, 2, 0):
        choose(phone, *[picture()] * number)
        told.append(phone.inner_text("#photo-count"))

    assert told == counts
    assert box
    assert min(box["width"], box["height"]) >= 44
    assert focused == ["photos", "0"]
    with phone.expect_file_chooser():
        button.click()
