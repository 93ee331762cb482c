"""What a project may not become: each change that makes no book is refused, and says why."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from archive.coding.record import life
from archive.manuscripts import arranging, chronology, looking, shelf
from archive.manuscripts.binder import BinderRefused, Block, Project, count
from tests.archive.manuscripts.conftest import Desk
from tests.people import TODAY

BOOK = arranging.add_part(arranging.begin("항아리", "kor", "public"), "강")
PART = BOOK.parts[0].id
ONE = arranging.add_chapter(BOOK, PART, "건너다", "told_by_editor")
CHAPTER = next(ONE.chapters).id


def added(**block: Any) -> Callable[[Project], Project]:
    return lambda now: arranging.add_block(now, CHAPTER, Block("", **block))


@pytest.mark.parametrize(
    ("why", "how"),
    [
        ("a language and an audience", lambda now: arranging.begin("책", "deu", "public")),
        ("a language and an audience", lambda now: arranging.begin("책", "kor", "everybody")),
        ("1 to 200 letters", lambda now: arranging.rename(now, CHAPTER, " \n ")),
        ("1 to 200 letters", lambda now: arranging.add_part(now, "가" * 201)),
        ("one of these manners", lambda now: arranging.add_chapter(now, PART, "장", "sung")),
        ("nothing of this name", lambda now: arranging.add_chapter(now, CHAPTER, "장", "verbatim")),
        ("nothing of this name", lambda now: arranging.remove(now, "b000000000")),
        ("nothing of this name", lambda now: arranging.add_block(now, CHAPTER, Block("", "note"), "b0")),
        ("no chapter of this name", lambda now: arranging.rename(now, "c0", "장")),
        ("no block of this name", lambda now: arranging.change_block(now, "b0", lambda block: block)),
        ("a block is quote", added(kind="song")),
        ("at most 100000 letters", added(kind="note", text="가" * 100_001)),
        ("a quote has its place", added(kind="quote")),
        ("says what it shows", added(kind="context")),
        ("told in words too", added(kind="picture", ref="t0:1:1", text=" ")),
        ("an equals sign", lambda now: arranging.end_with(now, "", "漢江 한강")),
    ],
)
def test_what_makes_no_book_is_refused_with_its_reason(why: str, how: Callable[[Project], Project]) -> None:
    """
    The project stays as it was.
    """
    with pytest.raises(BinderRefused, match=why):
        how(ONE)


def test_a_part_is_renamed_and_the_end_of_a_book_is_written() -> None:
    """
    Where help is, how words are read, and whether a list of who is who is there; blank lines are none.
    """
    made = arranging.rename(ONE, PART, "  겨울  강 ")
    made = arranging.end_with(made, " 전화 000 ", "漢江 = 한강\n\n長白=장백\n")
    made = arranging.list_names(made, True)

    assert made.parts[0].title == "겨울 강"
    assert made.parts[0].chapters == ONE.parts[0].chapters
    assert made.resources == "전화 000"
    assert made.readings == (("漢江", "한강"), ("長白", "장백"))
    assert made.glossary


def test_a_new_block_stands_behind_the_one_that_is_named() -> None:
    """
    Else at the end.
    """
    made = added(kind="note", text="하나")(added(kind="note", text="둘")(ONE))
    first = next(made.blocks).id
    made = arranging.add_block(made, CHAPTER, Block("", "note", "사이"), first)

    assert [block.text for block in made.blocks] == ["둘", "사이", "하나"]


def test_words_are_counted_in_each_script() -> None:
    """
    Runs of Hangul and of Latin are one each, and of Han each sign.
    """
    assert count("혜숙이는 강을 건넜다.") == 3
    assert count("她说她要走。") == 5
    assert count("My sister's jars — nine") == 4
    assert count("… !") == 0


def test_a_silence_of_years_between_two_dated_acts_is_told() -> None:
    """
    With its first and last year; acts without a date, that overlap, or that are two years apart leave none.
    """
    acts = [
        {"act_id": "e1", "type": "Recruitment", "date_edtf": "1998-12", "place_ref": "kp-hyesan"},
        {"act_id": "e2", "type": "Transit"},
        {"act_id": "e3", "type": "Exploitation", "date_edtf": "1999/2001"},
        {"act_id": "e4", "type": "Exploitation", "date_edtf": "2000"},
        {"act_id": "e5", "type": "Exploitation", "date_edtf": "2006"},
    ]
    told = {"t1": life({"acts": acts}), "t2": life({"acts": acts[:2]})}
    rows = chronology.rows(told, (), "kor")
    drawn = chronology.drawing(rows)

    assert chronology.gaps(told) == [chronology.Gap("t1", 2002, 2005)]
    assert [row.who for row in rows] == ["t1", "t1", "t2", "t2", "t1", "t1", "t1"]
    assert rows[1].when is None
    assert drawn is not None
    assert len(drawn.bars) == 5
    assert chronology.drawing(rows[1:2]) is None


def test_there_is_no_project_and_no_snapshot_of_a_name_that_nobody_gave(desk: Desk) -> None:
    """
    And what changes nothing leaves no snapshot, nor do words that are no words become words of nobody.
    """
    vault, minji = desk.archive.vault, desk.archive.minji
    before = shelf.snapshots(vault, desk.id)
    with pytest.raises(BinderRefused, match="no project"):
        shelf.project(vault, "m0")
    with pytest.raises(BinderRefused, match="no snapshot"):
        shelf.snapshot(vault, desk.id, 999)
    with pytest.raises(BinderRefused, match="name the words"):
        looking.allow(vault, minji, desk.id, " … ", TODAY)
    desk.change(lambda now: now)

    assert shelf.snapshots(vault, desk.id) == before
    assert [each.id for each in shelf.projects(vault)] == [desk.id]


def test_the_oldest_snapshot_that_nobody_named_goes_first(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    One with a name stays, however old it is.
    """
    vault, minji = desk.archive.vault, desk.archive.minji
    shelf.change(vault, minji, desk.id, lambda now: now, TODAY, label="처음")
    monkeypatch.setattr(shelf, "KEPT", 2)
    for title in ("바다", "산", "들"):
        desk.change(lambda now, title=title: arranging.add_part(now, title))
    kept = shelf.snapshots(vault, desk.id)

    assert [each.label for each in kept] == ["", "", "처음"]
    assert [len(shelf.snapshot(vault, desk.id, each.number).parts) for each in kept] == [3, 2, 1]
