"""An intake that is busy or nearly full says so on her page, while she waits and when it did not go."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Page, expect

from server.intake.catalogue import texts
from tests.journeys.survivor import ROOT, SENTINEL, Site, keep, open_page, send, served

pytestmark = pytest.mark.loopback
KO = texts("ko")
HURRY = "const real = setTimeout; setTimeout = (act, ms) => real(act, ms > 20000 ? ms : Math.min(ms, 20));"
"""A page that waits for nothing long: eight tries of a full intake take a minute otherwise."""


def site_of(home: Path, limits: str) -> Iterator[Site]:
    (home / "limits.toml").write_text(limits, "utf-8")
    yield from served(home, ROOT.public)


def write(phone: Page, site: Site, *, file: bytes = b"") -> None:
    open_page(phone, site)
    phone.fill("#words", SENTINEL)
    if file:
        given: FilePayload = {"name": "a.pdf", "mimeType": "application/pdf", "buffer": file}
        phone.set_input_files("#photos", given)
        phone.wait_for_selector("#files li")
    keep(phone, "keep")


@pytest.fixture
def busy(tmp_path: Path) -> Iterator[Site]:
    yield from site_of(tmp_path, "puzzle_bits = 19\n")


@pytest.fixture
def narrow(tmp_path: Path) -> Iterator[Site]:
    yield from site_of(tmp_path, "bytes_a_day = 400_000\n")


def shares_told(phone: Page) -> list[int]:
    """What the step said of the sum, in percent, from its start to the end of the sending."""
    told: list[str] = phone.evaluate("() => globalThis.told")
    assert told[-1] == "100 %"
    sums = [line for line in told if line.startswith(KO["busy"])]
    return [int(line.removeprefix(KO["busy"]).strip(" %")) for line in sums]


def test_she_sees_that_the_phone_does_a_sum_and_how_far_it_is(busy: Site, phone: Page) -> None:
    """
    While the puzzle is worked on, the step says why nothing moves yet, with a share; then it goes.

    A sum is luck: one in twenty is done before the share has moved, so a lucky phone tells again.
    """
    phone.add_init_script(
        "addEventListener('DOMContentLoaded', () => { globalThis.told = []; new MutationObserver(() =>"
        " told.push(document.getElementById('share').textContent)).observe("
        "document.getElementById('share'), {childList: true}); });"
    )
    for _ in range(5):
        write(phone, busy)
        send(phone)
        shares = shares_told(phone)
        assert shares == sorted(shares)
        if len(set(shares)) > 1:
            break

    assert len(set(shares)) > 1


def test_she_is_told_what_fits_in_while_it_is_tried_and_when_it_did_not(narrow: Site, phone: Page) -> None:
    """
    A file that may be too large is tried all the same; the size that surely fits is told at once, and at the
    end that there is no room. Her words are still there, and without the file they go.
    """
    phone.add_init_script(HURRY)
    write(phone, narrow, file=b"%PDF-" + b"x" * 900_000)
    said = phone.locator("#notice")
    phone.click("#send")
    expect(said).to_have_text(f"{KO['room_little']} 0.2 MB")
    expect(phone.locator("#keeping")).to_be_visible(timeout=60_000)
    expect(said).to_have_text(KO["room_none"])
    phone.click("#keeping [data-go=choices]")
    phone.click("#choices [data-go=telling]")
    assert phone.input_value("#words") == SENTINEL
    phone.click("#files button")
    keep(phone)
    send(phone)

    assert narrow.opened()


def test_where_there_is_room_nothing_is_said_of_it(tmp_path: Path, phone: Page) -> None:
    """
    No warning where none is needed.
    """
    for site in served(tmp_path, ROOT.public):
        phone.add_init_script(
            "addEventListener('DOMContentLoaded', () => { globalThis.told = []; new MutationObserver(() =>"
            " told.push(document.getElementById('notice').textContent)).observe("
            "document.getElementById('notice'), {childList: true}); });"
        )
        write(phone, site, file=b"%PDF-" + b"x" * 900_000)
        send(phone)

        assert phone.evaluate("() => globalThis.told") == []
