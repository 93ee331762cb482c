"""What a recogniser proposes to hide, and how many proposals become one row without an overlap."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

KINDS: Final = (
    "PER", "LOC", "ORG", "DATE", "TIME", "AGE", "MONEY", "CODE", "PHONE", "HANDLE", "KIN", "JOB", "SITE",
)  # fmt: skip
CERTAIN: Final = 0
LIKELY: Final = 1
POSSIBLE: Final = 2
FAINT: Final = 3
EVERYDAY: Final = 4
"""Ranks: where two proposals share letters, the lower rank keeps them, then the longer. What is everyday
(mother, the police) seldom tells who somebody is; it is proposed only where every mention is wanted."""

Found = tuple[int, int, str, float, str, int]
"""A suggestion as a recogniser finds it in a folded text."""


@dataclass(frozen=True, order=True)
class Suggestion:
    """Hide the code points from *start* up to *end*, for *reason*. Whether to is a person's decision."""

    start: int
    end: int
    kind: str
    probability: float
    reason: str
    rank: int = POSSIBLE
    theta: float = 0.0
    """From which theta on it is suggested: of what is `FAINT`, above nothing."""


def resolved(text: str, proposed: Iterable[Suggestion]) -> tuple[Suggestion, ...]:
    """The proposals in order and without an overlap, hiding every letter that any of them hid.

    A proposal that loses letters to another keeps the rest as pieces of its own kind.
    """
    taken = bytearray(len(text))
    kept: list[Suggestion] = []
    for each in sorted(proposed, key=lambda s: (s.rank, s.start - s.end, -s.probability, s)):
        for start, end in _free(text, taken, each.start, each.end):
            taken[start:end] = b"\1" * (end - start)
            kept.append(replace(each, start=start, end=end))
    return tuple(sorted(kept))


def _free(text: str, taken: bytearray, start: int, end: int) -> list[tuple[int, int]]:
    """The stretches of letters between *start* and *end* that nothing hides yet, trimmed of space."""
    found, at = [], max(start, 0)
    end = min(end, len(text))
    while at < end:
        if taken[at]:
            at += 1
            continue
        stop = taken.find(1, at, end)
        stop = end if stop < 0 else stop
        left, right = at, stop
        while left < right and text[left].isspace():
            left += 1
        while right > left and text[right - 1].isspace():
            right -= 1
        if any(c.isalnum() for c in text[left:right]):
            found.append((left, right))
        at = stop
    return found
