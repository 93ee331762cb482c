"""Measure what is suggested against what people marked. `python -m benchmarks.redaction` prints the table.

*cover*: the share of marked mentions every letter of which is hidden, whatever the label; of those that point
at one person alone, *direct*, and of the others, *quasi*. *precision*: the share of hidden letters that were
marked. *F1*: exact spans and labels, on the kinds that the set marks and we have. Repeated mentions count.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Set
from dataclasses import dataclass, field

from archive.redaction.suggestion import KINDS
from archive.redaction.training.examples import Example, Span

Finder = Callable[[Example], Iterable[Span]]
"""Something that hides: the spans that it finds in a text."""


@dataclass
class Score:
    """Counts over many texts."""

    marked: Counter[str] = field(default_factory=Counter)
    covered: Counter[str] = field(default_factory=Counter)
    hidden: int = 0
    rightly: int = 0
    exact: int = 0
    proposed: int = 0
    wanted: int = 0

    def add(self, example: Example, found: Iterable[Span], known: Set[str], seen: Set[str]) -> None:
        """Count one text of a set that marks the labels *known*; names that are in *seen* were learnt."""
        text, spans = example.text, tuple(found)
        marked = {n for start, end, _ in example.spans for n in range(start, end) if text[n].isalnum()}
        hidden = {n for start, end, _ in spans for n in range(start, end) if text[n].isalnum()}
        direct = example.direct or (False,) * len(example.spans)
        for (start, end, label), alone in zip(example.spans, direct, strict=True):
            told = ["all", label, "direct" if alone else "quasi"]
            told += ["quasi but kin"] if not alone and label != "KIN" else []
            told += ["not learnt"] if label == "PER" and text[start:end] not in seen else []
            self.marked.update(told)
            if all(n in hidden for n in range(start, end) if text[n].isalnum()):
                self.covered.update(told)
        self.hidden += len(hidden)
        self.rightly += len(hidden & marked)
        gold = {span for span in example.spans if span[2] in KINDS}
        self.exact += len(gold & set(spans))
        self.proposed += sum(kind in known for _, _, kind in spans)
        self.wanted += len(gold)

    def cover(self, of: str = "all") -> float | None:
        """The share of mentions that are hidden whole: of all, of a label, of `direct` or `quasi`."""
        return self.covered[of] / self.marked[of] if self.marked[of] else None

    @property
    def precision(self) -> float | None:
        return self.rightly / self.hidden if self.hidden else None

    @property
    def f1(self) -> float:
        return 2 * self.exact / max(self.proposed + self.wanted, 1)


def score(told: Iterable[Example], finder: Finder, seen: Set[str] = frozenset()) -> Score:
    """Count over *told* what *finder* hides; *seen*: the names of the training texts."""
    told = list(told)
    known = {label for example in told for _, _, label in example.spans}
    total = Score()
    for example in told:
        total.add(example, finder(example), known, seen)
    return total
