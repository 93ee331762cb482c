"""Before something leaves it is looked at once more, and compared with what is out."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive import leaving, ledger, releasing, review
from archive.commands.second_look import CLOSED
from archive.redaction import choices
from archive.redaction.spans import Redaction, RedactionError
from archive.releasing import ReleaseRefused
from archive.risk import sweep
from tests.archive.coding.lives import TEXT
from tests.archive.test_commands import Terminal
from tests.archive.test_releasing import decided, release
from tests.people import TODAY, Archive

MISSED = [
    ("a phone number", "전화는 010-0000-1234였다.", "010-0000-1234", {"PHONE"}),
    ("an e-mail address", "주소는 yong@mail.example이다.", "yong@mail.example", {"HANDLE"}),
    ("a name with its title", "박금희 씨가 왔다.", "박금희", {"PER"}),
]


@pytest.mark.parametrize(("text", "words", "kinds"), [m[1:] for m in MISSED], ids=[m[0] for m in MISSED])
def test_what_the_recognisers_still_find_holds_a_testimony_back(
    archive: Archive, text: str, words: str, kinds: set[str]
) -> None:
    """
    Two people overlooked it: the others leave, this one stays and is named, until somebody decides.
    """
    clean, told = decided(archive, "강을 건넜다."), decided(archive, text)
    looked = leaving.look(archive.vault)
    waiting = releasing.draft(archive.vault, archive.minji)

    assert waiting.ids == (clean,)
    assert waiting.refused == {told: leaving.SWEPT}
    assert kinds <= {each.kind for each in looked.left[told] if each.words == words}


def test_what_a_person_chose_to_show_leaves(archive: Archive) -> None:
    """
    Showing is a decision too: it is kept with the choices, and the next draft lets the testimony go.
    """
    told = decided(archive, "박금희 씨가 왔다.")
    with pytest.raises(ReleaseRefused, match="second look"):
        releasing.draft(archive.vault, archive.minji)
    assert list(ledger.left(archive.vault)) == [told]
    choices.show(archive.vault, archive.minji, told, "박금희")
    waiting = releasing.draft(archive.vault, archive.minji)

    assert (waiting.ids, waiting.refused) == ((told,), {})
    assert ledger.left(archive.vault) == {}


def test_a_terminal_lists_what_was_held_back_and_lets_it_be_shown(archive: Archive) -> None:
    """
    What stands in a part that is closed is not printed; of words that changed since, it asks for a new draft.
    """
    told = decided(archive, "박금희 씨가 왔다.")
    hard = decided(archive, "한정숙 씨가 강간을 당했다.")
    changed = decided(archive, "최복실 씨가 갔다. 금희가 왔다.")
    with pytest.raises(ReleaseRefused, match="second look"):
        releasing.draft(archive.vault, archive.minji)
    review.propose(archive.vault, archive.minji, changed, [Redaction(11, 13, "name")])
    archive.approve(changed)
    terminal = Terminal(archive.vault.home)
    listed = terminal.done("held")

    assert f"{told}\n  PER: 박금희\n" in listed
    assert f"{hard}\n  PER: {CLOSED}\n" in listed
    assert f"{changed}\n  its words have changed since; draft again\n" in listed
    assert listed.endswith("3 held back\n")
    assert "한정숙" not in listed
    shown = terminal.done("show", told, "--as", "minji", person="minji", given="박금희\n")
    assert shown.endswith("shown; draft again\n")
    assert told not in terminal.done("held")


def test_words_that_are_hidden_or_not_there_cannot_be_shown(archive: Archive) -> None:
    """
    The choice is about what is seen; nothing is kept of words that are not.
    """
    told = decided(archive, "혜숙이는 갔다.", ("혜숙", "name"))
    for words in ("혜숙", "금희", " "):
        with pytest.raises(RedactionError):
            choices.show(archive.vault, archive.minji, told, words)

    assert choices.shown(archive.vault, told) == frozenset()


SPELT = [
    ("romanised", "이수진이 갔다.", "이수진", "At night Lee Su-jin came.", "eng"),
    ("in hanja", "리영순이 갔다.", "리영순", "那天李英顺来了。", "zho"),
    ("hanja in Hangul", "李英顺来了。", "李英顺", "그날 리영순이 왔다.", "kor"),
    ("Hangul of a romanised one", "Choe Yong-hui came.", "Choe Yong-hui", "그날 최영희가 왔다.", "kor"),
]


@pytest.mark.parametrize(("one", "name", "other", "lang"), [s[1:] for s in SPELT], ids=[s[0] for s in SPELT])
def test_a_name_that_is_hidden_is_found_in_anothers_words_in_another_script(
    archive: Archive, one: str, name: str, other: str, lang: str
) -> None:
    """
    R16: it blocks the other testimony, not the one in which it is hidden.
    """
    decided(archive, one, (name, "name"))
    shows = decided(archive, other, lang=lang)
    looked = leaving.look(archive.vault)

    assert looked.refused == {shows: leaving.SWEPT}
    assert sweep.SPELLING in {each.kind for each in looked.left[shows]}


def test_a_part_of_a_hidden_name_is_found_in_the_same_words(archive: Archive) -> None:
    """
    R16: the given name alone, as she was called, tells who the whole name was.
    """
    told = decided(archive, "이수진이 왔다. 모두 수진아 하고 불렀다.", ("이수진", "name"))

    assert [each.words for each in leaving.look(archive.vault).left[told]] == ["수진"]


def test_the_same_words_are_looked_through_once(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    What was found is kept for these words, as places; with other words it is looked through anew.
    """
    told = decided(archive, "박금희 씨가 왔다.")
    first = leaving.look(archive.vault).left
    monkeypatch.setattr(sweep, "found", lambda *each: pytest.fail("looked through again"))
    again = leaving.look(archive.vault).left
    kept = archive.vault.json(sweep.KIND, told)
    monkeypatch.undo()
    review.propose(archive.vault, archive.minji, told, [Redaction(0, 3, "name")])
    archive.approve(told)

    assert first == again
    assert "박금희" not in str(kept)
    assert leaving.look(archive.vault).left == {}


def test_what_was_looked_through_goes_with_the_testimony(archive: Archive) -> None:
    """
    Every record of a look lies under the testimony's own name: whoever destroys it destroys them.
    """
    told = decided(archive, "혜숙이는 갔다.", ("혜숙", "name"))
    held = decided(archive, "박금희 씨가 왔다.")
    releasing.draft(archive.vault, archive.minji)
    kinds = {kind for kind, _ in archive.vault.store.under(told)}
    archive.sign_release()
    after = {kind for kind, _ in archive.vault.store.under(told)}

    assert {sweep.KIND, ledger.WAITS} <= kinds
    assert ledger.LEFT in {kind for kind, _ in archive.vault.store.under(held)}
    assert ledger.WAITS not in after
    assert ledger.OUT in after


def test_whoever_signs_names_what_says_more_than_before(archive: Archive, tmp_path: Path) -> None:
    """
    R32: a reader of both releases would learn what was hidden; nobody lets that out in passing.
    """
    told = decided(archive, "그 마을에서 갔다.", ("그 마을", "place"))
    release(archive, tmp_path / "one")
    review.propose(archive.vault, archive.minji, told, [])
    archive.approve(told)
    waiting = releasing.draft(archive.vault, archive.minji)
    [more] = ledger.differs(archive.vault, [told], ledger.waiting(archive.vault)).more
    with pytest.raises(ReleaseRefused, match="says more"):
        archive.sign_release()
    releasing.sign(archive.vault, archive.sora, waiting.digest, TODAY, more=[told])
    kept = archive.vault.json("release", "000000002")

    assert (more.id, more.words) == (told, 2)
    assert kept["more"] == {told: [2, 0]}
    assert (kept["new"], kept["gone"], kept["changed"]) == (0, 0, 1)


def test_what_was_out_once_is_remembered_over_a_release_without_it(archive: Archive, tmp_path: Path) -> None:
    """
    R32: somebody who was left out of a release and comes back with more is compared with what is out.
    """
    told = decided(archive, "그 마을에서 갔다.", ("그 마을", "place"))
    decided(archive, "강을 건넜다.")
    release(archive, tmp_path / "one")
    review.withdraw_proposal(archive.vault, archive.minji, told)
    release(archive, tmp_path / "two")
    review.propose(archive.vault, archive.minji, told, [])
    archive.approve(told)
    releasing.draft(archive.vault, archive.minji)

    with pytest.raises(ReleaseRefused, match="says more"):
        archive.sign_release()


def test_so_few_new_ones_that_the_release_before_tells_them_apart_leave_only_when_that_is_said(
    archive: Archive, tmp_path: Path
) -> None:
    """
    R32: refused, and nothing is written; whoever signs may say that they leave all the same.
    """
    first = decided(archive, "강을 건넜다.")
    waiting = releasing.draft(archive.vault, archive.minji)
    releasing.sign(archive.vault, archive.sora, waiting.digest, TODAY)
    new = decided(archive, "산을 넘었다.")
    waiting = releasing.draft(archive.vault, archive.minji)
    with pytest.raises(ReleaseRefused, match="so few testimonies are new"):
        releasing.sign(archive.vault, archive.sora, waiting.digest, TODAY)
    refused = archive.vault.names("release")
    signed = releasing.sign(archive.vault, archive.sora, waiting.digest, TODAY, few=True)

    assert refused == ["000000001"]
    assert set(signed.ids) == {first, new}


def test_who_is_taken_out_waits_for_nobody(archive: Archive, tmp_path: Path) -> None:
    """
    R32 never holds up a withdrawal: a release that only leaves somebody out is signed as it is.
    """
    decided(archive, "강을 건넜다.")
    gone = decided(archive, "산을 넘었다.")
    release(archive, tmp_path / "one")
    review.withdraw_proposal(archive.vault, archive.minji, gone)
    waiting = releasing.draft(archive.vault, archive.minji)

    assert releasing.sign(archive.vault, archive.sora, waiting.digest, TODAY).gone == (gone,)


def test_hiding_more_asks_nobody(archive: Archive, tmp_path: Path) -> None:
    """
    R32: less than what is out can always be signed.
    """
    told = decided(archive, TEXT)
    archive.show_what_is_left()
    release(archive, tmp_path / "one")
    review.propose(archive.vault, archive.minji, told, [Redaction(0, 5, "date")])
    archive.approve(told)
    release(archive, tmp_path / "two")

    assert archive.vault.json("release", "000000002")["changed"] == 1
