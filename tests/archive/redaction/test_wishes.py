"""What she asked for stands beside her words; what she asked to be hidden does not leave."""

from __future__ import annotations

import re
from typing import Any

import pytest

from archive import releasing, review
from archive.consent import against
from archive.redaction import choices, wishes
from archive.redaction.choices import Choice
from archive.redaction.spans import RedactionError
from archive.redaction.worklist import ASKED, worklist
from tests.archive.redaction.test_choices import decide, reread, rows_of
from tests.archive.test_workbench import Desk
from tests.people import MINJIS, Archive

TEXT = "저는 감나무집 막내딸이고 김영숙이라고 합니다.\n감나무 집에서 청진까지 걸었습니다."
GATE = ("research_read", "vetted_researchers")


@pytest.fixture
def told(archive: Archive) -> str:
    return archive.told(TEXT)


@pytest.fixture
def desk(archive: Archive) -> Desk:
    desk = Desk(archive).opened()
    desk.post("/sign-in", name="minji", passphrase=MINJIS)
    return desk


def asked(archive: Archive, told: str, words: str = "감나무집", outcome: str = "hide") -> None:
    wishes.ask(archive.vault, archive.minji, told, words, "place", outcome)


def seen(desk: Desk, told: str) -> str:
    found = re.search(r'name="seen" value="([^"]+)"', desk.get(f"/testimony/{told}/hide").text)
    assert found is not None
    return found[1]


def test_what_she_asked_to_be_hidden_is_suggested_first_though_no_recogniser_finds_it() -> None:
    """
    With the category that was written down; what is decided already is not asked again.
    """
    parts = [(0, TEXT)]
    rows = worklist(parts, [], [("막내딸", "other")])
    assert (rows[0].words, rows[0].category, rows[0].reason, rows[0].step) == ("막내딸", "other", ASKED, 0)
    at = TEXT.index("막내딸")
    rows = worklist(parts, [Choice(at, at + 3, "other", True)], [("막내딸", "other")])

    assert [row.state for row in rows if row.words == "막내딸"] == ["hide"]
    assert ASKED not in {row.reason for row in rows if not row.state}


def test_nothing_leaves_in_which_what_she_asked_to_be_hidden_can_be_read(archive: Archive, told: str) -> None:
    """
    R15: at the gate and in a release, also when she asks after two people approved, and however it is spaced.
    """
    review.propose(archive.vault, archive.minji, told)
    archive.approve(told)
    assert not against(archive.vault, told, *GATE)  # type: ignore[arg-type]
    asked(archive, told)
    [reason] = against(archive.vault, told, *GATE)  # type: ignore[arg-type]
    assert "감나무" not in str(reason)
    with pytest.raises(releasing.ReleaseRefused):
        releasing.draft(archive.vault, archive.minji)
    made = [Choice(TEXT.index("감나무집"), TEXT.index("감나무집") + 4, "place", True)]
    review.propose(archive.vault, archive.minji, told, choices.redactions(made))
    archive.approve(told)
    assert against(archive.vault, told, *GATE)  # type: ignore[arg-type]
    at = TEXT.index("감나무 집")
    made.append(Choice(at, at + 5, "place", True))
    review.propose(archive.vault, archive.minji, told, choices.redactions(made))
    archive.approve(told)

    assert not against(archive.vault, told, *GATE)  # type: ignore[arg-type]


def test_a_proposal_that_shows_what_she_asked_to_be_hidden_is_refused(
    desk: Desk, archive: Archive, told: str
) -> None:
    """
    What was decided stays kept; taken away, the wish binds no more.
    """
    asked(archive, told)
    reread(desk, told)
    made = [[*row[:3], "hide"] for row in rows_of(desk, told) if row[4] == "감나무집"]
    assert "she asked for words" in decide(desk, told, "propose", made)
    assert archive.vault.testimony(told).workflow_status == "received"
    assert [c.hidden for c in choices.choices(archive.vault, told)] == [True]
    desk.post(f"/testimony/{told}/hide/wish-away", words="감나무집")
    assert wishes.wishes(archive.vault, told) == ()
    decide(desk, told, "propose", [])

    assert archive.vault.testimony(told).workflow_status == "proposed"


@pytest.mark.parametrize("outcome", wishes.OUTCOMES)
def test_what_she_asked_for_is_shown_beside_the_words_it_speaks_of(
    desk: Desk, archive: Archive, told: str, outcome: str
) -> None:
    """
    R13: in the list, with a script and without; a wish to be read holds nothing back.
    """
    form: dict[str, Any] = {"seen": seen(desk, told), "wish_category": "name", "outcome": outcome}
    desk.post(f"/testimony/{told}/hide/wish", wish="영숙", **form)
    assert [(w.words, w.outcome, w.by) for w in wishes.wishes(archive.vault, told)] == [
        ("영숙", outcome, "minji")
    ]
    [row] = [row for row in rows_of(desk, told) if "김영숙" in row[4] or row[4] == "영숙"]
    shown = desk.get(f"/testimony/{told}/hide", **{"Accept-Language": "en"}).text
    assert row[4] == "김영숙"
    assert ("남겨 달라고" if outcome == "keep" else "가려 달라고") in row[7]
    assert shown.count("she asked: let it be read</td>") == (outcome == "keep")
    assert bool(wishes.unmet(archive.vault, told, TEXT)) == (outcome == "hide")


@pytest.mark.parametrize(
    ("words", "category", "outcome"),
    [
        ("", "name", "hide"),
        (" · ", "name", "hide"),
        ("집", "house", "hide"),
        ("집", "name", "burn"),
        ("집" * 101, "name", "hide"),
    ],
    ids=["nothing", "signs", "category", "outcome", "long"],
)
def test_a_wish_that_says_nothing_is_refused(
    archive: Archive, told: str, words: str, category: str, outcome: str
) -> None:
    """
    Nothing is kept, and an earlier wish for the same words gives way to a later one.
    """
    with pytest.raises(RedactionError):
        wishes.ask(archive.vault, archive.minji, told, words, category, outcome)
    assert not archive.vault.holds("wishes", told)
    asked(archive, told, outcome="hide")
    asked(archive, told, outcome="keep")

    assert [w.outcome for w in wishes.wishes(archive.vault, told)] == ["keep"]


def test_a_wish_is_in_no_journal_and_goes_with_the_testimony(archive: Archive, told: str) -> None:
    """
    R36: it holds words of hers.
    """
    asked(archive, told)
    assert "감나무" not in repr(wishes.wishes(archive.vault, told))
    assert not any("감나무" in str(each) for each in archive.vault.journal.events())
    archive.vault.shred_testimony(told, "minji")

    assert not archive.vault.holds("wishes", told)
