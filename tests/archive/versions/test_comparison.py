"""Two versions can be read beside each other, in three languages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.testimony import Segment
from archive.versions.comparison import MOST, compare, differences

SIGNS = st.text("혜숙산시는 강을\n江过了 over river, .", max_size=40)


@given(SIGNS, SIGNS)
def test_both_texts_can_be_read_from_a_comparison(before: str, after: str) -> None:
    """
    Nothing is lost, nothing is invented.
    """
    pieces = differences(before, after)

    assert "".join(text for kind, text in pieces if kind != "ins") == before
    assert "".join(text for kind, text in pieces if kind != "del") == after


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("나는 혜산에서 왔다", "나는 혜산시에서 왔다", [("", "나는 혜산"), ("ins", "시"), ("", "에서 왔다")]),
        ("갔다", "왔다", [("del", "갔"), ("ins", "왔"), ("", "다")]),
        ("우리는 건넜다", "우리는 건넜고", [("", "우리는 건넜"), ("del", "다"), ("ins", "고")]),
        ("我过了江", "我过了河", [("", "我过了"), ("del", "江"), ("ins", "河")]),
        (
            "a red old bridge",
            "a new bridge",
            [("", "a "), ("del", "red old"), ("ins", "new"), ("", " bridge")],
        ),
        ("same", "same", [("", "same")]),
    ],
)
def test_a_change_is_shown_in_words_syllables_or_signs(
    before: str, after: str, shown: list[tuple[str, str]]
) -> None:
    """
    As little as a reader needs: a syllable of Hangul, a sign of Han, a word of an alphabet.
    """
    assert list(differences(before, after)) == shown


def test_a_very_long_segment_is_shown_whole() -> None:
    """
    The time that a comparison takes is bounded.
    """
    before, after = "가 " * MOST, "나 " * MOST

    assert differences(before, after) == (("del", before), ("ins", after))


def test_segments_are_met_by_their_names() -> None:
    """
    What is gone stands where it stood; what is new says so.
    """
    before = [Segment("s0001", "하나"), Segment("s0002", "둘"), Segment("s0003", "셋")]
    after = [Segment("s0001", "하나"), Segment("s0004", "넷"), Segment("s0003", "세엣")]

    rows = [(row.id, row.change) for row in compare(before, after)]
    assert rows == [("s0001", "same"), ("s0002", "removed"), ("s0004", "added"), ("s0003", "edited")]
