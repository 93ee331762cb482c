"""The editors' room without a browser: a book is begun, filled, agreed to, looked through and taken away."""

from __future__ import annotations

import re
from typing import Any

import pytest

from archive import review
from archive.coding import versions as coded
from archive.coding.record import life
from archive.leaving import released_id
from archive.manuscripts import shelf
from archive.manuscripts.appearing import appearing
from archive.manuscripts.binder import Project
from archive.manuscripts.quoting import Sources
from archive.redaction import choices
from tests.archive.manuscripts.conftest import BOOK
from tests.archive.redaction.test_figures import hide
from tests.archive.test_workbench import Desk
from tests.people import MINJIS, RESEARCH, TODAY, Archive

TEXT = "순옥은 강을 건넜다.\n\n얼음이 얇았다.\n\n그날을 잊지 않는다."


class Room:
    """The pages of one project at a desk where minji has signed in."""

    def __init__(self, archive: Archive) -> None:
        self.vault, self.desk = archive.vault, Desk(archive).opened()
        self.desk.post("/sign-in", name="minji", passphrase=MINJIS)
        made = self.desk.post("/books", title="항아리", lang="kor", audience="public")
        self.at = str(made.headers["Location"])

    @property
    def project(self) -> Project:
        return shelf.project(self.vault, self.at.rpartition("/")[2])[1]

    def see(self, path: str = "") -> str:
        return str(self.desk.get(self.at + path, **{"Accept-Language": "en"}).text)

    def do(self, step: str, **form: str) -> str:
        """One step on the project as it is now, and what the next page says of it."""
        seen = str(shelf.project(self.vault, self.project.id)[0])
        answer = self.desk.post(f"{self.at}/{step}", None, **{"seen": seen} | form)
        assert answer.status_code == 303
        return " ".join(self.desk.notices())


@pytest.fixture
def told(archive: Archive) -> str:
    """A testimony with somebody whose name is hidden, and a coded life."""
    id = archive.told(TEXT, grants=(*RESEARCH, BOOK, ("recontact", "archivists")))
    hide(archive, id, "순옥")
    review.propose(archive.vault, archive.minji, id, choices.redactions(choices.choices(archive.vault, id)))
    archive.approve(id)
    return id


@pytest.fixture
def room(archive: Archive) -> Room:
    """A project with a part and two chapters."""
    made = Room(archive)
    made.do("part", title="강")
    part = made.project.parts[0].id
    made.do("chapter", part=part, title="건너다", manner="lightly_edited")
    made.do("chapter", part=part, title="세다", manner="told_by_editor")
    return made


def test_a_chapter_is_filled_and_agreed_to_on_its_page(room: Room, told: str) -> None:
    """
    R34, R35: what she said is beside the chapter with where it is used; words are quoted, written, edited and
    moved; her yes is asked for until it is signed, and is gone with the next change.
    """
    one, two = (chapter.id for chapter in room.project.chapters)
    assert "Quoted." in room.do("quote", chapter=one, beside=told, segments="s0001")
    room.do("quote", chapter=one, beside=told, segments="s0002 s0003", start="3", end="3")
    room.do("block", chapter=one, kind="note", text="두만강은 겨울에 언다.")
    first, second, note = (block.id for block in room.project.blocks)
    page = room.see(f"?chapter={one}&beside={told}")
    assert page.count("1 times in this book") == 3
    assert f"{told}#s0002-s0003" in page
    assert "순옥" not in page

    room.do("edit", block=second, text="얇았다. 그날")
    assert "<del>" in room.see(f"?chapter={one}")
    room.do("move", thing=note, into=two, at="0")
    room.do("rename", thing=one, title="강을 건너다", manner="lightly_edited")
    room.do("end", resources="전화 000", readings="漢江 = 한강")
    assert [block.id for block in room.project.chapter(two).blocks] == [note]
    assert room.project.readings == (("漢江", "한강"),)
    assert "leaves with the next board" in room.do("read-back", chapter=one, testimony=told)
    assert "name the testimony" in room.do("yes", chapter=one, testimony=told, heard="by_message")
    assert "signed" in room.do("yes", chapter=one, testimony=told, heard="in_person")
    assert " · agreed" in room.see()
    room.do("remove", thing=first)
    assert " · agreed" not in room.see()


def test_nothing_is_changed_by_nobody_nor_over_what_somebody_changed(archive: Archive, room: Room) -> None:
    """
    Who has not signed in, who saw the project before another change, and a step that is none.
    """
    kept = room.project
    assert "somebody changed" in room.do("part", title="바다", seen="1")
    room.desk.post("/books", title=" ", lang="kor", audience="public")
    assert "1 to 200 letters" in room.desk.notices()[0]
    assert room.desk.post(f"{room.at}/burn").status_code == 404
    assert room.desk.post(f"{room.at}/names/burn").status_code == 404
    room.desk.post("/sign-out")
    for path in (f"{room.at}/part", "/books", f"{room.at}/names/everybody", f"{room.at}/make/md"):
        room.desk.post(path, title="바다", lang="kor", audience="public")
        assert room.desk.notices() == ["To decide anything, sign in with your own passphrase (above)."]

    assert shelf.projects(archive.vault) == [kept]


def test_there_is_no_page_of_a_book_that_is_not_there(room: Room) -> None:
    """
    Nor of its chapter, its snapshot, or a format that no book has; the list has what is there.
    """
    for path in ("/books/m0", f"{room.at}/time/c0", f"{room.at}/snapshot/99"):
        assert room.desk.get(path).status_code == 404
    assert room.desk.post(f"{room.at}/make/exe").status_code == 404
    assert "항아리" in room.desk.get("/books").text


def test_a_testimony_is_found_by_its_id_its_release_or_somebody_in_the_book(
    archive: Archive, room: Room, told: str
) -> None:
    """
    R1: one that may not be in the book is named with the reason, and cannot be opened beside it.
    """
    other = archive.told("말하지 않은 것")
    [one, _] = (chapter.id for chapter in room.project.chapters)
    room.do("quote", chapter=one, beside=told, segments="s0001")
    [named] = appearing(room.project, Sources(archive.vault, room.project))
    released = released_id(archive.vault, told)

    def found(asked: str) -> list[str]:
        page = room.desk.post(room.at, q=asked).text
        return re.findall(r'<ul class="plain-list found">(.*?)</ul>', page, re.S)

    assert told in found("")[0]
    assert told in found(told[2:9])[0]
    assert told in found(released)[0]
    assert told in found(named.shown[0])[0]
    assert told in found(named.shown[0].strip("[]"))[0]
    assert found("zz") == found("없는 이름") == found("zzzzzz") == []
    assert "not granted" in found(other)[0]
    assert 'data-segment="' not in room.see(f"?beside={other}")


def test_a_snapshot_is_compared_and_brought_back(room: Room, told: str) -> None:
    """
    What was taken away since stands on its page, and is there again.
    """
    one, _ = (chapter.id for chapter in room.project.chapters)
    room.do("block", chapter=one, kind="note", text="두만강은 겨울에 언다.")
    before = room.project
    assert "Kept" in room.do("snapshot", label="첫 모음")
    room.do("remove", thing=next(before.blocks).id)
    number = shelf.snapshots(room.vault, before.id)[0].number
    page = room.see(f"/snapshot/{number}")

    assert '<tr class="removed">' in page
    assert "두만강은 겨울에 언다." in page
    assert "Brought back" in room.do("restore", snapshot=str(number))
    assert room.project == before
    assert "no snapshot" in room.do("restore", snapshot="99")


def test_lives_stand_in_order_of_time_with_what_is_missing(archive: Archive, room: Room, told: str) -> None:
    """
    Of those whose words may be in the book; a testimony that may not has no line.
    """
    acts: list[dict[str, Any]] = [
        {"act_id": "e1", "type": "Recruitment", "date_edtf": "1998"},
        {"act_id": "e2", "type": "Exploitation", "date_edtf": "2006", "place_ref": "cn-jl"},
    ]
    words = review.reading(archive.vault, told).told
    coded.keep(archive.vault, archive.minji, words, life({"acts": acts}), TODAY, seen=0)
    one, _ = (chapter.id for chapter in room.project.chapters)
    room.do("quote", chapter=one, beside=told, segments="s0001")
    page = room.see(f"/time/{one}")
    review.propose(archive.vault, archive.minji, told, [])
    after = room.see(f"/time/{one}")

    assert f"{told}: nothing is told of 1999 to 2005." in page
    assert '<svg class="lives"' in page
    assert "nothing is told of" not in after
    assert told not in after


def test_names_are_drawn_and_what_may_be_one_is_found_on_the_page(room: Room, told: str) -> None:
    """
    A name that is drawn again changes in the book; a hidden one in a note is found, and nobody allows it.
    """
    one, _ = (chapter.id for chapter in room.project.chapters)
    room.do("quote", chapter=one, beside=told, segments="s0001")
    [before] = appearing(room.project, Sources(room.vault, room.project))
    assert "Drawn again" in room.do("names/again", figure=before.figure, by="name")
    [after] = appearing(room.project, Sources(room.vault, room.project))
    assert (before.invented, after.invented) == (False, True)
    assert after.shown[0] in room.see("/names")
    assert "drawn" in room.do("names/everybody")
    room.do("names/list", on="1")
    assert room.project.glossary

    room.do("block", chapter=one, kind="note", text="박서연은 웃었다.")
    look = f"{room.at}/names"
    assert "박서연" in room.desk.post(look).text
    assert "nobody" in room.do("names/allow", words="박서연")
    assert "박서연" in room.project.allowed
    assert 'name="words"' not in room.desk.post(look).text
    assert "name the words" in room.do("names/allow", words="…")


def test_a_book_is_handed_to_the_browser_and_only_when_it_is_ready(room: Room, told: str) -> None:
    """
    R10, R16: until then the page says what keeps it back, and there is no file.
    """
    one, _ = (chapter.id for chapter in room.project.chapters)
    room.do("quote", chapter=one, beside=told, segments="s0002")
    assert "has not said yes" in room.do("make/md")
    room.do("yes", chapter=one, testimony=told, heard="in_person")
    made = room.desk.post(f"{room.at}/make/md")

    assert made.status_code == 200
    assert made.headers["Content-Disposition"] == 'attachment; filename="book.md"'
    assert "얼음이 얇았다" in made.text
