"""Passages as PostgreSQL's `tsvector`, and queries as its `tsquery`, without what its limits would lose.

A tsvector keeps 16,383 positions, 255 of one lexeme, and a megabyte. A passage that needs more is cut into
rows that overlap by as many places as a phrase can have, so that each phrase lies whole in one of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from archive.search.analyzer import Term
from archive.search.backend import slots
from archive.search.words import LONGEST

PLACES: Final = 4000
SAME: Final = 255
BYTES: Final = 250_000
LONGEST_LEXEME: Final = 2046
"""Bytes. A longer term is cut there: no query is long enough to tell."""
OVERLAP: Final = LONGEST - 1
"""A phrase has at most as many places as a query has characters."""


def rows(terms: Sequence[Term]) -> Iterator[str]:
    """One passage of one field, as the texts of one or more tsvectors; of no terms, one empty text."""
    places, start = list(slots(terms)), 0
    while True:
        text, end = _row(places, start)
        yield text
        if end >= len(places):
            return
        start = max(start + 1, end - OVERLAP)


def fitted(term: str) -> str:
    """As much of a term as a lexeme can have."""
    return term if 4 * len(term) <= LONGEST_LEXEME else term.encode()[:LONGEST_LEXEME].decode(errors="ignore")


def any_of(texts: Sequence[str]) -> str:
    """The tsquery for one of several terms."""
    return " | ".join(map(_quoted, texts))


def phrase(texts: Sequence[str | bytes], prefix: bool = False) -> str:
    """The tsquery for terms in a row; with *prefix*, for terms that begin so."""
    plain = (each.decode() if isinstance(each, bytes) else each for each in texts)
    return " <-> ".join(_quoted(each) for each in plain) + (":*" if prefix else "")


def _row(places: Sequence[list[str]], start: int) -> tuple[str, int]:
    found: dict[str, list[int]] = {}
    size, at = 0, start
    while at < len(places) and at < start + PLACES and size < BYTES:
        fit = list(map(fitted, places[at]))
        if any(len(found.get(text, ())) == SAME for text in fit):
            break
        for text in fit:
            found.setdefault(text, []).append(at - start + 1)
            size += len(text.encode()) + 2
        at += 1
    told = (f"{_quoted(text)}:{','.join(map(str, positions))}" for text, positions in found.items())
    return " ".join(told), at


def _quoted(text: str) -> str:
    doubled = text.replace("\\", "\\\\").replace("'", "''")
    return f"'{doubled}'"
