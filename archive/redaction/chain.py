"""A linear-chain conditional random field that says of each unit how likely it is nothing.

1. Suggests what the best path labels, and what is nothing with a probability below theta.
2. Offline and small: a model is a file beside this package; ATTRIBUTION.md says what it was trained on.

Lafferty, McCallum, Pereira (2001); CRFsuite (Okazaki, 2007) through python-crfsuite.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

import pycrfsuite

from archive.redaction.features import Unit, sentences, units
from archive.redaction.plain import Plain
from archive.redaction.suggestion import FAINT, KINDS, LIKELY, Suggestion

MODELS: Final = Path(__file__).parent / "models"
NOTHING: Final = "O"
SURE_ONLY: Final = {"ko": ("JOB", "KIN", "TIME")}
"""What a model of a language must be surer of than of nothing; below theta it would mark every noun."""


class Chain:
    """One language's model."""

    def __init__(self, language: str, model: Path) -> None:
        self._language = language
        self._tagger: Any = pycrfsuite.Tagger()
        self._tagger.open(str(model))
        labels = self._tagger.labels()
        # What has a label but no kind of ours (a number of things) is nothing to hide.
        self._nothing = [each for each in labels if each == NOTHING or each[2:] not in KINDS]
        self._sure_only = [each for each in labels if each[2:] in SURE_ONLY.get(language, ())]
        self._something = [each for each in labels if each not in self._nothing]

    def suggestions(self, folded: Plain, start: int, end: int, theta: float) -> Iterator[Suggestion]:
        """What this model sees between *start* and *end* of a folded text, as spans of the original."""
        for left, right in sentences(folded.text[start:end]):
            row = units(folded.text[start + left : start + right], self._language)
            for span in self._spans(row, theta):
                first, last, kind, probability, rank = span
                here = folded.original(start + left + row[first].start, start + left + row[last].end)
                reason = (
                    f"model, {self._language}" if rank == LIKELY else f"model, {self._language}, below theta"
                )
                yield Suggestion(*here, kind, probability, reason, rank)

    def _spans(self, row: list[Unit], theta: float) -> Iterator[tuple[int, int, str, float, int]]:
        if not row:
            return
        self._tagger.set([unit.features for unit in row])
        path = self._tagger.tag()
        something = [
            1 - sum(self._tagger.marginal(label, n) for label in self._nothing) for n in range(len(row))
        ]
        # Below theta what only might be a trade or kin is left alone, and a row of words that name nobody.
        doubted = [
            likely - sum(self._tagger.marginal(label, n) for label in self._sure_only)
            for n, likely in enumerate(something)
        ]
        labelled = [label != NOTHING and label[2:] in KINDS for label in path]
        n = 0
        while n < len(row):
            first = n
            if labelled[n]:
                n += 1
                while n < len(row) and path[n] == "I-" + path[first][2:]:
                    n += 1
                yield first, n - 1, path[first][2:], max(something[first:n]), LIKELY
            elif doubted[n] > 1 - theta:
                while n < len(row) and not labelled[n] and doubted[n] > 1 - theta:
                    n += 1
                if all(unit.light for unit in row[first:n]):
                    continue
                peak = max(range(first, n), key=lambda at: something[at])
                best = max(self._something, key=lambda label: self._tagger.marginal(label, peak))
                yield first, n - 1, best[2:], something[peak], FAINT
            else:
                n += 1


@cache
def chain(language: str, every_mention: bool) -> Chain | None:
    """The model of a language; None where none was trained."""
    for name in (f"{language}-all", language) if every_mention else (language,):
        if (MODELS / f"{name}.crfsuite").exists():
            return Chain(language, MODELS / f"{name}.crfsuite")
    return None
