"""Her words stay hers: bound to what the gate hands out, to the letter."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import review
from archive.keeping.shredding import shred_testimony
from archive.manuscripts import approval, arranging, binder, book, shelf
from archive.manuscripts.binder import BinderRefused, Block, Project
from archive.manuscripts.quoting import QuoteRefused, Sources, used
from archive.people import Person
from crypto.keys import SigningKey
from crypto.receipt import Receipt
from tests.archive.manuscripts.conftest import Desk
from tests.people import TODAY, statement


def sources(desk: Desk) -> Sources:
    return Sources(desk.archive.vault, desk.project)


def test_a_quote_is_a_part_of_the_approved_text_and_of_nothing_else(desk: Desk) -> None:
    """
    R35: a quote across two paragraphs is what a reader may read of them; beyond that there is no such place.
    """
    block = next(desk.project.blocks)
    assert sources(desk).text(block) == "[이름]이는 [장소]에서 강을 건넜다.\n\n얼음이 얇았다."
    for segments, start, end in (
        (("s0001",), 0, 999), (("s0009",), 0, 1), (("s0002", "s0001"), 0, 1), (("s0001",), 3, 3), ((), 0, 1),
    ):  # fmt: skip
        with pytest.raises(QuoteRefused):
            sources(desk).bind(desk.hers, segments, start, end)


def test_no_word_of_hers_is_kept_in_a_project(desk: Desk) -> None:
    """
    A quote is a place: neither the project nor a snapshot holds what it shows.
    """
    kept = everything(desk)
    assert "얼음" not in json.dumps(kept, ensure_ascii=False)
    assert "jars" not in json.dumps(kept, ensure_ascii=False)


def test_words_that_changed_since_are_blocked_with_their_reason(desk: Desk) -> None:
    """
    R5: another redaction makes another rendition; the quote is not shown in its new words, but taken anew.
    """
    review.propose(desk.archive.vault, desk.archive.minji, desk.others, [])
    assert [each.why for each in sources(desk).blocked(desk.project)] == [
        "the decision is missing, incomplete or was changed; review it again"
    ]
    # Not one of the words that are quoted.
    review.mark(desk.archive.vault, desk.archive.minji, desk.others, "sister", "other")
    desk.archive.approve(desk.others)
    [blocked] = sources(desk).blocked(desk.project)
    assert "take the quote anew" in blocked.why


def test_what_was_not_granted_for_books_is_in_none(desk: Desk) -> None:
    """
    R1: a testimony for researchers alone cannot be quoted, and the reason is named.
    """
    other = desk.archive.told("말하지 않은 것")
    with pytest.raises(QuoteRefused, match="memoir_compilation for public was not granted"):
        sources(desk).bind(other, ("s0001",), 0, 2)


def test_an_edit_is_shown_as_an_edit_and_not_in_a_verbatim_chapter(desk: Desk) -> None:
    """
    R35: the difference to her words is told, and a chapter that says "verbatim" is.
    """
    block = list(desk.project.blocks)[1]
    desk.change(
        lambda p: arranging.change_block(p, block.id, lambda b: replace(b, text="There were nine jars"))
    )
    changed = desk.project.block(block.id)
    assert [piece for piece in sources(desk).edits(changed) if piece[0]] == [("ins", " jars")]
    assert "verbatim" in sources(desk).blocked(desk.project)[0].why
    desk.change(lambda p: arranging.rename(p, desk.chapters[1], "세다", "lightly_edited"))
    assert sources(desk).blocked(desk.project) == []
    assert sources(desk).edited(desk.project, changed, "There were nine\n").text == ""


def test_every_segment_tells_where_it_is_used(desk: Desk) -> None:
    """
    Both paragraphs of a quote name the project, the chapter and the block.
    """
    found = used([desk.project])
    assert set(found) == {(desk.hers, "s0001"), (desk.hers, "s0002"), (desk.others, "s0002")}
    assert found[desk.hers, "s0001"][0].chapter == desk.chapters[0]


def test_any_change_takes_back_the_narrators_yes(desk: Desk) -> None:
    """
    R34: a chapter is asked for again after a word, its manner or its title was changed, and no other is.
    """
    desk.agree()
    assert waiting(desk) == []
    changes = (
        lambda p: arranging.rename(p, desk.chapters[0], "강을 건너다"),
        lambda p: arranging.rename(p, desk.chapters[0], "건너다", "composite"),
        lambda p: arranging.add_block(p, desk.chapters[0], Block("", "note", "엮은이의 말")),
    )
    for change in changes:
        desk.change(change)
        assert waiting(desk) == [(desk.chapters[0], desk.hers)]
        desk.agree()
        assert waiting(desk) == []


def test_a_yes_that_was_changed_or_put_elsewhere_counts_as_none(desk: Desk) -> None:
    """
    An archivist signs what she heard, for one chapter and one narrator.
    """
    desk.agree()
    vault, name = desk.archive.vault, f"{desk.hers}:{desk.id}:{desk.chapters[0]}"
    row = vault.json(approval.RECORD, name)
    vault.put_json(approval.RECORD, name, row | {"day": "2001-01-01"})
    assert waiting(desk) == [(desk.chapters[0], desk.hers)]
    vault.put_json(approval.RECORD, name, row | {"public": desk.archive.minji.key.public.to_text()})
    assert waiting(desk) == [(desk.chapters[0], desk.hers)]


def test_a_yes_by_a_key_that_the_archive_does_not_know_counts_as_none(desk: Desk) -> None:
    """
    Whoever can write into the vault cannot agree for anybody under an archivist's name.
    """
    stranger = Person("sora", SigningKey.generate())
    desk.agree()
    vault, name = desk.archive.vault, f"{desk.hers}:{desk.id}:{desk.chapters[0]}"
    row = vault.json(approval.RECORD, name)
    told = {each: row[each] for each in ("chapter", "heard", "day", "message")}
    body = json.dumps([name, told], separators=(",", ":"), sort_keys=True)
    signature = stranger.key.sign(b"onggi-chapter-yes1|" + body.encode()).hex()
    vault.put_json(
        approval.RECORD, name, row | {"public": stranger.key.public.to_text(), "signature": signature}
    )
    assert waiting(desk) == [(desk.chapters[0], desk.hers)]


def test_only_her_own_message_says_yes_for_her(desk: Desk) -> None:
    """
    What came from another account, or from none, is no yes of hers; and nothing of hers was published before.
    """
    vault, sora, project = desk.archive.vault, desk.archive.sora, desk.project
    tried: list[tuple[approval.Heard, str]] = [
        ("by_message", desk.others),
        ("by_message", ""),
        ("published_before", ""),
        ("in_person", desk.hers),
    ]
    for how, message in tried:
        with pytest.raises(approval.ApprovalRefused):
            approval.approve(vault, sora, project, desk.chapters[0], desk.hers, how, TODAY, message)


def test_a_chapter_is_read_back_to_her_by_the_return_channel(desk: Desk) -> None:
    """
    The replies hold what a reader would read, in her language's turn, and nothing that is hidden.
    """
    vault, sora = desk.archive.vault, desk.archive.sora
    sent = approval.read_back(vault, sora, desk.project, desk.chapters[0], desk.hers, TODAY)
    rows = list(desk.archive.vault.every("reply").values())
    assert (sent, len(rows)) == (1, 1)
    assert rows[0]["text"].startswith("건너다\n\n[이름]이는 [장소]에서")
    assert rows[0]["testimony"] == desk.hers


def test_a_withdrawn_testimony_leaves_an_empty_place_that_blocks(desk: Desk) -> None:
    """
    R10: after she was destroyed nothing of her is in the project or its snapshots, the block is named, and an
    editor's words that rested on hers are gone too.
    """
    vault = desk.archive.vault
    told = Block("", "paraphrase", "강은 얼어 있었다고 한다.", sources=(desk.hers,))
    desk.change(lambda p: arranging.add_block(p, desk.chapters[0], told))
    desk.change(lambda p: arranging.rename(p, desk.chapters[1], "헤아리다"))
    shred_testimony(vault, desk.hers, desk.archive.minji, desk.archive.sora, TODAY)

    kept = everything(desk)
    assert desk.hers not in json.dumps(kept)
    assert "얼어" not in json.dumps(kept, ensure_ascii=False)
    blocks = desk.project.chapter(desk.chapters[0]).blocks
    assert [each.block for each in sources(desk).blocked(desk.project)] == [block.id for block in blocks]
    with pytest.raises(book.NotReady) as refused:
        book.assemble(vault, desk.project, TODAY)
    assert {each.block for each in refused.value.blocked} == {block.id for block in blocks}
    assert vault.names(approval.RECORD) == []


def test_what_she_takes_back_is_blocked_at_once(desk: Desk) -> None:
    """
    R6: with the withdrawal that is read, before anything is destroyed.
    """
    receipt = Receipt.generate()
    archive = desk.archive
    granted = [("memoir_compilation", "public")]
    told = archive.take(statement(archive, "첫 말", receipt=receipt, grants=granted)).taken[0]
    review.propose(archive.vault, archive.minji, told, [])
    archive.approve(told)
    desk.change(lambda p: arranging.add_block(p, desk.chapters[1], desk.quote(told, ("s0001",), 0, 3)))
    assert sources(desk).blocked(desk.project) == []
    archive.take(statement(archive, "", receipt=receipt, seq=1, kind="withdrawal", grants=[]))
    assert [each.why for each in sources(desk).blocked(desk.project)] == ["she took it back"]


def test_two_editors_do_not_overwrite_each_other(desk: Desk) -> None:
    """
    Who changes what somebody changed meanwhile is told so, and nothing is lost; only an editor changes.
    """
    vault, minji = desk.archive.vault, desk.archive.minji
    number, _ = shelf.project(vault, desk.id)
    shelf.change(vault, minji, desk.id, lambda p: arranging.add_part(p, "바다"), TODAY, seen=number)
    with pytest.raises(BinderRefused, match="somebody changed"):
        shelf.change(vault, minji, desk.id, lambda p: arranging.add_part(p, "산"), TODAY, seen=number)
    assert [part.title for part in desk.project.parts] == ["강", "바다"]


def test_a_snapshot_brings_back_what_was(desk: Desk) -> None:
    """
    Every change can be undone, and the undoing too.
    """
    vault, minji = desk.archive.vault, desk.archive.minji
    before = desk.project
    desk.change(lambda p: arranging.remove(p, desk.chapters[0]))
    newest = shelf.snapshots(vault, desk.id)[0].number
    assert shelf.restore(vault, minji, desk.id, newest, TODAY) == before
    assert len(shelf.snapshots(vault, desk.id)) == newest + 1


def everything(desk: Desk) -> list[object]:
    vault = desk.archive.vault
    return [*vault.every("project").values(), *vault.every("project-snapshot").values()]


def waiting(desk: Desk) -> list[tuple[str, str]]:
    found = sources(desk)
    return [
        (chapter.id, testimony)
        for chapter in desk.project.chapters
        for testimony in approval.missing(desk.archive.vault, desk.project, chapter, found)
    ]


def made() -> Project:
    project = arranging.begin("책", "kor", "public")
    for part in ("가", "나"):
        project = arranging.add_part(project, part)
        for _ in range(2):
            project = arranging.add_chapter(project, project.parts[-1].id, "장", "told_by_editor")
    for n, chapter in enumerate(list(project.chapters)):
        project = arranging.add_block(project, chapter.id, Block("", "note", f"글 {n}"))
    return project


@given(st.data())
def test_nothing_is_lost_by_moving(data: st.DataObject) -> None:
    """
    However parts, chapters and blocks are moved, the same blocks are there, and it reads back the same.
    """
    project = made()
    before = {block.id for block in project.blocks}
    for _ in range(data.draw(st.integers(1, 6))):
        parts, chapters = [p.id for p in project.parts], [c.id for c in project.chapters]
        id = data.draw(st.sampled_from([*parts, *chapters, *sorted(before)]))
        into = data.draw(st.sampled_from(parts if id in chapters else chapters))
        project = arranging.move(project, id, into, data.draw(st.integers(-1, 5)))
        assert {block.id for block in project.blocks} == before
    assert binder.from_json(project.id, json.loads(json.dumps(binder.to_json(project)))) == project
