"""Texts that lie one after the other, each found by its place, or its place by the text.

Of a lexicon, whose texts are in order, each has only what the one before it has not: a byte below 32 that
says how many bytes both begin with, and the rest. One in so many is written whole.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import chain
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from archive.search.backend import EngineError
from archive.search.blocks.arrays import Arrays, Damaged, bounds_of

APART: Final = 16
"""Texts from one signpost to the next, and from one that is written whole to the next."""
ALIKE: Final = 31
"""Bytes that two texts begin with, at most, and are written once."""
REST: Final = re.compile(rb"([\x00-\x1f])([^\x00-\x1f]*)")


class Texts:
    """So many bytes each, as they lie in a file; *order* has their numbers in the order of their bytes.

    Without an order they lie in it, or are never looked for.
    """

    def __init__(self, joined: NDArray[Any], bounds: NDArray[Any], order: NDArray[Any] | None = None) -> None:
        # Of a view one number or slice costs a third of what it costs of an array.
        self._joined, self._bounds = joined.data, bounds.data
        self._order = range(len(bounds) - 1) if order is None else order.data

    def __len__(self) -> int:
        return len(self._order)

    def __getitem__(self, number: int) -> bytes:
        return self._joined[self._bounds[number] : self._bounds[number + 1]].tobytes()

    def lying(self, number: int) -> memoryview:
        """A text where it lies: of a long one only what is looked at is read."""
        return self._joined[self._bounds[number] : self._bounds[number + 1]]

    def place(self, text: bytes) -> int:
        """Where *text* is or would be in the order."""
        after = bisect_left(self._signposts, text) * APART
        return bisect_left(
            self._order, text, max(0, after - APART), min(after, len(self._order)), key=self.__getitem__
        )

    def find(self, text: bytes) -> int | None:
        """The number of a text that is there."""
        at = self.place(text)
        return number if at < len(self._order) and self[number := self._order[at]] == text else None

    @cached_property
    def _signposts(self) -> list[bytes]:
        """Each text in so many, so that most of a search is one in a list."""
        return [self[number] for number in self._order[::APART]]


class Lexicon:
    """The texts that `lexicon` wrote; of all of them only those of one stretch are in memory."""

    def __init__(self, arrays: Arrays, count: int) -> None:
        self._joined, self._bounds, self._count = arrays["lexicon"].data, arrays["words"].data, count
        self._held: tuple[int, list[bytes]] = (-1, [])

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, number: int) -> bytes:
        return self._stretch(number // APART)[number % APART]

    def all(self) -> Iterator[bytes]:
        """The texts, in order."""
        return chain.from_iterable(self._parted(at) for at in range(len(self._bounds) - 1))

    def place(self, text: bytes) -> int:
        """Where *text* is or would be."""
        at = bisect_right(self._signposts, text) - 1
        return at * APART + bisect_left(self._stretch(at), text) if at >= 0 else 0

    def find(self, text: bytes) -> int | None:
        """The number of a text that is there."""
        at = self.place(text)
        return at if at < self._count and self[at] == text else None

    def require_whole(self) -> None:
        """Return when these are as many texts as are counted, in UTF-8; `Damaged` otherwise."""
        for at in range(len(self._bounds) - 1):
            told = self._stretch(at)
            if len(told) != min(APART, self._count - at * APART):
                raise Damaged("the index is not whole")
            b" ".join(told).decode()

    def _stretch(self, at: int) -> list[bytes]:
        known, texts = self._held  # one tuple, for another thread may put its own there
        if known != at:
            texts = self._parted(at)
            self._held = at, texts
        return texts

    def _parted(self, at: int) -> list[bytes]:
        told = self._joined[self._bounds[at] : self._bounds[at + 1]].tobytes()
        text, texts = b"", []
        for (alike,), rest in REST.findall(told):
            text = text[:alike] + rest
            texts.append(text)
        return texts

    @cached_property
    def _signposts(self) -> list[bytes]:
        """The first text of each stretch, so that most of a search is one in a list."""
        return [self._stretch(at)[0] for at in range(len(self._bounds) - 1)]


def lexicon(texts: Sequence[bytes]) -> Arrays:
    """The arrays of *texts*, which are in order; `EngineError` when one has a sign that is no letter."""
    stretches = [b"".join(_rests(texts[at : at + APART])) for at in range(0, len(texts), APART)]
    return {"lexicon": np.frombuffer(b"".join(stretches), np.uint8), "words": bounds_of(stretches)}


def _rests(texts: Sequence[bytes]) -> Iterator[bytes]:
    before = b""
    for text in texts:
        if min(text, default=ALIKE + 1) <= ALIKE:
            raise EngineError("a term has a sign that is no letter")
        alike = 0
        for one, two in zip(before[:ALIKE], text, strict=False):
            if one != two:
                break
            alike += 1
        yield bytes([alike])
        yield text[alike:]
        before = text
