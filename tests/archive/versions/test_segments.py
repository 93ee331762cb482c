"""Names of segments stay when the words are corrected; what may be a segment is checked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.testimony import Segment
from archive.versions.segments import MalformedVersion, check, follow, number_of, tidy

WORDS = st.lists(
    st.sampled_from(["강을 건넜다", "어머니", "겨울이었다", "他们来了", "the", "bridge"]),
    min_size=1,
    max_size=6,
)
TEXTS = st.lists(WORDS.map(" ".join), min_size=1, max_size=8)
EDITS = st.lists(st.tuples(st.sampled_from(["drop", "add", "edit", "swap"]), st.integers(0, 20)), max_size=6)


def corrected(texts: list[str], edits: list[tuple[str, int]]) -> list[str]:
    """What a person makes of the texts."""
    made = list(texts)
    for what, at in edits:
        at %= len(made) + 1
        if what == "add":
            made.insert(at, f"새로 넣은 말 {at}")
        elif at < len(made):
            if what == "drop":
                del made[at]
            elif what == "swap":
                made[0], made[at] = made[at], made[0]
            else:
                made[at] += " 정말로"
    return made


@given(TEXTS, st.lists(EDITS, min_size=1, max_size=5))
def test_a_name_is_never_given_to_another_segment(
    texts: list[str], rounds: list[list[tuple[str, int]]]
) -> None:
    """
    Through any corrections: names are unique, an unchanged text in its place keeps its own, and a name
    that was removed never comes back.
    """
    segments = follow((), texts, 1)
    free, gone = len(segments) + 1, set[str]()
    for edits in rounds:
        told = corrected([each.text for each in segments], edits)
        after = follow(segments, told, free)
        names = [each.id for each in after]
        assert [each.text for each in after] == told
        assert len(set(names)) == len(names)
        assert not gone & set(names)
        before = {each.id for each in segments}
        assert all(number_of(name) >= free for name in set(names) - before)
        gone |= before - set(names)
        if after and told == [each.text for each in segments]:
            assert after == segments
        free = max([free, *(number_of(name) + 1 for name in names)])
        segments = after


def test_an_edited_segment_keeps_its_name_time_and_speaker() -> None:
    """
    A new one between two gets a new name, and the one after it keeps its own.
    """
    before = (
        Segment("s0001", "나는 혜산에서 왔다.", 0, 1000, "narrator"),
        Segment("s0002", "언제 왔습니까?", 1000, 2000, "interviewer"),
    )
    after = follow(before, ["나는 혜산시에서 왔다.", "그해는 추웠다.", "언제 왔습니까?"], 7)

    assert after == (
        Segment("s0001", "나는 혜산시에서 왔다.", 0, 1000, "narrator"),
        Segment("s0007", "그해는 추웠다."),
        before[1],
    )


def test_a_wholly_rewritten_passage_takes_new_names() -> None:
    """
    What has no letters in common is another segment, whatever place it stands in.
    """
    before = follow((), ["첫째 문단이다.", "둘째 문단이다."], 1)
    after = follow(before, ["the bridge was closed", "둘째 문단이다."], 3)

    assert [each.id for each in after] == ["s0003", "s0002"]


@pytest.mark.parametrize(
    "segment",
    [
        Segment("s1", "말"),
        Segment("s0001", ""),
        Segment("s0001", " 말"),
        Segment("s0001", "말\n\n말"),
        Segment("s0001", "\u1100\u1161"),
        Segment("s0001", "말\x00"),
        Segment("s0001", "말", 0),
        Segment("s0001", "말", 5, 5),
        Segment("s0001", "말", 0, 360_000_001),
        Segment("s0001", "말", 0, 1, "혜숙"),  # type: ignore[arg-type]
    ],
)
def test_what_is_no_segment_is_refused_without_its_words(segment: Segment) -> None:
    """
    R38: a speaker is a role and never a name; the error names the segment and quotes nothing.
    """
    with pytest.raises(MalformedVersion) as refused:
        check([segment])

    assert "말" not in str(refused.value)
    assert "혜숙" not in str(refused.value)


@given(st.text())
def test_what_was_tidied_stays_so(text: str) -> None:
    """
    A text that is accepted once is accepted again.
    """
    once = tidy(text)
    assert tidy(once) == once
    assert "\n\n" not in once
