"""A number as words that can be written on paper and read aloud, and the number again from the words.

Format: docs/formats/receipt.md. Lists: crypto/wordlists/, whose README says how they were made.

1. Korean and Chinese have 1,024 words (10 bits each), English 2,048 (11 bits). Chinese has two spellings
   at each place, one a script; either is read.
2. An error says the place of a word that is in no list, never the word: it may be part of a secret.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib.resources import files
from typing import Final, Literal, get_args

from crypto.errors import MalformedReceipt

Language = Literal["ko", "zh-Hans", "zh-Hant", "en"]
LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)
_COLUMNS: Final = {"ko": ("ko", 0), "zh-Hans": ("zh", 0), "zh-Hant": ("zh", 1), "en": ("en", 0)}
_READ: Final[tuple[Language, ...]] = ("ko", "zh-Hans", "en")
"""These three hold every spelling: a Chinese list reads both scripts."""
_BETWEEN: Final = re.compile(r"[\W_]+")


@cache
def lines(language: Language) -> tuple[str, ...]:
    """The list, a line a place: first the spelling that *language* shows, then another that is read too."""
    name, column = _COLUMNS[language]
    text = (files("crypto") / "wordlists" / f"{name}.txt").read_text("utf-8")
    rows = [row.split() for row in text.splitlines()]
    return tuple(" ".join(dict.fromkeys([row[column], *row])) for row in rows)


def packed(language: Language) -> str:
    """The list for a page, in one text: each line without what it begins with in common with the line before.

    A digit stands before each and says how many signs are taken over from there; no line has one itself.
    """
    rows, before = [], ""
    for line in lines(language):
        shared = max(at for at in range(10) if line[:at] == before[:at] and at <= len(before))
        rows.append(f"{shared}{line[shared:]}")
        before = line
    return "".join(rows)


def bits_of(language: Language) -> int:
    """How many bits one word of this list carries."""
    return len(lines(language)).bit_length() - 1


def spell(number: int, bits: int, language: Language) -> list[str]:
    """*number* in words (NFC), the highest bits first. One word's bits must divide *bits*."""
    listed, each = lines(language), bits_of(language)
    return [listed[number >> at & (1 << each) - 1].split()[0] for at in reversed(range(0, bits, each))]


def split(text: str) -> list[str]:
    """What was typed, in parts: widths, case and composition folded, spaces and punctuation gone."""
    return [p for p in _BETWEEN.split(unicodedata.normalize("NFKC", text).casefold()) if p]


def read(parts: list[str], bits: int) -> int:
    """The number that *parts* spell in one of the lists, or `MalformedReceipt`.

    Korean and Chinese are read without spaces too, or with spaces in the wrong places.
    """
    ways = [(lang, way) for lang in _READ for way in _ways(parts, lang)]
    language, words = max(ways, key=lambda way: sum(w in _places(way[0]) for w in way[1]))
    places, each = _places(language), bits_of(language)
    strange = [str(at) for at, word in enumerate(words, 1) if word not in places]
    if len(strange) == len(words):
        raise MalformedReceipt("these are not words of a list")
    if strange:
        raise MalformedReceipt(f"not in the list: word {', '.join(strange)}; is it misspelt?")
    if len(words) != bits // each:
        raise MalformedReceipt(f"{bits // each} words are needed; these are {len(words)}")
    return sum(places[word] << bits - each * at for at, word in enumerate(words, 1))


def _ways(parts: list[str], language: Language) -> list[list[str]]:
    # No word of the lists of 1,024 begins another, so joined words can be cut in one way only.
    return [parts] if language == "en" else [parts, _cut("".join(parts), _places(language))]


def _cut(text: str, places: dict[str, int]) -> list[str]:
    words: list[str] = []
    while text:
        word = next((text[:size] for size in (2, 3) if text[:size] in places), text)
        words.append(word)
        text = text[len(word) :]
    return words


@cache
def _places(language: Language) -> dict[str, int]:
    listed = enumerate(lines(language))
    return {unicodedata.normalize("NFKC", word): at for at, line in listed for word in line.split()}
