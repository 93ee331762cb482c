"""One story to its end: told, carried, read by others, answered, added to, closed, taken back, gone.

Three machines, each a folder and processes of its own; she only ever has her words, on a new phone each time.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from archive import leaving, locks, people
from archive.keeping.boxes import Boxes
from archive.keeping.keyring import Shut
from archive.keeping.restore import Backup
from archive.redaction import choices
from archive.vault import LOCK, Vault
from deploy.house import ORIGIN, PHRASES, House, Refused, serving
from tests.archive.keeping.test_erased_everywhere import opened_at_the_intake
from tests.archive.keeping.test_shredding import PLANTED, all_of, forms, opened_by, opened_in
from tests.journeys.survivor import keep, send
from tests.journeys.test_returning import comes_back, phone_of
from tests.journeys.test_whole_way import sign_in

pytestmark = pytest.mark.loopback
NAME = "정순옥"
STORY = f"{NAME}이라는 이름으로 혜산에서 강을 건넜다.\n" + "\n".join(PLANTED)
ANOTHER = "다른 사람이 장백에서 남긴 말"
REPLY = "잘 받았습니다. 천천히 하셔도 됩니다."
MORE = f"나중에 생각난 것은 {PLANTED[3]}이다."
ALL = set(PLANTED)


@dataclass
class Story:
    """The house, its backup with the keyring on another medium, and the sticks of its courier."""

    house: House
    boxes: Path
    keyring: Path

    def stick(self, name: str) -> str:
        return str(self.house.data / "sticks" / name)

    def carry(self, name: str) -> str:
        """To the archive with what waits; back with its word, and with a board."""
        self.house.onggi("intake", "pack", self.stick(name))
        taken = self.house.onggi("archive", "accession", self.stick(name))
        self.bring_back(name)
        return taken

    def bring_back(self, name: str) -> None:
        self.house.onggi("archive", "board", "--size", "256")
        self.house.onggi("archive", "send", self.stick(f"{name}-back"))
        self.house.onggi("intake", "receive", self.stick(f"{name}-back"))

    def back_up(self) -> None:
        self.house.onggi("archive", "backup", "--keyring", str(self.keyring), str(self.boxes))

    def backup(self) -> bytes:
        """What somebody can open who holds both media and knows the passphrase."""
        shut = Shut.read(self.keyring)
        key = locks.unlock_copy(shut.lock, PHRASES[""], LOCK)
        return opened_in(Backup(Boxes(self.boxes), shut, key), self.boxes)

    @contextmanager
    def vault(self) -> Iterator[Vault]:
        with Vault.open(self.house.home("archive"), PHRASES[""]) as vault:
            yield vault

    def read_everywhere(self) -> dict[str, set[str]]:
        """Which planted strings each machine holds: in every byte, and in all that its keys open."""
        with self.vault() as vault:
            intake, archive, research = (self.house.home(room) for room in ("intake", "archive", "research"))
            return {
                "the intake": forms(all_of(intake) + opened_at_the_intake(intake, vault)),
                "the archive": forms(all_of(archive) + opened_by(vault)),
                "the backup": forms(all_of(self.boxes) + self.backup()),
                "the reading room": forms(all_of(research)),
                "what the sites said": forms(b"".join(p.read_bytes() for p in self.house.data.glob("*.log"))),
            }


@pytest.fixture
def story(house: House, tmp_path: Path) -> Story:
    return Story(house, tmp_path / "boxes", tmp_path / "keyring")


def tells(chromium: Browser, address: str, words: str, *grants: str) -> str:
    """Somebody tells on a phone of hers, and leaves with her words on paper."""
    phone = phone_of(chromium)
    phone.goto(address)
    phone.fill("#words:enabled", words)
    receipt = " ".join(keep(phone, "keep", *grants))
    send(phone)
    phone.context.close()
    return receipt


@contextmanager
def comes_back_anew(chromium: Browser, address: str, receipt: str) -> Iterator[tuple[Page, str]]:
    """She types her words on a phone that has never been here; the page, and what it says."""
    phone = phone_of(chromium)
    yield phone, comes_back(phone, address, receipt)
    phone.context.close()


def two_people_release(story: Story, desk: Page, taken: str) -> str:
    """Each text is marked by one and approved by another; one drafts, the other signs at the desk. Her id."""
    house, hers = story.house, ""
    for told in re.findall(r"^  testimony (\S+)$", taken, re.MULTILINE):
        read = house.onggi("archive", "read", told)
        hers = told if NAME in read else hers
        hides = f"name {NAME}\n" if NAME in read else "place 장백\n"
        house.onggi("archive", "redact", told, "--as", "minji", person="minji", given=hides)
        proposal = house.onggi("archive", "read", "--preview", told).rpartition("proposal ")[2]
        house.onggi("archive", "approve", told, "--as", "sora", "--proposal", proposal, person="sora")
    with story.vault() as vault:  # somebody read what the second look found, and chose to show it
        minji = people.unlock(vault, "minji", PHRASES["minji"])
        for told, left in leaving.look(vault).left.items():
            for each in left:
                choices.show(vault, minji, told, each.words)
    house.onggi("archive", "release", "draft", "--as", "minji", person="minji")
    with at_the_desk(house, desk, "sora"):
        desk.click("nav >> text=Release")
        desk.click("text=Scan and sign")
        written = desk.inner_text(".notice code")
    root = house.root.to_text()
    house.onggi("research", "publish", written, "--root", root, "--origin", ORIGIN)
    return hers


@contextmanager
def at_the_desk(house: House, desk: Page, name: str) -> Iterator[None]:
    with serving(house, "archive"):
        desk.goto(re.findall(r"http://\S+", (house.data / "archive.log").read_text("utf-8"))[-1])
        sign_in(desk, name)
        yield
        desk.click("text=Close the desk")


def is_found(desk: Page, room: str, words: str) -> list[str]:
    """The addresses of what a researcher finds."""
    desk.goto(f"{room}?q={words}")
    return [each.get_attribute("href") or "" for each in desk.query_selector_all("article h2 a")]


def test_what_she_told_is_hers_to_the_end(story: Story, chromium: Browser, desk: Page) -> None:
    """
    R4 to R9, R11: each step with the real commands, sites and pages. Twenty strings, composed and decomposed,
    are on every machine before she takes them back, and by the same search on none afterwards.
    """
    house = story.house
    with ExitStack() as open_sites:
        address = f"http://127.0.0.1:{open_sites.enter_context(serving(house, 'intake'))}/"
        hers = tells(chromium, address, STORY, "research", "recontact")
        tells(chromium, address, ANOTHER, "research")
        with story.vault() as vault:
            assert forms(opened_at_the_intake(house.home("intake"), vault)) == ALL
        told = two_people_release(story, desk, story.carry("one"))
        room = f"http://127.0.0.1:{open_sites.enter_context(serving(house, 'research'))}/"
        [shown] = is_found(desk, room, "혜산")
        assert len(is_found(desk, room, "다른 사람")) == 1

        house.onggi("archive", "reply", told, "--as", "minji", person="minji", given=REPLY)
        story.bring_back("two")
        with comes_back_anew(chromium, address, hers) as (phone, said):
            assert REPLY in said
            phone.click("#tell-more")
            phone.fill("#words", MORE)
            phone.click("#to-choices")
            for grant in ("keep", "research", "recontact"):
                phone.check(f"[data-grant={grant}]")
            phone.click("#to-receipt")
            phone.wait_for_selector("#done:visible", timeout=60_000)
        assert "1 testimonies" in story.carry("three")

        story.back_up()
        with comes_back_anew(chromium, address, hers) as (phone, said):
            phone.click("#choose-anew")
            phone.check("[data-grant=keep]")
            phone.check("[data-grant=recontact]")
            phone.click("#to-receipt")
            phone.wait_for_selector("#changed:visible", timeout=60_000)
        assert "1 consents changed" in story.carry("four")
        with pytest.raises(Refused, match="does not allow it any more"):
            house.onggi("archive", "release", "write", "1", story.stick("refused"))
        before = story.read_everywhere()

        with comes_back_anew(chromium, address, hers) as (phone, said):
            assert REPLY in said
            phone.click("[data-go=leaving]")
            phone.click("#take-back")
            phone.wait_for_selector("#taken:visible", timeout=60_000)
        assert "1 TAKEN BACK" in story.carry("five")
        with at_the_desk(house, desk, "minji"):
            desk.click("nav >> text=Taken back")
            assert "release 1 of" in desk.inner_text("main")
            assert not forms(desk.content().encode())
            desk.check("section.part input[name=sure]")
            desk.click("section.part button.strong")
            desk.wait_for_selector(".notice[role=status]")
            desk.click("text=Write the notice for the stick")
            notice = desk.inner_text(".notice[role=status] code")
        story.back_up()
        house.onggi("research", "withdraw", notice)
        assert is_found(desk, room, "혜산") == []
        assert len(is_found(desk, room, "다른 사람")) == 1
        gone = desk.goto(room.rstrip("/") + shown.partition("?")[0])
        assert gone
        assert gone.status in (404, 410)
        assert not forms(desk.content().encode())
        story.bring_back("six")
        with comes_back_anew(chromium, address, hers) as (_, said):
            assert "기록 보관소에서 모두 없앴습니다" in said
            assert "연구자들이 읽을 수 있었습니다" in said
            assert REPLY not in said
    shutil.rmtree(house.data / "sticks")

    assert before == {
        "the intake": set(),
        "the archive": ALL,
        "the backup": ALL,
        "the reading room": ALL,
        "what the sites said": set(),
    }
    assert story.read_everywhere() == {machine: set() for machine in before}
    assert "unbroken" in house.onggi("archive", "journal", "verify")
