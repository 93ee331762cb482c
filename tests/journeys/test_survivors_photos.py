"""Her photos, in a real Chromium: drawn anew or not sent at all."""

from __future__ import annotations

import base64
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.journeys.survivor import ROOT, Site, choose, keep, open_page, picture, png, send, served

pytestmark = pytest.mark.loopback
WHITE = """
CanvasRenderingContext2D.prototype.getImageData = (x, y, width, height) =>
  new ImageData(new Uint8ClampedArray(4 * width * height).fill(255), width, height);
"""
"""What Tor Browser does, to hide whose device it is, until she allows otherwise."""
NOISE = """
const real = CanvasRenderingContext2D.prototype.getImageData;
CanvasRenderingContext2D.prototype.getImageData = function (...where) {
  const seen = real.apply(this, where);
  seen.data.forEach((value, at) => (seen.data[at] = value ^ (at % 2)));
  return seen;
};
"""
"""What others do for the same reason: the last bit of some pixels is another."""
SEEN = """async (jpeg) => {
  const picture = await createImageBitmap(await (await fetch("data:image/jpeg;base64," + jpeg)).blob());
  const context = new OffscreenCanvas(picture.width, picture.height).getContext("2d");
  context.drawImage(picture, 0, 0);
  const at = (x, y) => [...context.getImageData(x, y, 1, 1).data.slice(0, 3)];
  return [picture.width, picture.height, at(0, 0), at(picture.width - 1, picture.height - 1)];
}"""
"""Width, height, and the colours of the first and the last pixel."""
RED_AND_BLUE = """() => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 48, height: 24 });
  const context = canvas.getContext("2d");
  for (const [at, colour] of ["red", "blue"].entries()) {
    context.fillStyle = colour;
    context.fillRect(24 * at, 0, 24, 24);
  }
  return canvas.toDataURL("image/jpeg", 1).split(",")[1];
}"""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    yield from served(tmp_path, ROOT.public)


def sent(phone: Page, site: Site, photo: bytes, media: str = "image/png") -> bytes:
    """What arrives of a photo that she sends."""
    open_page(phone, site)
    choose(phone, photo, media=media)
    keep(phone, "keep")
    send(phone)
    [arrived] = [body for meta, body, _ in site.opened() if meta["type"] == "file"]
    return arrived


def seen(desk: Page, jpeg: bytes) -> Any:
    return desk.evaluate(SEEN, base64.b64encode(jpeg).decode())


def test_a_browser_that_hides_pixels_sends_no_photo(site: Site, phone: Page) -> None:
    """
    She is told that the photo could not be sent, instead of sending noise that she believes to be her photo.
    """
    phone.add_init_script(WHITE)
    open_page(phone, site)
    phone.fill("#words", "혜산에서")
    choose(phone, picture())
    keep(phone, "keep")
    phone.click("#send")
    phone.wait_for_selector("#notice:has-text('그대로 보내기’를 고르고')")

    assert site.envelopes() == []
    assert phone.input_value("#words") == "혜산에서"
    assert phone.is_enabled("#to-choices")


def test_such_a_browser_still_sends_words(site: Site, phone: Page) -> None:
    """
    Without a photo nothing is drawn, and so nothing is asked of the browser.
    """
    phone.add_init_script(WHITE)
    open_page(phone, site)
    phone.fill("#words", "혜산에서")
    keep(phone, "keep")
    send(phone)

    assert [meta["type"] for meta, *_ in site.opened()] == ["statement"]


def test_a_browser_that_changes_last_bits_still_sends_photos(site: Site, phone: Page) -> None:
    """
    Nobody sees the difference, and nobody is asked to leave her photo at home for it.
    """
    phone.add_init_script(NOISE)

    assert sent(phone, site, picture()).startswith(b"\xff\xd8")


def test_a_photo_is_not_turned(site: Site, phone: Page, desk: Page) -> None:
    """
    What the camera wrote about up and down is followed before it is thrown away.
    """
    open_page(phone, site)
    lying = base64.b64decode(phone.evaluate(RED_AND_BLUE))
    turned = struct.pack(">HHIHHHI", 0x4D4D, 42, 8, 1, 0x0112, 3, 1) + struct.pack(">HHI", 6, 0, 0)
    note = b"Exif\0\0" + turned
    photo = lying[:2] + b"\xff\xe1" + struct.pack(">H", len(note) + 2) + note + lying[2:]
    width, height, first, last = seen(desk, sent(phone, site, photo, "image/jpeg"))

    assert (width, height) == (24, 48)
    assert first[0] > 200 > first[2]
    assert last[2] > 200 > last[0]


def test_a_very_large_photo_is_made_smaller(site: Site, phone: Page, desk: Page) -> None:
    """
    A phone that takes 48 megapixels loses detail, and not the photo.
    """
    width, height, first, _ = seen(desk, sent(phone, site, png(8000, 6000, 1, 0, b"\xff" * 1000)))

    assert 39e6 < width * height <= 40e6
    assert width / height == pytest.approx(8000 / 6000, abs=0.001)
    assert min(first) > 250


def test_black_ink_on_nothing_is_black_ink_on_white(site: Site, phone: Page, desk: Page) -> None:
    """
    A drawing without a ground, as a phone's note-taking makes them, can still be read.
    """
    row = bytes([0, 0, 0, 0] * 32 + [0, 0, 0, 255] * 32)
    _, _, first, last = seen(desk, sent(phone, site, png(64, 64, 8, 6, row)))

    assert min(first) > 240
    assert max(last) < 15
