"""Redaction hides what it was told to hide, or says no."""

import pytest

from archive.redaction.residue import require_clean, scan
from archive.redaction.sightings import Texts
from archive.redaction.spans import Redaction, RedactionError, redact, spread, version_of


def test_two_names_of_different_length_leave_the_same_text() -> None:
    """R17: the label hides the length."""
    shown = {redact(t, [Redaction(0, len(t) - 5, "name")], version_of(t)) for t in ("Mi left", "Minseo left")}

    assert len(shown) == 1


@pytest.mark.parametrize("spans", [[(0, 2), (1, 3)], [(0, 99)], [(1, 1)], [(-1, 2)]])
def test_a_doubtful_redaction_gives_no_text(spans: list[tuple[int, int]]) -> None:
    """R15: overlap, out of range and empty are refused."""
    with pytest.raises(RedactionError):
        redact("abcdef", [Redaction(a, b, "name") for a, b in spans], version_of("abcdef"))


def test_a_reviewer_misses_no_second_occurrence() -> None:
    """A name hidden once is hidden everywhere."""
    assert len(spread("Mina and Mina", [Redaction(0, 4, "name")])) == 2


def test_a_name_in_another_case_is_residue() -> None:
    """R16: case does not hide a name from the scan."""
    assert len(scan({"release.jsonl": b"MINA KIM"}, ["Mina Kim"])) == 1


@pytest.mark.parametrize(
    ("text", "category", "version", "told"),
    [
        ("\u1100\u1161족", "name", version_of("\u1100\u1161족"), "NFC"),
        ("abc", "name", version_of("abd"), "another version"),
        ("abc", "colour", version_of("abc"), "category"),
    ],
)
def test_a_redaction_of_other_words_or_of_no_kind_gives_no_text(
    text: str, category: str, version: str, told: str
) -> None:
    """R15: places count in NFC and in the version that was read; what has no label hides nothing."""
    with pytest.raises(RedactionError, match=told):
        redact(text, [Redaction(0, 1, category)], version)


def test_what_means_nothing_beyond_its_own_text_is_looked_for_nowhere_else() -> None:
    """Signs, a number of a few digits, one syllable: each stands in anybody's words."""
    texts = Texts(["12 - 강가에서", "전화 0101234"])

    assert texts.showing({"-", "12", "강"}) == set()
    assert texts.showing({"0101234"}) == {1}
    require_clean({"release.jsonl": "강가에서".encode()}, ["혜숙"])
