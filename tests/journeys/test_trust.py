"""Is it the right place? What she can compare, what a checker finds out, and where she goes without it."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Response, request
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from archive import capsule, keyring
from archive import pages as at_archive
from crypto import pages
from crypto.words import LANGUAGES, Language
from migrations.run import migrate
from onggi import main
from server.intake import cover, nearby, offline, published
from server.intake.config import IntakeConfig
from server.intake.site import create_app
from server.intake.tables import connect
from tests.journeys.conftest import INSECURE
from tests.journeys.test_access import violations
from tests.people import ORIGIN, TODAY, Archive

pytestmark = pytest.mark.loopback


class House:
    """An intake with what the archive signed for it; *false* is what somebody shows instead of its files."""

    def __init__(self, archive: Archive, home: Path) -> None:
        self.archive, self.home = archive, home
        home.mkdir()
        for name in ("keycard.note", "mandate.note"):
            shutil.copy(archive.vault.home / "notes" / name, home / name)
        self.config = IntakeConfig(home, ORIGIN, archive.root.raw.hex())
        self.config.write()
        (home / nearby.FILE).write_text(
            nearby.EXAMPLES.read_text("utf-8").replace(": null", ': "2026-11-20"')
        )
        cover.choose(home, "recipes")
        engine = connect(self.config.database)
        migrate(engine, "intake")
        engine.dispose()
        refused: dict[str, str] = {}
        offline.take(self.config, capsule.every(archive.vault, TODAY), archive.root, TODAY, refused)
        assert refused == {}
        self.false: dict[str, bytes] = {}
        self.app = create_app(self.config)
        self.app.after_request(self._tamper)
        at_archive.sign(archive.vault, published.listing(self.app), TODAY)
        shutil.copy(archive.vault.home / "outgoing" / pages.NOTE, home / pages.NOTE)
        self.server = make_server("127.0.0.1", 0, self.app, threaded=True)
        self.address = f"http://127.0.0.1:{self.server.server_port}"

    def _tamper(self, response: Response) -> Response:
        content = self.false.get(request.path)
        if content is None:
            return response
        response.close()
        return Response(content, mimetype=response.mimetype)

    def checked(self, *more: str, digits: str = "") -> Result:
        asked = ["check", "--site", self.address, "--fingerprint", digits or self.archive.root.fingerprint()]
        return CliRunner().invoke(main, [*asked, *more])


@pytest.fixture
def house(archive: Archive, tmp_path: Path) -> Iterator[House]:
    house = House(archive, tmp_path / "intake")
    thread = threading.Thread(target=house.server.serve_forever)
    thread.start()
    yield house
    house.server.shutdown()
    thread.join()
    house.server.server_close()
    house.app.extensions["deposits"].engine.dispose()


def test_a_checker_sees_that_every_file_is_as_the_archive_signed_it(house: House, tmp_path: Path) -> None:
    """
    With the fingerprint alone, or with notes from the archive's own hand.
    """
    capsule.write(house.archive.vault, tmp_path / "stick", "ko", TODAY)
    alone, with_notes = house.checked(), house.checked("--notes", str(tmp_path / "stick"))

    assert (alone.exit_code, with_notes.exit_code) == (0, 0), alone.output + with_notes.output
    assert f"files are as {ORIGIN} signed them on {TODAY}, list 1" in alone.output


@pytest.mark.parametrize("path", ["/", "/static/app.js", "/static/style.css", "/texts/ko", "/help"])
def test_a_checker_names_the_file_that_differs(house: House, path: str) -> None:
    """
    One page or script that is another is found, by name.
    """
    fetched = house.app.test_client().get(path)
    house.false[path] = fetched.get_data() + b" "
    fetched.close()
    told = house.checked()

    assert told.exit_code == 1
    assert f"not as the archive signed it: {path}" in told.output
    assert "/carry" not in told.output


def test_a_checker_is_not_talked_into_another_archive(house: House) -> None:
    """
    Another fingerprint, no list, another archive's mandate, a site that is not there: each is said.
    """
    assert "this is another archive" in house.checked(digits="1" * 40).output
    note = (house.home / pages.NOTE).read_bytes()
    house.false["/manifest"] = note.replace(b"serial 1", b"serial 2")
    assert house.checked().exit_code == 1
    house.false = {"/mandate": keyring.root(house.archive.vault).to_text().encode()}
    assert house.checked().exit_code == 1
    house.false = {}
    (house.home / pages.NOTE).unlink()
    assert "has no list of its pages" in house.checked().output
    house.address = "http://127.0.0.1:9"
    assert "does not answer" in house.checked().output


def test_a_checker_goes_through_a_tunnel_or_not_at_all(house: House) -> None:
    """
    With a proxy that is not there nothing is asked of the site by another way.
    """
    told = house.checked("--proxy", "127.0.0.1:9")

    assert (told.exit_code, "does not answer" in told.output) == (1, True)


def test_a_script_that_was_changed_does_not_run(house: House, phone: Page) -> None:
    """
    Whoever can change only the file reaches nobody: she cannot write, and nothing of the script happens.
    """
    phone.goto(house.address)
    phone.wait_for_selector("#words:enabled")
    with house.app.test_client().get("/static/app.js") as answer:
        house.false["/static/app.js"] = b"document.title = 'changed';" + answer.data
    blocked: list[str] = []
    phone.on("console", lambda line: blocked.append(line.text))
    phone.goto(house.address)
    phone.wait_for_timeout(1000)

    assert any("integrity" in line for line in blocked)
    assert phone.title() != "changed"
    assert phone.is_disabled("#words")


@pytest.mark.parametrize("language", LANGUAGES)
def test_she_compares_the_archives_words_in_her_own_language(
    house: House, phone: Page, language: Language
) -> None:
    """
    They come with the page, and follow when she changes its language.
    """
    other: Language = "ko" if language == "en" else "en"
    phone.goto(f"{house.address}/?lang={language}")
    phone.wait_for_selector("#words:enabled")
    phone.click("#trust summary")
    shown = phone.locator("#print li").all_inner_texts()
    phone.click(f"[data-speak={other}]")
    phone.wait_for_selector(f"html[lang={other}]")

    root = house.archive.root
    assert shown == root.fingerprint_words(language)
    assert phone.locator("#print li").all_inner_texts() == root.fingerprint_words(other)
    assert root.fingerprint() in phone.inner_text("#trust")
    assert phone.locator("#elsewhere a").last.evaluate("link => link.search") == f"?lang={other}"


def test_a_page_that_stops_shows_what_to_compare(house: House, phone: Page) -> None:
    """
    Without a keycard she cannot write, and the words are unfolded before her.
    """
    house.false["/keycard"] = b"false"
    phone.goto(house.address)
    phone.wait_for_selector("#trust[open]")

    assert phone.locator("#print li").all_inner_texts() == house.archive.root.fingerprint_words("ko")
    assert phone.is_disabled("#words")


def test_without_javascript_nothing_can_be_written_and_a_page_is_offered(
    house: House, chromium: Browser, tmp_path: Path
) -> None:
    """
    No field is in sight; a link leads to the page in one file, which is saved, and is the archive's.
    """
    context = chromium.new_context(
        java_script_enabled=False, locale="ko-KR", viewport={"width": 360, "height": 640}
    )
    phone = context.new_page()
    phone.goto(house.address)
    assert phone.locator("textarea:visible, input:visible, button:visible, form").count() == 0
    assert "지켜 드릴 수가 없어요" in phone.inner_text(".notice")
    phone.click("noscript a")
    with phone.expect_download() as downloading:
        phone.click("a[href='/offline/ko/album.html']")
    downloading.value.save_as(tmp_path / "album.html")
    with phone.expect_download() as downloading:
        phone.click("a[href='/offline/ko/album.html.note']")
    downloading.value.save_as(tmp_path / "album.html.note")
    capsule.write(house.archive.vault, tmp_path / "stick", "en", TODAY)
    shutil.copy(tmp_path / "stick" / "mandate.note", tmp_path)
    shutil.copy(tmp_path / "stick" / "root.pub", tmp_path)
    asked = ["check", "--fingerprint", house.archive.root.fingerprint(), str(tmp_path / "album.html")]
    context.close()

    assert "this is the page that archive.example signed" in CliRunner().invoke(main, asked).output
    assert downloading.value.suggested_filename == "album.html.note"


def test_on_an_onion_without_https_a_word_says_that_it_is_slower(house: House, phone: Page) -> None:
    """
    There `crypto.subtle` is missing: the page works, and says so; elsewhere it says nothing.
    """
    for address, slow in ((house.address, False), (house.address.replace("127.0.0.1", INSECURE), True)):
        phone.goto(address)
        phone.wait_for_selector("#words:enabled")
        assert phone.evaluate("() => !crypto.subtle") == slow
        assert phone.is_visible("#slow") == slow


def test_help_is_found_where_it_is_wanted_and_followed_only_on_purpose(house: House, phone: Page) -> None:
    """
    One link on her page, gone once she has written; no request leaves the site; a warning comes first.
    """
    asked: list[str] = []
    phone.on("request", lambda one: asked.append(one.url))
    phone.goto(house.address)
    phone.wait_for_selector("#words:enabled")
    phone.click("#elsewhere a[href^='/help']")
    assert phone.title() == "집밥 한 끼"
    link = phone.locator("a[href^='https://libertyinnorthkorea']")
    assert not link.is_visible()
    phone.locator(".nearby summary").first.click()
    assert link.is_visible()
    phone.goto(house.address)
    phone.wait_for_selector("#words:enabled")
    phone.fill("#words", "말")

    assert not phone.is_visible("#elsewhere")
    assert all(url.startswith((house.address, "data:", "blob:")) for url in asked)


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_on_the_pages_beside_hers(
    house: House, chromium: Browser, language: Language
) -> None:
    """
    Offline, help with a warning open, cover, and her own page with the words to compare.
    """
    context = chromium.new_context(viewport={"width": 360, "height": 640}, is_mobile=True, bypass_csp=True)
    page = context.new_page()
    for path in ("/offline", "/help", "/cover", "/"):
        page.goto(f"{house.address}{path}?lang={language}")
        for summary in page.locator("summary:visible").all():
            summary.click()
        assert violations(page) == [], path
        assert page.evaluate("() => document.documentElement.scrollWidth") <= 360
    context.close()
