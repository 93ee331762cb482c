"""A life in order: what each act's date can mean, and where order and dates disagree. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from archive.coding import edtf
from archive.coding.edtf import Dated
from archive.coding.record import Act, Life
from archive.vocabulary.places import Place, place


@dataclass(frozen=True)
class Moment:
    """An act with what its date can mean; None where no date was said. *against*: what it contradicts."""

    number: int
    act: Act
    when: Dated | None
    against: tuple[int, ...]


@dataclass(frozen=True)
class Stop:
    """A place of the journey. *numbers* are of the acts that happened there."""

    place: Place
    numbers: tuple[int, ...]


def moments(found: Life) -> list[Moment]:
    """The acts in their order; two contradict when the later is surely over first."""
    dates = [edtf.parse(act.date_edtf) if act.date_edtf else None for act in found.acts]
    made = []
    for n, (act, when) in enumerate(zip(found.acts, dates, strict=True), 1):
        against = [m for m, other in enumerate(dates, 1) if when and other and _against(n, when, m, other)]
        made.append(Moment(n, act, when, tuple(against)))
    return made


def _against(n: int, when: Dated, m: int, other: Dated) -> bool:
    return edtf.before(when, other) if m < n else m > n and edtf.before(other, when)


def bounds(told: list[Moment]) -> tuple[date, date] | None:
    """From the first year to the end of the last that any date names."""
    days = [day for each in told if each.when for day in (each.when.date_min, each.when.date_max) if day]
    return (date(min(days).year, 1, 1), date(max(days).year, 12, 31)) if days else None


def journey(found: Life) -> tuple[list[Stop], list[tuple[Place, Place]]]:
    """The places as they were reached, and the ways between them."""
    stops: dict[str, list[int]] = {}
    order: list[str] = []
    for number, act in enumerate(found.acts, 1):
        way = [ref for move in act.movements for ref in (move.from_ref, move.to_ref)]
        for ref in way or [act.place_ref]:
            if ref and place(ref).level != "river":
                stops.setdefault(ref, []).append(number)
                if order[-1:] != [ref]:
                    order.append(ref)
    ways = [(place(a), place(b)) for a, b in pairwise(order)]
    return [Stop(place(ref), tuple(dict.fromkeys(numbers))) for ref, numbers in stops.items()], ways
