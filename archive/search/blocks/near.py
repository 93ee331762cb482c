"""Terms that are a few edits from a word, found without a look at each term."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from whoosh.support.levenshtein import distance

from archive.search.blocks.texts import Lexicon

Numbers = NDArray[Any]

SPREAD: Final = np.uint32(2654435769)
"""Knuth's multiplier: code points that are neighbours come to lie on bits far apart."""
APART: Final = "\n"
"""Between two terms; no term has a sign below a space."""


class Near:
    """Of each term how many letters it has, and which, in 64 bits: what is near has almost the same.

    Made when it is first asked for, and kept in memory: 12 bytes a term.
    """

    def __init__(self, words: Lexicon) -> None:
        self._words = words
        letters = _letters(APART.join(term.decode() for term in words.all()) + APART)
        ends = np.flatnonzero(letters == 0)
        self._lengths = np.diff(ends, prepend=-1).astype(np.int32) - 1
        begins = np.append(0, ends[:-1] + 1)
        self._letters = np.bitwise_or.reduceat(letters, begins) if len(words) else letters[:0]

    def to(self, text: str, most: int, among: range) -> Iterator[int]:
        """The places of the terms *among* those that are at most so many edits from *text*."""
        mine = np.bitwise_or.reduce(_letters(text))
        some = slice(among.start, among.stop)
        # An edit puts in a letter, or takes one out, or both; letters on one bit only make for fewer.
        theirs = self._letters[some]
        like = np.abs(self._lengths[some] - len(text)) <= most
        like &= np.bitwise_count(theirs & ~mine) <= most
        like &= np.bitwise_count(mine & ~theirs) <= most
        for at in (np.flatnonzero(like) + among.start).tolist():
            if distance(self._words[at].decode(), text, limit=most) <= most:
                yield at


def _letters(text: str) -> Numbers:
    """Of each code point one of 64 bits; none for what stands between two terms."""
    points = np.frombuffer(text.encode("utf-32-le"), "<u4")
    bits: Numbers = np.uint64(1) << (points * SPREAD >> np.uint32(26)).astype(np.uint64)
    bits[points == ord(APART)] = 0
    return bits
