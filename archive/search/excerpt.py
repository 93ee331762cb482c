"""What is shown of a hit: a part's words around it, cut where words end, with the hit marked."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Final

AROUND: Final = 60
"""Code points to each side of a hit."""
FURTHER: Final = 20
"""Code points at most from there to where a word ends."""
MOST: Final = 3
"""Excerpts of one testimony."""


@dataclass(frozen=True)
class Excerpt:
    """A piece of one part: texts, each with whether it is a hit."""

    segment: str
    pieces: tuple[tuple[str, bool], ...] = field(repr=False)


def cut(
    parts: Iterable[tuple[str, int]],
    text: Callable[[int], str],
    spans: Iterable[tuple[int, int]],
    *,
    whole: bool = False,
) -> tuple[Excerpt, ...]:
    """The excerpts of a testimony with hits at *spans*; *whole* gives every part uncut.

    *parts* are names, and how many code points each has. *text* gives the testimony up to so many at least, with
    one between two parts; it is asked for no more than is shown. Without a hit, the beginning of the first part.
    """
    chosen: list[_Part] = []
    beginning: _Part | None = None
    at, stand = 0, sorted(spans)
    for name, length in parts:
        part = _Part(name, at, at + length)
        beginning, at = beginning or part, part.end + 1
        if part.finds(stand, whole=whole) or whole:
            chosen.append(part)
        if len(chosen) == MOST and not whole:
            break
    if not chosen and beginning:
        beginning.hits = [(0, 0)]
        chosen = [beginning]
    told = text(max((part.last(whole=whole) for part in chosen), default=0))
    return tuple(part.excerpt(told, whole=whole) for part in chosen)


@dataclass
class _Part:
    """A part of a testimony, with the first of its hits, and those that are shown beside it."""

    name: str
    start: int
    end: int
    hits: list[tuple[int, int]] = field(default_factory=list)

    def finds(self, stand: list[tuple[int, int]], *, whole: bool) -> bool:
        """Whether one of the spans, which are in order, is in this part; those that are shown are kept."""
        inside = _joined(stand, bisect_left(stand, (self.start, 0)), self.end)
        if first := next(inside, None):
            last = self.end if whole else first[1] + AROUND + FURTHER
            self.hits = [first, *takewhile(lambda span: span[0] < last, inside)]
        return bool(self.hits)

    def last(self, *, whole: bool) -> int:
        """Up to where the text must be known."""
        return self.end if whole else min(self.end, self.hits[0][1] + AROUND + FURTHER)

    def excerpt(self, text: str, *, whole: bool) -> Excerpt:
        if whole:
            return Excerpt(self.name, tuple(_pieces(text, self.hits, self.start, self.end)))
        start = self._edge(text, self.hits[0][0] - AROUND, -1)
        end = self._edge(text, self.hits[0][1] + AROUND, 1)
        inside = [(s, e) for s, e in self.hits if start <= s and e <= end]
        pieces = list(_pieces(text, inside, start, end))
        ahead, behind = ("… " if start > self.start else ""), (" …" if end < self.end else "")
        return Excerpt(self.name, tuple(p for p in ((ahead, False), *pieces, (behind, False)) if p[0]))

    def _edge(self, text: str, at: int, step: int) -> int:
        at = max(self.start, min(at, self.end))
        for _ in range(FURTHER):
            if at in (self.start, self.end) or text[at - 1].isspace():
                break
            at += step
        return at


def _pieces(text: str, spans: list[tuple[int, int]], at: int, end: int) -> Iterator[tuple[str, bool]]:
    for start, stop in spans:
        if start > at:
            yield text[at:start], False
        if stop > start:
            yield text[start:stop], True
        at = max(at, stop)
    if at < end:
        yield text[at:end], False


def _joined(stand: list[tuple[int, int]], at: int, end: int) -> Iterator[tuple[int, int]]:
    """The spans from *at* on that begin before *end*; those that touch or overlap are one."""
    while at < len(stand) and stand[at][0] < end:
        first, last = stand[at]
        at += 1
        while at < len(stand) and stand[at][0] <= last:
            last = max(last, stand[at][1])
            at += 1
        yield first, min(last, end)
