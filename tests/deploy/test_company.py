"""The invented women of the demonstration."""

from __future__ import annotations

from archive.coding.outside import summary
from archive.coding.record import life
from archive.redaction.profiles import WIDE
from archive.vocabulary.places import places
from deploy.company import MANY, company


def test_the_company_is_the_same_each_time_and_no_two_tell_the_same() -> None:
    """
    So that what a reader of the demonstration sees can be told in words.
    """
    told = company()
    company.cache_clear()

    assert company() == told
    assert len({each.text for each in told}) == len(told) == MANY


def test_each_of_the_company_is_coded_and_seen_in_every_drawing() -> None:
    """
    As far as the profile in force from the beginning tells it: regions and decades.
    """
    for each in company():
        coded = summary(life(each.coding), WIDE.rungs)

        assert set(coded) == {"exploitation", "recruitment", "control", "place", "way", "year"}
        assert set(coded["place"]) <= set(places())
        assert all(year.endswith("X") for year in coded["year"])
