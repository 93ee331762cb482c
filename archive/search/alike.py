"""Which texts are nearly the same, and which may be told by one person; with the evidence, and no verdict.

1. Nearly the same: the shingles (five Hangul or Han characters, three words of an alphabet) that two share.
   Candidates come from shingles whose hash is 0 modulo m; then all are compared. Both the resemblance and the
   containment are Broder's (On the resemblance and containment of documents, 1997).
2. One person: words that stand in few texts, both of these among them, and the way of writing: the cosine of
   the standardised frequencies of frequent trigrams (Evert et al., Understanding and explaining Delta
   measures, 2017). That is a hint for a person who reads both, and proves nothing.
"""

from __future__ import annotations

import hashlib
import math
import operator
import re
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import combinations, groupby
from typing import Final

from archive.letters import normalized
from archive.search.analyzer import HAN, simple

SIGNS: Final = re.compile(rf"(?P<sign>[{HAN}\uac00-\ud7a3])|[^\W_{HAN}\uac00-\ud7a3]+")
OF_SIGNS, OF_WORDS = 5, 3
SPARSEST: Final = 16
"""Of a long text one shingle in so many is looked up; of a short one more."""
EVERYWHERE: Final = 100
"""A shingle in more texts than this is a form's own words, and makes no candidates."""
FREQUENT: Final = 400
"""Trigrams that make up a way of writing."""


@dataclass(frozen=True)
class Near:
    """Two texts that share words in a row. *resemblance*: of all; *containment*: of the shorter one."""

    one: str
    other: str
    resemblance: float
    containment: float


@dataclass(frozen=True)
class Voice:
    """Two texts that may have one teller. *words* stand in few others; *style* is from -1 to 1."""

    one: str
    other: str
    words: tuple[str, ...] = field(repr=False)
    style: float
    weight: float


def shingles(text: str) -> array[int]:
    """The hashes of a text's shingles, each once, in order."""
    plain = normalized("NFKC", text).casefold()
    found: set[int] = set()
    for signs, run in groupby(SIGNS.finditer(plain), lambda each: each["sign"] is not None):
        tokens = [simple(each[0]) if signs else each[0] for each in run]
        size = OF_SIGNS if signs else OF_WORDS
        for at in range(max(len(tokens) - size, 0) + 1):
            row = "\0".join(tokens[at : at + size])
            found.add(int.from_bytes(hashlib.blake2b(row.encode(), digest_size=8).digest(), "big"))
    return array("Q", sorted(found))


def nearly_the_same(
    texts: Iterable[tuple[str, str]],
    least: float = 0.5,
    progress: Callable[[int], None] = lambda done: None,
) -> list[Near]:
    """The pairs of which the shorter is contained in the other by *least*, the nearest first."""
    names: list[str] = []
    every: list[array[int]] = []
    places: defaultdict[int, list[int]] = defaultdict(list)
    for number, (name, text) in enumerate(texts):
        names.append(name)
        every.append(shingles(text))
        for each in _looked_up(every[-1]):
            places[each].append(number)
        progress(number + 1)
    shared: Counter[tuple[int, int]] = Counter()
    for numbers in places.values():
        if 1 < len(numbers) <= EVERYWHERE:
            shared.update(combinations(numbers, 2))
    found = []
    for (one, other), times in shared.items():
        both = min(len(_looked_up(every[one])), len(_looked_up(every[other])))
        if times >= max(2, both * least / 4) or both < 4:
            near = _compared(names[one], names[other], every[one], every[other])
            found += [near] if near.containment >= least else []
    return sorted(found, key=lambda each: (-each.containment, -each.resemblance, each.one, each.other))


def _looked_up(every: array[int]) -> array[int]:
    step = SPARSEST
    while step > 1 and len(every) < 32 * step:
        step //= 2
    return array("Q", (each for each in every if each % step == 0))


def _compared(one: str, other: str, first: array[int], second: array[int]) -> Near:
    common = len(set(first).intersection(second))
    return Near(
        one,
        other,
        common / max(1, len(first) + len(second) - common),
        common / max(1, min(len(first), len(second))),
    )


class Styles:
    """The ways of writing of many texts of one language, each as it differs from all of them."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        counted = {name: _trigrams(text) for name, text in texts.items()}
        all_of_them: Counter[str] = Counter()
        for each in counted.values():
            all_of_them.update(each)
        chosen = [gram for gram, _ in all_of_them.most_common(FREQUENT)]
        shares = {
            name: array("d", (each[gram] / max(1, each.total()) for gram in chosen))
            for name, each in counted.items()
        }
        columns = list(zip(*shares.values(), strict=True))
        means = [math.fsum(column) / len(column) for column in columns]
        spreads = [
            math.sqrt(math.fsum((share - mean) ** 2 for share in column) / len(column))
            for column, mean in zip(columns, means, strict=True)
        ]
        self._scores = {
            name: array("d", (_score(*each) for each in zip(row, means, spreads, strict=True)))
            for name, row in shares.items()
        }

    def likeness(self, one: str, other: str) -> float:
        """How alike two ways of writing are, from -1 to 1; 0 where nothing can be said."""
        first, second = self._scores[one], self._scores[other]
        lengths = math.sqrt(_product(first, first) * _product(second, second))
        return _product(first, second) / lengths if lengths else 0.0


def may_be_of_one(
    rare: Iterable[tuple[str, tuple[str, ...]]],
    styles: Mapping[str, Styles],
    lang: Mapping[str, str],
    least: int = 4,
) -> list[Voice]:
    """The pairs of one language that share *least* rare words and are written alike, the likeliest first."""
    words: defaultdict[tuple[str, str], list[tuple[float, str]]] = defaultdict(list)
    for word, names in rare:
        for one, other in combinations(sorted(names), 2):
            if lang[one] == lang[other] and len(word) > 1:
                words[one, other].append((1 / (len(names) - 1), word))
    found = []
    for (one, other), shared in words.items():
        if len(shared) >= least and (style := styles[lang[one]].likeness(one, other)) > 0:
            shared.sort(key=lambda each: (-each[0], -len(each[1]), each[1]))
            weight = style * math.fsum(share for share, _ in shared)
            found.append(Voice(one, other, tuple(word for _, word in shared), style, weight))
    return sorted(found, key=lambda each: (-each.weight, each.one, each.other))


def _product(first: array[float], second: array[float]) -> float:
    return math.fsum(map(operator.mul, first, second))


def _score(share: float, mean: float, spread: float) -> float:
    return (share - mean) / spread if spread else 0.0


def _trigrams(text: str) -> Counter[str]:
    plain = " ".join(normalized("NFKC", text).casefold().split())
    return Counter(plain[at : at + 3] for at in range(len(plain) - 2))
