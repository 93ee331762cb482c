"""What her browser still holds when she has gone: its profile on the disk, read byte by byte."""

from __future__ import annotations

import threading
import unicodedata
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from tests.journeys.conftest import CHROMIUM, FIREFOX
from tests.journeys.marionette import Firefox
from tests.journeys.survivor import PLANTED, ROOT, SENTINEL, Site, Window, keep, picture, send, served

pytestmark = pytest.mark.loopback
PHOTO = "yeonji-1998-well.png"
NOTE = 300  # bytes: an address and a time
STORES = ("IndexedDB", "Service Worker/ScriptCache", "Service Worker/CacheStorage", "File System/0*")
KEEPING = f"<script>localStorage.told = {SENTINEL!r}; localStorage.more = 'x'.repeat(99999)</script>"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    home = tmp_path / "intake"
    home.mkdir()
    yield from served(home, ROOT.public)


@pytest.fixture
def careless_site() -> Iterator[str]:
    """A page as pages are: it stores what was typed."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(KEEPING.encode())

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Page)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


def spellings(text: str) -> set[bytes]:
    """As a browser may write it: composed or not, in bytes or in its own wide letters."""
    forms = {unicodedata.normalize(form, text) for form in ("NFC", "NFD")}
    return {form.encode(code) for form in forms for code in ("utf-8", "utf-16-le")}


def found(profile: Path, *texts: str) -> list[str]:
    """The files of a profile that hold any of *texts*."""
    wanted = [spelling for text in texts for spelling in spellings(text)]
    files = (path for path in profile.rglob("*") if path.is_file() and not path.is_symlink())
    return [str(path.relative_to(profile)) for path in files if any(w in path.read_bytes() for w in wanted)]


def tell_and_go(window: Window, site: Site, photo: Path) -> list[str]:
    """All of it, and two more visits to see what a browser brings back."""
    photo.write_bytes(picture())
    window.goto(site.address)
    window.wait_for_selector("#words:enabled")
    window.fill("#words", SENTINEL)
    window.set_input_files("#photos", photo)
    words = keep(window, "keep", "memoir")
    send(window)
    window.goto(site.address)
    window.wait_for_selector("#words:enabled")
    window.fill("#words", SENTINEL)
    window.goto(f"{site.address}/cover")
    return words


def is_clean(profile: Path, site: Site, words: list[str]) -> None:
    # Alone a word may be in a browser's own dictionaries; two in order are hers.
    pairs = [f"{one} {other}" for one, other in pairwise(words)]
    assert found(profile, SENTINEL, SENTINEL[:12], PHOTO, PLANTED.decode(), *pairs) == []
    # Beside its history, which only a private window leaves out, Chromium notes which script was run.
    kept = found(profile, f"{site.address}/static", f"{site.address}/keycard", f"{site.address}/texts")
    assert [path for path in kept if "ache" in path and (profile / path).stat().st_size > NOTE] == []


def test_chromium_keeps_nothing_of_it(playwright: Playwright, site: Site, tmp_path: Path) -> None:
    """
    No word, no file name, no receipt; no page and no script in its caches; no database, worker or cookie.
    """
    if not CHROMIUM:
        pytest.skip("Debian's chromium is not installed; `make test` installs it as root")
    profile = tmp_path / "profile"
    context = playwright.chromium.launch_persistent_context(
        profile, executable_path=CHROMIUM, args=["--no-sandbox"], locale="ko-KR"
    )
    words = tell_and_go(context.pages[0], site, tmp_path / PHOTO)
    assert context.cookies() == []
    context.close()

    assert any(profile.rglob("History"))
    is_clean(profile, site, words)
    assert [p.name for p in (profile / "Default").glob("IndexedDB/*")] == []
    assert [
        p.name for p in (profile / "Default").glob("Service Worker/Database/*.log") if p.stat().st_size
    ] == []


def test_firefox_keeps_nothing_of_it(site: Site, tmp_path: Path) -> None:
    """
    The same in the browser that Tor Browser is made from.
    """
    if not FIREFOX:
        pytest.skip("Debian's firefox-esr is not installed; `make test` installs it as root")
    profile = tmp_path / "profile"
    profile.mkdir()
    # It saves the open pages, and what was typed in them, as often as it can.
    often = {"browser.sessionstore.interval": 100, "intl.accept_languages": "ko-KR"}
    firefox = Firefox(FIREFOX, profile, often)
    try:
        words = tell_and_go(firefox, site, tmp_path / PHOTO)
    finally:
        firefox.quit()

    assert any(profile.rglob("places.sqlite"))
    is_clean(profile, site, words)


def test_a_careless_page_would_be_found_out(
    playwright: Playwright, careless_site: str, tmp_path: Path
) -> None:
    """
    The tests above can fail.
    """
    if not CHROMIUM:
        pytest.skip("Debian's chromium is not installed; `make test` installs it as root")
    context = playwright.chromium.launch_persistent_context(
        tmp_path, executable_path=CHROMIUM, args=["--no-sandbox"]
    )
    context.pages[0].goto(careless_site)
    context.close()

    assert found(tmp_path, SENTINEL)
