"""A run of Chinese as words: the most probable row of words by how often each is written.

The list is that of jieba (MIT) with its frequencies and parts of speech, as `words.txt.gz`. The package
itself is not used: it loads a cache from a folder that anybody may write to.
Unknown names fall apart into single signs, and that they do is itself a sign of a name.
"""

from __future__ import annotations

import gzip
import math
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

LISTED: Final = Path(__file__).parent / "words.txt.gz"
HAN: Final = re.compile("[\u3400-\u9fff]+")
LONGEST: Final = 8
RARE: Final = -20.0
"""The logarithm of how likely a sign is that stands in no word of the list."""


@cache
def _words() -> dict[str, tuple[float, str]]:
    """Each word with the logarithm of how likely it is, and its part of speech."""
    rows = [row.split(" ") for row in gzip.decompress(LISTED.read_bytes()).decode("utf-8").splitlines()]
    every = math.log(sum(int(count) for _, count, _ in rows))
    return {word: (math.log(int(count)) - every, tag) for word, count, tag in rows}


def listed() -> Iterator[tuple[str, str]]:
    """Each word of the list with its part of speech."""
    return ((word, tag) for word, (_, tag) in _words().items())


def part_of_speech(word: str) -> str:
    """How the list calls a word (ns a place, nr a person); nothing for what is no word of it."""
    return _words().get(word, (0.0, ""))[1]


def segmented(han: str) -> list[tuple[int, int, str]]:
    """Start, end and part of speech of each word of a run of simplified Chinese."""
    known, many = _words(), len(han)
    best: list[tuple[float, int]] = [(0.0, many)] * (many + 1)
    for start in range(many - 1, -1, -1):
        ways = [(RARE + best[start + 1][0], start + 1)]
        for end in range(start + 1, min(many, start + LONGEST) + 1):
            if han[start:end] in known:
                ways.append((known[han[start:end]][0] + best[end][0], end))
        best[start] = max(ways)
    found, at = [], 0
    while at < many:
        end = best[at][1]
        found.append((at, end, known.get(han[at:end], (0.0, "x"))[1]))
        at = end
    return found
