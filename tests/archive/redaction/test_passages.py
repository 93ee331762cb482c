"""A passage that tells who she is by what happened holds everything back until it is settled."""

from __future__ import annotations

import re
from typing import Any

import pytest

from archive import releasing, review
from archive.consent import against, rendition
from archive.redaction import choices, passages
from archive.redaction.choices import Choice
from archive.redaction.spans import RedactionError
from archive.versions.basis import basis
from tests.archive.test_workbench import Desk
from tests.people import MINJIS, SORAS, Archive

TEXT = (
    "김영숙은 마을에서 쌍둥이를 낳은 하나뿐인 사람이었습니다.\n"
    "그 뒤로 강을 건넜습니다.\n그 밤에 강간을 당했습니다."
)
TOLD = "마을에서 쌍둥이를 낳은 하나뿐인 사람"
SPAN = (TEXT.index(TOLD), TEXT.index(TOLD) + len(TOLD))
GATE = ("research_read", "vetted_researchers")


@pytest.fixture
def told(archive: Archive) -> str:
    return archive.told(TEXT)


def approved(archive: Archive, told: str) -> None:
    choices.keep(archive.vault, archive.minji, told, [Choice(0, 3, "name", True)])
    review.propose(
        archive.vault, archive.minji, told, choices.redactions(choices.choices(archive.vault, told))
    )
    archive.approve(told)


def noted(archive: Archive, told: str, way: str = "hold_back", **more: Any) -> None:
    passages.note(archive.vault, archive.minji, told, SPAN, way, "쌍둥이", **more)


def leaves(archive: Archive, told: str) -> bool:
    return not against(archive.vault, told, *GATE)  # type: ignore[arg-type]


def test_what_is_held_back_leaves_only_when_another_person_takes_the_note_away(
    archive: Archive, told: str
) -> None:
    """
    R13: refused at the gate and in a release, whatever was approved; who wrote it cannot take it away.
    """
    noted(archive, told)
    approved(archive, told)
    assert not leaves(archive, told)
    with pytest.raises(releasing.ReleaseRefused):
        releasing.draft(archive.vault, archive.minji)
    [note] = passages.noted(archive.vault, told)
    with pytest.raises(RedactionError):
        passages.take_away(archive.vault, archive.minji, told, note.key)
    assert not leaves(archive, told)
    passages.take_away(archive.vault, archive.sora, told, note.key)

    assert leaves(archive, told)
    assert releasing.draft(archive.vault, archive.minji).ids == (told,)


@pytest.mark.parametrize("way", ["rewrite", "generalise"])
def test_other_words_settle_a_passage_once_two_people_hid_all_of_it(
    archive: Archive, told: str, way: str
) -> None:
    """
    R15: what stands instead is chosen with the note; half of the passage hidden is not enough.
    """
    noted(archive, told, way, shown="한 사람")
    approved(archive, told)
    assert leaves(archive, told)
    text = rendition(archive.vault, told, *GATE).segments[0].text  # type: ignore[arg-type]
    assert "[한 사람]" in text
    assert "쌍둥이" not in text
    half = Choice(SPAN[0], SPAN[1] - 3, "other", True)
    review.propose(archive.vault, archive.minji, told, choices.redactions([Choice(0, 3, "name", True), half]))
    archive.approve(told)

    assert not leaves(archive, told)


def test_a_note_on_words_that_count_no_more_holds_back_until_somebody_looked(
    archive: Archive, told: str
) -> None:
    """
    A corrected version must not set free what was held back; the same passage is noted anew.
    """
    noted(archive, told, "rewrite", shown="한 사람")
    approved(archive, told)
    row = archive.vault.json("passages", told)
    row["notes"][0][0] = "0" * 64
    archive.vault.put_json("passages", told, row)
    assert not leaves(archive, told)
    [note] = passages.noted(archive.vault, told)
    passages.take_away(archive.vault, archive.sora, told, note.key)

    assert leaves(archive, told)


@pytest.mark.parametrize(
    ("span", "way", "reason", "shown"),
    [
        (SPAN, "forget", "까닭", "한 사람"),
        (SPAN, "rewrite", " ", "한 사람"),
        (SPAN, "rewrite", "까닭", ""),
        (SPAN, "rewrite", "까닭", "김영숙"),
        (SPAN, "rewrite", "까닭", "긴 말 " * 40),
        (SPAN, "hold_back", "길" * 201, ""),
        ((5, 5), "hold_back", "까닭", ""),
        ((5, 9999), "hold_back", "까닭", ""),
        ((1, 8), "rewrite", "까닭", "한 사람"),
    ],
    ids=["way", "reason", "nothing", "name", "long", "story", "empty", "outside", "edge"],
)
def test_a_note_that_cannot_be_kept_changes_nothing(
    archive: Archive, told: str, span: tuple[int, int], way: str, reason: str, shown: str
) -> None:
    """
    R15: also when what stands instead shows a hidden name, or a hidden name lies over the edge.
    """
    choices.keep(archive.vault, archive.minji, told, [Choice(0, 3, "name", True)])
    with pytest.raises(RedactionError):
        passages.note(archive.vault, archive.minji, told, span, way, reason, shown)

    assert passages.noted(archive.vault, told) == ()
    assert [c.end for c in choices.choices(archive.vault, told)] == [3]


def test_the_journal_holds_no_word_of_a_note_and_it_goes_with_the_testimony(
    archive: Archive, told: str
) -> None:
    """
    R36: who and of which testimony; the reason is destroyed with all that is kept of her.
    """
    noted(archive, told)
    assert "쌍둥이" not in repr(passages.noted(archive.vault, told))
    assert not any("쌍둥이" in str(each) for each in archive.vault.journal.events())
    archive.vault.shred_testimony(told, "minji")

    assert not archive.vault.holds("passages", told)


def test_a_passage_is_noted_and_taken_away_at_the_desk(archive: Archive, told: str) -> None:
    """
    R13, R23: by its words, when they stand once in what is open; with what was decided on the page.
    """
    desk = Desk(archive).opened()
    desk.post("/sign-in", name="minji", passphrase=MINJIS)
    shown = desk.get(f"/testimony/{told}/hide").text
    seen = re.search(r'name="seen" value="([^"]+)"', shown)
    assert seen is not None
    form: dict[str, Any] = {"seen": seen[1], "way": "rewrite", "reason": "쌍둥이", "instead": "한 사람"}
    for wrong in ("그 밤에 강간을", "니다.", ""):
        desk.post(f"/testimony/{told}/hide/passage", passage=wrong, **form)
        assert "copy the passage" in desk.notices()[0]
    assert passages.noted(archive.vault, told) == ()
    made = '[[0,3,"name","hide"]]'
    desk.post(f"/testimony/{told}/hide/passage", passage=TOLD, choices=made, **form)
    assert {(c.start, c.end): c.shown for c in choices.choices(archive.vault, told)} == {
        (0, 3): "",
        SPAN: "[한 사람]",
    }
    shown = desk.get(f"/testimony/{told}/hide").text
    assert "한 사람" not in desk.get(f"/testimony/{told}/second").text
    key = re.search(r'name="key" value="([^"]+)"', shown)
    assert key is not None
    desk.post(f"/testimony/{told}/hide/passage-away", key=key[1])
    assert "another person takes" in desk.notices()[0]
    desk.post("/sign-in", name="sora", passphrase=SORAS)
    desk.post(f"/testimony/{told}/hide/passage-away", key=key[1])
    assert passages.noted(archive.vault, told) == ()
    desk.post(f"/testimony/{told}/hide/passage-away", key=key[1])

    assert "not here any more" in desk.notices()[0]
    assert basis(archive.vault, told).text == TEXT
