"""An archivist opens a photo that came with a testimony, in a real browser."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from archive.attachments import copies
from archive.testimony import Segment
from archive.versions.record import keep
from archive.workbench.door import Door
from archive.workbench.site import create_app
from tests.archive.attachments.samples import MADE_BY, photo, recording, require_sandbox, sent
from tests.journeys.test_access import violations
from tests.journeys.workbench import opened
from tests.people import MINJIS, TODAY, Archive

pytestmark = pytest.mark.loopback
PIXEL = """async () => {
    const image = document.querySelector("img.opened");
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = image.naturalWidth;
    canvas.height = image.naturalHeight;
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, 0);
    const at = (x, y) => Array.from(context.getImageData(x, y, 1, 1).data.slice(0, 3));
    return [at(20, 20), at(canvas.width - 20, 20), [canvas.width, canvas.height]];
}"""
SEEN = """(selector) => {
    const seen = document.querySelector(selector), box = seen.getBoundingClientRect();
    return [getComputedStyle(seen).filter, Math.round(box.width), Math.round(box.height)];
}"""
MUTED = """() => document.querySelector("#copy").muted"""


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_a_photo_is_copied_looked_at_and_its_metadata_read(
    archive: Archive, chromium: Browser, tmp_path: Path, lang: str
) -> None:
    """
    R19, R24: closed at first, then a grey stamp, then the picture on its own page; a sound is muted. axe
    finds nothing on any of them, and nothing is loaded from elsewhere.
    """
    require_sandbox("ffmpeg", "exiftool")
    told = sent(
        archive, photo((400, 300), orientation=1), recording(tmp_path, "a.wav", 2), b"MZ\x90" + bytes(99)
    )
    door = Door(frozenset())
    server = make_server("127.0.0.1", 0, create_app(archive.vault, door), threaded=True)
    there = f"127.0.0.1:{server.server_port}"
    door.hosts = frozenset({there})
    thread, context = threading.Thread(target=server.serve_forever), chromium.new_context(locale=lang)
    desk, asked = context.new_page(), list[str]()
    desk.on("request", lambda request: asked.append(request.url))
    thread.start()
    try:
        desk.goto(f"http://{there}{door.address}")
        desk.select_option("select[name=name]", "minji")
        desk.fill("input[name=passphrase]", MINJIS)
        desk.press("input[name=passphrase]", "Enter")
        desk.wait_for_selector(".who")
        desk.goto(f"http://{there}/testimony/{told}/files")
        closed = desk.locator("img, audio").count()
        found = violations(desk)
        _make(desk, 1)
        _make(desk, 2)
        desk.click("section:first-of-type details summary")
        said = desk.inner_text("section:first-of-type table")
        found += violations(desk)
        desk.screenshot(path=str(tmp_path / f"files-{lang}.png"), full_page=True)
        desk.click("section:first-of-type .copies a")
        desk.wait_for_selector("img.opened")
        red, white, size = desk.evaluate(PIXEL)
        found += violations(desk)
        desk.screenshot(path=str(tmp_path / f"photo-{lang}.png"), full_page=True)
        desk.goto(f"http://{there}/testimony/{told}/files/2/1")
        seconds = desk.evaluate("""async () => {
            const sound = document.querySelector("audio");
            if (!sound.muted || !sound.paused) return 0;
            sound.preload = "metadata";
            sound.load();
            await new Promise((done) => sound.addEventListener("loadedmetadata", done, { once: true }));
            return sound.duration;
        }""")
        found += violations(desk)
    finally:
        context.close()
        server.shutdown()
        thread.join()
        server.server_close()

    assert closed == 0
    assert MADE_BY in said
    assert found == []
    assert red[0] > 170 > 60 > red[1]
    assert min(white) > 240
    assert size == [400, 300]
    assert abs(seconds - 2) < 0.1
    assert {url.split("/")[2] for url in asked if not url.startswith("data:")} == {there}


def _make(desk: Page, number: int) -> None:
    section = f"section:nth-of-type({number})"
    desk.click(f"{section} button")
    desk.wait_for_selector(f"{section} .copies", timeout=30_000)


def test_what_is_seen_or_heard_stays_guarded_until_a_key_opens_it(
    archive: Archive, chromium: Browser, tmp_path: Path
) -> None:
    """
    R24: a picture is small, grey and blurred on its own page too, a sound is muted, and the way to what is
    said stands before the player. One key opens each, and covers it again.
    """
    require_sandbox("ffmpeg", "exiftool")
    told = sent(archive, photo((400, 300), orientation=1), recording(tmp_path, "a.wav", 2), media="audio/wav")
    for number in (1, 2):
        copies.make(archive.vault, archive.minji, f"{told}:{number}", TODAY)
    said = [Segment("s0001", "강을 건넜다.", 0, 1000)]
    keep(
        archive.vault, archive.minji, told, "corrected", said, TODAY, derived_from=0, lang="kor", recording=2
    )
    with opened(archive, chromium) as (desk, there):
        desk.goto(f"{there}/testimony/{told}/files")
        stamp = desk.evaluate(SEEN, ".copies img")
        desk.goto(f"{there}/testimony/{told}/files/1/1")
        desk.wait_for_selector(".guarded button[aria-expanded=false]")
        before = desk.evaluate(SEEN, "#copy")
        if folder := os.environ.get("ONGGI_PICTURES"):
            desk.screenshot(path=Path(folder) / "guarded.png", full_page=True)
        desk.focus(".guarded button")
        desk.keyboard.press("Enter")
        desk.wait_for_selector(".guarded button[aria-expanded=true]")
        after = desk.evaluate(SEEN, "#copy")
        desk.keyboard.press("Enter")
        desk.wait_for_selector(".guarded button[aria-expanded=false]")
        again = desk.evaluate(SEEN, "#copy")
        desk.goto(f"{there}/testimony/{told}/files/2/1")
        desk.wait_for_selector(".guarded button[aria-expanded=false]")
        muted = [desk.evaluate(MUTED)]
        reads_first = desk.evaluate("""() => Boolean(
            document.querySelector("#read-first a").compareDocumentPosition(document.querySelector("#copy"))
            & Node.DOCUMENT_POSITION_FOLLOWING
        )""")
        desk.focus(".guarded button")
        desk.keyboard.press("Space")
        desk.wait_for_selector(".guarded button[aria-expanded=true]")
        muted.append(desk.evaluate(MUTED))
        desk.click("#read-first a")
        desk.wait_for_selector("#cues")
        written = desk.input_value("#cues textarea")

    for filter, width, height in (stamp, before, again):
        assert "grayscale(1)" in filter
        assert "blur(" in filter
        assert width <= 160
        assert height <= 128
    assert after[0] == "none"
    assert (after[1], abs(after[2] - 300) <= 1) == (400, True)  # a border of a pixel
    assert muted == [True, False]
    assert reads_first
    assert written == "강을 건넜다."
