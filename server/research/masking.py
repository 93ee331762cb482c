"""Small counts are not said, and no other count gives them away (R33).

A count from 1 to 4 is masked. So that it cannot be reckoned from the rest and the total, larger ones are
masked with it until at least two are, and together hold at least five: cell suppression, as in Hundepool et
al., Statistical Disclosure Control (2012), chapter 4. Which of the masked are small is not said either.
"""

from __future__ import annotations

from collections.abc import Mapping
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
    while hidden and rest and (len(hidden) < 2 or sum(counts[key] for key in hidden) < FEWEST):
        hidden.add(rest.pop(0))
    return {key: None if key in hidden else count for key, count in counts.items()}
