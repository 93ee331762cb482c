"""Dates as people tell them: every promise of the grammar, and every trap of it."""

from __future__ import annotations

import string
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.coding.edtf import MalformedDate, before, parse, year_of

MEANT = [
    ("1998", "1998-01-01", "1998-12-31"),
    ("1998-11", "1998-11-01", "1998-11-30"),
    ("1996-02", "1996-02-01", "1996-02-29"),
    ("1998-11-03", "1998-11-03", "1998-11-03"),
    ("1997-24", "1997-12-01", "1998-02-28"),
    ("1995-24", "1995-12-01", "1996-02-29"),
    ("1998-21", "1998-03-01", "1998-05-31"),
    ("199X", "1990-01-01", "1999-12-31"),
    ("19XX", "1900-01-01", "1999-12-31"),
    ("1998-XX-XX", "1998-01-01", "1998-12-31"),
    ("1998-04-XX", "1998-04-01", "1998-04-30"),
    ("1997/1999", "1997-01-01", "1999-12-31"),
    ("1998-03/..", "1998-03-01", None),
    ("/1998-03", None, "1998-03-31"),
    ("[1997,1999]", "1997-01-01", "1999-12-31"),
    ("[1997..1999]", "1997-01-01", "1999-12-31"),
    ("[..1999-12]", None, "1999-12-31"),
]


@pytest.mark.parametrize(("text", "first", "last"), MEANT)
def test_a_date_is_from_its_first_to_its_last_day(text: str, first: str | None, last: str | None) -> None:
    """
    Winter ends in February of the year after, February has the days of its year, and open ends are none.
    """
    found = parse(text)

    assert found.date_min == (date.fromisoformat(first) if first else None)
    assert found.date_max == (date.fromisoformat(last) if last else None)


REFUSED = [
    "1998-02-29",
    "1998-13",
    "1998-00",
    "1998-11-31",
    "1998-25",
    "1998-24-01",
    "1998-XX-03",
    "199X-05",
    "0000",
    "00XX",
    "98",
    "1998-1",
    "1998/1997",
    "1998/1999/2000",
    "../..",
    "/",
    "[1998",
    "[]",
    "[1998,]",
    "[..]",
    "1998-11-03T10:00",
    "Y19980",
    "-1998",
    "1998 winter",
    "１９９８",
    "1998?~",
    "1998\n",
    "",
    "1" * 200,
    "[" + ",".join(["1998"] * 13) + "]",
    "9999-24",
    "{1998}",
    "1998-11-03/1998-11-02",
    "[1999..1998]",
]


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_not_in_the_calendar_or_the_grammar_is_refused(text: str) -> None:
    """
    With a sentence that says what is wrong, and never quotes what was typed.
    """
    with pytest.raises(MalformedDate) as refused:
        parse(text)

    assert not text.strip() or text.strip() not in str(refused.value).split()


def test_how_sure_a_date_is_shows() -> None:
    """
    About, perhaps, both; one of several is never sure; one day said plainly is exact.
    """
    assert parse("1998~").approximate
    assert not parse("1998~").uncertain
    assert parse("1998?").uncertain
    assert parse("1998%").approximate
    assert parse("1998%").uncertain
    assert parse("1997~/1999").approximate
    assert parse("[1997,1998]").uncertain
    assert parse("1998-03/..").open_end
    assert not parse("1998-03/..").sure
    assert parse("1998-11-03").exact
    assert not parse("1998-11").exact


def test_what_is_surely_earlier_is_before() -> None:
    """
    Only when no day of both can be the same or turned round.
    """
    assert before(parse("1997"), parse("1998"))
    assert not before(parse("1998"), parse("1998-05"))
    assert not before(parse("1997/.."), parse("1998"))
    assert not before(parse("1998"), parse("1997"))


def test_outside_a_date_is_no_finer_than_years() -> None:
    """
    A winter is of the year it begins in; what was doubted or open stays so.
    """
    told = ["1998-11-03", "1998-24", "1997-05/1999", "199X", "1998-11~", "1998-05/..", "../1999-03"]

    assert [year_of(parse(each)) for each in told] == [
        "1998",
        "1998",
        "1997/1999",
        "1990/1999",
        "1998~",
        "1998/..",
        "../1999",
    ]


@given(st.text(string.digits + "-X/.[]~?%,", max_size=24))
def test_whatever_is_typed_is_a_date_or_refused(text: str) -> None:
    """
    Nothing else comes out than a date whose ends are in order, or `MalformedDate`.
    """
    try:
        found = parse(text)
    except MalformedDate:
        return
    assert found.date_min is None or found.date_max is None or found.date_min <= found.date_max
    assert parse(year_of(found))
