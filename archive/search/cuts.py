"""What the analyzer made of a text, as few bytes, so that it need not be made again.

A cut is good for one text and one analyzer; with another of either it is none. It is read as numbers and
text, and holds the words: who keeps it seals it like them.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Sequence
from itertools import accumulate
from operator import add, sub
from typing import Any, Final, Protocol

from archive.search.analyzer import Analysis, Term, fingerprint
from archive.search.backend import EngineError, unzipped

NAME: Final = 32
"""Bytes in front that say what a cut was made of."""
Passages = tuple[Analysis, ...]


class Cuts(Protocol):
    """Where cuts are kept, by the id of a document."""

    def read(self, ids: Sequence[str]) -> dict[str, bytes]:
        """The cuts of those of *ids* that have one."""

    def keep(self, made: dict[str, bytes]) -> None:
        """Put these in the place of what was there."""


def packed(texts: Sequence[str], found: Passages) -> bytes:
    """The cut of a document's *texts*."""
    rows = [[_columns(each.terms), _columns(each.pairs)] for each in found]
    return _name(texts) + zlib.compress(
        json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode(), 4
    )


def unpacked(texts: Sequence[str], cut: bytes | None) -> Passages | None:
    """What was packed, or None where *cut* is of other texts, of another analyzer, or damaged."""
    if cut is None or cut[:NAME] != _name(texts):
        return None
    try:
        return tuple(Analysis(_terms(*terms), _terms(*pairs)) for terms, pairs in unzipped(cut[NAME:]))
    except (EngineError, TypeError, ValueError):
        return None


def _name(texts: Sequence[str]) -> bytes:
    return hashlib.sha256(json.dumps([fingerprint(), *texts]).encode()).digest()


def _columns(terms: Sequence[Term]) -> list[Any]:
    """Texts, lengths, and how far each place is from the one before: nearly all of these are small."""
    texts = "\n".join(each.text for each in terms)
    lengths = [each.end - each.start for each in terms]
    return [texts, _steps([t.position for t in terms]), _steps([t.start for t in terms]), lengths]


def _steps(places: Sequence[int]) -> list[int]:
    return list(map(sub, places, [0, *places]))


def _terms(texts: str, positions: list[int], starts: list[int], lengths: list[int]) -> tuple[Term, ...]:
    if not positions:
        return ()
    begins = list(accumulate(starts))
    rows = zip(texts.split("\n"), accumulate(positions), begins, map(add, begins, lengths), strict=True)
    return tuple(map(Term._make, rows))
