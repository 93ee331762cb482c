"""Measure what is suggested against what people marked.

    python -m archive.redaction.training.measure FOLDER       as in `examples`; development splits only

*cover*: the share of marked mentions every letter of which is hidden, whatever the label. *precision*: the
share of hidden letters that were marked; *own precision*: of what was suggested as a kind that the set marks
at all. *F1*: exact spans and labels, on those kinds. Mentions are counted one by one, repeated ones too.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Set
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
    new: int = 0
    new_covered: int = 0
    own: int = 0
    own_rightly: int = 0
    hidden: int = 0
    rightly: int = 0
    exact: int = 0
    proposed: int = 0
    wanted: int = 0

    def add(self, example: Example, found: Iterable[Suggestion], known: Set[str], seen: Set[str]) -> None:
        """Count one text of a set that marks the labels *known*; names that are in *seen* were learnt."""
        text, spans = example.text, tuple(found)
        marked = {n for start, end, _ in example.spans for n in range(start, end) if text[n].isalnum()}
        hidden = {n for each in spans for n in range(each.start, each.end) if text[n].isalnum()}
        for start, end, label in example.spans:
            self.marked[label] += 1
            whole = all(n in hidden for n in range(start, end) if text[n].isalnum())
            self.covered[label] += whole
            if label == "PER" and text[start:end] not in seen:
                self.new += 1
                self.new_covered += whole
        self.hidden += len(hidden)
        self.rightly += len(hidden & marked)
        own = {n for s in spans if s.kind in known for n in range(s.start, s.end) if text[n].isalnum()}
        self.own += len(own)
        self.own_rightly += len(own & marked)
        gold = set(example.spans)
        self.exact += sum((each.start, each.end, each.kind) in gold for each in spans)
        self.proposed += sum(each.kind in known for each in spans)
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
        own, new = self.own_rightly / max(self.own, 1), self.new_covered / max(self.new, 1)
        return (
            f"F1 {self.f1:.3f} | cover {self.cover:.3f} | precision {self.precision:.3f} | "
            f"own precision {own:.3f} | {kinds} | {self.new} names not learnt {new:.3f}"
        )


def score(
    told: Iterable[Example], theta: float, *, every_mention: bool = False, seen: Set[str] = frozenset()
) -> Score:
    """Count over *told*; *seen*: the names of the training texts."""
    told = list(told)
    known = {label for example in told for _, _, label in example.spans}
    total = Score()
    for example in told:
        (found,) = suggest(
            [example.text], language=example.language, theta=theta, every_mention=every_mention
        )
        total.add(example, found, known, seen)
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
        learnt = examples.people(folder, name)
        for theta in (0.0, 0.5, 0.9, 0.98):
            print(name, theta, score(found, theta, every_mention=every, seen=learnt).row(), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
