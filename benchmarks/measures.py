"""Count what the recognisers miss in texts like testimonies, for the estimate that a release is shown.

    python -m benchmarks.measures        writes archive/risk/measures.json; seconds

The invented testimonies of tests/samples/redaction, voices of `dev` only: models are chosen by these, so the
figures flatter a little; the voices of `test` stay unseen. Missed: any letter of a mention not suggested.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from archive.redaction.suggest import THETA, suggest
from archive.risk import leaks

HERE: Final = Path(__file__).parents[1]
SAMPLES: Final = HERE / "tests" / "samples" / "redaction"
INTO: Final = HERE / "archive" / "risk" / "measures.json"
LANGUAGES: Final = {"ko": "kor", "zh": "zho", "en": "eng"}


def measure() -> dict[str, Any]:
    """What `measures.json` holds: misses and mentions of each kind, and which models were measured."""
    missed = {lang: _missed(SAMPLES / f"{name}.jsonl") for name, lang in LANGUAGES.items()}
    return {"theta": THETA, "models": leaks.models(), "missed": missed}


def _missed(path: Path) -> dict[str, list[int]]:
    misses, of = Counter[str](), Counter[str]()
    for text, spans in _marked(path):
        hidden = bytearray(len(text))
        for each in suggest([text])[0]:
            hidden[each.start : each.end] = b"\1" * (each.end - each.start)
        for start, end, kind in spans:
            of[kind] += 1
            misses[kind] += any(text[at].isalnum() and not hidden[at] for at in range(start, end))
    return {kind: [misses[kind], of[kind]] for kind in sorted(of)}


def _marked(path: Path) -> Iterator[tuple[str, list[tuple[int, int, str]]]]:
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        if row["split"] == "dev":
            yield row["text"], [(start, end, kind) for start, end, kind, _ in row["spans"]]


if __name__ == "__main__":
    INTO.write_text(json.dumps(measure(), sort_keys=True) + "\n", "utf-8")
