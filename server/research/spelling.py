"""Did she mean another word: the nearest one that five testimonies or more have (R33).

Letters are compared; of Hangul the letters in each block, so that 해산 is one letter from 혜산. A swap of two
neighbours is one mistake. Han is left alone: there one stroke more is another word, and no letter of it.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

HANGUL: Final = re.compile(r"[가-힣]{2,}")
LATIN: Final = re.compile(r"[^\W\d_\u1100-\u11ff\u3000-\ud7ff]{3,}")
SHORT: Final = 5
"""Up to so many letters one mistake is looked for, and in longer words two."""


class Spelling:
    """The words that may be suggested: Hangul as the index cuts it, and others as they are written."""

    def __init__(self, terms: Mapping[str, int], texts: Iterable[str], fewest: int) -> None:
        written = Counter(word for text in texts for word in set(LATIN.findall(text.casefold())))
        hangul = {term: count for term, count in terms.items() if HANGUL.fullmatch(term)}
        common = {word: count for word, count in (hangul | written).items() if count >= fewest}
        self._words: Final = [(letters(word), word, count) for word, count in sorted(common.items())]

    def near(self, typed: str) -> str | None:
        """The word that is meant: of the nearest the most common; None where none is near."""
        asked = letters(typed)
        if not (HANGUL.fullmatch(typed) or LATIN.fullmatch(typed.casefold())):
            return None
        most = 1 if len(asked) <= SHORT else 2
        found = [
            (off, -count, word)
            for spelt, word, count in self._words
            if abs(len(spelt) - len(asked)) <= most and len(set(spelt) ^ set(asked)) <= 2 * most
            if 0 < (off := mistakes(asked, spelt)) <= most
        ]
        return min(found)[2] if found else None


def letters(word: str) -> str:
    """A word as its letters: of a block of Hangul two or three; without marks on Latin ones."""
    apart = unicodedata.normalize("NFD", word.casefold())
    return "".join(sign for sign in apart if not unicodedata.combining(sign))


def mistakes(one: str, other: str) -> int:
    """Letters to add, leave out, change or swap with the neighbour, to make one word of the other.

    Optimal string alignment: Damerau (1964), with no letter moved twice.
    """
    before, row = list[int](), list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        older, before, row = before, row, [i]
        for j, b in enumerate(other, 1):
            least = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                least = min(least, older[j - 2] + 1)
            row.append(least)
    return row[-1]
