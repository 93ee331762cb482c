"""What the survivor's journeys share: a real intake on loopback, and what she does on its page."""

from __future__ import annotations

import struct
import threading
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from playwright.sync_api import FilePayload, Page, Request
from werkzeug.serving import make_server

from crypto import keycard
from crypto.envelope import parse_header, unseal
from crypto.keys import IntakeSecret, SigningKey, VerifyKey
from migrations.run import migrate
from server.intake.config import IntakeConfig
from server.intake.site import create_app
from server.intake.tables import connect

SENTINEL = "노란 집 뒤의 우물 sentinel 8812"
PLANTED = b"41.3907N 128.1716E"
ROOT, KEY = SigningKey.generate(), IntakeSecret.generate()


class Window(Protocol):
    """What Playwright's page and `Firefox` have in common."""

    def goto(self, url: str, /) -> Any: ...
    def evaluate(self, function: str, argument: Any = None, /) -> Any: ...
    def wait_for_selector(self, selector: str, /, *, timeout: float = ...) -> Any: ...
    def fill(self, selector: str, text: str, /) -> None: ...
    def check(self, selector: str, /) -> None: ...
    def click(self, selector: str, /) -> None: ...
    def set_input_files(self, selector: str, path: Path, /) -> None: ...


@dataclass
class Site:
    """A running intake, and everything that reached it."""

    home: Path
    address: str
    sent: list[bytes] = field(default_factory=list)

    def envelopes(self) -> list[bytes]:
        folders = sorted((self.home / "shelf").iterdir())
        return [b"".join(p.read_bytes() for p in sorted(folder.iterdir())) for folder in folders]

    def opened(self) -> list[tuple[dict[str, Any], bytes, bytes]]:
        return [(*unseal(e, KEY), parse_header(e).digest) for e in self.envelopes()]


def png(width: int, height: int, depth: int, colour: int, row: bytes, beside: bytes = b"") -> bytes:
    """A PNG whose rows are all alike, with a chunk of its own *beside* them."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    rows = zlib.compress((b"\0" + row) * height, 1)
    kept = chunk(b"tEXt", beside) if beside else b""
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + kept + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def picture() -> bytes:
    """A small one with a place written beside its pixels."""
    return png(40, 40, 8, 2, bytes([200, 180, 60] * 40), b"Comment\0" + PLANTED)


def make_site(home: Path, root: VerifyKey, signer: SigningKey = ROOT) -> IntakeConfig:
    today = datetime.now(UTC).date()
    dated = keycard.DatedKey(today - timedelta(days=1), today + timedelta(days=13), KEY.public)
    card = keycard.Keycard("archive.example", 1, today, today + timedelta(days=20), 1, (dated,))
    (home / "keycard.note").write_bytes(keycard.issue(card, signer))
    engine = connect(home / "intake.sqlite")
    migrate(engine, "intake")
    engine.dispose()
    return IntakeConfig(home, "archive.example", root.raw.hex())


def served(home: Path, root: VerifyKey, signer: SigningKey = ROOT) -> Iterator[Site]:
    app = create_app(make_site(home, root, signer))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield Site(home, f"http://127.0.0.1:{server.server_port}")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        app.extensions["deposits"].engine.dispose()


def watch(phone: Page, site: Site) -> None:
    def keep(request: Request) -> None:
        site.sent.append(request.url.encode() + b"\n" + (request.post_data_buffer or b""))

    phone.on("request", keep)


def open_page(phone: Window, site: Site) -> None:
    phone.goto(site.address)
    phone.wait_for_selector("#words:enabled")


def choose(phone: Page, *photos: bytes, media: str = "image/png") -> None:
    """Choose photos, as a phone's gallery names them."""
    chosen: list[FilePayload] = [
        {"name": f"IMG_{2041 + at}.png", "mimeType": media, "buffer": photo}
        for at, photo in enumerate(photos)
    ]
    before = phone.locator("#files li").count()
    phone.set_input_files("#photos", chosen)
    if phone.locator("#files").count():  # the page in one file has no list
        phone.wait_for_function(
            "(count) => document.querySelectorAll('#files li').length === count", arg=before + len(chosen)
        )


def keep(phone: Window, *grants: str) -> list[str]:
    """From her words to her choices, and to the words that she keeps."""
    phone.click("#to-choices")
    phone.wait_for_selector("#choices:not([hidden])")
    for grant in grants:
        phone.check(f"[data-grant={grant}]")
    phone.click("#to-receipt")
    phone.wait_for_selector("#keeping:not([hidden])")
    return words_on(phone)


def words_on(phone: Window) -> list[str]:
    """The words of the receipt on the page."""
    words: list[str] = phone.evaluate(
        "() => Array.from(document.querySelectorAll('#receipt li'), (word) => word.textContent)"
    )
    return words


def send(phone: Window) -> None:
    """Press, and wait until it has arrived."""
    phone.click("#send")
    phone.wait_for_selector("#done:not([hidden])", timeout=60_000)


def tell(phone: Page, site: Site, *, photo: bool = False, grants: tuple[str, ...] = ("keep",)) -> list[str]:
    """Open the page, write, choose, send; return the receipt words."""
    open_page(phone, site)
    phone.fill("#words", SENTINEL)
    if photo:
        choose(phone, picture())
    words = keep(phone, *grants)
    send(phone)
    return words
