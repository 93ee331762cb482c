"""A survivor's journey, in a real Chromium at the size of a small phone, against the real site."""

from __future__ import annotations

import hashlib
import io
import json
import struct
import threading
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Request
from werkzeug.serving import make_server

from crypto import keycard
from crypto.envelope import parse_header, unseal
from crypto.keys import IntakeSecret, SigningKey, VerifyKey
from crypto.receipt import Receipt
from migrations.run import migrate
from server.intake.config import IntakeConfig
from server.intake.site import create_app
from server.intake.tables import connect

pytestmark = pytest.mark.loopback
SENTINEL = "노란 집 뒤의 우물 sentinel 8812"
PLANTED = b"41.3907N 128.1716E"
ROOT, KEY = SigningKey.generate(), IntakeSecret.generate()


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


def picture() -> bytes:
    """A small PNG with a place written beside its pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + bytes([200, 180, 60] * 40) for _ in range(40))
    header = struct.pack(">IIBBBBB", 40, 40, 8, 2, 0, 0, 0)
    place = chunk(b"tEXt", b"Comment\0" + PLANTED)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + place
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def make_site(home: Path, root: VerifyKey) -> IntakeConfig:
    today = datetime.now(UTC).date()
    dated = keycard.DatedKey(today - timedelta(days=1), today + timedelta(days=13), KEY.public)
    card = keycard.Keycard("archive.example", 1, today, today + timedelta(days=20), 1, (dated,))
    (home / "keycard.note").write_bytes(keycard.issue(card, ROOT))
    engine = connect(home / "intake.sqlite")
    migrate(engine, "intake")
    engine.dispose()
    return IntakeConfig(home, "archive.example", root.raw.hex())


def served(home: Path, root: VerifyKey) -> Iterator[Site]:
    app = create_app(make_site(home, root))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Site(home, f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    thread.join()
    server.server_close()
    app.extensions["deposits"].engine.dispose()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    yield from served(tmp_path, ROOT.public)


@pytest.fixture
def false_site(tmp_path: Path) -> Iterator[Site]:
    yield from served(tmp_path, SigningKey.generate().public)


def watch(phone: Page, site: Site) -> None:
    def keep(request: Request) -> None:
        site.sent.append(request.url.encode() + b"\n" + (request.post_data_buffer or b""))

    phone.on("request", keep)


def tell(phone: Page, site: Site, *, photo: bool = False, grants: tuple[str, ...] = ("keep",)) -> list[str]:
    """Open the page, write, choose, send; return the receipt words."""
    phone.goto(site.address)
    phone.wait_for_selector("#words:enabled")
    phone.fill("#words", SENTINEL)
    if photo:
        phone.set_input_files(
            "#photos", {"name": "IMG_2041.png", "mimeType": "image/png", "buffer": picture()}
        )
    for grant in grants:
        phone.check(f"[data-grant={grant}]")
    phone.click("#send")
    phone.wait_for_selector("#done:visible", timeout=60_000)
    return phone.locator("#receipt li").all_text_contents()


def encodings(words: str) -> list[bytes]:
    return [words.encode(), words.encode("utf-16-le"), json.dumps(words)[1:-1].encode()]


def test_a_survivors_words_leave_the_browser_sealed(site: Site, phone: Page) -> None:
    """
    The sentence she typed is in no request, on no disk of the server, and yet the archive reads it.
    """
    watch(phone, site)
    tell(phone, site, photo=True)
    on_disk = [p.read_bytes() for p in site.home.rglob("*") if p.is_file()]

    for place in site.sent + on_disk:
        assert not any(words in place for words in [*encodings(SENTINEL), b"IMG_2041", PLANTED])
    assert all(request.startswith(site.address.encode()) for request in site.sent)
    statements = [json.loads(body) for meta, body, _ in site.opened() if meta["type"] == "statement"]
    assert [s["text"] for s in statements] == [SENTINEL]


def test_the_statement_binds_its_photo_and_its_sender(site: Site, phone: Page) -> None:
    """
    The archive can tell that no file was dropped or swapped, and that later words are by the same woman.
    """
    words = tell(phone, site, photo=True)
    opened = site.opened()
    (statement,) = [(json.loads(b), d) for meta, b, d in opened if meta["type"] == "statement"]
    (photo,) = [(b, d) for meta, b, d in opened if meta["type"] == "file"]
    said, digest = statement
    account = Receipt.parse(" ".join(words)).keys(ROOT.public)
    fingerprint = ROOT.public.fingerprint().replace(" ", "").encode()
    signed = b"onggi-acct1|intake|" + fingerprint + b"|0|" + digest

    assert [photo[1].hex()] == [f["digest"] for f in said["files"]]
    assert account.signing.public.raw.hex() == said["account"]["ed25519"]
    assert account.sealing.public.bundle.hex() == said["account"]["x25519"] + said["account"]["xwing"]
    account.signing.public.verify(bytes.fromhex(said["signature"]), signed)


def test_a_photo_arrives_without_its_hidden_place(site: Site, phone: Page) -> None:
    """
    R19 (in part): pixels only; what the camera wrote beside them never leaves the page.
    """
    tell(phone, site, photo=True)
    (photo,) = [body for meta, body, _ in site.opened() if meta["type"] == "file"]

    assert photo.startswith(b"\xff\xd8")
    assert not any(mark in photo for mark in (PLANTED, b"Exif", b"Comment"))


def test_only_what_she_chose_is_granted(site: Site, phone: Page) -> None:
    """
    R1, R4: consent is off until chosen, and kept with its language and the hash of the words she saw.
    """
    tell(phone, site, grants=("keep", "research"))
    shown = "\n".join(phone.locator("[data-grant] + span").all_text_contents())
    (said,) = [json.loads(body) for meta, body, _ in site.opened() if meta["type"] == "statement"]
    consent = said["consent"]

    assert {
        ("preserve", "archivists"),
        ("index_search", "archivists"),
        ("research_read", "vetted_researchers"),
        ("index_search", "vetted_researchers"),
    } == {(grant["use"], grant["audience"]) for grant in consent["granted"]}
    assert ("ko", hashlib.sha256(shown.encode()).hexdigest()) == (consent["lang"], consent["text_sha256"])


def test_nothing_is_asked_for_and_nothing_is_kept(site: Site, phone: Page) -> None:
    """
    No input has a name, nothing is chosen for her, and the browser stores nothing.
    """
    tell(phone, site)
    phone.goto(site.address)
    kept = phone.evaluate("[localStorage.length, sessionStorage.length, document.cookie]")

    assert phone.locator("[name]:not(meta)").count() == 0
    assert phone.locator("[data-grant]:checked").count() == 0
    assert kept == [0, 0, ""]


def test_a_page_that_cannot_prove_its_archive_takes_no_words(false_site: Site, phone: Page) -> None:
    """
    With a keycard by another root the page stops: there is no way to go on anyway.
    """
    phone.goto(false_site.address)
    phone.wait_for_selector("#notice:visible")

    assert phone.is_disabled("#words")
    assert phone.is_disabled("#send")


def test_she_can_always_leave_at_once(site: Site, phone: Page) -> None:
    """
    Escape twice, or the link: her words are gone from the screen and the back button does not return them.
    """
    phone.goto(site.address)
    phone.wait_for_selector("#words:enabled")
    phone.fill("#words", SENTINEL)
    phone.keyboard.press("Escape")
    phone.keyboard.press("Escape")
    phone.wait_for_url("**/cover")

    assert SENTINEL not in phone.content()
    phone.go_back()
    assert SENTINEL not in phone.content()


@pytest.mark.parametrize("locale", ["ko-KR", "en-GB", "fr-FR"])
def test_the_page_speaks_her_language(site: Site, locale: str) -> None:
    """
    Korean when in doubt, English when asked for.
    """
    client = create_app(IntakeConfig(site.home, "archive.example", "00" * 32)).test_client()
    page = client.get("/", headers={"Accept-Language": locale}).text

    assert ('lang="en"' in page) == (locale == "en-GB")


def test_both_catalogues_say_the_same_things() -> None:
    """
    A string that is missing in one language fails here, not on her phone.
    """
    folder = Path(__file__).parents[2] / "server" / "intake" / "translations"
    ko, en = (json.loads((folder / f"{lang}.json").read_text("utf-8")) for lang in ("ko", "en"))

    assert ko.keys() == en.keys()
    assert all(ko.values())
    assert all(en.values())


def test_the_committed_script_is_what_its_sources_make() -> None:
    """
    Nobody has to trust the bundle: it is rebuilt and compared.
    """
    root = Path(__file__).parents[2] / "server" / "intake"
    if not (root / "client" / "node_modules").exists():
        pytest.skip("run `make client` first")
    import subprocess

    command = json.loads((root / "client" / "package.json").read_text())["scripts"]["build"].split()[:-1]
    built = subprocess.run(
        [str(root / "client" / "node_modules" / ".bin" / command[0]), *command[1:]],
        cwd=root / "client",
        capture_output=True,
        check=True,
    )

    assert io.BytesIO(built.stdout).read() == (root / "static" / "app.js").read_bytes()
