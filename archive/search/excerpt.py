"""What is shown of a hit: a part's words around it, cut where words end, with the hit marked."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, takewhile
from typing import Final

AROUND: Final = 60
"""Code points to each side of a hit."""
FURTHER: Final = 20
"""Code points at most from there to where a word ends."""
MOST: Final = 3
"""Excerpts of one testimony."""

Text = Callable[[int, int], str]
"""A testimony's words: the code points from the first number to before the second."""


@dataclass(frozen=True)
class Excerpt:
    """A piece of one part: texts, each with whether it is a hit."""

    segment: str
    pieces: tuple[tuple[str, bool], ...] = field(repr=False)


def cut(
    parts: Iterable[tuple[str, int]], text: Text, spans: Iterable[tuple[int, int]]
) -> tuple[Excerpt, ...]:
    """The excerpts of a testimony with hits at *spans*; without a hit, the beginning of the first part.

    *parts* are names, and how many code points each has; in *text* there is one between two parts. It is
    asked for no more than is shown.
    """
    stand, found, beginning, at = sorted(spans), list[Excerpt](), list[tuple[str, int]](), 0
    for name, length in parts:
        inside = _joined(stand, bisect_left(stand, (at,)), at + length)
        if hit := next(inside, None):
            found.append(_around(name, text, at, at + length, hit, inside))
            if len(found) == MOST:
                break
        elif not at:
            beginning.append((name, length))
        at += length + 1
    return tuple(found or (_around(name, text, 0, length, (0, 0), ()) for name, length in beginning))


def whole(
    parts: Iterable[tuple[str, int]], text: Text, spans: Iterable[tuple[int, int]]
) -> tuple[Excerpt, ...]:
    """Every part of a testimony, uncut, with its hits marked; all as above."""
    stand, named, at = sorted(spans), list(parts), 0
    told, found = text(0, sum(length + 1 for _, length in named)), []
    for name, length in named:
        end = at + length
        hits = _joined(stand, bisect_left(stand, (at,)), end)
        found.append(Excerpt(name, tuple(_pieces(told, hits, at, end))))
        at = end + 1
    return tuple(found)


def _around(
    name: str, text: Text, low: int, high: int, hit: tuple[int, int], more: Iterable[tuple[int, int]]
) -> Excerpt:
    """What is shown of the part from *low* to *high*, which has *hit* first and *more* behind it."""
    at = max(low, hit[0] - AROUND - FURTHER)
    told = text(at, min(high, hit[1] + AROUND + FURTHER))
    start = _edge(told, hit[0] - AROUND - at, -1, low - at, high - at)
    end = _edge(told, hit[1] + AROUND - at, 1, low - at, high - at)
    shown = takewhile(lambda span: span[1] <= end, ((s - at, e - at) for s, e in chain([hit], more)))
    pieces = list(_pieces(told, shown, start, end))
    if start > low - at:
        pieces.insert(0, ("… ", False))
    if end < high - at:
        pieces.append((" …", False))
    return Excerpt(name, tuple(pieces))


def _edge(text: str, at: int, step: int, low: int, high: int) -> int:
    """From *at* on to where a word ends, if one ends soon."""
    if not low < at < high:
        return low if at <= low else high
    for _ in range(FURTHER):
        if text[at - 1].isspace():
            break
        at += step
        if at in (low, high):
            break
    return at


def _pieces(text: str, spans: Iterable[tuple[int, int]], at: int, end: int) -> Iterator[tuple[str, bool]]:
    """The text from *at* to *end*, in pieces; *spans* are apart and in order."""
    for start, stop in spans:
        if start > at:
            yield text[at:start], False
        if stop > start:
            yield text[start:stop], True
            at = stop
    if at < end:
        yield text[at:end], False


def _joined(stand: list[tuple[int, int]], at: int, end: int) -> Iterator[tuple[int, int]]:
    """The spans from *at* on that begin before *end*; those that touch or overlap are one."""
    count = len(stand)
    while at < count and stand[at][0] < end:
        first, last = stand[at]
        at += 1
        while at < count and stand[at][0] <= last:
            if stand[at][1] > last:
                last = stand[at][1]
            at += 1
        yield first, last if last < end else end
