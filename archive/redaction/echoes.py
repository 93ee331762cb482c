"""What the rest of a text tells of a word: whether it stands where a name does, and how often it is written.

A by-name is a word of every day, and each sentence alone may be read both ways. Who is called so is called so
again: what a rule found in one place is told to the chain in every other, which learns how far to trust it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Final

from archive.redaction.plain import Plain
from archive.redaction.suggestion import Suggestion

WORD: Final = re.compile(r"[A-Za-z\u00c0-\u024f]+(?:['-][A-Za-z\u00c0-\u024f]+)*")
PAIR: Final = re.compile(r"(?=([\uac00-\ud7a3\u3400-\u9fff]{2}))")
SILENT: Final = "-"
OFTEN: Final = 4
LONGEST: Final = 12
NEAR: Final = 20


def echoes(folded: Plain, found: Iterable[Suggestion]) -> list[str]:
    """For each sign whether it is of a name found elsewhere in the text, and how often it is written.

    Of Hangul and Hanzi a sign and the next are counted, of other letters a word and its capitals.
    """
    text = folded.text
    named = _named(folded, found)
    return [one + two for one, two in zip(named, _often(text), strict=True)]


def _named(folded: Plain, found: Iterable[Suggestion]) -> list[str]:
    told = [SILENT] * len(folded.text)
    places: dict[tuple[str, str], set[int]] = {}
    for each in found:
        if each.kind in ("PER", "LOC"):
            start, end = folded.folded(each.start), folded.folded(each.end)
            if 1 < end - start <= LONGEST:
                surface = folded.text[start:end]
                places.setdefault((surface.lower(), each.kind[0]), set()).add(start)
    low = folded.text.lower()
    if len(low) != len(folded.text):
        return told
    for (surface, kind), starts in sorted(places.items(), key=lambda row: (-len(row[0][0]), row[0])):
        latin = WORD.fullmatch(surface.replace(" ", "")) is not None
        pattern = re.escape(surface)
        for at in re.finditer(rf"(?<![A-Za-z]){pattern}(?![A-Za-z])" if latin else pattern, low):
            if starts - {at.start()} and told[at.start()] == SILENT:
                many = str(min(len(starts - {at.start()}), 2))
                told[at.start() : at.end()] = [f"B{kind}{many}", *[f"I{kind}{many}"] * (len(surface) - 1)]
    return told


def _often(text: str) -> list[str]:
    told = [""] * len(text)
    pairs = Counter(found[1] for found in PAIR.finditer(text))
    for found in PAIR.finditer(text):
        told[found.start()] = _many(pairs[found[1]])
    words = Counter(found[0].lower() for found in WORD.finditer(text))
    capitals = Counter(found[0].lower() for found in WORD.finditer(text) if _capital(text, found))
    lower = Counter(found[0] for found in WORD.finditer(text) if found[0].islower())
    for found in WORD.finditer(text):
        word = found[0].lower()
        own = 1 if _capital(text, found) else 0
        elsewhere = lower[word] > (1 if found[0].islower() else 0)
        sign = _many(words[word]) + ("C" if capitals[word] > own else "") + ("l" if elsewhere else "")
        told[found.start() : found.end()] = [sign] * len(found[0])
    return told


def _capital(text: str, found: re.Match[str]) -> bool:
    """Whether a word has a capital where none is due."""
    if not found[0][0].isupper():
        return False
    before = text[max(0, found.start() - NEAR) : found.start()].rstrip(" \"'([")[-1:]
    return before.isalnum() or before in ",;-"


def _many(count: int) -> str:
    return str(min(count, OFTEN))
