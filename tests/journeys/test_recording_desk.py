"""An archivist listens and writes, in a real browser: sound and words follow each other."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from archive.testimony import Segment
from archive.versions.record import history, keep
from tests.journeys.test_access import violations
from tests.journeys.workbench import opened, sign_in
from tests.people import TODAY, Archive, wav

pytestmark = pytest.mark.loopback
SHOTS = os.environ.get("ONGGI_SCREENSHOTS")
CUES = (
    Segment("s0001", "어디서 왔습니까?", 0, 4000, "interviewer"),
    Segment("s0002", "혜산에서 왓다.", 4000, 9000, "narrator"),
)


def at(page: Page) -> float:
    return float(page.eval_on_selector("#player", "p => p.currentTime"))


def drafted(archive: Archive) -> str:
    """A testimony told by voice, with what a program made of it."""
    told = archive.recorded(wav(20))
    keep(
        archive.vault, archive.minji, told, "machine_literal", CUES, TODAY,
        derived_from=0, program="recogniser whisper-cli 1.7.4", recording=1,
    )  # fmt: skip
    return told


def test_she_corrects_a_draft_with_the_keyboard_while_she_listens(
    archive: Archive, chromium: Browser
) -> None:
    """
    R24: silent until she asks for the sound. Keys seek, set times and move on; words follow the sound and the
    sound the words; what she saves is a version of hers. axe finds nothing.
    """
    told = drafted(archive)
    with opened(archive, chromium) as (page, there):
        sign_in(page, "minji")
        page.goto(f"{there}/testimony/{told}/recording")
        page.wait_for_selector("#player")
        page.locator("#player").evaluate("p => p.readyState || new Promise(r => p.onloadedmetadata = r)")
        assert page.eval_on_selector("#player", "p => [p.muted, Math.round(p.duration)]") == [True, 20]
        assert page.eval_on_selector("#wave img", "i => i.naturalWidth") > 0
        page.focus("#s0001")
        page.keyboard.press("n")
        assert page.evaluate("document.activeElement.id") == "s0002"
        assert at(page) == 4
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("]")
        page.keyboard.press("ArrowLeft")
        assert at(page) == 7
        assert page.input_value("#s0002 .end") == "00:00:10.000"
        page.keyboard.press("m")
        assert page.eval_on_selector("#player", "p => p.muted") is False
        page.wait_for_selector("#sound[aria-pressed=true]")
        page.keyboard.press("m")
        page.keyboard.press("Space")
        page.wait_for_selector("#s0002[aria-current]")
        page.keyboard.press("Space")
        assert page.eval_on_selector("#player", "p => p.paused") is True
        page.keyboard.press("Enter")
        page.keyboard.press("ControlOrMeta+a")
        page.keyboard.type("혜산에서 <왔다> s n m.")
        page.keyboard.press("Escape")
        page.eval_on_selector("#player", "p => { p.currentTime = 12; }")
        page.click("#add")
        page.keyboard.type("그해는 추웠다.")
        found = violations(page)
        if SHOTS:
            page.screenshot(path=Path(SHOTS) / "recording.png", full_page=True)
        page.keyboard.press("Escape")
        page.keyboard.press("s")
        page.wait_for_selector("[role=status] code")
        if SHOTS:
            page.screenshot(path=Path(SHOTS) / "recording-saved.png", full_page=True)

    made = history(archive.vault, told)[-1]
    assert (made.kind, made.author, made.derived_from, made.recording) == ("corrected", "minji", 1, 1)
    assert made.segments == (
        CUES[0],
        Segment("s0002", "혜산에서 <왔다> s n m.", 4000, 10000, "narrator"),
        Segment("s0003", "그해는 추웠다.", 12000, 15000),
    )
    assert found == []


def test_without_scripts_the_transcript_is_saved_as_text(archive: Archive, chromium: Browser) -> None:
    """
    The WebVTT itself is in the form; the player is the browser's own.
    """
    told = drafted(archive)
    with opened(archive, chromium, scripts=False) as (page, there):
        sign_in(page, "minji")
        page.goto(f"{there}/testimony/{told}/recording")
        text = page.input_value("#vtt")
        page.fill("#vtt", text.replace("왓다", "왔다"))
        page.click("#save")
        page.wait_for_selector("[role=status] code")

    assert history(archive.vault, told)[-1].segments[1].text == "혜산에서 왔다."


def test_without_a_safe_copy_it_says_what_to_do(archive: Archive, chromium: Browser) -> None:
    """
    R20: a strangers' file is not played; she can write all the same.
    """
    told = archive.recorded(b"\x1aE\xdf\xa3" + bytes(5000), "audio/webm")
    with opened(archive, chromium) as (page, there):
        sign_in(page, "minji")
        page.goto(f"{there}/testimony/{told}/recording")
        assert page.query_selector("#player") is None
        assert "안전한 사본" in page.inner_text(".notice")
        page.click("#add")
        page.keyboard.type("들은 말.")
        page.click("#save")
        page.wait_for_selector("[role=status] code")
        found = violations(page)

    assert [s.text for s in history(archive.vault, told)[-1].segments] == ["들은 말."]
    assert found == []
