"""Texts that lie one after the other, each found by its place, or its place by the text."""

from __future__ import annotations

from bisect import bisect_left
from functools import cached_property
from typing import Any, Final

from numpy.typing import NDArray

APART: Final = 16
"""Texts from one signpost to the next."""


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
