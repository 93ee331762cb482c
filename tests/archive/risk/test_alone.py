"""Who is alone in a release, and which field would have to be told wider."""

from __future__ import annotations

import pytest

from archive.release import RedactedTestimony
from archive.risk.alone import CHOSEN, LEAST, OUT, RUNGS, Facts, Step, chosen, plan, sizes, small


def told(id: str, quarter: str = "2026-Q1", **coding: str) -> RedactedTestimony:
    codes = {name: tuple(each.split()) for name, each in coding.items()}
    return RedactedTestimony(id, "kor", quarter, "life_history", "", (), codes)


def facts(*each: RedactedTestimony) -> Facts:
    return Facts({one.id: one for one in each})


def test_somebody_whose_facts_nobody_shares_is_alone() -> None:
    """
    k counts those with all of the same facts, and every testimony is counted once.
    """
    same = [told(f"s{n}", place="kp-10 cn-jl", year="1998") for n in range(LEAST)]
    release = facts(*same, told("other", place="kp-09 cn-jl", year="1998"))
    counts = release.groups(chosen())

    assert counts == {**{f"s{n}": 5 for n in range(LEAST)}, "other": 1}
    assert [n for _, n in sizes(counts)] == [1, 0, 0, 5, 0, 0]
    assert sum(n for _, n in sizes(counts)) == len(counts)


def test_nothing_coded_is_a_fact_too() -> None:
    """
    Readers see that nothing is coded: she who has no codes among those who have is alone.
    """
    release = facts(*(told(f"s{n}", place="kp-10") for n in range(9)), told("bare"))

    assert [each.id for each in small(release, chosen())] == ["bare"]


def test_the_field_that_makes_somebody_alone_is_named() -> None:
    """
    A province at the border hides among the others there; it is not left out where wider is enough.
    """
    others = [told(f"s{n}", place="kp-09") for n in range(LEAST)]
    [alone] = small(facts(*others, told("she", place="kp-10")), chosen(("place", "quarter")))

    assert (alone.id, alone.k) == ("she", 1)
    assert alone.facts == (("quarter", ("2026-Q1",)), ("place", ("kp-10",)))
    assert alone.step == Step("place", "region", k=6)


def test_where_no_single_field_is_enough_none_is_named_and_a_plan_goes_on() -> None:
    """
    Two fields tell her from the others: no one field does it, the plan takes both and ends with nobody.
    """
    others = [told(f"s{n}", place="kp-09", year="1998") for n in range(LEAST)]
    release = facts(*others, told("she", place="th", year="2011"))
    [alone] = small(release, chosen(("place", "year")))
    steps = plan(release, chosen(("place", "year")))

    assert alone.step is None
    assert {each.field for each in steps} == {"place", "year"}
    assert (steps[-1].below, steps[0].below) == (0, 1)


def test_a_field_that_is_left_out_counts_for_nothing() -> None:
    """
    With every field left out all are alike.
    """
    release = facts(told("a", place="kp-09", year="1998"), told("b", place="cn", year="2004"))

    assert release.groups(dict.fromkeys(RUNGS, OUT)) == {"a": 2, "b": 2}
    assert release.groups({}) == {"a": 2, "b": 2}


WIDER = [
    ("year", "five_years", "1998 2003", ("1995–1999", "2000–2004")),
    ("year", "decade", "1998 1999 2003", ("1990", "2000")),
    ("place", "region", "kp-10 kp-01 th", ("kp-border", "kp-elsewhere", "th")),
    ("place", "region", "cn-jl cn-gd cn", ("cn-elsewhere", "cn-north-east")),
    ("place", "country", "kp-10 cn-jl cn river-tuman", ("cn", "kp")),
    ("way", "region", "kp-10>cn-jl", ("kp-border>cn-north-east",)),
    ("way", "country", "kp-10>cn-jl cn-jl>cn-sd", ("cn>cn", "kp>cn")),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "rung", "codes", "wide"), WIDER, ids=[f"{w[0]} {w[1]} {w[2][:5]}" for w in WIDER]
)
def test_a_rung_tells_less_than_the_one_before(
    name: str, rung: str, codes: str, wide: tuple[str, ...]
) -> None:
    """
    Years become bands, provinces regions and countries; a river between two countries lies in neither.
    """
    assert facts(told("a", **{name: codes})).of("a", {name: rung}) == ((name, wide),)


def test_a_quarter_can_be_told_as_its_year() -> None:
    """
    When it was received is a fact as well.
    """
    assert facts(told("a", "2026-Q3")).of("a", {"quarter": "year"}) == (("quarter", ("2026",)),)


def test_what_is_chosen_is_among_the_fields_there_are() -> None:
    """
    An unknown field is passed over, so that a page may be asked for anything.
    """
    assert set(chosen()) == set(CHOSEN)
    assert chosen(("place", "nonsense")) == {"place": "as_it_is"}
