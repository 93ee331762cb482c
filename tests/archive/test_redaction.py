"""Redaction hides what it was told to hide, or says no."""

import pytest

from archive.redaction.residue import scan
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
