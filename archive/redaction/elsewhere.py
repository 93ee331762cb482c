"""Names that a person hid in some testimony, looked for in the words of another.

1. Whose names they are is in the map of `figures`; here they are looked for, quickly, however many there are.
2. In the spellings of `spreading`, the given name too; in another script the whole (`known`, `spellings`).

A person decides: two women may have one name.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from archive.redaction.known import KNOWN, known_in
from archive.redaction.spellings import Spellings
from archive.redaction.suggestion import LIKELY, Suggestion

PROBABILITY: Final = 0.85
"""As sure as `spreading` is of the spellings that it finds."""


def known_names(parts: Sequence[str], aliases: frozenset[tuple[str, str]]) -> list[tuple[Suggestion, ...]]:
    """Where one of the *aliases*, surface and kind, stands in each of the *parts* of one text."""
    spelt = _spellings(frozenset(surface for surface, kind in aliases if kind == "PER"))
    return [
        (*found, *(Suggestion(*at, "PER", PROBABILITY, KNOWN, LIKELY) for at in spelt.met(words)))
        for words, found in zip(parts, known_in(parts, aliases), strict=True)
    ]


@lru_cache(maxsize=1)
def _spellings(names: frozenset[str]) -> Spellings:
    return Spellings(names)
