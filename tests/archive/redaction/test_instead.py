"""What stands instead of hidden words is signed by both, and shows nothing that is hidden."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from archive import review
from archive.redaction import choices
from archive.redaction.choices import Choice
from archive.redaction.decision import DecisionRefused, canonical, verify
from archive.redaction.spans import Redaction, RedactionError, redact, version_of
from tests.people import Archive

TEXT = "저는 혜산에서 왔습니다. 언니 김영숙도 혜산에 살았습니다."
PLACE = Redaction(TEXT.index("혜산"), TEXT.index("혜산") + 2, "place", "[량강도]")
NAME = Redaction(TEXT.index("김영숙"), TEXT.index("김영숙") + 3, "name")


def test_what_stands_instead_is_read_wherever_the_words_were(archive: Archive) -> None:
    """
    One place hidden is hidden everywhere, each time with the same words instead; the name has its label.
    """
    told = archive.told(TEXT)
    review.propose(archive.vault, archive.minji, told, [PLACE, NAME])
    review.approve(archive.vault, archive.sora, told, review.reading(archive.vault, told).proposal)
    approved = verify(archive.vault, told)

    assert [text for _, text in approved.segments] == [
        "저는 [량강도]에서 왔습니다. 언니 [이름]도 [량강도]에 살았습니다."
    ]


@pytest.mark.parametrize(
    "shown",
    ["[혜산]", "[혜 산 시]", "[HYESAN 혜-산]", "[김영숙네]", "[김 영 숙]", "[김영숙]"],
    ids=["itself", "spaced", "hyphen", "another's name", "another's, spaced", "a name"],
)
def test_words_that_show_what_is_hidden_do_not_stand_instead(shown: str) -> None:
    """
    Neither the words themselves nor others that are hidden in the text, however they are spaced.
    """
    with pytest.raises(RedactionError, match="still shows words"):
        redact(TEXT, [replace(PLACE, shown=shown), NAME], version_of(TEXT))


@pytest.mark.parametrize(
    "shown",
    [
        "량강도",
        "[량강도",
        "[]",
        "[ ]",
        "[a][b]",
        "[량강도]\n",
        "[" + "a" * 60 + "]",
        "[a\u200bb]",
        "[\u1105\u1163]",
    ],
    ids=["bare", "open", "empty", "blank", "two", "line", "long", "unseen", "decomposed"],
)
def test_what_stands_instead_is_seen_to_be_no_word_of_hers(shown: str) -> None:
    """
    In brackets, in one line, and with no sign that nobody sees.
    """
    with pytest.raises(RedactionError):
        redact(TEXT, [replace(PLACE, shown=shown)], version_of(TEXT))


def test_two_replacements_side_by_side_spell_no_name() -> None:
    """
    Each is looked at by itself: `[김]` and `[영숙]` are no name, `[김영숙]` is.
    """
    spans = [replace(PLACE, shown="[영숙]"), replace(NAME, start=0, end=2, shown="[김]"), NAME]

    assert "[영숙]" in redact(TEXT, spans, version_of(TEXT))


def test_what_stands_instead_cannot_be_changed_after_it_was_signed(archive: Archive) -> None:
    """
    R13: what both signed is what is read; without the field, or as the version that had none, it is refused.
    """
    told = archive.told(TEXT)
    review.propose(archive.vault, archive.minji, told, [PLACE, NAME])
    review.approve(archive.vault, archive.sora, told, review.reading(archive.vault, told).proposal)
    row = archive.vault.json("review", told)
    first = row["spans"][0]
    for spans, version in (
        ([[*first[:3], "[자강도]"], *row["spans"][1:]], 2),
        ([each[:3] for each in row["spans"]], 2),
        ([each[:3] for each in row["spans"]], 1),
        (row["spans"], 1),
        (row["spans"], 3),
    ):
        archive.vault.put_json("review", told, row | {"spans": spans, "v": version})
        with pytest.raises(DecisionRefused):
            verify(archive.vault, told)


def test_a_decision_signed_before_there_was_anything_instead_still_stands(archive: Archive) -> None:
    """
    Two people signed it without a version and with labels only.
    """
    told = archive.told(TEXT)
    spans, version = (NAME,), version_of(TEXT)
    review.propose(archive.vault, archive.minji, told, spans)
    row: dict[str, Any] = {"version_sha256": version, "spans": [[NAME.start, NAME.end, "name"]]}
    for role, who in (("proposer", archive.minji), ("approver", archive.sora)):
        signature = who.key.sign(canonical(told, version, spans, role, 1)).hex()
        row[role] = {"name": who.name, "public": who.key.public.to_text(), "signature": signature}
    archive.vault.put_json("review", told, {k: v for k, v in row.items() if k != "approver"})
    with pytest.raises(DecisionRefused):
        verify(archive.vault, told)
    review.approve(archive.vault, archive.sora, told, review.reading(archive.vault, told).proposal)
    assert archive.vault.json("review", told)["approver"] == row["approver"]

    assert "[이름]" in verify(archive.vault, told).segments[0][1]
    archive.vault.put_json(
        "review", told, row | {"spans": [[NAME.start, NAME.end, "name", "[언니]"]]}
    )  # nobody signed that
    with pytest.raises(DecisionRefused):
        verify(archive.vault, told)


def test_a_choice_keeps_what_stands_instead_until_it_is_changed(archive: Archive) -> None:
    """
    The page that decides about words does not forget it; it goes with a proposal and comes back with marks.
    """
    told, vault, minji = archive.told(TEXT), archive.vault, archive.minji
    span = (PLACE.start, PLACE.end)
    chosen = Choice(*span, "place", True)
    choices.keep(vault, minji, told, [chosen])
    choices.instead(vault, minji, told, {span: "[량강도]"})
    standing = choices.keep(vault, minji, told, [chosen])
    review.propose(vault, minji, told, choices.redactions(standing))
    choices.forget_hidden(vault, minji, told)

    assert {c.shown for c in choices.choices(vault, told)} == {"[량강도]"}
    choices.instead(vault, minji, told, {span: ""})
    assert sorted(c.shown for c in choices.choices(vault, told)) == ["", "[량강도]"]


@pytest.mark.parametrize("shown", ["[혜산]", "[혜산"], ids=["the words", "no bracket"])
def test_nothing_is_kept_that_would_show_the_words(archive: Archive, shown: str) -> None:
    """
    It is refused when it is chosen, and what was chosen before stands.
    """
    told, span = archive.told(TEXT), (PLACE.start, PLACE.end)
    before = choices.keep(archive.vault, archive.minji, told, [Choice(*span, "place", True)])
    with pytest.raises(RedactionError):
        choices.instead(archive.vault, archive.minji, told, {span: shown})
    with pytest.raises(RedactionError, match="not hidden"):
        choices.instead(archive.vault, archive.minji, told, {(0, 2): "[량강도]"})

    assert choices.choices(archive.vault, told) == before
