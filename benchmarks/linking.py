"""The linking attack, measured: redacted facts of open court judgments against how each judgment opens.

    python -m benchmarks.linking CORPORA        CORPORA holds ner/tab/tab.jsonl; a minute

Of the open judgments of the Text Anonymization Benchmark (113) the part from THE FACTS on is redacted and the
part before it stays as it is. Told is how often the right opening is nearest, or among the five nearest: with
nothing hidden, with all that people marked, and with what the recognisers suggest. The benchmark's own task,
against public sections of other documents, needs its sealed half.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from archive.redaction.suggest import suggest
from archive.risk.linking import links, ranks

FACTS: Final = "THE FACTS"
SHORTEST: Final = 200
"""Signs of an opening that says anything."""
Spans = Iterable[tuple[int, int]]


def judgments(corpora: Path) -> Iterator[tuple[str, str, int, list[tuple[int, int]]]]:
    """Name, text, where the facts begin, and what people marked."""
    for line in (corpora / "ner" / "tab" / "tab.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        at = row["text"].find(FACTS)
        if at >= SHORTEST:
            yield row["id"], row["text"], at, [(start, end) for start, end, _ in row["spans"]]


def redacted(text: str, at: int, spans: Spans) -> str:
    """*text* from *at* on, with every span hidden."""
    shown = bytearray(b"\1" * len(text))
    for start, end in spans:
        shown[start:end] = bytes(end - start)
    return "".join(letter if seen else " " for letter, seen in zip(text[at:], shown[at:], strict=True))


def measure(corpora: Path) -> dict[str, tuple[int, int, int]]:
    """For each way to redact: right at first place, among the best, of how many."""
    known = list(judgments(corpora))
    openings = {f"{id} opens": text[:at] for id, text, at, _ in known}
    ways: dict[str, dict[str, str]] = {"nothing": {}, "people": {}, "recognisers": {}}
    for id, text, at, marked in known:
        proposed = [(each.start, each.end) for each in suggest([text])[0]]
        for way, spans in zip(ways, ([], marked, proposed), strict=True):
            ways[way][id] = redacted(text, at, spans)
    pairs = [(id, f"{id} opens") for id, *_ in known]
    found = {way: ranks(links(texts, openings), pairs) for way, texts in ways.items()}
    return {way: (each.first, each.among_best, each.of) for way, each in found.items()}


if __name__ == "__main__":
    for way, (first, among, of) in measure(Path(sys.argv[1])).items():
        print(f"{way:12} first {first / of:.3f}  among five {among / of:.3f}  of {of}")
