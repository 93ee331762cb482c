"""Words that testimonies use and nobody marks in them: what is only doubted, and is made of them, is let go.

A chain reads a sentence at a time and doubts a laugh, a telephone, a judge wherever a name might stand. The
training texts use such words and never mark them; that is told here, and to no chain.

1. Only a doubt is let go; what a chain names, and what a rule finds (somebody is *called* Kimchi), stands.
2. The list is learnt with the models, `models/ordinary.json`; without it nothing is let go.
"""

from __future__ import annotations

import json
import re
from collections.abc import Set
from functools import cache
from pathlib import Path
from typing import Final

from archive.redaction.segment import HAN, segmented
from archive.redaction.words import simplified

LEARNT: Final = Path(__file__).parent / "models" / "ordinary.json"
PART: Final = re.compile(r"[A-Za-z\u00c0-\u024f]+(?:'[a-z]+)*|\d+|[가-힣]+")

Word = tuple[int, int, str]


def ordinary(text: str, language: str, start: int, end: int, known: Set[str]) -> bool:
    """Whether every word of *text* from *start* to *end* is one of the *known*.

    Of a Korean word what stands behind *end* is left out: a particle, an ending.
    """
    here = [word for word in words(text, language) if word[0] < end and start < word[1]]
    cut = [word[: end - at] if language == "ko" else word for at, _, word in here]
    return bool(cut) and all(word in known for word in cut)


def words(text: str, language: str) -> tuple[Word, ...]:
    """The words of a folded text: Hanzi in simplified signs, of Latin letters the small ones."""
    simple = "".join(simplified(c) if "\u3400" <= c <= "\u9fff" else c for c in text)
    found = [(each.start(), each.end(), each[0].lower()) for each in PART.finditer(simple)]
    for run in HAN.finditer(simple):
        parts = segmented(run[0]) if language == "zh" else [(0, len(run[0]), "")]
        found += [(run.start() + a, run.start() + b, run[0][a:b]) for a, b, _ in parts]
    return tuple(sorted(found))


@cache
def learnt() -> dict[str, frozenset[str]]:
    """The words of each language that nobody marks."""
    if not LEARNT.exists():
        return {}
    told: dict[str, str] = json.loads(LEARNT.read_text("utf-8"))
    return {language: frozenset(row.split()) for language, row in told.items()}
