"""Where a name that is hidden in one testimony stands in another's words in another script.

1. Hangul, Hanzi as Korean reads them, and the usual romanisations of Korean find each other, in either order.
   What is one name is `spreading`'s to say; here is only looked quickly which pairs are worth asking it.
2. A whole name only, a surname and what is given: three syllables, three signs, two words of an alphabet. A
   given name alone is somebody else's as often as hers, or a word (태국 is Thailand, June a month).

Pinyin and Hanzi, and nicknames, are **not** found. The same script is `sightings`' to look through.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import product
from typing import Final

from archive.redaction.plain import plain
from archive.redaction.spreading import HANGUL, HANZI, LATIN, NORTH, SOUTH, spread
from archive.redaction.words import names, readings, simplified

WHOLE: Final = 3
"""Syllables of Hangul, or signs of Hanzi, of the shortest whole name that is looked for."""
LETTER: Final = "A-Za-z\u00c0-\u024f"
WORD: Final = re.compile(rf"[{LETTER}'’]+(?:-[{LETTER}'’]+)*")
PHRASE: Final = re.compile(rf"(?<![{LETTER}])[A-Z][{LETTER}'’-]*(?:,? [A-Z][{LETTER}'’-]*)*")
"""Words of an alphabet that begin with a capital: one name, or the front of one."""
_NORTHERN: Final = dict(zip(SOUTH, NORTH, strict=True))
_INITIALS: Final = "kk tt mpptt kkkktp "
"""Classes of the first consonants in the order of Unicode; a space is a sound that spellings leave out."""
_FINALS: Final = " kkk   t km   p mppttkttktpt"
_CLASSES: Final = (
    dict.fromkeys("gkcjq", "k") | dict.fromkeys("dts", "t") | dict.fromkeys("bpf", "p") | {"m": "m"}
)


class Spellings:
    """Names that are hidden somewhere, to be looked for in other scripts."""

    def __init__(self, surfaces: Iterable[str]) -> None:
        self._read: defaultdict[str, set[str]] = defaultdict(set)
        self._heard: defaultdict[str, set[str]] = defaultdict(set)
        for surface in set(surfaces):
            bare = "".join(surface.split())
            if HANGUL.fullmatch(bare) and WHOLE <= len(bare) <= 4:
                self._read[_northern(bare)].add(surface)
                for sounds in _sounds(bare):
                    self._heard[sounds].add(surface)
            elif HANZI.fullmatch(bare) and WHOLE <= len(bare) <= 4:
                for reading in _readings(bare):
                    self._read[reading].add(surface)
            elif LATIN.search(surface) and len(surface.split()) > 1:
                self._heard[_classes(surface)].add(surface)

    def met(self, text: str) -> Iterator[tuple[int, int]]:
        """Where one of the names stands in another script than it was hidden in."""
        for start, end in (*_hanzi(text), *_hangul(text), *_latin(text)):
            here = text[start:end]
            if any(_is_one(surface, here) for surface in self._candidates(here)):
                yield start, end

    def _candidates(self, here: str) -> set[str]:
        if HANZI.fullmatch(here):
            return {name for read in _readings(here) for name in self._read.get(read, ()) if _is_hangul(name)}
        if HANGUL.fullmatch(here):
            heard = (name for sounds in _sounds(here) for name in self._heard.get(sounds, ()))
            return {name for name in (*self._read.get(_northern(here), ()), *heard) if not _is_hangul(name)}
        return {name for name in self._heard.get(_classes(here), ()) if _is_hangul(name)}


@lru_cache(maxsize=1 << 14)
def _is_one(surface: str, here: str) -> bool:
    """Whether *here* is all of the name that was hidden as *surface*."""
    [found] = spread([plain(here)], [()], [(surface, "PER")])
    return any((each.start, each.end) == (0, len(here)) for each in found)


def _hanzi(text: str) -> Iterator[tuple[int, int]]:
    """Three signs, of which the first is a surname."""
    for run in HANZI.finditer(text):
        for at in range(run.start(), run.end() - WHOLE + 1):
            if simplified(text[at]) in names("zh_surnames") or text[at] in names("zh_surnames"):
                yield at, at + WHOLE


def _hangul(text: str) -> Iterator[tuple[int, int]]:
    """The front of every word that begins with a surname."""
    for run in HANGUL.finditer(text):
        if run[0][0] not in names("ko_surnames") and run[0][:2] not in names("ko_surnames"):
            continue
        for many in range(WHOLE, min(4, run.end() - run.start()) + 1):
            yield run.start(), run.start() + many


def _latin(text: str) -> Iterator[tuple[int, int]]:
    """Every two or three words in a row that begin with a capital."""
    for phrase in PHRASE.finditer(text):
        words = list(WORD.finditer(phrase[0]))
        for first, word in enumerate(words):
            for last in words[first + 1 : first + 3]:
                yield phrase.start() + word.start(), phrase.start() + last.end()


def _is_hangul(name: str) -> bool:
    return bool(HANGUL.match(name))


def _northern(name: str) -> str:
    return "".join(_NORTHERN.get(syllable, syllable) for syllable in name)


def _readings(name: str) -> set[str]:
    read = [readings().get(simplified(sign), ()) for sign in name]
    return {_northern("".join(each)) for each in product(*read)} if all(read) else set()


@lru_cache(maxsize=1 << 14)
def _sounds(name: str) -> frozenset[str]:
    """The classes of a Hangul name's consonants, with its surname at either end."""
    told = ["".join((_INITIALS[at // 588], _FINALS[at % 28])) for at in (ord(c) - 0xAC00 for c in name)]
    return frozenset(_folded("".join(told[at:] + told[:at])) for at in range(min(len(told), 3)))


@lru_cache(maxsize=1 << 14)
def _classes(words: str) -> str:
    """The classes of the consonants of a name in the Latin alphabet."""
    letters = unicodedata.normalize("NFKD", words.lower()).replace("tch", "ch")
    return _folded("".join(_CLASSES.get(c, "") for c in letters))


def _folded(classes: str) -> str:
    return re.sub(r"(.)\1+", r"\1", classes.replace(" ", ""))
