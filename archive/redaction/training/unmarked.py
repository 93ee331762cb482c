"""The words that the training texts hold and never mark (`archive.redaction.ordinary`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Final

from archive.redaction.ordinary import words
from archive.redaction.plain import Plain, plain
from archive.redaction.training.examples import Example
from archive.redaction.training.people import may_be_a_by_name

TEXTS: Final = 2
"""In so many texts a word is used before it counts as everyday."""


def unmarked(told: Iterable[Example], language: str) -> list[str]:
    """The words of at least `TEXTS` of the texts that stand in no mark, in order.

    Of a Korean word also every beginning, for a particle may stand behind any of them. Not what a by-name is
    made of in `swapping`: somebody may be called so.
    """
    used: Counter[str] = Counter()
    marked = set(may_be_a_by_name())
    for example in told:
        folded = plain(example.text)
        marks = _marks(folded, example)
        here: set[str] = set()
        for start, end, word in words(folded.text, language):
            for many in range(1, end - start + 1) if language == "ko" else (end - start,):
                (marked if any(marks[start : start + many]) else here).add(word[:many])
        used.update(here)
    return sorted(word for word, many in used.items() if many >= TEXTS and word not in marked)


def _marks(folded: Plain, example: Example) -> bytearray:
    marks = bytearray(len(folded.text))
    for start, end, _ in example.spans:
        here = slice(folded.folded(start), folded.folded(end))
        marks[here] = b"\1" * (here.stop - here.start)
    return marks
