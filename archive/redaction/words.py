"""The lists that recognisers look in: places and names as compiled; kin, titles and bodies as written here.

`places.json` and `names.json` are made by `training.lists`; `lexicon.json` is our own. See ATTRIBUTION.md.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final

import opencc

HERE: Final = Path(__file__).parent
LONGEST_PLACE: Final = 12
LONGEST_TYPED: Final = 7


@cache
def places(part: str) -> frozenset[str]:
    """Names of places in a language, or in the world beyond (`ko_world`); the English ones without case."""
    names: str = json.loads((HERE / "places.json").read_text("utf-8"))[part]
    return frozenset(each.lower() if part == "en" else each for each in names.split(" | "))


@cache
def names(part: str) -> frozenset[str]:
    """A list of `names.json`, such as `ko_surnames`; of alphabets without case."""
    listed: str = json.loads((HERE / "names.json").read_text("utf-8"))[part]
    return frozenset(each.lower() for each in listed.split(" | "))


@cache
def readings() -> dict[str, tuple[str, ...]]:
    """How Korean reads a Chinese sign in names, the northern way first; signs are simplified."""
    found: dict[str, tuple[str, ...]] = {}
    for row in json.loads((HERE / "names.json").read_text("utf-8"))["readings"].split(" | "):
        for sign in row[1:]:
            found[sign] = (*found.get(sign, ()), row[0])
    return found


@cache
def lexicon(part: str) -> tuple[str, ...]:
    """A list of `lexicon.json`, such as `ko_kin`, the longest first."""
    listed: str = json.loads((HERE / "lexicon.json").read_text("utf-8"))[part]
    return tuple(sorted(listed.split(), key=lambda word: (-len(word), word)))


@cache
def any_of(part: str) -> str:
    """A list of `lexicon.json` as one alternative of a pattern; `_` stands for a space in a word."""
    return "(?:" + "|".join(re.escape(word.replace("_", " ")) for word in lexicon(part)) + ")"


@cache
def simplified(sign: str) -> str:
    """A Chinese sign as the mainland writes it. One for one, so that places in the text stay."""
    return str(_opencc().convert(sign))[:1] or sign


@cache
def _opencc() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def places_in(text: str, part: str) -> list[tuple[int, int]]:
    """Where a place of a list (ko, zh, ko_world) stands in Hangul or Hanzi, the longest at each letter."""
    known = places(part)
    found, at = [], 0
    while at < len(text):
        end = next(
            (e for e in range(min(len(text), at + LONGEST_PLACE), at + 1, -1) if text[at:e] in known), 0
        )
        if end:
            found.append((at, end))
        at = end or at + 1
    return found


TYPES: Final = {
    "kin": "k", "titles": "t", "institutions": "i", "public": "p", "sites": "s", "jobs": "j", "trades": "j",
    "bodies": "b",
}  # fmt: skip
"""Lists of `lexicon.json` that a chain is told of, and the letter that says which."""


@cache
def typed(language: str) -> dict[str, str]:
    """Each word of these lists with the letters of those that have it; the English ones without case."""
    lists: dict[str, str] = json.loads((HERE / "lexicon.json").read_text("utf-8"))
    found: dict[str, str] = {}
    for part, letter in TYPES.items():
        for word in lists.get(f"{language}_{part}", "").lower().split():
            spaced = word.replace("_", " ")
            found[spaced] = "".join(sorted({*found.get(spaced, ""), letter}))
    return found


def typed_in(parts: Sequence[str], language: str, between: str = "") -> list[str]:
    """For each part (a letter, a word) which lists know the word that begins or goes on there."""
    known, marks = typed(language), ["-"] * len(parts)
    at = 0
    while at < len(parts):
        ends = range(min(len(parts), at + LONGEST_TYPED), at, -1)
        end = next((end for end in ends if between.join(parts[at:end]) in known), 0)
        if end:
            told = known[between.join(parts[at:end])]
            marks[at:end] = ["B" + told, *["I" + told] * (end - at - 1)]
        at = end or at + 1
    return marks
