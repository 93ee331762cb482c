"""Small counts are not said, and no other count gives them away (R33).

A count from 1 to 4 is masked. So that it cannot be reckoned from the rest and the total, larger ones are
masked with it until what they hold together can be shared out among them in more ways than one: cell
suppression, as in Hundepool et al., Statistical Disclosure Control (2012), chapter 4. Which of the masked are
small is not said either, to a reader who knows this file: of larger counts that are alike all are hidden, or
none.

Counts of **two releases** can be subtracted: who has both, and few came between, learns of these few.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

FEWEST: Final = 5
"""A smaller count than this points at somebody."""


def small(count: int) -> bool:
    """Whether a count may not be said."""
    return 0 < count < FEWEST


def masked(counts: Mapping[str, int], total: int, *, apart: bool) -> dict[str, int | None]:
    """*counts* of what makes up *total*, with None for those that are not said; in the order given.

    *apart* says that nothing is counted twice. Otherwise also a count that all but a few share is masked.
    """
    hidden = {key for key, count in counts.items() if small(count) or (not apart and small(total - count))}
    rest = sorted((key for key in counts if key not in hidden), key=lambda key: (counts[key], key))
    while hidden and rest and _told([counts[key] for key in hidden]):
        least = counts[rest[0]]
        while rest and counts[rest[0]] == least:
            hidden.add(rest.pop(0))
    return {key: None if key in hidden else count for key, count in counts.items()}


def told_by_total(counts: Mapping[str, int], total: int) -> bool:
    """Whether *total* gives away counts that are nowhere else: each of so many values has one."""
    return FEWEST <= total == len(counts) and all(count == 1 for count in counts.values())


def _told(counts: Collection[int]) -> bool:
    """Whether what these hold together says what each holds: all one, or all the most that is small."""
    held = sum(counts)
    return len(counts) < 2 or held < FEWEST or held in (len(counts), len(counts) * (FEWEST - 1))
