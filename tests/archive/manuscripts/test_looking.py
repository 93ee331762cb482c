"""No real name is left in a book: not in a note, not in a title, not in another script, not in a file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from archive import review, roles
from archive.manuscripts import approval, arranging, compiling, shelf
from archive.manuscripts.binder import Block, Project
from archive.manuscripts.looking import ELSEWHERE, KNOWN, Finding, Look, NamesLeft, allow
from archive.manuscripts.quoting import Sources
from archive.redaction import choices, naming
from archive.risk.sweep import SPELLING
from archive.roles import RoleRefused
from tests.archive.manuscripts.test_names import book, room
from tests.archive.redaction.test_figures import called, hide
from tests.people import RESEARCH, TODAY, Archive

BOOK = ("memoir_compilation", "public")
HERS = "김숙자는 겨울에 강을 건넜다.\n\n얼음이 얇았다."
PLANTED = ("김숙자", "숙자", "金淑子", "Kim Suk-ja", "Suk-ja Kim", "김 숙 자")


@pytest.fixture
def made(archive: Archive) -> Project:
    """A book that quotes a testimony in which 김숙자 is hidden."""
    return book(archive, hidden(archive, HERS, "김숙자"))


def hidden(archive: Archive, text: str, name: str) -> str:
    told = archive.told(text, grants=(*RESEARCH, BOOK))
    hide(archive, told, name)
    review.propose(
        archive.vault, archive.minji, told, choices.redactions(choices.choices(archive.vault, told))
    )
    archive.approve(told)
    return told


def noted(made: Project, text: str) -> Project:
    chapter = next(made.chapters)
    return arranging.add_block(made, chapter.id, Block("", "note", text))


def look(archive: Archive, made: Project) -> Look:
    return Look(archive.vault, made, Sources(archive.vault, made))


def left(archive: Archive, made: Project) -> list[Finding]:
    return look(archive, made).findings()


@pytest.mark.parametrize("planted", PLANTED)
def test_a_hidden_name_in_any_script_is_found_where_it_was_written(
    archive: Archive, made: Project, planted: str
) -> None:
    """
    R16: in Hangul, in Hanzi, in the Latin alphabet, a part of it: the block and the kind are named, never the
    words; nobody can allow it.
    """
    assert left(archive, made) == []
    written = noted(made, f"그 무렵 {planted} 씨는 여기에 없었다.")
    for project in (written, replace(written, allowed=PLANTED)):
        found = [each for each in left(archive, project) if each.kind == SPELLING]
        assert [(each.chapter, each.block) for each in found] == [
            (next(made.chapters).id, list(written.blocks)[-1].id)
        ] * len(found)
        assert found
    told = str(NamesLeft(found))
    assert f"block {found[0].block} of {found[0].chapter}: {SPELLING}" in told
    assert planted not in told + repr(found)


def test_a_name_in_a_title_is_found_and_nothing_is_written(
    archive: Archive, made: Project, tmp_path: Path
) -> None:
    """
    R16: the title of a chapter in another script stops the book before a file is made.
    """
    chapter = next(made.chapters)
    made = shelf.change(
        archive.vault, archive.minji, made.id, lambda p: arranging.rename(p, chapter.id, "金淑子"), TODAY
    )
    for each in chapter.testimonies:
        approval.approve(archive.vault, archive.sora, made, chapter.id, each, "in_person", TODAY)
    with pytest.raises(NamesLeft, match=f"{chapter.id}: {SPELLING}"):
        compiling.compile_book(archive.vault, archive.minji, made, ("html",), tmp_path / "book", TODAY)
    assert list(tmp_path.glob("*book*")) == []


@pytest.mark.parametrize(
    "layer",
    [
        "<html><p>그는 김<b>숙</b>자라 한다.</p></html>",
        '<html><img alt="金淑子" /></html>',
        "<w:p><w:r><w:t>Kim Suk</w:t></w:r><w:r><w:t>-ja</w:t></w:r></w:p>",
        "그 여자 Kim Suk-ja",
        "<p>&#44608;&#49689;&#51088;</p>",
    ],
)
def test_a_file_is_looked_through_as_it_is_read(archive: Archive, made: Project, layer: str) -> None:
    """
    Marks between letters, runs of a word processor, entities and the words beside a picture hide nothing.
    """
    found = look(archive, made).in_file("book.epub", ["<html><p>얼음</p></html>", layer])
    assert {(each.kind, each.file) for each in found} == {(SPELLING, "book.epub")}
    assert look(archive, made).in_file("book.epub", ["<html><p>김치와 숙주, 자두</p></html>"]) == []


def test_what_may_be_a_name_waits_until_a_reviewer_says_whose_it_is_not(
    archive: Archive, made: Project
) -> None:
    """
    A name nobody hid, and one that is hidden in a testimony the book does not quote: an archivist or reviewer
    allows them by their words, an editor alone does not.
    """
    hidden(archive, "박영순은 남았다.", "박영순")
    made = noted(noted(made, "리춘희 씨가 말했다. 전화는 010-2345-6789."), "박영순도 그랬다.")
    found = left(archive, made)
    assert {each.kind for each in found} >= {"PHONE", KNOWN}
    made = shelf.change(archive.vault, archive.minji, made.id, lambda p: made, TODAY)
    for words in sorted({each.words for each in found}):
        made = allow(archive.vault, archive.sora, made.id, words, TODAY)
    assert left(archive, made) == []


def test_what_stands_for_somebody_elsewhere_is_in_no_book(archive: Archive, made: Project) -> None:
    """
    An editor who types the tag that readers of the reading room know makes no book.
    """
    one = called(archive.vault, "김숙자")
    naming.draw(archive.vault, archive.minji, one, naming.COLLECTION)
    [found] = [
        e for e in left(archive, noted(made, f"{room(archive, one, 'kor')}이다.")) if e.kind == ELSEWHERE
    ]
    assert found.block


def test_a_name_that_nobody_decided_in_a_quoted_testimony_holds_the_book_back(archive: Archive) -> None:
    """
    As in a release: what the recognisers find in her words is hidden or left to be seen, and only where it is
    quoted.
    """
    told = archive.told("전화는 010-2345-6789이다.\n\n얼음이 얇았다.", grants=(*RESEARCH, BOOK))
    review.propose(archive.vault, archive.minji, told, [])
    archive.approve(told)
    made = book(archive, told)
    first = next(made.blocks)
    assert {(each.block, each.kind) for each in left(archive, made)} == {(first.id, "PHONE")}
    assert left(archive, arranging.remove(made, first.id)) == []
    choices.show(archive.vault, archive.minji, told, "010-2345-6789")
    assert left(archive, made) == []


def test_only_who_marks_may_allow(archive: Archive, made: Project) -> None:
    """
    An editor's word is not enough.
    """
    for role in ("archivist", "reviewer"):
        roles.take(archive.vault, archive.sora, "minji", role)
    with pytest.raises(RoleRefused):
        allow(archive.vault, archive.minji, made.id, "리춘희", TODAY)
