"""With her words, on another phone: she sees what arrived, reads, adds, chooses anew, takes back."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request

from archive.statement import Statement, parse
from crypto import mandate as mandates
from crypto import words
from crypto.keys import SigningKey
from crypto.receipt import Receipt
from deploy.house import House, serving
from tests.journeys.survivor import (
    ROOT,
    SENTINEL,
    Site,
    choose,
    keep,
    open_page,
    picture,
    send,
    served,
    tell,
)
from tests.journeys.test_access import read, violations  # noqa: F401
from tests.people import TODAY

pytestmark = pytest.mark.loopback
REPLY = "잘 받았습니다. 고맙습니다."


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    yield from served(tmp_path, ROOT.public)


def phone_of(chromium: Browser) -> Page:
    context = chromium.new_context(viewport={"width": 360, "height": 640}, locale="ko-KR", is_mobile=True)
    return context.new_page()


def comes_back(phone: Page, address: str, typed: str) -> str:
    """What the page shows to whoever types this."""
    phone.goto(address)
    phone.wait_for_selector("#words:enabled")
    phone.click("[data-go=returning]")
    phone.fill("#typed", typed)
    phone.click("#look")
    phone.wait_for_selector("#found:visible", timeout=60_000)
    return phone.inner_text("main")


def carried(house: House, name: str) -> str:
    """A courier's round: to the archive, and back with its word."""
    stick = house.data / "sticks" / name
    house.onggi("intake", "pack", str(stick))
    taken = house.onggi("archive", "accession", str(stick))
    answered(house, name)
    return taken


def answered(house: House, name: str) -> None:
    """What the archive sends: acknowledgements, the mandate, and a board with what it wrote."""
    back = house.data / "sticks" / f"{name}-back"
    house.onggi("archive", "board", "--size", "256")
    house.onggi("archive", "send", str(back))
    house.onggi("intake", "receive", str(back))


def test_she_comes_back_on_another_phone_and_the_archive_sees_each_step(
    chromium: Browser, house: House
) -> None:
    """
    Told, held, answered, added to, chosen anew and taken back: with the real commands and two phones.
    """
    with serving(house, "intake") as port:
        address = f"http://127.0.0.1:{port}/"
        first, other = phone_of(chromium), phone_of(chromium)
        first.goto(address)
        first.wait_for_selector("#words:enabled")
        first.fill("#words", SENTINEL)
        receipt = " ".join(keep(first, "keep", "research", "recontact"))
        send(first)
        first.context.close()
        assert "1번이 모두 온전히 왔습니다. 아직 보관소에" in comes_back(other, address, receipt)
        [told] = re.findall(r"^  testimony (\S+)$", carried(house, "one"), re.MULTILINE)
        house.onggi("archive", "reply", told, "--as", "minji", person="minji", given=REPLY)
        answered(house, "two")
        shown = comes_back(other, address, receipt)
        assert "1번이 모두 온전히 왔습니다. 그 가운데 1번은" in shown
        assert REPLY in shown

        other.click("#tell-more")
        other.fill("#words", "더 쓴 말")
        other.click("#to-choices")
        other.check("[data-grant=keep]")
        other.check("[data-grant=recontact]")
        other.click("#to-receipt")
        other.wait_for_selector("#done:visible", timeout=60_000)
        comes_back(other, address, receipt)
        other.click("#choose-anew")
        other.check("[data-grant=keep]")
        other.check("[data-grant=recontact]")
        other.click("#to-receipt")
        other.wait_for_selector("#changed:visible", timeout=60_000)
        taken = carried(house, "three")
        assert "1 testimonies" in taken
        assert "1 consents changed" in taken

        shown = comes_back(other, address, receipt)
        assert "3번이 모두 온전히 왔습니다. 그 가운데 3번은" in shown
        assert REPLY in shown
        other.click("[data-go=leaving]")
        other.click("#take-back")
        other.wait_for_selector("#taken:visible", timeout=60_000)
        assert "1 TAKEN BACK" in carried(house, "four")
        assert REPLY not in comes_back(other, address, receipt)
        other.context.close()

    listed = house.onggi("archive", "list")
    assert listed.startswith("TAKEN BACK")
    assert listed.count("withdrawn") == 2


def test_taking_back_erases_what_still_waits_and_leaves_only_the_word_of_it(site: Site, phone: Page) -> None:
    """
    Before a courier came: the telling is gone from the intake, and one small statement waits in its place.
    """
    receipt = " ".join(tell(phone, site, photo=True))
    assert len(site.opened()) == 2
    for times in range(1, 3):  # pressed again on a bad line, it does no harm
        comes_back(phone, site.address, receipt)
        phone.click("[data-go=leaving]")
        phone.click("#take-back")
        phone.wait_for_selector("#taken:visible", timeout=60_000)
        waiting = site.opened()

        assert len(waiting) == times  # a word of hers that takes back is erased by nothing
        for meta, body, _digest in waiting:
            assert meta["type"] == "statement"
            assert b'"kind":"withdrawal"' in body
            assert b'"granted":[]' in body
            assert b'"back"' not in body
            assert SENTINEL.encode() not in body


def tells_more(phone: Page, words: str, *, photo: bool = False) -> None:
    """Under the same words, from the page that shows what is here."""
    phone.click("#tell-more")
    phone.fill("#words", words)
    if photo:
        choose(phone, picture())
    phone.click("#to-choices")
    phone.check("[data-grant=keep]")
    phone.click("#to-receipt")
    phone.wait_for_selector("#done:visible", timeout=60_000)


def test_she_takes_back_one_telling_and_the_other_stays(site: Site, phone: Page) -> None:
    """
    What she marks is gone from the intake at once with its photo; the rest waits on. Her word names exactly
    those numbers. It is as long as any other small statement, and the erasure as every erasure.
    """
    receipt = " ".join(tell(phone, site))
    comes_back(phone, site.address, receipt)
    tells_more(phone, "나중에 더 한 말", photo=True)
    assert len(site.opened()) == 3
    comes_back(phone, site.address, receipt)
    phone.click("[data-go=leaving]")
    boxes = phone.locator("#sent input")
    assert (boxes.count(), phone.is_checked("#all")) == (2, True)
    boxes.nth(1).check()
    assert not phone.is_checked("#all")
    phone.check("#all")
    assert not boxes.nth(1).is_checked()
    phone.uncheck("#all")
    phone.click("#take-back")
    phone.wait_for_selector("#notice:visible")
    assert "먼저 골라" in phone.inner_text("#notice")
    boxes.nth(1).check()
    erased: list[int] = []
    phone.on(
        "request", lambda asked: erased.append(len(asked.post_data or "")) if "erase" in asked.url else None
    )
    phone.click("#take-back")
    phone.wait_for_selector("#taken:visible", timeout=60_000)

    told = [json.loads(body) for meta, body, _ in site.opened() if meta["type"] == "statement"]
    kept, said = sorted(told, key=lambda each: int(each["seq"]))
    assert len(site.opened()) == 2
    assert (kept["text"], said["kind"], said["text"]) == (SENTINEL, "withdrawal", "")
    assert said["back"] == [[kept["seq"] + 1] * 2]
    assert len({len(each) for each in site.envelopes()}) == 1
    assert erased == [len(json.dumps({"tokens": ["0" * 64] * 640}, separators=(",", ":")))]
    assert "2번이 모두" in comes_back(phone, site.address, receipt)
    phone.click("[data-go=leaving]")
    phone.locator("#sent input").nth(1).check()  # her word itself: marking it must not undo it
    phone.click("#take-back")
    phone.wait_for_selector("#taken:visible", timeout=60_000)
    assert sum(b'"kind":"withdrawal"' in body for _, body, _ in site.opened()) == 2


def test_words_from_before_two_rotations_are_still_hers(chromium: Browser, tmp_path: Path) -> None:
    """
    She told under the first root; the third is here now. Her page finds the telling, adds to it as the same
    account, takes one back and then all: a word for each root, one of them by the account that told.
    """
    site_of = contextmanager(served)
    roots = [ROOT, SigningKey.generate(), SigningKey.generate()]
    with site_of(tmp_path, ROOT.public) as site:
        phone = phone_of(chromium)
        receipt = Receipt.parse(" ".join(tell(phone, site)))
        phone.context.close()
    links = [mandates.issue_rotation("archive.example", TODAY, *pair) for pair in pairwise(roots)]
    (tmp_path / "root-rotation.note").write_bytes(b"".join(links))
    accounts = sorted(receipt.keys(root.public).signing.public.key_id for root in roots)
    with site_of(tmp_path, roots[-1].public, roots[-1]) as site:
        phone = phone_of(chromium)
        assert "1번이 모두 온전히 왔습니다" in comes_back(phone, site.address, receipt.digits())
        tells_more(phone, "나중에 더 한 말")
        assert "2번이 모두 온전히 왔습니다" in comes_back(phone, site.address, receipt.digits())
        teller = receipt.keys(ROOT.public).signing.public.key_id
        assert {each.account for each in heard(site, roots)} == {teller}
        phone.click("[data-go=leaving]")
        phone.locator("#sent input").nth(1).check()
        phone.click("#take-back")
        phone.wait_for_selector("#taken:visible", timeout=60_000)
        kept, *said = sorted(heard(site, roots), key=lambda each: each.kind)
        assert (kept.text, sorted(each.account for each in said)) == (SENTINEL, accounts)
        assert [each.account for each in said if each.takes_back(kept.sequence + 1)] == [teller]
        assert not any(each.takes_back(kept.sequence) for each in said)

        comes_back(phone, site.address, receipt.digits())
        phone.click("[data-go=leaving]")
        phone.click("#take-back")
        phone.wait_for_selector("#taken:visible", timeout=60_000)
        said = [each for each in heard(site, roots) if not each.back]
        assert sorted(each.account for each in said) == accounts
        assert {each.kind for each in said} == {"withdrawal"}


def heard(site: Site, roots: list[SigningKey]) -> list[Statement]:
    """What waits there, as the archive reads it."""
    known = [root.public for root in roots]
    return [parse(body, meta, digest, known) for meta, body, digest in site.opened()]


def wrong(receipt: Receipt) -> str:
    """34 digits whose check does not fit."""
    digits = receipt.digits()
    return digits[:-1] + str((int(digits[-1]) + 1) % 10)


def watched(phone: Page, requests: list[Request]) -> None:
    """Keep every request of this page, in order."""
    phone.on("request", lambda request: requests.append(request))


def test_a_wrong_code_and_an_unknown_one_look_the_same(site: Site, chromium: Browser) -> None:
    """
    A wrong check, a number too large, a stranger's code, and hers of which nothing is here any more: the same
    requests to the byte, in the same order, and the same words on the screen.
    """
    hers = tell(phone_of(chromium), site)
    with closing(sqlite3.connect(site.home / "intake.sqlite")) as database, database:
        database.execute("delete from part")
        database.execute("delete from deposit")
    seen = set()
    for typed in (wrong(Receipt.generate()), "9" * 34, Receipt.generate().digits(), " ".join(hers)):
        phone = phone_of(chromium)
        requests: list[Request] = []
        watched(phone, requests)
        shown = comes_back(phone, site.address, typed)
        asked = [(request.method, request.url, request.post_data_buffer) for request in requests]
        paths = [url.removeprefix(site.address) for _, url, _ in asked]
        seen.add((tuple(asked), shown))
        phone.context.close()

    assert len(seen) == 1
    assert paths[-6:] == ["/words/ko", "/words/zh", "/words/en", "/arrived", "/board", "/mandate"]
    assert "이 낱말로는 여기에 아직 아무것도 없습니다" in shown


def test_a_misspelt_word_is_told_before_anything_is_asked_for(site: Site, phone: Page) -> None:
    """
    A word that is in no list is no code: the page names its place, and only the three lists were fetched.
    """
    open_page(phone, site)
    phone.click("[data-go=returning]")
    asked: list[str] = []
    phone.on("request", lambda request: asked.append(request.url.removeprefix(site.address)))
    hers = Receipt.generate().words("ko")
    phone.fill("#typed", " ".join([*hers[:2], "호랑말코", *hers[3:]]))
    phone.click("#look")
    phone.wait_for_function("() => document.getElementById('notice').textContent.includes('3')")

    assert asked == ["/words/ko", "/words/zh", "/words/en"]


def test_her_words_as_telephone_numbers_bring_her_back(site: Site, phone: Page) -> None:
    """
    The list that looks like contacts is copied from the page, labels included, and typed in again.
    """
    open_page(phone, site)
    phone.fill("#words", SENTINEL)
    keep(phone, "keep")
    phone.click("#keeping details >> nth=0")
    listed = phone.inner_text("#phones")
    assert listed.startswith("과일가게 010-")
    send(phone)

    assert "1번이 모두 온전히 왔습니다" in comes_back(phone, site.address, listed)


def test_she_is_asked_for_a_few_words_and_never_held_up(site: Site, phone: Page) -> None:
    """
    A wrong word is told, the right ones too; she may send without any of it.
    """
    open_page(phone, site)
    phone.fill("#words", SENTINEL)
    hers = keep(phone, "keep")
    phone.click("#keeping details >> nth=1")
    phone.click("#check")
    assert phone.inner_text("#recalled").startswith("다른 낱말이 있습니다")
    for field in phone.query_selector_all("#asked label"):
        place = int(re.findall(r"\d+", field.inner_text())[0])
        field.query_selector("input").fill(hers[place - 1])  # type: ignore[union-attr]
    phone.click("#check")
    assert phone.inner_text("#recalled").startswith("맞습니다")
    phone.click("#asked input >> nth=0")
    phone.keyboard.type("가")
    phone.click("#check")
    assert phone.inner_text("#recalled").startswith("다른 낱말이 있습니다")

    send(phone)


@pytest.mark.parametrize("lang", words.LANGUAGES)
def test_axe_finds_nothing_where_she_comes_back(site: Site, read: Page, lang: str) -> None:  # noqa: F811
    """
    Typing, a refusal, what is here, before taking back, and after; and the ways to keep her words.
    """
    read.goto(f"{site.address}/?lang={lang}")
    read.wait_for_selector("#words:enabled")
    read.fill("#words", SENTINEL)
    keep(read, "keep")
    for each in read.query_selector_all("#keeping summary"):
        each.click()
    seen = {"keeping": violations(read)}
    read.goto(f"{site.address}/?lang={lang}")
    read.wait_for_selector("#words:enabled")
    read.click("[data-go=returning]")
    seen["returning"] = violations(read)
    read.fill("#typed", "1 2 3")
    read.click("#look")
    read.wait_for_selector("#look:enabled")
    seen["refused"] = violations(read)
    read.fill("#typed", Receipt.generate().digits())
    read.click("#look")
    read.wait_for_selector("#found:visible")
    seen["found"] = violations(read)
    read.click("[data-go=leaving]")
    seen["leaving"] = violations(read)
    read.click("#take-back")
    read.wait_for_selector("#taken:visible", timeout=60_000)
    seen["taken"] = violations(read)
    wide = read.evaluate("() => document.documentElement.scrollWidth")

    assert {step: found for step, found in seen.items() if found} == {}
    assert wide == 360
