"""Intervals for counts of few: what a share may be, and how many more of a kind may have been missed.

Wilson, Probable inference, the law of succession and statistical inference (1927). The prior is Jeffreys'.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, inf, lgamma, sqrt
from typing import Final

NORMAL: Final = 1.959964
"""The quantile of a 95 % interval."""
TAIL: Final = 0.025
HALF: Final = 0.5


@dataclass(frozen=True)
class Interval:
    """A figure, and what holds it with 95 % confidence."""

    value: float
    low: float
    high: float


def wilson(hits: int, of: int) -> Interval | None:
    """The share of *hits*, with Wilson's interval; None of nothing."""
    if not of:
        return None
    share, z2 = hits / of, NORMAL**2
    middle = (share + z2 / (2 * of)) / (1 + z2 / of)
    reach = NORMAL * sqrt(share * (1 - share) / of + z2 / (4 * of * of)) / (1 + z2 / of)
    low = 0.0 if hits == 0 else max(0.0, middle - reach)
    high = 1.0 if hits == of else min(1.0, middle + reach)
    return Interval(share, low, high)


def missed(found: int, misses: int, of: int) -> Interval:
    """How many were missed where *found* were found, if as many are missed as *misses* in *of* mentions.

    The miss rate is Beta(misses + 1/2, of - misses + 1/2); what is missed before the *found*-th hit is then
    beta negative binomial. Its mean, which is infinite where the measure says too little, and its quantiles.
    """
    if not found:
        return Interval(0.0, 0.0, 0.0)
    a, b = misses + HALF, of - misses + HALF
    return Interval(found * a / (b - 1) if b > 1 else inf, *_quantiles(found, a, b))


def _quantiles(found: int, a: float, b: float) -> tuple[int, int]:
    reached, low, many = 0.0, -1, 0
    while True:
        reached += exp(_log_share(many, found, a, b))
        if low < 0 and reached >= TAIL:
            low = many
        if reached >= 1 - TAIL or many > MOST:
            return max(low, 0), many
        many += 1


MOST: Final = 1_000_000
"""Where counting ends: nobody measured anything if it is reached."""


def _log_share(many: int, found: int, a: float, b: float) -> float:
    ways = lgamma(found + many) - lgamma(found) - lgamma(many + 1)
    return ways + _log_beta(a + many, b + found) - _log_beta(a, b)


def _log_beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)
