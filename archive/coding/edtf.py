"""Dates as people tell them: a strict part of EDTF (ISO 8601-2), read into the days it can mean.

1. Levels 0 and 1 without times, signs and longer years; and sets in square brackets: one of these.
2. Every day is one of the calendar: 1998-02-29 is refused.
3. A winter, 1997-24, is from December 1997 to the end of February 1998.
4. `~` and `?` say how sure it is; they move neither day.

Grammar: docs/formats/coding.md.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from archive.errors import ArchiveError

LONGEST: Final = 120
"""Signs; a set of eight whole dates has 95."""
MOST: Final = 12
"""Members of a set."""
SEASONS: Final = {"21": 3, "22": 6, "23": 9, "24": 12}
"""Spring, summer, autumn and winter, by the month each begins in, as in Korea."""
_DATE: Final = re.compile(
    r"(?P<year>[0-9]{4}|[0-9]{3}X|[0-9]{2}XX)(?:-(?P<month>[0-9]{2}|XX)(?:-(?P<day>[0-9]{2}|XX))?)?(?P<how>[?~%]?)"
)


class MalformedDate(ArchiveError, ValueError):
    """A date that is not in the grammar, or not in the calendar."""


@dataclass(frozen=True)
class Dated:
    """What a date can mean. *date_min* or *date_max* is None where it is open, or not known."""

    text: str
    date_min: date | None
    date_max: date | None
    approximate: bool = False
    uncertain: bool = False
    open_start: bool = False
    open_end: bool = False

    @property
    def sure(self) -> bool:
        """Whether both ends may be drawn with a hard edge."""
        ends = self.date_min is not None and self.date_max is not None
        return ends and not (self.approximate or self.uncertain)

    @property
    def exact(self) -> bool:
        """Whether it is one day and nothing is doubted."""
        return self.sure and self.date_min == self.date_max


def parse(text: str) -> Dated:
    """What *text* can mean, or `MalformedDate`, which says what is wrong and quotes nothing."""
    if not text or len(text) > LONGEST:
        raise MalformedDate(f"a date has 1 to {LONGEST} signs, such as 1998, 1998-11, 1998-24 or 1997/1999")
    if text[0] == "[":
        return _set(text)
    return _interval(text) if "/" in text else _single(text)


def before(one: Dated, other: Dated) -> bool:
    """Whether *one* is over before *other* can begin."""
    return one.date_max is not None and other.date_min is not None and one.date_max < other.date_min


def _single(text: str) -> Dated:
    found = _DATE.fullmatch(text)
    if not found:
        raise MalformedDate(
            "not a date of EDTF; write 1998, 1998-11, 1998-11-03, 1998-XX-XX, 199X or 1998-24"
        )
    year, month, day, how = found["year"], found["month"], found["day"], found["how"]
    if (year[0:2] == "00" and "X" in year) or year == "0000":
        raise MalformedDate("there is no year 0")
    if "X" in year and month:
        raise MalformedDate("where the year is not known the month is not either")
    if month == "XX" and day not in (None, "XX"):
        raise MalformedDate("where the month is not known the day is not either")
    first, last = _days(year, month, day)
    return Dated(text, first, last, how in ("~", "%"), how in ("?", "%"))


def _days(year: str, month: str | None, day: str | None) -> tuple[date, date]:
    low, high = int(year.replace("X", "0")), int(year.replace("X", "9"))
    if month in (None, "XX"):
        return date(low, 1, 1), date(high, 12, 31)
    assert month is not None
    if month in SEASONS:
        if day is not None:
            raise MalformedDate("a season has no days")
        begins = SEASONS[month]
        ends = (low, begins + 2) if begins < 12 else (low + 1, 2)
        if ends[0] > date.max.year:
            raise MalformedDate("the calendar ends with the year 9999")
        return date(low, begins, 1), date(*ends, monthrange(*ends)[1])
    if not "01" <= month <= "12":
        raise MalformedDate("a month is 01 to 12; 21 to 24 are spring, summer, autumn and winter")
    length = monthrange(low, int(month))[1]
    if day in (None, "XX"):
        return date(low, int(month), 1), date(low, int(month), length)
    assert day is not None
    if not 1 <= int(day) <= length:
        raise MalformedDate("this month does not have that day")
    return (exact := date(low, int(month), int(day))), exact


def _interval(text: str) -> Dated:
    left, *more = text.split("/")
    if len(more) != 1:
        raise MalformedDate("an interval has two ends")
    right = more[0]
    if left in ("", "..") and right in ("", ".."):
        raise MalformedDate("an interval is open at one end at most")
    start = None if left in ("", "..") else _single(left)
    end = None if right in ("", "..") else _single(right)
    return _between(text, start, end, unknown="" in (left, right))


def _between(text: str, start: Dated | None, end: Dated | None, *, unknown: bool = False) -> Dated:
    """From one date to another; None is an open end, *unknown* that nobody knows when it was."""
    first, last = start.date_min if start else None, end.date_max if end else None
    if first and last and last < first:
        raise MalformedDate("this ends before it begins")
    ends = [each for each in (start, end) if each]
    return Dated(
        text,
        first,
        last,
        any(each.approximate for each in ends),
        any(each.uncertain for each in ends) or unknown,
        open_start=start is None,
        open_end=end is None,
    )


def _set(text: str) -> Dated:
    if text[-1] != "]":
        raise MalformedDate("a set of dates ends with ]")
    members = [member.strip() for member in text[1:-1].split(",")]
    if len(members) > MOST:
        raise MalformedDate(f"a set has {MOST} members at most")
    spans = [_member(member) for member in members]
    lows, highs = [each.date_min for each in spans], [each.date_max for each in spans]
    first, last = (
        None if None in lows else min(filter(None, lows)),
        None if None in highs else max(filter(None, highs)),
    )
    approximate = any(each.approximate for each in spans)
    # One of several is never certain, unless the set has one member.
    several = len(members) > 1 or ".." in text
    return Dated(
        text,
        first,
        last,
        approximate,
        several or any(e.uncertain for e in spans),
        first is None,
        last is None,
    )


def _member(text: str) -> Dated:
    if ".." not in text:
        return _single(text)
    left, _, right = text.partition("..")
    if not left and not right:
        raise MalformedDate("a set is open at one end at most")
    return _between(text, *(_single(each) if each else None for each in (left, right)))


def year_of(told: Dated) -> str:
    """The same date no finer than years, for readers outside; open ends stay open."""
    first, last = told.date_min, told.date_max
    if first is not None and last is not None:
        # A winter belongs to the year it begins in.
        late = last - timedelta(days=59) if last.month <= 2 and last.year > first.year else last
        years = f"{first.year:04d}", f"{late.year:04d}"
        how = "~" if told.approximate or told.uncertain else ""
        return years[0] + how if years[0] == years[1] else f"{years[0]}{how}/{years[1]}{how}"
    return f"{first.year:04d}/.." if first is not None else f"../{last.year:04d}" if last is not None else ""
