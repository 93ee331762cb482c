"""A survivor's journey, in a real Chromium at the size of a small phone, against the real site."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from playwright.sync_api import Page

from crypto.keys import SigningKey, VerifyKey
from crypto.receipt import Receipt
from tests.journeys.survivor import (
    PLANTED,
    ROOT,
    SENTINEL,
    Site,
    keep,
    open_page,
    send,
    served,
    tell,
    watch,
)

pytestmark = pytest.mark.loopback


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    yield from served(tmp_path, ROOT.public)


@pytest.fixture
def false_site(tmp_path: Path) -> Iterator[Site]:
    yield from served(tmp_path, SigningKey.generate().public)


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


def test_what_was_pasted_is_cleaned_and_then_composed(site: Site, phone: Page) -> None:
    """
    Controls and half characters go first, then NFC; when nothing is left she is told, and nothing is sent.
    """
    paste = "text => Object.assign(document.getElementById('words'), { value: JSON.parse(text) })"
    open_page(phone, site)
    phone.evaluate(paste, json.dumps(" \x02\x1b"))
    phone.click("#to-choices")
    assert "글을 쓰거나" in phone.inner_text("#notice")
    phone.evaluate(paste, json.dumps("cafe\x02\u0301 \u1100\x0c\u1161 \ud83d"))
    keep(phone, "keep")
    send(phone)
    [statement] = [json.loads(body) for meta, body, _ in site.opened() if meta["type"] == "statement"]

    assert statement["text"] == "caf\u00e9 \uac00 \ufffd"


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
    fingerprint = ROOT.public.fingerprint().replace(" ", "")
    signed = f"onggi-acct1|intake|{fingerprint}|{said['seq']}|".encode() + digest

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
    boxes = phone.locator("div.choice").all_text_contents()
    shown = "\n".join(" ".join(box.split()) for box in boxes)
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
    assert phone.is_disabled("#to-choices")
    shown = phone.inner_text("#notice")
    root = VerifyKey(bytes.fromhex(phone.get_attribute("body", "data-root") or ""))
    assert shown.endswith(root.fingerprint())
    assert str(datetime.now().year) in shown


def test_a_keycard_from_before_is_not_used_again(site: Site, phone: Page) -> None:
    """
    The page knows the lowest serial: who can put an old file in place of the new one is found out.
    """
    (site.home / "keycard.note.floor").write_text(f"2 {ROOT.public.key_id}")
    phone.goto(site.address)
    phone.wait_for_selector("#notice:visible")

    assert phone.is_disabled("#words")


@pytest.mark.parametrize("lacking", ["crypto.getRandomValues", "crypto"])
def test_a_browser_without_randomness_takes_no_words(site: Site, phone: Page, lacking: str) -> None:
    """
    Keys that can be guessed protect nobody: the page stops before she writes.
    """
    *whose, name = f"globalThis.{lacking}".split(".")
    phone.add_init_script(f"Object.defineProperty({'.'.join(whose)}, '{name}', {{ value: undefined }})")
    phone.goto(site.address)
    phone.wait_for_selector("#notice:visible")

    assert phone.is_disabled("#words")
    assert phone.is_disabled("#to-choices")


@pytest.mark.parametrize(
    "act",
    [
        "document.body.innerHTML = '<p>text</p>'",
        "document.body.insertAdjacentHTML('beforeend', '<p>text</p>')",
        "document.createElement('script').src = '/static/app.js'",
        "new Worker('/static/app.js')",
        "trustedTypes.createPolicy('another', {})",
    ],
)
def test_no_text_becomes_markup_or_code_on_her_page(site: Site, phone: Page, act: str) -> None:
    """
    Trusted Types: even a mistake in our own script cannot turn words into a page.
    """
    open_page(phone, site)

    assert (
        phone.evaluate(f"() => {{ try {{ {act}; }} catch (error) {{ return error.name; }} }}") == "TypeError"
    )


def test_the_committed_script_is_a_worker_where_there_is_no_page(site: Site, phone: Page) -> None:
    """
    One script: what seals a large file beside the page is what was committed, and its chunks are AES-256-GCM.
    """
    open_page(phone, site)
    piece = phone.evaluate("""() => new Promise((done, lost) => {
      const policy = trustedTypes.createPolicy("onggi", { createScriptURL: () => "/static/app.js" });
      const worker = new Worker(policy.createScriptURL(""), { type: "module" });
      worker.onerror = lost;
      setTimeout(lost, 20_000);
      worker.onmessage = ({ data }) => done(Array.from(data.piece));
      const [key, nonce, head] = [32, 12, 4].map((size) => new Uint8Array(size).fill(size));
      worker.postMessage({ job: { key, nonce, head, source: new Blob(["well"]), padded: 20 }, at: 0 });
    })""")

    assert AESGCM(bytes([32] * 32)).decrypt(bytes([12] * 12), bytes(piece), None) == bytes(
        [4] * 4
    ) + b"well" + bytes(12)


@pytest.mark.parametrize(
    ("words", "lang"),
    [
        ("我從茂山過江。", "zho"),
        ("I crossed at Musan.", "eng"),
        ("무산에서 강을 건넜다. 茂山", "kor"),
        ("1998…", "kor"),
    ],
)
def test_the_language_is_that_of_her_words(site: Site, phone: Page, words: str, lang: str) -> None:
    """
    A Korean page takes Chinese words, and says so, so that they are found; without letters it is the page's.
    """
    phone.goto(site.address)
    phone.wait_for_selector("#words:enabled")
    phone.fill("#words", words)
    keep(phone, "keep")
    send(phone)
    (said,) = [json.loads(body) for meta, body, _ in site.opened() if meta["type"] == "statement"]

    assert (said["lang"], said["text"], said["consent"]["lang"]) == (lang, words, "ko")


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
