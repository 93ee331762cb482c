"""Train the models beside this package, the same bytes each time.

    python -m archive.redaction.training.train FOLDER OWN [ko zh en en-all]

FOLDER is as in `examples`; OWN has our invented testimonies, ko.jsonl and so on.

A model is a few megabytes and takes minutes. `models/models.json` keeps the hash of each and of what it saw;
`models/ordinary.json` the words that the testimonies never mark.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, Final

import pycrfsuite

from archive.redaction import rules
from archive.redaction.chain import MODELS
from archive.redaction.features import Unit, sentences, units
from archive.redaction.ordinary import LEARNT
from archive.redaction.plain import plain
from archive.redaction.training import examples
from archive.redaction.training.examples import Example, Span
from archive.redaction.training.swapping import swapped
from archive.redaction.training.unmarked import unmarked

SEED: Final = 20
TIMES: Final = 4
"""How often each testimony is learnt with other names, places and numbers; twice as it is."""
SETTINGS: Final[dict[str, dict[str, Any]]] = {
    "ko": {"c1": 0.5, "c2": 0.01, "max_iterations": 80},
    "zh": {"c1": 0.4, "c2": 0.01, "max_iterations": 110},
    "en": {"c1": 0.3, "c2": 0.01, "max_iterations": 70},
    "en-all": {"c1": 0.3, "c2": 0.01, "max_iterations": 70},
}
SETS: Final[dict[str, tuple[str, ...]]] = {
    "ko": ("klue-ner", "konec"), "zh": ("uner-zh",), "en": ("tab", "uner-en"), "en-all": ("tab", "uner-en"),
}  # fmt: skip


def seen(folder: Path, own: Path, model: str) -> list[Example]:
    """What a model learns from: licensed sentences, and the invented testimonies of *own*.

    The testimonies are few beside the sentences, so each is told as it is and again with other names.
    """
    if model == "ko":
        told = examples.korean(folder, "train")
    elif model == "zh":
        told = examples.chinese(folder, "train")
    else:
        told = examples.english(folder, "train")
        told = told if model == "en-all" else examples.masked(told)
    named = [each for each in told if any(label == "PER" for _, _, label in each.spans)]
    invented = examples.testimonies(own, model[:2], "train")
    again = [each for n in range(TIMES) for each in swapped(invented, SEED + n, names_only=False)]
    return [*told, *(swapped(named, SEED) if model == "ko" else ()), *invented * 2, *again]


def labelled(example: Example) -> Iterator[tuple[list[Unit], list[str]]]:
    """The sentences of an example with the label of each unit."""
    folded = plain(example.text)
    marks: list[Span | None] = [None] * len(example.text)
    for span in example.spans:
        marks[span[0] : span[1]] = [span] * (span[1] - span[0])
    told = rules.told(folded, rules.ruled(folded, [(0, len(folded.text), example.language)]))
    for start, end in sentences(folded.text):
        here = slice(start, end)
        row = units(folded.text[here], example.language, told.marks[here], told.echoes[here])
        labels: list[str] = []
        before: Span | None = None
        for unit in row:
            left, right = folded.original(start + unit.start, start + unit.end)
            marked = next((mark for mark in marks[left:right] if mark), None)
            labels.append("O" if marked is None else ("I-" if marked is before else "B-") + marked[2])
            before = marked
        if row:
            yield row, labels


def train(told: Iterable[Example], settings: dict[str, Any], file: Path) -> None:
    """Write the model that learnt from *told*."""
    trainer = pycrfsuite.Trainer(algorithm="lbfgs", verbose=False)
    trainer.set_params(settings | {"feature.possible_transitions": False})
    for example in told:
        for row, labels in labelled(example):
            trainer.append([unit.features for unit in row], labels)
    trainer.train(str(file))


SAMPLES: Final = {
    "ko": "김혜숙 언니는 혜산시 교화소에서 박 씨와 2003년을 보냈다.",
    "zh": "王村長把李小芳賣到黑龍江省林口縣，派出所知道。",
    "en": "Mr. A. Kim of Musan met Pastor Lee, then 19, at the Court.",
}


def fingerprint(language: str) -> str:
    """The hash of the features of a sentence: a model of other features reads nothing right."""
    example = Example(SAMPLES[language], (), language)
    row = [unit.features for told, _ in labelled(example) for unit in told]
    return hashlib.sha256(json.dumps(row).encode()).hexdigest()


def sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def write_ordinary(own: Path, file: Path) -> None:
    """Write down the words that our own training testimonies never mark, a row for each language."""
    told = {each: unmarked(examples.testimonies(own, each, "train"), each) for each in ("ko", "zh", "en")}
    rows = {language: " ".join(words) for language, words in told.items()}
    file.write_text(json.dumps(rows, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")


def trained(folder: Path, own: Path, name: str) -> dict[str, Any]:
    """Train one model; what it is."""
    file = MODELS / f"{name}.crfsuite"
    train(seen(folder, own, name), SETTINGS[name], file)
    print(name, file.stat().st_size, sha256(file), flush=True)
    return {
        "sha256": sha256(file),
        "data": {each: sha256(folder / each / f"{each}.jsonl") for each in SETS[name]}
        | {"testimonies": sha256(own / f"{name[:2]}.jsonl")},
        "settings": SETTINGS[name],
        "features": fingerprint(name[:2]),
    }


def main(folder: Path, own: Path, wanted: list[str]) -> None:
    """Train each of the *wanted* models, on every core, and write down what it is."""
    MODELS.mkdir(exist_ok=True)
    write_ordinary(own, LEARNT)
    card = MODELS / "models.json"
    told: dict[str, Any] = json.loads(card.read_text("utf-8")) if card.exists() else {}
    with ProcessPoolExecutor() as pool:
        told.update(zip(wanted, pool.map(partial(trained, folder, own), wanted), strict=True))
    card.write_text(json.dumps(told, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:] or list(SETTINGS))
