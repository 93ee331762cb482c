"""Her page for everybody: axe on every step, a keyboard alone, large letters, a small wire."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from crypto import words
from tests.journeys.survivor import ROOT, SENTINEL, Site, keep, open_page, send, served

pytestmark = pytest.mark.loopback
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
"""WCAG 2.2 AA, and what axe-core recommends besides."""


FOCUSED = """() => {
  const field = document.activeElement;
  const shown = field.matches(".pick input") ? field.nextElementSibling : field;
  return [field.id || field.dataset.grant || "", getComputedStyle(shown).outlineStyle];
}"""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    yield from served(tmp_path, ROOT.public)


@pytest.fixture
def read(chromium: Browser) -> Iterator[Page]:
    """A phone into which axe may be put: the page's own policy lets nobody do that."""
    context = chromium.new_context(
        viewport={"width": 360, "height": 640}, locale="ko-KR", is_mobile=True, bypass_csp=True
    )
    yield context.new_page()
    context.close()


def violations(page: Page) -> list[str]:
    """What axe finds, with the place, once the page has its style."""
    page.wait_for_load_state()
    found = Axe().run(page, options=WCAG).response["violations"]
    return [f"{one['id']}: {node['html'][:120]}" for one in found for node in one["nodes"]]


def swap(page: Page, shown: str, other: str) -> None:
    """Show another step, as the page does while something is on its way."""
    page.evaluate(f"() => {{ {shown}.hidden = true; {other}.hidden = false; }}")


@pytest.mark.parametrize("lang", words.LANGUAGES)
def test_axe_finds_nothing_on_any_step(site: Site, read: Page, lang: str) -> None:
    """
    Telling with its questions open, choices with an example, words, sending, done; notice, cover, door.
    """
    read.goto(f"{site.address}/?lang={lang}")
    read.wait_for_selector("#words:enabled")
    found = {"first": violations(read)}
    read.click("#to-choices")
    found["notice"] = violations(read)
    read.fill("#words", SENTINEL)
    read.click("#telling summary")
    found["telling"] = violations(read)
    read.click("#to-choices")
    read.click(".choice summary >> nth=0")
    found["choices"] = violations(read)
    read.check("[data-grant=keep]")
    read.click("#to-receipt")
    found["keeping"] = violations(read)
    swap(read, "keeping", "sending")
    found["sending"] = violations(read)
    swap(read, "sending", "keeping")
    send(read)
    found["done"] = violations(read)
    for path in ("cover", "carry"):
        read.goto(f"{site.address}/{path}?lang={lang}")
        found[path] = violations(read)

    assert {step: seen for step, seen in found.items() if seen} == {}


def test_axe_would_find_a_picture_without_words(site: Site, read: Page) -> None:
    """
    The test above can fail.
    """
    open_page(read, site)
    read.evaluate("() => document.querySelector('main').append(document.createElement('img'))")

    assert any(one.startswith("image-alt") for one in violations(read))


def test_a_keyboard_is_enough(site: Site, phone: Page) -> None:
    """
    From the first field to the last button with Tab, Space and Enter, and what has the focus is seen.
    """
    open_page(phone, site)
    outlines: list[str] = []

    def tab_to(name: str) -> None:
        for _ in range(60):
            phone.keyboard.press("Tab")
            at, outline = phone.evaluate(FOCUSED)
            outlines.append(outline)
            if at == name:
                return
        raise AssertionError(f"Tab never comes to {name}")

    tab_to("words")
    phone.keyboard.type("hyesan 1998")
    tab_to("to-choices")
    phone.keyboard.press("Enter")
    tab_to("keep")
    phone.keyboard.press("Space")
    tab_to("to-receipt")
    phone.keyboard.press("Enter")
    tab_to("send")
    phone.keyboard.press("Enter")
    phone.wait_for_selector("#done:visible", timeout=60_000)
    [said] = [json.loads(body) for meta, body, _ in site.opened() if meta["type"] == "statement"]

    assert said["text"] == "hyesan 1998"
    assert "none" not in outlines


@pytest.mark.parametrize("lang", words.LANGUAGES)
def test_large_letters_fit_the_screen(site: Site, chromium: Browser, lang: str) -> None:
    """
    WCAG 1.4.4 and 1.4.10: at 200 % on a phone, which is 180 CSS pixels wide then, nothing is cut to the side.
    """
    context = chromium.new_context(viewport={"width": 180, "height": 320}, device_scale_factor=2)
    page = context.new_page()
    page.goto(f"{site.address}/?lang={lang}")
    page.fill("#words:enabled", SENTINEL)
    wide = "() => document.documentElement.scrollWidth"
    widths = [page.evaluate(wide)]
    page.click("#to-choices")
    widths.append(page.evaluate(wide))
    page.check("[data-grant=keep]")
    page.click("#to-receipt")
    widths.append(page.evaluate(wide))
    context.close()

    assert widths == [180, 180, 180]


@pytest.mark.parametrize("lang", words.LANGUAGES)
def test_the_first_page_is_light(site: Site, phone: Page, lang: str) -> None:
    """
    Bytes as they are sent, uncompressed: 100 kB before the script that seals, 300 kB with it.
    """
    asked: list[str] = []
    phone.on("request", lambda request: asked.append(request.url))
    phone.goto(f"{site.address}/?lang={lang}")
    phone.wait_for_selector("#words:enabled")
    came = {url: len(phone.request.get(url).body()) for url in asked if url.startswith(site.address)}
    script = sum(size for url, size in came.items() if url.endswith(".js"))

    assert len(came) >= 4
    assert sum(came.values()) - script < 100_000
    assert sum(came.values()) < 300_000


def test_words_that_are_kept_stay_out_of_the_pages_history(site: Site, phone: Page) -> None:
    """
    The steps make no entries: back leads away, and the address never changes.
    """
    open_page(phone, site)
    before = phone.evaluate("history.length")
    phone.fill("#words", SENTINEL)
    keep(phone, "keep")

    assert phone.evaluate("history.length") == before
    assert phone.url == f"{site.address}/"
