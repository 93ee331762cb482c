"""Key words in context: each hit on a line of its own, with what stands to its left and right.

Sorting by the left reads leftwards from the hit: by words where there are spaces, by characters in Chinese.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from archive.release import RedactedTestimony
from server.research.finding import Passage, severe
from server.research.reading import Reading

AROUND: Final = 40
"""Code points to each side."""
MOST: Final = 500
"""Lines on a page; nobody reads more, and fewer words find them."""
LOOKED_AT: Final = 2000
"""Lines that are put in order, from the testimonies that fit best: enough to choose from, and soon found."""
SORTS: Final = ("told", "left", "hit", "right")


@dataclass(frozen=True)
class Line:
    """One hit and its surroundings."""

    id: str
    lang: str
    part: str
    translation: str
    """The language of the translation that the line is of; nothing where it is of her own words."""
    left: str = field(repr=False)
    hit: str = field(repr=False)
    right: str = field(repr=False)

    def key(self, sort: str) -> tuple[str, ...]:
        """What a sort compares: outwards from the hit."""
        if sort == "told":
            return ()
        if sort == "left":
            words = list(self.left) if self.lang == "zho" else self.left.split()
            return tuple(word.casefold() for word in reversed(words))
        return (self.hit.casefold(), self.right.casefold()) if sort == "hit" else (self.right.casefold(),)


@dataclass(frozen=True)
class Concordance:
    """Lines in order; *closed* hits stand in severe parts and are not shown (R28). *more*: not all fit."""

    lines: tuple[Line, ...]
    closed: int
    more: bool


def concordance(shown: Reading, ids: Sequence[str], words: str, sort: str = "told") -> Concordance:
    """The hits of *words* in the testimonies of *ids*, best first; `QueryRefused` when too much is asked."""
    closed, found, waiting = 0, list[Line](), len(ids)
    for id, parts in shown.index.each_marked(ids, words, whole=True):
        waiting -= 1
        told = shown.testimonies[id]
        hard = severe(told)
        for part in map(Passage.of, parts):
            lines = list(_lines(told, part))
            closed += len(lines) if part.part in hard else 0
            found += [] if part.part in hard else lines
        if len(found) >= LOOKED_AT:
            break
    found.sort(key=lambda line: line.key(sort))
    return Concordance(tuple(found[:MOST]), closed, len(found) > MOST or waiting > 0)


def _lines(told: RedactedTestimony, part: Passage) -> Iterator[Line]:
    text, at = "".join(piece for piece, _ in part.pieces), 0
    for piece, is_hit in part.pieces:
        end = at + len(piece)
        if is_hit:
            yield Line(
                told.id,
                part.lang(told),
                part.part,
                part.translation,
                _flat(text[:at][-AROUND:]),
                piece,
                _flat(text[end:][:AROUND]),
            )
        at = end


def _flat(text: str) -> str:
    """One line, with the spaces at the hit kept."""
    return "".join(" " if sign.isspace() else sign for sign in text)
