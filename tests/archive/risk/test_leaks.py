"""How many identifiers may be left, and how sure that is."""

from __future__ import annotations

import random
from math import inf

import pytest

from archive.redaction.spans import LABELS
from archive.risk import leaks
from archive.risk.chance import Interval, missed, wilson
from benchmarks.measures import LANGUAGES


def test_wilsons_interval_is_the_published_one() -> None:
    """
    81 of 263, as Newcombe (1998) reckons it; none and all reach to the end and not beyond.
    """
    found = wilson(81, 263)
    none, every = wilson(0, 20), wilson(20, 20)

    assert found is not None
    assert (round(found.low, 4), round(found.high, 4)) == (0.2553, 0.3662)
    assert none is not None
    assert every is not None
    assert (none.low, round(none.high, 4)) == (0.0, 0.1611)
    assert (round(every.low, 4), every.high) == (0.8389, 1.0)
    assert wilson(0, 0) is None


def test_the_interval_holds_what_was_missed_as_often_as_it_says() -> None:
    """
    Rates drawn from the prior, a measure and a release drawn from each: 95 in 100 lie within, give or take.
    """
    drawn, held = random.Random(7), 0
    for _ in range(400):
        rate = drawn.betavariate(0.5, 0.5) * 0.9
        misses = sum(drawn.random() < rate for _ in range(60))
        found = left = 0
        while found < 20:
            if drawn.random() < rate:
                left += 1
            else:
                found += 1
        told = missed(20, misses, 60)
        held += told.low <= left <= told.high

    assert 370 <= held <= 400


def test_nothing_hidden_says_nothing_and_nothing_measured_says_so() -> None:
    """
    Without a hidden mention there is no estimate; without a measure it has no end.
    """
    assert missed(0, 3, 60) == Interval(0.0, 0.0, 0.0)
    assert missed(5, 0, 0).value == inf
    assert missed(5, 0, 0).high > 1000


def test_more_that_is_hidden_leaves_more_behind() -> None:
    """
    The estimate grows with what was found, and a measure of more mentions makes it narrower.
    """
    few, many, surer = missed(10, 20, 142), missed(100, 20, 142), missed(100, 200, 1420)

    assert few.value < many.value
    assert surer.high - surer.low < many.high - many.low
    assert many.low < 100 * 20 / 122 < many.high


def test_a_release_is_told_in_pages_and_direct_identifiers_alone() -> None:
    """
    Names, contacts and numbers make up the sentence; places do not. A page is of its language.
    """
    found = leaks.leaks(
        {("kor", "name"): 40, ("kor", "place"): 30, ("eng", "name"): 10}, {"kor": 9000, "eng": 3600}
    )
    names = [row.left.value for row in found.rows if row.category == "name"]

    assert found.pages == 12
    assert found.direct.value == pytest.approx(sum(names))
    assert found.one_in == pytest.approx(12 / sum(names))
    assert leaks.leaks({}, {"kor": 900}).one_in is None


def test_reviewers_lower_the_figure_only_where_they_were_tried() -> None:
    """
    With nothing planted nothing is taken off; with nine of ten caught a tenth is left.
    """
    left = Interval(10.0, 4.0, 18.0)
    lowered = leaks.caught(left, wilson(90, 100))

    assert leaks.caught(left, wilson(0, 0)) is None
    assert lowered is not None
    assert lowered.value == pytest.approx(1.0)
    assert lowered.low < lowered.value < lowered.high < left.high


@pytest.mark.parametrize("lang", LANGUAGES.values())
def test_every_category_was_measured_in_every_language(lang: str) -> None:
    """
    A category without a measure would have an estimate without an end.
    """
    for category in LABELS:
        misses, of = leaks.measured(lang, category)
        assert 0 <= misses <= of
        assert of > 0
