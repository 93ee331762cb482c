"""A linear-chain conditional random field that says of each unit how likely it is nothing.

1. Suggests what the best path labels, and what is nothing with a probability below theta.
2. Offline and small: a model is a file beside this package; ATTRIBUTION.md says what it was trained on.

Lafferty, McCallum, Pereira (2001); CRFsuite (Okazaki, 2007) through python-crfsuite.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

import pycrfsuite

from archive.redaction.features import Unit, sentences, units
from archive.redaction.ordinary import learnt, ordinary
from archive.redaction.plain import Plain
from archive.redaction.rules import Told
from archive.redaction.suggestion import FAINT, KINDS, LIKELY, Suggestion

MODELS: Final = Path(__file__).parent / "models"
NOTHING: Final = "O"
WEIGHTS: Final = {
    "PER": 8.0, "CODE": 8.0, "PHONE": 8.0, "HANDLE": 8.0, "JOB": 0.6, "TIME": 0.6, "KIN": 0.0,
}  # fmt: skip
"""By how much the odds that a unit is something are raised: most for what points at one person alone. A chain
is surer of itself than it is right about testimony. Chosen on voices that no model had learnt."""
USUAL: Final = 1.0
"""The weight of every other kind."""
EAGER: Final = {"ko": 3.0, "zh": 1.5, "en": 1.3}
"""By how much more the odds are raised in a language whose chain is surer still that a unit is nothing."""


@dataclass
class Reading:
    """What a chain makes of a stretch of text.

    *nothing*: for each sign of the folded text how likely it is nothing; a sign that it did not read has 1.
    """

    named: list[Suggestion] = field(default_factory=list)
    faint: list[Suggestion] = field(default_factory=list)
    nothing: list[float] = field(default_factory=list)


class Chain:
    """One language's model, and the words of it that are not doubted: nobody marks them."""

    def __init__(self, language: str, model: Path, unmarked: Set[str] = frozenset()) -> None:
        self._language, self._unmarked = language, unmarked
        self._tagger: Any = pycrfsuite.Tagger()
        self._tagger.open(str(model))
        labels = self._tagger.labels()
        # What has a label but no kind of ours (a number of things) is nothing to hide.
        self._nothing = [each for each in labels if each == NOTHING or each[2:] not in KINDS]
        self._something = [each for each in labels if each not in self._nothing]
        eager = EAGER.get(language, 1.0)
        self._weights = [(each, WEIGHTS.get(each[2:], USUAL) * eager) for each in self._something]
        self._most = max(WEIGHTS.values()) * eager

    def read(self, folded: Plain, told: Told, start: int, end: int, theta: float) -> Reading:
        """What this model sees between *start* and *end* of a folded text, as spans of the original.

        *told*: what rules and the rest of the text say of each sign.
        """
        reading = Reading(nothing=[1.0] * (end - start))
        for left, right in sentences(folded.text[start:end]):
            here = slice(start + left, start + right)
            row = units(folded.text[here], self._language, told.marks[here], told.echoes[here])
            if row:
                self._sentence(folded, here.start, row, theta, reading, left)
        return reading

    def _sentence(
        self, folded: Plain, offset: int, row: list[Unit], theta: float, reading: Reading, left: int
    ) -> None:
        self._tagger.set([unit.features for unit in row])
        path = self._tagger.tag()
        nothing = [sum(self._tagger.marginal(label, n) for label in self._nothing) for n in range(len(row))]
        for unit, likely in zip(row, nothing, strict=True):
            reading.nothing[left + unit.start : left + unit.end] = [likely] * (unit.end - unit.start)
        labelled = [label != NOTHING and label[2:] in KINDS for label in path]
        n = 0
        while n < len(row):
            first = n
            if labelled[n]:
                n += 1
                while n < len(row) and path[n] == "I-" + path[first][2:]:
                    n += 1
                span = folded.original(offset + row[first].start, offset + row[n - 1].end)
                sure = 1 - min(nothing[first:n])
                reading.named.append(
                    Suggestion(*span, path[first][2:], sure, f"model, {self._language}", LIKELY)
                )
            elif (least := self._from(n, nothing[n], theta)) < theta:
                while n < len(row) and not labelled[n] and (here := self._from(n, nothing[n], theta)) < theta:
                    n, least = n + 1, min(least, here)
                if self._worth(folded.text[offset : offset + row[-1].end], row[first:n]):
                    peak = min(range(first, n), key=lambda at: nothing[at])
                    best = max(self._something, key=lambda label: self._tagger.marginal(label, peak))
                    span = folded.original(offset + row[first].start, offset + row[n - 1].end)
                    reason = f"model, {self._language}, below theta"
                    sure = 1 - nothing[peak]
                    reading.faint.append(Suggestion(*span, best[2:], sure, reason, FAINT, least))
            else:
                n += 1

    def _worth(self, sentence: str, doubted: list[Unit]) -> bool:
        """Whether a doubt is told: not of words that name nobody (a particle, the), or that nobody marks."""
        if all(unit.light for unit in doubted):
            return False
        here = doubted[0].start, doubted[-1].end
        return not ordinary(sentence, self._language, *here, self._unmarked)

    def _from(self, at: int, nothing: float, theta: float) -> float:
        """From which theta on a unit that has no label on the best path is suggested; 1 if not by *theta*."""
        something: float = 1 - nothing
        if something * self._most * theta <= nothing * (1 - theta):
            return 1.0
        something = sum(self._tagger.marginal(label, at) * weight for label, weight in self._weights)
        return nothing / (nothing + something)


@cache
def chain(language: str, every_mention: bool) -> Chain | None:
    """The model of a language; None where none was trained."""
    for name in (f"{language}-all", language) if every_mention else (language,):
        if (MODELS / f"{name}.crfsuite").exists():
            return Chain(language, MODELS / f"{name}.crfsuite", learnt().get(language, frozenset()))
    return None
