"""Real browsers for the people of the journeys: a phone, a desk, and those that a careful woman may have."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from tests.journeys.marionette import SAFER, Firefox
from tests.journeys.survivor import Window

CHROMIUM, FIREFOX = shutil.which("chromium"), shutil.which("firefox-esr")
WITHOUT_WINDOWS = shutil.which("chromium-headless-shell") or CHROMIUM
"""The same Chromium, which builds no menus and tabs for a page that nobody looks at."""
INSECURE = "archive.example"
"""The browsers find this name on loopback. It is no secure context: a page there has no `crypto.subtle`."""


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


def launched(playwright: Playwright, *more: str) -> Browser:
    if not WITHOUT_WINDOWS:
        pytest.skip("Debian's chromium is not installed; `make test` installs it as root")
    options = ["--no-sandbox", "--disable-background-networking", "--disable-component-update"]
    options.append(f"--host-resolver-rules=MAP {INSECURE} 127.0.0.1")
    return playwright.chromium.launch(executable_path=WITHOUT_WINDOWS, args=[*options, *more])


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    browser = launched(playwright)
    yield browser
    browser.close()


@pytest.fixture
def phone(chromium: Browser) -> Iterator[Page]:
    """A small phone that speaks Korean."""
    context = chromium.new_context(viewport={"width": 360, "height": 640}, locale="ko-KR", is_mobile=True)
    yield context.new_page()
    context.close()


@pytest.fixture
def desk(chromium: Browser) -> Iterator[Page]:
    """A browser at a desk, in English."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
    yield context.new_page()
    context.close()


@pytest.fixture(scope="session")
def open_window(
    playwright: Playwright, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Window]]:
    """A window of a browser by its name, started when first asked for and kept to the end."""
    windows: dict[str, Window] = {}
    ends: list[Callable[[], None]] = []

    def start(name: str) -> Window:
        if name.startswith("chromium"):
            more = ["--js-flags=--jitless"] if name == "chromium-without-jit" else []
            browser = launched(playwright, *more)
            ends.append(browser.close)
            return browser.new_page(locale="ko-KR")
        if not FIREFOX:
            pytest.skip("Debian's firefox-esr is not installed; `make test` installs it as root")
        preferences: dict[str, object] = {
            "intl.accept_languages": "ko-KR",
            "network.dns.localDomains": INSECURE,
            **(SAFER if name == "firefox-safer" else {}),
        }
        firefox = Firefox(FIREFOX, tmp_path_factory.mktemp(name), preferences)
        ends.append(firefox.quit)
        return firefox

    def of(name: str) -> Window:
        if name not in windows:
            windows[name] = start(name)
        return windows[name]

    yield of
    for end in ends:
        end()
