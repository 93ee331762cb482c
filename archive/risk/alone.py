"""Who is alone in a release: how many testimonies share the facts that a reader may know beforehand.

1. Pure: testimonies as they would leave in, counts out.
2. Two testimonies share a fact when all that is coded of it is the same; that nothing is coded is a fact too.
3. k counts the release only. Somebody who was there knows more than any field holds: for her k says little.

k-anonymity: Samarati and Sweeney, Protecting privacy when disclosing information (1998).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from archive.release import RedactedTestimony
from archive.vocabulary.places import country

LEAST: Final = 5
"""A group smaller than this points at somebody; the reading room masks the same counts."""
OUT: Final = "out"
BORDER: Final = frozenset({"kp-03", "kp-04", "kp-09", "kp-10", "kp-13"})
"""The provinces along the Yalu and the Tumen."""
NORTH_EAST: Final = frozenset({"cn-ln", "cn-jl", "cn-hl"})
RUNGS: Final[Mapping[str, tuple[str, ...]]] = {
    "lang": ("as_it_is", OUT),
    "quarter": ("as_it_is", "year", OUT),
    "place": ("as_it_is", "region", "country", OUT),
    "way": ("as_it_is", "region", "country", OUT),
    "year": ("as_it_is", "five_years", "decade", OUT),
    "exploitation": ("as_it_is", OUT),
    "recruitment": ("as_it_is", OUT),
    "control": ("as_it_is", OUT),
}
"""What a reader may know of a testimony, and how wide it may be told: the finest first."""
CHOSEN: Final = ("quarter", "place", "way", "year", "exploitation")
"""The facts that are counted unless somebody chooses others."""
THERE: Final = ("place", "year")
"""What somebody who was there knows without reading."""

Chosen = Mapping[str, str]
"""Fields, each with its rung. A field that is not named is not counted."""


@dataclass(frozen=True)
class Step:
    """One field told wider, and what comes of it: *k* of one testimony, or how many stay below `LEAST`."""

    field: str
    rung: str
    k: int = 0
    alone: int = 0
    below: int = 0


@dataclass(frozen=True)
class Alone:
    """One testimony of a small group: the facts it shares with *k* - 1 others, and what would widen it."""

    id: str
    k: int
    facts: tuple[tuple[str, tuple[str, ...]], ...]
    step: Step | None
    """The one field to tell wider, so that the group has at least `LEAST`; or None where none does."""


def chosen(fields: Collection[str] = CHOSEN) -> dict[str, str]:
    """These fields, told as they would leave."""
    return {name: RUNGS[name][0] for name in RUNGS if name in fields}


class Facts:
    """What a reader may know of each testimony of a release, each field as wide as it is asked for."""

    def __init__(self, release: Mapping[str, RedactedTestimony]) -> None:
        self._release = dict(release)
        self._columns = dict[tuple[str, str], list[int]]()

    def of(self, id: str, wanted: Chosen) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """The facts of one testimony."""
        told = self._release[id]
        return tuple((name, _values(told, name, rung)) for name, rung in wanted.items() if rung != OUT)

    def groups(self, wanted: Chosen) -> dict[str, int]:
        """k of each testimony: how many of the release share its facts, itself among them."""
        columns = [self._column(name, rung) for name, rung in wanted.items() if rung != OUT]
        rows = list(zip(*columns, strict=True)) or [()] * len(self._release)
        counted = Counter(rows)
        return {id: counted[row] for id, row in zip(self._release, rows, strict=True)}

    def _column(self, name: str, rung: str) -> list[int]:
        # Each different value once as a number: a plan counts the same column many times.
        if (name, rung) not in self._columns:
            seen = dict[tuple[str, ...], int]()
            self._columns[name, rung] = [
                seen.setdefault(_values(told, name, rung), len(seen)) for told in self._release.values()
            ]
        return self._columns[name, rung]


def sizes(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """How many testimonies are alone, are two, and so on: every testimony once."""
    names: list[tuple[str, Callable[[int], bool]]] = [
        ("1", lambda k: k == 1),
        ("2", lambda k: k == 2),
        ("3–4", lambda k: 3 <= k < LEAST),
        ("5–9", lambda k: LEAST <= k < 10),
        ("10–19", lambda k: 10 <= k < 20),
        ("20+", lambda k: k >= 20),
    ]
    return [(name, sum(map(fits, counts.values()))) for name, fits in names]


def small(release: Facts, wanted: Chosen) -> list[Alone]:
    """The testimonies of groups below `LEAST`, the smallest first, each with the field to tell wider."""
    counts, wider = release.groups(wanted), [(s, release.groups(w)) for s, w in _wider(wanted)]
    found = []
    for id, k in counts.items():
        if k < LEAST:
            steps = [Step(s.field, s.rung, each[id]) for s, each in wider if each[id] >= LEAST]
            found.append(Alone(id, k, release.of(id, wanted), _gentlest(steps)))
    return sorted(found, key=lambda each: (each.k, each.id))


def plan(release: Facts, wanted: Chosen) -> list[Step]:
    """One field told wider after another, each time the one that leaves the fewest below `LEAST`.

    Ends when nobody is below it. A greedy way: it is short, and **not** proved to be the shortest.
    """
    steps, now = list[Step](), dict(wanted)
    below = _below(release.groups(now))
    while below and (ways := _wider(now)):
        counted = [(step, release.groups(wider)) for step, wider in ways]
        step, counts = min(counted, key=lambda each: (_below(each[1]), _loss(each[0]), each[0].field))
        now[step.field], below = step.rung, _below(counts)
        steps.append(Step(step.field, step.rung, 0, sum(k == 1 for k in counts.values()), below))
    return steps


def _wider(wanted: Chosen) -> list[tuple[Step, dict[str, str]]]:
    """Every way to tell one field wider than *wanted* says."""
    ways = []
    for name, rung in wanted.items():
        for wider in RUNGS[name][RUNGS[name].index(rung) + 1 :]:
            ways.append((Step(name, wider), {**wanted, name: wider}))
    return ways


def _gentlest(steps: Sequence[Step]) -> Step | None:
    return min(steps, key=lambda each: (_loss(each), -each.k, each.field), default=None)


def _loss(step: Step) -> int:
    """Leaving a field out loses more than any widening of it."""
    return 9 if step.rung == OUT else RUNGS[step.field].index(step.rung)


def _below(counts: Mapping[str, int]) -> int:
    return sum(k < LEAST for k in counts.values())


def _values(told: RedactedTestimony, name: str, rung: str) -> tuple[str, ...]:
    if name in ("lang", "quarter"):
        whole = told.lang if name == "lang" else told.quarter
        return (whole[:4] if rung == "year" else whole,)
    widen = _WIDER.get((name, rung), str)
    return tuple(sorted({widen(code) for code in told.coding.get(name, ())} - {""}))


def _five_years(year: str) -> str:
    start = int(year) // 5 * 5
    return f"{start}–{start + 4}"


def _region(place: str) -> str:
    if place in BORDER:
        return "kp-border"
    if place in NORTH_EAST:
        return "cn-north-east"
    land = _country(place)
    return f"{land}-elsewhere" if land in ("kp", "cn") else land or place


def _country(place: str) -> str:
    """A river between two countries lies in neither, and is left out."""
    return country(place).lower()


def _ends(widen: Callable[[str], str]) -> Callable[[str], str]:
    return lambda way: ">".join(map(widen, way.split(">")))


_WIDER: Final[Mapping[tuple[str, str], Callable[[str], str]]] = {
    ("place", "region"): _region,
    ("place", "country"): _country,
    ("way", "region"): _ends(_region),
    ("way", "country"): _ends(_country),
    ("year", "five_years"): _five_years,
    ("year", "decade"): lambda year: f"{year[:3]}0",
}
