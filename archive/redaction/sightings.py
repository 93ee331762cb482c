"""Where hidden words can still be read in the texts of a release, however they are spaced, cased or accented.

1. In her own text every trace counts. In another's, a name of Hangul is met where a word begins (`이지은은`,
   and not `사람이 지은`), one of an alphabet as a whole word, and a short one with its capitals.
2. Between two letters of a longer word up to three signs may stand, a line break too.
3. Escapes of HTML, addresses and JSON are read as what they mean.

Romanised and hanja spellings are `spellings`' to find. Nothing here says what was found.
"""

from __future__ import annotations

import html
import re
import unicodedata
import urllib.parse
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import lru_cache

from archive.letters import normalized

LONG = 5
"""Letters. A shorter word of an alphabet is met in any text by chance when capitals do not count."""
FEW = 6
"""Digits. Fewer are a year or a price."""
SYLLABIC = "\u2e80"
"""From here on (Han, Hangul) a letter says as much as several of an alphabet."""
FILLERS = "\u115f\u1160\u3164\uffa0"
SIGNS = r"[\W_]{0,3}"
HYPHEN = r"[^\w\s]{0,3}"


def sighted(text: str, surfaces: Iterable[str]) -> bool:
    """Whether one of *surfaces*, hidden in this very text, can still be read in it."""
    plain = folded(text)
    return any((found := _pattern(surface, True)) and found.search(plain) for surface in set(surfaces))


class Texts:
    """Many texts that are looked through together."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._folded = [folded(text) for text in texts]
        letters = [_letters(text) for text in self._folded]
        self._starts, at = [], 0
        for each in letters:
            self._starts.append(at)
            at += len(each) + 1
        self._letters = "\n".join(letters)

    def showing(self, surfaces: Iterable[str]) -> set[int]:
        """The numbers of the texts in which one of *surfaces*, hidden somewhere, can be read."""
        found: set[int] = set()
        for surface in set(surfaces):
            pattern = _pattern(surface, False)
            if pattern is not None:
                for orders in _orders(surface):
                    found |= {n for n in self._holding(orders) if pattern.search(self._folded[n])}
        return found

    def _holding(self, letters: str) -> set[int]:
        # The plain look first: it is quick, and nearly always finds nothing.
        numbers, at = set(), self._letters.find(letters)
        while at >= 0:
            number = bisect_right(self._starts, at) - 1
            numbers.add(number)
            end = self._starts[number + 1] if number + 1 < len(self._starts) else len(self._letters)
            at = self._letters.find(letters, end)
        return numbers


def letters(words: str) -> str:
    """The letters and digits of *words*: spellings that differ in signs, case and accents are one."""
    return _letters(folded(words))


def folded(text: str) -> str:
    """*text* with escapes read, width and accents put aside; capitals stay."""
    if "&" in text:
        text = html.unescape(text)
    if "%" in text:
        text = urllib.parse.unquote(text)
    if "\\u" in text:
        text = re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), text)
    plain = normalized("NFKD", text)
    bare = "".join(c for c in plain if unicodedata.category(c) not in ("Mn", "Cf") and c not in FILLERS)
    return unicodedata.normalize("NFKC", bare)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def _orders(surface: str) -> set[str]:
    words = folded(surface).split()
    return {_letters("".join(words)), _letters("".join(reversed(words)))}


@lru_cache(maxsize=1 << 14)
def _pattern(surface: str, own: bool) -> re.Pattern[str] | None:
    """What to look for, or None where a surface is too short to mean anything beyond its own text."""
    words = [word for each in folded(surface).split() if (word := "".join(filter(str.isalnum, each)))]
    letters = "".join(words)
    if not letters or (letters.isdigit() and len(letters) < FEW and not own):
        return None
    if letters.isdigit():
        return re.compile(rf"(?<!\d){SIGNS.join(letters)}(?!\d)")
    orders = {tuple(words), tuple(reversed(words))}
    if all(c < SYLLABIC for c in letters):
        return _of_an_alphabet(letters, orders)
    if len(letters) < 2 and not own:
        return None
    between = SIGNS if len(letters) > 2 else ""
    spelled = "|".join(between.join(map(re.escape, "".join(order))) for order in orders)
    begins = "" if own or not _is_hangul(letters[0]) else r"(?<![^\W_])"
    return re.compile(f"{begins}(?:{spelled})", re.IGNORECASE)


def _of_an_alphabet(letters: str, orders: set[tuple[str, ...]]) -> re.Pattern[str]:
    short = len(letters) < LONG
    forms = dict.fromkeys(orders, 1)
    if short and len(letters) > 1:
        forms |= {tuple(word.upper() for word in order): 1 for order in orders}
    spelled = "|".join(SIGNS.join(HYPHEN.join(map(re.escape, word)) for word in order) for order in forms)
    return re.compile(rf"(?<![^\W\d_])(?:{spelled})(?![^\W\d_])", 0 if short else re.IGNORECASE)


def _is_hangul(letter: str) -> bool:
    return "\uac00" <= letter <= "\ud7a3"
