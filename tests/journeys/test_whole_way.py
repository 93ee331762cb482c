"""One testimony by hand, from a phone to a researcher's screen: the real commands, sites, keys and pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Request, expect

from archive.redaction.residue import variants
from deploy.house import PHRASES, House, serving
from tests.journeys import survivor as journey

pytestmark = pytest.mark.loopback
SENTINEL = "노란 집 뒤의 우물 sentinel 4471"
NAME = "정순옥"
WORDS = f"{NAME}이라는 이름으로 혜산에서 강을 건넜다.\n{SENTINEL}\n장백에서 팔려 갔다가 강제 북송을 당했다."


def everything(folder: Path, pattern: str = "**/*") -> Iterator[bytes]:
    return (path.read_bytes() for path in folder.glob(pattern) if path.is_file())


def running(*words: str) -> Iterator[bytes]:
    """Command lines and environments of this machine's processes that run these words."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            line, environment = ((process / name).read_bytes() for name in ("cmdline", "environ"))
        except OSError:
            continue
        if all(word.encode() in line for word in words):
            yield line + environment


def she_tells(house: House, phone: Page) -> None:
    """She writes and sends; what she wrote is on no wire, disk, command line or environment of the intake."""
    sent: list[bytes] = []

    def keep(request: Request) -> None:
        sent.append(request.url.encode() + b"\n" + (request.post_data_buffer or b""))

    phone.on("request", keep)
    with serving(house, "intake") as port:
        phone.goto(f"http://127.0.0.1:{port}/")
        phone.wait_for_selector("#words:enabled")
        phone.fill("#words", WORDS)
        receipt = journey.keep(phone, "keep", "research")
        journey.send(phone)
        processes = list(running("server.intake.site", str(house.home("intake"))))

    assert len(receipt) == 11
    assert len(sent) > 3
    assert processes
    told = [spelling for words in (SENTINEL, NAME, " ".join(receipt)) for spelling in variants(words)]
    for place in (*sent, *processes, *everything(house.home("intake")), *everything(house.data, "*.log")):
        assert not any(spelling in place.lower() for spelling in told)


def the_courier_carries(house: House) -> str:
    """Packed, taken in, and deleted at the intake on the archive's word."""
    stick = house.data / "sticks" / "one"
    house.onggi("intake", "pack", str(stick))
    taken = house.onggi("archive", "accession", str(stick))
    house.onggi("archive", "send", str(house.data / "sticks" / "back"))
    assert "deleted 1 deposits" in house.onggi("intake", "receive", str(house.data / "sticks" / "back"))

    assert not any(path.is_file() for path in (house.home("intake") / "shelf").rglob("*"))
    return str(re.findall(r"^  testimony (\S+)$", taken, re.MULTILINE)[0])


def two_archivists_decide(house: House, desk: Page, told: str) -> Path:
    """One marks by selecting with the mouse, another approves; one drafts, the other signs."""
    with serving(house, "archive"):
        desk.goto(re.findall(r"http://\S+", (house.data / "archive.log").read_text("utf-8"))[0])
        sign_in(desk, "minji")
        desk.click(f"text={told}")
        assert SENTINEL in desk.inner_text("#original")
        desk.evaluate(
            """name => {
              const parts = [...document.querySelectorAll("#original .original")];
              const text = parts.map((part) => part.firstChild).find((each) => each.data.includes(name));
              const at = text.data.indexOf(name);
              document.getSelection().setBaseAndExtent(text, at, text, at + name.length);
            }""",
            NAME,
        )
        expect(desk.locator("#surface")).not_to_have_value("")
        desk.click("text=Hide everywhere")
        assert desk.inner_text(".part .words:not(.original)").startswith("[이름]이라는 이름으로")
        desk.click("text=Approve exactly this")
        assert "you proposed this" in desk.inner_text(".notice")
        sign_out_and_in(desk, "sora")
        desk.click("text=Approve exactly this")
        desk.click("nav >> text=Release")
        desk.click("button:has-text('Draft')")
        settle(desk)
        desk.click("text=Scan and sign")
        assert "you drafted this" in desk.inner_text(".notice")
        sign_out_and_in(desk, "minji")
        desk.click("text=Scan and sign")
        written = Path(desk.inner_text(".notice code"))
        assert SENTINEL not in (house.data / "archive.log").read_text("utf-8")
    return written


def settle(desk: Page) -> None:
    """What the second look found in the redacted text she reads once more, and chooses to show."""
    desk.click("a[href$='#held']")
    while (shown := desk.locator("form[action$='/show'] button")).count():
        with desk.expect_navigation():
            shown.first.click()
    desk.click("nav >> text=Release")
    desk.click("button:has-text('Draft')")


def sign_in(desk: Page, name: str) -> None:
    desk.select_option("select[name=name]", name)
    desk.fill("input[name=passphrase]", PHRASES[name])
    desk.click("text=Sign in")
    desk.wait_for_selector(f"header :text('{name}')")


def sign_out_and_in(desk: Page, name: str) -> None:
    desk.click("text=Sign out")
    sign_in(desk, name)


def researchers_find(house: House, desk: Page) -> None:
    """A Korean, a Chinese and an English query each find it and mark the hit."""
    with serving(house, "research") as port:
        for query, marked in (("강제북송", "강제 북송"), ("长白", "장백"), ("Hyesan", "혜산")):
            desk.goto(f"http://127.0.0.1:{port}/")
            desk.fill("#q", query)
            desk.click("text=Find")
            expect(desk.locator("article")).to_have_count(1)
            assert marked in desk.locator("article mark").all_inner_texts()
            assert NAME not in desk.content()
        desk.click("article h2 a")
        assert desk.inner_text(".words p").endswith("[이름]이라는 이름으로 혜산에서 강을 건넜다.")
        assert "demo.onggi.example/" in desk.inner_text("dl")
        desk.goto(f"http://127.0.0.1:{port}/?q={NAME}")
        assert desk.locator("article").count() == 0


def test_one_testimony_goes_from_a_phone_to_a_researcher_by_hand(
    house: House, phone: Page, desk: Page
) -> None:
    """
    What she wrote reaches a researcher, with the name that two people hid in no byte that left the archive.
    """
    she_tells(house, phone)
    told = the_courier_carries(house)
    release = two_archivists_decide(house, desk, told)
    root = house.root.to_text()
    house.onggi("research", "publish", str(release), "--root", root, "--origin", "demo.onggi.example")
    researchers_find(house, desk)

    hidden = variants(NAME)
    for place in (*everything(release), *everything(house.home("research"))):
        assert not any(spelling in place.lower() for spelling in hidden)
    vault = list(everything(house.home("archive") / "objects"))
    vault += [(house.home("archive") / "vault.db").read_bytes()]
    assert not any(
        spelling in place.lower() for place in vault for spelling in (*hidden, *variants(SENTINEL))
    )
    assert "unbroken" in house.onggi("archive", "journal", "verify")
