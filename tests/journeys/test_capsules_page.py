"""A page without a network, its file in another hand, and the same words in the archive."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from archive import capsule
from archive.accession import Report, accession, accession_capsule, attachment_state
from archive.redaction.residue import variants
from crypto.receipt import Receipt
from server.intake import courier
from server.intake.site import open_deposits
from tests.journeys.survivor import (
    PLANTED,
    ROOT,
    SENTINEL,
    Site,
    choose,
    make_site,
    picture,
    send,
    served,
    words_on,
)
from tests.people import TODAY, Archive

pytestmark = pytest.mark.loopback


@pytest.fixture
def page(archive: Archive, tmp_path: Path) -> str:
    """The address of the Korean page, on a stick."""
    written = capsule.write(archive.vault, tmp_path / "stick", "ko", TODAY)
    return next(iter(written)).as_uri()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    home = tmp_path / "intake"
    home.mkdir()
    yield from served(home, ROOT.public)


def sealed(phone: Page, page: str, into: Path) -> list[str]:
    """She opens the page from the stick, tells, and has a file; the receipt words."""
    phone.goto(page)
    phone.wait_for_selector("#words:enabled")
    phone.fill("#words", SENTINEL)
    choose(phone, picture())
    for grant in ("keep", "research"):
        phone.check(f"[data-grant={grant}]")
    with phone.expect_download() as downloading:
        send(phone)
        words = words_on(phone)
    assert downloading.value.suggested_filename == "photo-backup.bin"
    downloading.value.save_as(into)
    return words


def held(archive: Archive, report: Report, words: list[str]) -> None:
    """The archive has her words, her photo without what the camera wrote beside it, and her account."""
    [told] = report.taken
    testimony = archive.vault.testimony(told)
    [photo] = testimony.attachments
    _, _, original = archive.vault.json("file", photo.digest)
    kept = b"".join(archive.vault.kept("original", original))
    account = Receipt.parse(" ".join(words)).keys(archive.root).signing.public

    assert testimony.text == SENTINEL
    assert ("research_read", "vetted_researchers") in testimony.consent.granted
    assert attachment_state(archive.vault, photo) == "here"
    assert kept.startswith(b"\xff\xd8")
    assert PLANTED not in kept
    assert archive.vault.json("told-by", told) == account.key_id
    received = archive.vault.json("received", told)
    assert archive.vault.json("original", received)["purpose"] == "capsule"


def test_a_capsule_goes_from_a_page_without_a_network_by_another_hand_to_the_archive(
    archive: Archive, page: str, phone: Page, chromium: Browser, site: Site, tmp_path: Path
) -> None:
    """
    Sealed from file://, uploaded by somebody else, packed, taken in; and taken once when the file comes, too.
    """
    file = tmp_path / "photo-backup.bin"
    asked: list[str] = []
    phone.on("request", lambda request: asked.append(request.url))
    words = sealed(phone, page, file)
    phone.click("#leave")
    phone.wait_for_url("about:blank")
    carrier = chromium.new_context(locale="en-GB").new_page()
    carrier.goto(f"{site.address}/carry")
    carrier.set_input_files("#capsule", file)
    carrier.click("#send:enabled")
    carrier.wait_for_selector("#done:visible", timeout=60_000)
    carrier.context.close()
    deposits = open_deposits(make_site(site.home, ROOT.public))
    stick = tmp_path / "bundle"
    packed = courier.pack(deposits, archive.courier, stick, tmp_path / "packing")
    deposits.engine.dispose()
    report = accession(archive.vault, stick, today=lambda: TODAY)

    assert [url.split(":")[0] for url in asked if url != page] in ([], ["data"], ["blob"], ["data", "blob"])
    assert packed.envelopes == 2
    held(archive, report, words)
    told = [spelling for hidden in (SENTINEL, " ".join(words)) for spelling in variants(hidden)]
    for place in (file, *(p for p in site.home.rglob("*") if p.is_file())):
        assert not any(spelling in place.read_bytes().lower() for spelling in told)
    assert accession_capsule(archive.vault, file, today=lambda: TODAY).again == 2


def test_the_page_speaks_to_nobody(page: str, phone: Page, site: Site) -> None:
    """
    Its own policy refuses a request, a picture, a form and a script that is not the page's, also to loopback.
    """
    phone.goto(page)
    phone.wait_for_selector("#words:enabled")
    refused = phone.evaluate(
        """async (address) => {
          const refused = [];
          addEventListener("securitypolicyviolation", (event) => refused.push(event.effectiveDirective));
          await fetch(address).catch(() => null);
          const picture = new Image();
          await new Promise((done) => { picture.onload = picture.onerror = done; picture.src = address; });
          const script = document.createElement("script");
          try { script.textContent = "window.ran = true"; } catch { refused.push("trusted-types"); }
          document.body.append(script);
          await new Promise((done) => setTimeout(done, 300));
          return [refused, window.ran ?? false];
        }""",
        site.address,
    )

    assert {"connect-src", "img-src"} <= set(refused[0])
    assert refused[1] is False
    assert not any((site.home / "shelf").glob("*"))


def test_a_page_whose_card_is_out_of_date_seals_nothing(page: str, phone: Page) -> None:
    """
    Two years later she is told to ask for a new one, and can write nothing.
    """
    phone.clock.install(time="2099-01-01")
    phone.goto(page)
    phone.wait_for_selector("#notice:visible")

    assert "오래된 화면이면 새것을" in phone.inner_text("#notice")
    assert phone.is_disabled("#words")


def test_too_much_for_one_file_is_said_and_her_words_stay(page: str, phone: Page) -> None:
    """
    More photos than a statement may list: she is told to make several files, and nothing is saved.
    """
    phone.goto(page)
    phone.wait_for_selector("#words:enabled")
    phone.fill("#words", SENTINEL)
    choose(phone, *[picture()] * 201)
    phone.check("[data-grant=keep]")
    phone.click("#send")

    assert "나누어" in phone.inner_text("#notice")
    assert phone.input_value("#words") == SENTINEL


FLAWS: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "cut": (lambda whole: whole[:-20_000], "끊겼습니다"),
    "another": (lambda whole: b"\xff\xd8" + whole, "그런 파일이 아닙니다"),
}


@pytest.mark.parametrize("flaw", FLAWS)
def test_the_door_takes_no_other_file_and_none_that_was_cut(
    page: str, phone: Page, site: Site, tmp_path: Path, flaw: str
) -> None:
    """
    Whoever hands it in is told at once, while she can still be asked; nothing is sent.
    """
    file, (change, says) = tmp_path / "photo-backup.bin", FLAWS[flaw]
    sealed(phone, page, file)
    file.write_bytes(change(file.read_bytes()))
    phone.goto(f"{site.address}/carry")
    phone.set_input_files("#capsule", file)
    phone.wait_for_selector("#notice:visible")

    assert says in phone.inner_text("#notice")
    assert phone.is_disabled("#send")


def test_a_file_that_did_not_get_through_goes_on_where_it_stopped(
    page: str, phone: Page, site: Site, tmp_path: Path
) -> None:
    """
    When the line is down after the first envelope, the next press sends the second, and none arrives twice.
    """
    file = tmp_path / "photo-backup.bin"
    sealed(phone, page, file)
    phone.clock.install()
    phone.goto(f"{site.address}/carry")
    begun: list[str] = []

    def one_only(route: object) -> None:
        begun.append("")
        getattr(route, "abort" if len(begun) > 1 else "continue_")()

    phone.route("**/api/deposits", one_only)
    phone.set_input_files("#capsule", file)
    phone.click("#send:enabled")
    while "끝까지 보내지 못했습니다" not in phone.inner_text("#notice"):
        phone.clock.run_for(5_000)
    phone.unroute("**/api/deposits")
    phone.click("#send")
    phone.wait_for_selector("#done:visible")

    assert len(site.envelopes()) == 2
