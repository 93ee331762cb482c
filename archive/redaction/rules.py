"""Everything that the rules and lists find in a folded text, and the same as marks that a chain reads.

1. Rules are run once over a text, each stretch of it in its own language.
2. From the marks, and from where else in the text a word stands (`echoes`), a chain learns how far each rule
   can be trusted. It still finds what no rule knows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from archive.redaction import chinese, english, korean
from archive.redaction.amounts import amounts
from archive.redaction.echoes import echoes
from archive.redaction.plain import Plain
from archive.redaction.quoted import quoted
from archive.redaction.shapes import shaped
from archive.redaction.suggestion import EVERYDAY, Suggestion

RULES: Final = {"ko": korean.found_in, "zh": chinese.found_in, "en": english.found_in}
UNMARKED: Final = "-"
UNSURE: Final = 0.5
"""A rule below this is told to a chain by a mark of its own."""

Stretch = tuple[int, int, str]
"""Start, end and language of a part of a folded text."""


def ruled(folded: Plain, stretches: Iterable[Stretch]) -> Iterator[Suggestion]:
    """What rules find, as spans of the original; also what only counts where every mention does."""
    yield from shaped(folded)
    yield from amounts(folded)
    yield from quoted(folded)
    for start, end, language in stretches:
        for left, right, kind, probability, reason, rank in RULES[language](folded.text[start:end]):
            here = folded.original(start + left, start + right)
            yield Suggestion(*here, kind, probability, reason, rank)


@dataclass(frozen=True)
class Told:
    """What a chain is told of each sign of a text: by the rules, and by the rest of it."""

    marks: list[str]
    echoes: list[str]


def told(folded: Plain, found: Iterable[Suggestion]) -> Told:
    """What a chain is told of this text, of which the rules *found* this."""
    found = list(found)
    return Told(marks(folded, found), echoes(folded, found))


def marks(folded: Plain, found: Iterable[Suggestion]) -> list[str]:
    """For each sign of the folded text what a rule says of it: `B-PER0` begins, `I-PER0` goes on.

    Where two rules meet, the mark is of the one that would keep the letters; its digit is that rule's rank,
    and ? says that the rule is wrong more often than right.
    """
    told = [UNMARKED] * len(folded.text)
    for each in sorted(found, key=lambda s: (s.rank, s.start - s.end, -s.probability, s)):
        start, end = folded.folded(each.start), folded.folded(each.end)
        unsure = each.probability < UNSURE and each.rank != EVERYDAY
        mark = f"-{each.kind}{each.rank}" + ("?" if unsure else "")
        for at in range(start, end):
            if told[at] == UNMARKED:
                told[at] = ("I" if at > start and told[at - 1].endswith(mark) else "B") + mark
    return told
