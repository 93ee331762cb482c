"""A yes that is not kept, a quote that is none any more, and a book that is not written, with the reason."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from archive import review
from archive.manuscripts import approval, arranging, book, compiling, pages
from archive.manuscripts.approval import ApprovalRefused, Heard
from archive.manuscripts.binder import Block
from archive.manuscripts.compiling import CompileRefused, compile_book
from archive.manuscripts.looking import Look
from archive.manuscripts.quoting import QuoteRefused, Sources, used
from archive.people import Person
from archive.redaction import figure_key
from crypto import durable
from crypto.keys import SigningKey
from crypto.receipt import Receipt
from tests.archive.manuscripts.conftest import BOOK, Desk
from tests.archive.redaction.test_figures import hide
from tests.people import TODAY


def test_a_yes_is_kept_by_somebody_known_for_somebody_who_speaks(desk: Desk) -> None:
    """
    R34: neither under a key that the archive does not know, nor for a chapter without her, nor by a message
    that is nowhere; a chapter in which nobody speaks waits for nobody.
    """
    vault, sora = desk.archive.vault, desk.archive.sora
    stranger = Person("sora", SigningKey.generate())
    tried: list[tuple[str, Person, str, Heard, str]] = [
        ("does not know the key", stranger, desk.hers, "in_person", ""),
        ("does not speak", sora, desk.others, "in_person", ""),
        ("did not come from", sora, desk.hers, "by_message", "nowhere"),
    ]
    for why, who, testimony, heard, message in tried:
        with pytest.raises(ApprovalRefused, match=why):
            approval.approve(vault, who, desk.project, desk.chapters[0], testimony, heard, TODAY, message)
    part = desk.project.parts[0].id
    made = desk.change(lambda p: arranging.add_chapter(p, part, "빈 장", "told_by_editor"))
    empty = list(made.chapters)[-1]

    assert approval.missing(vault, made, empty, Sources(vault, made)) == []


def test_her_own_message_says_yes_for_her(desk: Desk) -> None:
    """
    R34: another telling that came from the account of the testimony.
    """
    vault, hers = desk.archive.vault, Receipt.generate()
    told = desk.archive.told("우리는 셋이었다.", receipt=hers, seq=1, grants=[BOOK])
    message = desk.archive.told("네, 그렇게 하세요.", receipt=hers, seq=2, grants=[BOOK])
    review.propose(vault, desk.archive.minji, told, [])
    desk.archive.approve(told)
    two = desk.chapters[1]
    made = desk.change(lambda p: arranging.add_block(p, two, desk.quote(told, ("s0001",), 0, 3)))
    approval.approve(vault, desk.archive.sora, made, two, told, "by_message", TODAY, message)
    digest = approval.hash_of(Sources(vault, made), made.chapter(two))
    yes = approval.given(vault, made, made.chapter(two), digest)[told]

    assert (yes.heard, yes.message, yes.by) == ("by_message", message, "sora")


def test_a_chapter_that_is_longer_than_a_reply_goes_in_several(desk: Desk) -> None:
    """
    R34: cut between paragraphs, and within one that is longer itself; no letter is lost.
    """
    long = "가나다라마바사" * (approval.ROOM // 10)
    text = f"처음\n{long}\n끝"
    desk.change(lambda p: arranging.add_block(p, desk.chapters[0], Block("", "note", text)))
    sent = approval.read_back(
        desk.archive.vault, desk.archive.sora, desk.project, desk.chapters[0], desk.hers, TODAY
    )
    letters = [row["text"] for row in desk.archive.vault.every("reply").values()]

    assert sent == len(letters) > 1
    assert all(len(each.encode()) <= approval.ROOM for each in letters)
    assert "".join(letters).replace("\n", "").endswith(text.replace("\n", ""))


def test_a_quote_of_what_is_not_here_is_blocked(desk: Desk) -> None:
    """
    R5: a testimony that is gone, words that are not those that were taken, and a picture that is nowhere.
    """
    sources, block = Sources(desk.archive.vault, desk.project), next(desk.project.blocks)
    assert block.quote is not None
    with pytest.raises(QuoteRefused, match="not here any more"):
        sources.rendition("0" * 16)
    with pytest.raises(QuoteRefused, match="not the words that were taken"):
        sources.words(replace(block.quote, words_sha256="0" * 64))
    with pytest.raises(QuoteRefused, match=r"picture is not here|was not granted"):
        sources.picture(Block("", "picture", "문", ref=f"{desk.hers}:1:1"))
    note = desk.change(lambda p: arranging.add_block(p, desk.chapters[0], Block("", "note", "글")))

    assert {block for places in used([note]).values() for block in {each.block for each in places}} == {
        each.id for each in note.blocks if each.quote
    }


def test_nobody_is_named_in_a_book_while_the_map_does_not_open(desk: Desk) -> None:
    """
    What it quotes of her is blocked, and says which file is damaged.
    """
    hide(desk.archive, desk.hers, "혜숙")
    (desk.archive.vault.home / figure_key.FILE).write_bytes(bytes(72))
    sources = Sources(desk.archive.vault, desk.project)
    segment = sources.rendition(desk.hers).segments[0]
    with pytest.raises(QuoteRefused, match=r"figures\.key"):
        sources.stretches(desk.hers, segment)


@pytest.mark.parametrize("stops", ["there", "formats", "disk"])
def test_a_book_that_cannot_be_written_leaves_nothing(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stops: str
) -> None:
    """
    Neither a file nor a line in the journal that it was let out.
    """
    desk.agree()
    vault, into, formats = desk.archive.vault, tmp_path / "book", ("md",)
    before, write = vault.journal.events(), durable.write

    def full(path: Path, content: bytes) -> None:
        if path.name == "book.md":
            path.write_bytes(content[:9])
            raise OSError(28, "No space left on device")
        write(path, content)

    if stops == "there":
        into = tmp_path
    elif stops == "formats":
        formats = ("exe",)
    else:
        monkeypatch.setattr(durable, "write", full)
    why = {"there": "already", "formats": "made as epub", "disk": "No space"}[stops]
    with pytest.raises((CompileRefused, OSError), match=why):
        compile_book(vault, desk.archive.minji, desk.project, formats, into, TODAY)

    assert not [path for path in tmp_path.iterdir() if "book" in path.name]
    assert vault.journal.events() == before


def test_a_pdf_that_cannot_be_looked_through_is_no_book(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    R16: nor without the program that reads it.
    """
    desk.agree()
    look = Look(desk.archive.vault, desk.project, Sources(desk.archive.vault, desk.project))
    made = book.assemble(desk.archive.vault, desk.project, TODAY)
    with pytest.raises(CompileRefused, match="cannot be looked through"):
        compiling.look_through({"book.pdf": b"no pdf"}, made, look)
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(CompileRefused, match="install poppler-utils"):
        compiling.look_through({"book.pdf": b"%PDF-"}, made, look)


def test_a_reading_is_set_wherever_its_word_stands() -> None:
    """
    At the beginning, in the middle and at the end of a line; a word is read once.
    """
    readings = {"漢江": "한강", "長白": "장백"}
    left = dict(readings)
    line = list(pages.spans("漢江에서 長白", left))

    assert line == [("漢江", "한강"), ("에서 ", ""), ("長白", "장백")]
    assert left == {}
    assert list(pages.spans("漢江", left)) == [("漢江", "")]
