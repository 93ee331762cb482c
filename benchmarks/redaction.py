"""`python -m benchmarks.redaction`: what the recognisers find and hide in vain, beside Presidio's patterns.

1. Asked as `onggi archive redaction suggest` asks, at several thetas, and without each of the parts.
2. Development splits only: our own invented testimonies, and ../shared/corpora/ner where it lies.
3. Presidio is installed into a folder that is removed; where it cannot be, the page says so.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from time import process_time
from typing import Final

from archive.redaction.suggest import PARTS, THETA, suggest
from archive.redaction.training import examples
from archive.redaction.training.examples import Example, Span
from archive.redaction.training.measure import Score, score
from benchmarks.bars import table
from tests.archive.redaction.identifiers import MADE, Made, disguised_ones, plain_ones

ROOT: Final = Path(__file__).parents[1]
OWN: Final = ROOT / "tests" / "samples" / "redaction"
LICENSED: Final = ROOT.parent / "shared" / "corpora" / "ner"
PRESIDIO: Final = "presidio-analyzer==2.2.366"
THETAS: Final = (0.0, 0.9, THETA)
COUNTED: Final = 500
LONG: Final = 20_000
LABELS: Final = ("PER", "LOC", "ORG", "DATE")
HEAD: Final = [
    "set and system",
    "F1",
    "cover",
    "direct",
    "quasi",
    "less kin",
    "precision",
    *LABELS,
    "not learnt",
]


@dataclass(frozen=True)
class Set:
    """A development split, whether every mention counts in it, and the names that were learnt before."""

    name: str
    told: Sequence[Example]
    every: bool = False
    learnt: frozenset[str] = frozenset()


def sets() -> Iterator[Set]:
    """What can be measured here."""
    for language, name in (("ko", "Korean"), ("zh", "Chinese"), ("en", "English")):
        told = examples.testimonies(OWN, language, "dev")
        yield Set(f"{name} testimonies, {len(told)}", told)
        yield Set(f"{name} testimonies, {len(told)}, every mention", told, every=True)
    if not LICENSED.exists():
        return
    known = {name: examples.people(LICENSED, name) for name in ("ko", "zh", "en")}
    yield Set("Korean news and reviews (KLUE, KoNEC)", examples.korean(LICENSED, "dev"), learnt=known["ko"])
    yield Set("Chinese encyclopedia (UNER GSD)", examples.chinese(LICENSED, "dev"), learnt=known["zh"])
    english = examples.english(LICENSED, "dev")
    yield Set("English judgments (TAB), what is to hide", examples.masked(english), learnt=known["en"])
    yield Set("English judgments (TAB), every mention", english, every=True, learnt=known["en"])


def suggested(
    example: Example, theta: float = THETA, every: bool = False, without: Sequence[str] = ()
) -> list[Span]:
    """What the chain suggests."""
    (found,) = suggest(
        [example.text], language=example.language, theta=theta, every_mention=every, without=without
    )
    return [(each.start, each.end, each.kind) for each in found]


def rows(of: Set, presidio: Presidio | None) -> Iterator[list[str]]:
    """The lines of one set."""
    yield [of.name, *[""] * (len(HEAD) - 1)]
    for theta in THETAS:
        yield _row(f"  all, theta {theta:g}", of, partial(suggested, theta=theta, every=of.every))
    for part in PARTS:
        yield _row(f"  without {part}", of, partial(suggested, every=of.every, without=(part,)))
    if presidio:
        yield _row("  Presidio's patterns", of, presidio.spans)


def _row(name: str, of: Set, finder: Callable[[Example], list[Span]]) -> list[str]:
    told: Score = score(of.told, finder, of.learnt)
    covers = [told.cover(each) for each in ("all", "direct", "quasi", "quasi but kin")]
    kinds = [told.cover(each) for each in (*LABELS, "not learnt")]
    return [name, f"{told.f1:.3f}", *map(_share, (*covers, told.precision, *kinds))]


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


class Presidio:
    """Presidio's patterns in an environment of their own; it is asked for all texts at once."""

    def __init__(self, folder: Path, texts: Sequence[str]) -> None:
        python = folder / "presidio" / "bin" / "python"
        install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", PRESIDIO]
        for command in ([sys.executable, "-m", "venv", str(folder / "presidio")], install):
            subprocess.run(command, check=True, capture_output=True)
        told = subprocess.run(
            [python, ROOT / "benchmarks" / "presidio.py"],
            input=json.dumps(list(texts)).encode(), check=True, capture_output=True,
        )  # fmt: skip
        answer = json.loads(told.stdout)
        self.seconds: float = answer["seconds"]
        self._spans = dict(zip(texts, answer["spans"], strict=True))

    def spans(self, example: Example) -> list[Span]:
        return [(start, end, "") for start, end in self._spans[example.text]]


def shaped() -> Iterator[list[str]]:
    """For each kind of identifier how many of `COUNTED` are hidden whole, plain and disguised."""
    for kind in MADE:
        plain = sum(_hidden(made) for made in plain_ones(kind, COUNTED)) / COUNTED
        disguised = sum(_hidden(made) for _, made in disguised_ones(kind, COUNTED)) / COUNTED
        yield [kind, f"{plain:.3f}", f"{disguised:.3f}"]


def _hidden(made: Made) -> bool:
    at = made.text.index(made.wanted)
    marked = {n for each in suggest([made.text])[0] for n in range(each.start, each.end)}
    return all(n in marked for n in range(at, at + len(made.wanted)) if made.text[n].isalnum())


def seconds() -> Iterator[list[str]]:
    """What a testimony of twenty thousand letters takes, once the models are read."""
    for language in ("ko", "zh", "en"):
        texts = [each.text for each in examples.testimonies(OWN, language, "dev")]
        long = ("\n\n".join(texts) * (1 + LONG // sum(map(len, texts))))[:LONG]
        begun = process_time()
        suggest(["."], language=language)
        loaded = process_time() - begun
        took = []
        for _ in range(3):
            begun = process_time()
            suggest([long], language=language)
            took.append(process_time() - begun)
        yield [language, f"{loaded:.2f}", f"{median(took):.2f}"]


PAGE: Final = """## Redaction: what is found, and what is hidden in vain

{found}

Theta is {theta} where a line does not say. *less kin*: quasi-identifiers without words for kin. {presidio}

### Identifiers with a shape, {counted} of each kind

{shaped}

### Seconds of one processor for {long:,} letters

{seconds}
"""


def page(chosen: str) -> str:
    """The page of the sets whose name has *chosen* in it."""
    measured = [each for each in sets() if chosen.lower() in each.name.lower()]
    took = table(["language", "first call", "each"], *seconds())
    texts = list(dict.fromkeys(each.text for of in measured for each in of.told))
    with tempfile.TemporaryDirectory(prefix="presidio-") as folder:
        try:
            presidio = Presidio(Path(folder), texts)
            told = (
                f"{PRESIDIO}: all its pattern recognisers, no model; {presidio.seconds:.1f} s for all sets."
            )
        except (OSError, subprocess.CalledProcessError, ValueError):
            presidio, told = None, f"{PRESIDIO} is left out: it could not be installed here."
    lines = [line for of in measured for line in rows(of, presidio)]
    return PAGE.format(
        found=table(HEAD, *lines), theta=THETA, presidio=told, counted=COUNTED, long=LONG, seconds=took,
        shaped=table(["kind", "plain", "disguised"], *shaped()),
    )  # fmt: skip


def main() -> int:
    asked = argparse.ArgumentParser(
        description="What the recognisers of redaction find, on development splits."
    )
    asked.add_argument("--sets", default="", help="only those whose name has this in it, such as korean")
    print(page(asked.parse_args().sets))
    return 0


if __name__ == "__main__":
    sys.exit(main())
