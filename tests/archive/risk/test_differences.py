"""What somebody learns who has two releases."""

from __future__ import annotations

import pytest

from archive.release import RedactedTestimony, Segment
from archive.risk.differences import More, difference


def told(*parts: str, quarter: str = "2026-Q1", **coding: str) -> RedactedTestimony:
    segments = tuple(Segment(f"s{n:04}", part, 0) for n, part in enumerate(parts, 1))
    codes = {name: tuple(each.split()) for name, each in coding.items()}
    return RedactedTestimony("abc", "kor", quarter, "event", "", segments, codes)


SAYS_MORE = [
    ("a word that was hidden", told("[이름]이는 갔다."), told("혜숙이는 갔다."), More("a", 1, ())),
    ("a narrower place in brackets", told("[함경도]에서"), told("[혜산]에서"), More("a", 1, ())),
    ("a paragraph that was held back", told("하나"), told("하나", "둘 셋"), More("a", 2, ())),
    ("a year that was not coded", told("하나"), told("하나", year="1998"), More("a", 0, ("year:1998",))),
    ("a province for a country", told(place="kp"), told(place="kp-10"), More("a", 0, ("place:kp-10",))),
    ("one more of the same word", told("강"), told("강 강"), More("a", 1, ())),
]  # fmt: skip


@pytest.mark.parametrize(("before", "now", "more"), [s[1:] for s in SAYS_MORE], ids=[s[0] for s in SAYS_MORE])
def test_what_says_more_than_before_is_named(
    before: RedactedTestimony, now: RedactedTestimony, more: More
) -> None:
    """
    R32: with the number of words and the codes, and no word itself.
    """
    found = difference({"a": before}, ["a"], {"a": now})

    assert found.more == (more,)
    assert found.changed == ("a",)


SAYS_LESS = [
    ("a word hidden since", told("혜숙이는 갔다."), told("[이름]이는 갔다.")),
    ("a paragraph withheld since", told("하나", "둘"), told("하나")),
    ("a code left out", told("하나", year="1998"), told("하나")),
    ("other words for fewer", told("하나 둘 셋"), told("셋 하나")),
]


@pytest.mark.parametrize(("before", "now"), [s[1:] for s in SAYS_LESS], ids=[s[0] for s in SAYS_LESS])
def test_what_says_less_has_changed_and_says_no_more(
    before: RedactedTestimony, now: RedactedTestimony
) -> None:
    """
    R32: it is out already; hiding it again asks nobody.
    """
    found = difference({"a": before}, ["a"], {"a": now})

    assert (found.changed, found.more) == (("a",), ())


@pytest.mark.parametrize(
    ("out", "new", "few"), [(3, 1, True), (3, 4, True), (3, 5, False), (0, 2, False), (3, 0, False)]
)
def test_fewer_than_five_new_ones_beside_what_is_out_are_few(out: int, new: int, few: bool) -> None:
    """
    R32: masked counts of two releases can be subtracted; before the first there is nothing to subtract.
    """
    before = {f"old {n}": told("하나") for n in range(out)}
    came = {f"new {n}": told("둘") for n in range(new)}
    found = difference(before, [*before], before | came)

    assert found.few == (tuple(came) if few else ())


def test_who_came_and_who_is_gone_is_told() -> None:
    """
    R32: new is who was never out; gone is who is in the newest release and not in this.
    """
    out = {"stays": told("하나"), "gone": told("둘"), "long gone": told("셋"), "again": told("넷")}
    now = {"stays": told("하나"), "again": told("넷 다섯"), "new": told("여섯")}
    found = difference(out, ["stays", "gone"], now)

    assert (found.new, found.gone) == (("new",), ("gone",))
    assert found.more == (More("again", 1, ()),)
