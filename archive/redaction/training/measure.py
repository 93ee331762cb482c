"""Measure what is suggested against what people marked.

    python -m archive.redaction.training.measure FOLDER       as in `examples`; development splits only

*cover*: the share of marked mentions every letter of which is hidden, whatever the label. *precision*: the
share of hidden letters that were marked. *F1*: spans and labels exactly, on the labels that the set has.
Several mentions of one text are counted one by one, so a text that repeats a name counts it again.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from archive.redaction.suggest import suggest
from archive.redaction.suggestion import Suggestion
from archive.redaction.training import examples
from archive.redaction.training.examples import Example


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

    def add(self, example: Example, found: Iterable[Suggestion]) -> None:
        """Count one text."""
        text, spans = example.text, tuple(found)
        marked = {n for start, end, _ in example.spans for n in range(start, end) if text[n].isalnum()}
        hidden = {n for each in spans for n in range(each.start, each.end) if text[n].isalnum()}
        for start, end, label in example.spans:
            self.marked[label] += 1
            self.covered[label] += all(n in hidden for n in range(start, end) if text[n].isalnum())
        self.hidden += len(hidden)
        self.rightly += len(hidden & marked)
        gold = set(example.spans)
        self.exact += sum((each.start, each.end, each.kind) in gold for each in spans)
        self.proposed += len(spans)
        self.wanted += len(gold)

    @property
    def cover(self) -> float:
        return self.covered.total() / max(self.marked.total(), 1)

    @property
    def precision(self) -> float:
        return self.rightly / max(self.hidden, 1)

    @property
    def f1(self) -> float:
        return 2 * self.exact / max(self.proposed + self.wanted, 1)

    def row(self) -> str:
        """One line of a table."""
        kinds = " ".join(
            f"{label} {self.covered[label] / self.marked[label]:.3f}"
            for label, _ in self.marked.most_common(12)
        )
        return f"F1 {self.f1:.3f} | cover {self.cover:.3f} | precision {self.precision:.3f} | {kinds}"


def score(told: Iterable[Example], theta: float, *, every_mention: bool = False, among: bool = True) -> Score:
    """Count over *told*; *among*: only proposals of labels that the set marks at all count for F1."""
    told = list(told)
    known = {label for example in told for _, _, label in example.spans}
    total = Score()
    for example in told:
        (found,) = suggest(
            [example.text], language=example.language, theta=theta, every_mention=every_mention
        )
        total.add(example, found)
        if among:
            total.proposed -= sum(each.kind not in known for each in found)
    return total


def main(folder: Path, sets: list[str]) -> None:
    """Print a table."""
    told: dict[str, Callable[[], list[Example]]] = {
        "ko": lambda: examples.korean(folder, "dev"),
        "zh": lambda: examples.chinese(folder, "dev"),
        "weibo": lambda: examples.chinese(folder, "dev", "weibo"),
        "en": lambda: examples.masked(examples.english(folder, "dev")),
        "en-all": lambda: examples.english(folder, "dev"),
    }
    for name in sets or list(told):
        found, every = told[name](), name.endswith("-all")
        for theta in (0.0, 0.5, 0.9, 0.98):
            print(name, theta, score(found, theta, every_mention=every).row(), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
