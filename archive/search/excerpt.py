"""What is shown of a hit: a part's words around it, cut where words end, with the hit marked."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Final

AROUND: Final = 60
"""Code points to each side of a hit."""
FURTHER: Final = 20
"""Code points at most from there to where a word ends."""
MOST: Final = 3
"""Excerpts of one testimony."""
START, END = itemgetter(0), itemgetter(1)


@dataclass(frozen=True)
class Excerpt:
    """A piece of one part: texts, each with whether it is a hit."""

    segment: str
    pieces: tuple[tuple[str, bool], ...] = field(repr=False)


def cut(
    segments: tuple[tuple[str, str], ...], spans: Iterable[tuple[int, int]], *, whole: bool = False
) -> tuple[Excerpt, ...]:
    """The excerpts of a testimony whose joined text has hits at *spans*; *whole* gives every part uncut.

    Without a hit, the beginning of the first part.
    """
    found, at, joined = [], 0, _joined(spans)
    for segment, text in segments:
        first, last = bisect_right(joined, at, key=END), at + len(text)
        if first < len(joined) and not whole:
            last = min(last, joined[first][1] + AROUND + FURTHER)  # what is cut off need not be looked at
        inside = joined[first : bisect_left(joined, last, key=START)]
        mine = [(max(s - at, 0), min(e - at, len(text))) for s, e in inside]
        if whole:
            found.append(Excerpt(segment, tuple(_pieces(text, mine, 0, len(text)))))
        elif mine:
            found.append(_around(segment, text, mine))
        at += len(text) + 1
    if not found and segments:
        found = [_around(*segments[0], [(0, 0)])]
    return tuple(found) if whole else tuple(found[:MOST])


def _around(segment: str, text: str, mine: list[tuple[int, int]]) -> Excerpt:
    start, end = _edge(text, mine[0][0] - AROUND, -1), _edge(text, mine[0][1] + AROUND, 1)
    inside = [(s, e) for s, e in mine if start <= s and e <= end]
    pieces = list(_pieces(text, inside, start, end))
    ahead, behind = ("… " if start else ""), (" …" if end < len(text) else "")
    return Excerpt(segment, tuple(p for p in ((ahead, False), *pieces, (behind, False)) if p[0]))


def _edge(text: str, at: int, step: int) -> int:
    at = max(0, min(at, len(text)))
    for _ in range(FURTHER):
        if at in (0, len(text)) or text[at - 1].isspace():
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


def _joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
