"""The annotated sentences that models learn from and are measured on, in one set of labels.

A folder holds `klue-ner`, `konec`, `uner-zh`, `weibo`, `tab` and `uner-en`, each with a file
of its name: `text`, `split`, `spans: [[start, end, label]]`. Licences: archive/redaction/ATTRIBUTION.md.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

FINE: Final = ("AGE", "MONEY", "KIN", "JOB", "SITE", "PHONE")
"""What KoNEC marks and KLUE does not, or only as a quantity."""
OURS: Final = {"GEO": "LOC", "DEM": "JOB"}
"""In the benchmark a nationality or a profession is one label; we call both what somebody is."""
CURRENCY: Final = re.compile(
    r"(?i)[$€£¥₩]|eur|usd|gbp|try|dollar|pound|lira|franc|zlot|roubl|rubl|hryvn|kron|mark|forint|le[iv]"
)

Span = tuple[int, int, str]


@dataclass(frozen=True)
class Example:
    """A text with what people marked in it, what of it is to hide, and what points at one person."""

    text: str
    spans: tuple[Span, ...]
    language: str
    hide: tuple[bool, ...] = ()
    direct: tuple[bool, ...] = ()


def rows(folder: Path, name: str, split: str) -> Iterator[dict[str, Any]]:
    """The rows of one set's split."""
    with (folder / name / f"{name}.jsonl").open(encoding="utf-8") as file:
        yield from (row for row in map(json.loads, file) if row["split"] == split)


def korean(folder: Path, split: str) -> list[Example]:
    """KLUE's names, dates and times, with KoNEC's ages, sums, kin, jobs and sites."""
    fine = {row["id"]: row["spans"] for row in rows(folder, "konec", split)}
    found = []
    for row in rows(folder, "klue-ner", split):
        kept = [tuple(span) for span in row["spans"] if span[2] != "QTY"]
        for span in fine.get(row["id"], []):
            if span[2] in FINE and not any(span[0] < end and start < span[1] for start, end, _ in kept):
                kept.append(tuple(span))
        for span in row["spans"]:
            if span[2] == "QTY" and not any(span[0] < end and start < span[1] for start, end, _ in kept):
                kept.append(tuple(span))
        found.append(Example(row["text"], tuple(sorted(kept)), "ko"))
    return found


def chinese(folder: Path, split: str, name: str = "uner-zh") -> list[Example]:
    """Named people, places and bodies; of Weibo without what is only spoken of (my mother)."""
    return [
        Example(row["text"], tuple(sorted(tuple(s) for s in row["spans"] if not s[2].endswith("_NOM"))), "zh")
        for row in rows(folder, name, split)
    ]


def english(folder: Path, split: str) -> list[Example]:
    """Court decisions, each span with whether it is to hide; with *train*, letters and reviews too."""
    found = []
    for row in rows(folder, "tab", split):
        marked = sorted(
            (tuple(span), str(kind)) for span, kind in zip(row["spans"], row["kind"], strict=True)
        )
        kept: list[tuple[Span, str]] = []
        for span, kind in marked:
            label = _english_label(span[2], row["text"][span[0] : span[1]])
            if label and (not kept or kept[-1][0][1] <= span[0]):
                kept.append(((span[0], span[1], label), kind))
        hide, direct = (tuple(kind != "NO_MASK" for _, kind in kept), tuple(k == "DIRECT" for _, k in kept))
        found.append(Example(row["text"], tuple(s for s, _ in kept), "en", hide, direct))
    if split == "train":
        found += [
            Example(
                row["text"], tuple(sorted(map(tuple, row["spans"]))), "en", tuple(True for _ in row["spans"])
            )
            for row in rows(folder, "uner-en", split)
        ]
    return found


def testimonies(folder: Path, language: str, split: str) -> list[Example]:
    """Our own invented testimonies in one language (tests/samples/redaction)."""
    with (folder / f"{language}.jsonl").open(encoding="utf-8") as file:
        return [
            Example(
                row["text"],
                tuple((start, end, kind) for start, end, kind, _ in row["spans"]),
                language,
                direct=tuple(told == "direct" for *_, told in row["spans"]),
            )
            for row in map(json.loads, file)
            if row["split"] == split
        ]


def _english_label(label: str, surface: str) -> str:
    if label == "QTY":
        return "MONEY" if CURRENCY.search(surface) else "QTY"
    return "" if label == "MISC" else OURS.get(label, label)


def masked(examples: Iterable[Example]) -> list[Example]:
    """Only what people said to hide, so that a model learns to leave a public body readable."""
    found = []
    for each in examples:
        direct = each.direct or (False,) * len(each.spans)
        rows = [(s, d) for s, d, hide in zip(each.spans, direct, each.hide, strict=True) if hide]
        spans, alone = tuple(s for s, _ in rows), tuple(d for _, d in rows)
        found.append(Example(each.text, spans, each.language, direct=alone))
    return found


def people(folder: Path, name: str) -> frozenset[str]:
    """The names of people that the training texts of a model hold."""
    told = {"ko": korean, "en": english, "en-all": english}.get(name, chinese)(folder, "train")
    return frozenset(e.text[start:end] for e in told for start, end, label in e.spans if label == "PER")
