"""The lists that recognisers look in: places and names as compiled; kin, titles and bodies as written here.

`places.json` and `names.json` are made by `training.lists`; `lexicon.json` is our own. See ATTRIBUTION.md.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Final

import opencc

HERE: Final = Path(__file__).parent
LONGEST_PLACE: Final = 12


@cache
def places(language: str) -> frozenset[str]:
    """Names of places in *language*; the English ones without case."""
    names: str = json.loads((HERE / "places.json").read_text("utf-8"))[language]
    return frozenset(each.lower() if language == "en" else each for each in names.split(" | "))


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


def places_in(text: str, language: str) -> list[tuple[int, int]]:
    """Where a place of the list stands in a text of Hangul or Hanzi, the longest at each letter."""
    known = places(language)
    found, at = [], 0
    while at < len(text):
        end = next(
            (e for e in range(min(len(text), at + LONGEST_PLACE), at + 1, -1) if text[at:e] in known), 0
        )
        if end:
            found.append((at, end))
        at = end or at + 1
    return found
