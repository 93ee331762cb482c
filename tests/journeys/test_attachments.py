"""What goes with her words, on the page: she is told what it tells, and chooses."""

from __future__ import annotations

import json
import os
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright

from crypto import words
from tests.journeys.conftest import launched
from tests.journeys.survivor import PLANTED, ROOT, Site, choose, keep, open_page, picture, send, served, watch
from tests.journeys.test_access import violations

pytestmark = pytest.mark.loopback


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    yield from served(tmp_path, ROOT.public)


@pytest.fixture(scope="module")
def hearing(playwright: Playwright) -> Iterator[Browser]:
    """A Chromium whose microphone beeps, and that asks nobody."""
    browser = launched(playwright, "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream")
    yield browser
    browser.close()


@pytest.fixture
def speaking(hearing: Browser) -> Iterator[Page]:
    context = hearing.new_context(
        viewport={"width": 360, "height": 640}, locale="ko-KR", is_mobile=True, bypass_csp=True
    )
    yield context.new_page()
    context.close()


def add(phone: Page, name: str, media: str, body: bytes) -> None:
    before = phone.locator("#files li").count()
    phone.set_input_files("#photos", {"name": name, "mimeType": media, "buffer": body})
    phone.wait_for_selector(f"#files li >> nth={before}")


def files_of(site: Site) -> dict[str, bytes]:
    return {meta["media"]: body for meta, body, _ in site.opened() if meta["type"] == "file"}


def test_she_is_told_what_a_photo_tells_and_it_is_drawn_anew(site: Site, phone: Page) -> None:
    """
    Unless she chooses otherwise, nothing of it goes.
    """
    open_page(phone, site)
    choose(phone, picture())
    line = phone.inner_text("#files li")
    keep(phone, "keep")
    send(phone)

    assert "이 사진에 숨은 정보: 적힌 글" in line
    assert list(files_of(site)) == ["image/jpeg"]
    assert PLANTED not in files_of(site)["image/jpeg"]


def test_a_photo_that_she_keeps_as_it_is_arrives_to_the_byte(site: Site, phone: Page) -> None:
    """
    Where the place is what she wants to prove; and the line says that it goes along.
    """
    open_page(phone, site)
    choose(phone, picture())
    phone.check("#files input")
    line = phone.inner_text("#files li")
    keep(phone, "keep")
    send(phone)

    assert "숨은 정보도 같이 갑니다" in line
    assert files_of(site) == {"image/png": picture()}


def test_any_file_goes_as_it_is_without_its_name(site: Site, phone: Page) -> None:
    """
    A film, a document, something unknown: each with what such a file may hold, and none with its name.
    """
    watch(phone, site)
    open_page(phone, site)
    add(phone, "mina-1975.mp4", "video/mp4", b"\0\0\0\x18ftypmp42 film")
    add(phone, "letter.pdf", "application/pdf", b"%PDF-1.7 letter")
    add(phone, "thing", "", b"something")
    add(phone, "taken-out.ogg", "audio/ogg", b"OggS")
    phone.click("#files li >> nth=3 >> button")
    lines = phone.locator("#files li").all_inner_texts()
    keep(phone, "keep")
    send(phone)

    assert ["얼굴과 목소리" in lines[0], "지운 글" in lines[1], "만든 사람" in lines[2]] == [True] * 3
    assert files_of(site) == {
        "video/mp4": b"\0\0\0\x18ftypmp42 film",
        "application/pdf": b"%PDF-1.7 letter",
        "application/octet-stream": b"something",
    }
    assert not any(b"mina" in body for _, body, _ in site.opened())
    assert not any(b"mina" in sent for sent in site.sent)


def test_a_picture_that_cannot_be_drawn_is_not_sent_before_she_says_so(site: Site, phone: Page) -> None:
    """
    As this browser cannot draw an iPhone's HEIC: she is told, and may keep it as it is.
    """
    heic = b"\0\0\0\x18ftypheic" + bytes(60)
    open_page(phone, site)
    add(phone, "IMG.heic", "image/heic", heic)
    keep(phone, "keep")
    phone.click("#send")
    phone.wait_for_selector("#notice:visible")
    none = site.envelopes()
    phone.check("#files input")
    keep(phone, "keep")
    send(phone)

    assert none == []
    assert files_of(site) == {"image/heic": heic}


def test_what_may_identify_her_is_pointed_at_where_she_types(site: Site, phone: Page) -> None:
    """
    After a moment, gently, in her language; it goes when the words go, and nothing is asked of the server.
    """
    open_page(phone, site)
    watch(phone, site)
    phone.locator("#words").press_sequentially("제 번호는 010-1234-5678이에요")
    phone.wait_for_selector("#clues:has-text('전화번호처럼 보이는 숫자가 있어요.')")
    phone.fill("#words", "혜산에서")
    phone.wait_for_function("() => !document.querySelector('#clues').textContent")

    assert site.sent == []


def test_her_voice_goes_with_her_words(site: Site, speaking: Page) -> None:
    """
    She speaks, rests, goes on, is done: the archive opens sounds, and the page says what they are.
    """
    open_page(speaking, site)
    speaking.click("#record")
    speaking.wait_for_function("() => document.querySelector('#elapsed').textContent === '0:01'")
    speaking.click("#hold")
    speaking.click("#hold")
    speaking.wait_for_function("() => document.querySelector('#elapsed').textContent === '0:02'")
    speaking.click("#record")
    speaking.wait_for_selector("#files li")
    line = speaking.inner_text("#files li")
    keep(speaking, "keep")
    send(speaking)
    sounds = [body for meta, body, _ in site.opened() if meta["type"] == "file"]
    [said] = [json.loads(body) for meta, body, _ in site.opened() if meta["type"] == "statement"]

    assert "목소리는 그대로 담깁니다" in line
    assert len(said["files"]) == len(sounds) == 2
    assert all(sound.startswith(struct.pack(">I", 0x1A45DFA3)) for sound in sounds)


def test_a_recording_that_she_throws_away_is_gone(site: Site, speaking: Page) -> None:
    """
    Nothing of it is listed, and nothing of it is sent.
    """
    open_page(speaking, site)
    speaking.fill("#words", "혜산에서")
    speaking.click("#record")
    speaking.wait_for_function("() => document.querySelector('#elapsed').textContent === '0:01'")
    speaking.click("#drop")
    keep(speaking, "keep")
    send(speaking)

    assert files_of(site) == {}


def test_without_a_microphone_the_page_says_what_else_she_can_do(site: Site, phone: Page) -> None:
    """
    The phone's own recorder, and a file.
    """
    phone.add_init_script("delete globalThis.MediaRecorder")
    open_page(phone, site)
    phone.click("#record")
    phone.wait_for_selector("#notice:has-text('전화기의 녹음기')")

    assert phone.is_hidden("#recorder")


@pytest.mark.parametrize("lang", words.LANGUAGES)
def test_axe_finds_nothing_where_she_adds_and_speaks(site: Site, speaking: Page, lang: str) -> None:
    """
    A photo, a film and a recording that runs, with a clue in her words.
    """
    speaking.goto(f"{site.address}/?lang={lang}")
    speaking.fill("#words:enabled", "010-1234-5678")
    choose(speaking, picture())
    add(speaking, "film.mp4", "video/mp4", b"film")
    speaking.click("#record")
    speaking.wait_for_selector("#recorder:visible")
    speaking.wait_for_function("() => document.querySelector('#clues').textContent")
    found = violations(speaking)
    width = speaking.evaluate("() => document.documentElement.scrollWidth")
    if folder := os.environ.get("ONGGI_SCREENS"):
        speaking.screenshot(path=f"{folder}/{lang}.png", full_page=True)

    assert found == []
    assert width == 360
