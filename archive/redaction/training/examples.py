"""The annotated sentences that models learn from and are measured on, in one set of labels.

A folder holds `klue-ner`, `konec`, `uner-zh`, `weibo`, `tab` and `uner-en`, each with a file
of its name: `text`, `split`, `spans: [[start, end, label]]`. Licences: archive/redaction/ATTRIBUTION.md.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from archive.redaction.words import names, places

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
    """A text with what people marked in it, and which of it they said to hide."""

    text: str
    spans: tuple[Span, ...]
    language: str
    hide: tuple[bool, ...] = field(default=())


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
            (tuple(span), kind != "NO_MASK") for span, kind in zip(row["spans"], row["kind"], strict=True)
        )
        kept: list[tuple[Span, bool]] = []
        for span, hide in marked:
            label = _english_label(span[2], row["text"][span[0] : span[1]])
            if label and (not kept or kept[-1][0][1] <= span[0]):
                kept.append(((span[0], span[1], label), hide))
        found.append(Example(row["text"], tuple(s for s, _ in kept), "en", tuple(h for _, h in kept)))
    if split == "train":
        found += [
            Example(
                row["text"], tuple(sorted(map(tuple, row["spans"]))), "en", tuple(True for _ in row["spans"])
            )
            for row in rows(folder, "uner-en", split)
        ]
    return found


def _english_label(label: str, surface: str) -> str:
    if label == "QTY":
        return "MONEY" if CURRENCY.search(surface) else "QTY"
    return "" if label == "MISC" else OURS.get(label, label)


def masked(examples: Iterable[Example]) -> list[Example]:
    """Only what people said to hide, so that a model learns to leave a public body readable."""
    return [
        Example(e.text, tuple(s for s, hide in zip(e.spans, e.hide, strict=True) if hide), e.language)
        for e in examples
    ]


def swapped(examples: Iterable[Example], seed: int) -> Iterator[Example]:
    """Each text that names somebody or somewhere once more, with made names and with places of this archive.

    No new annotation: a model that saw only judges and film stars learns how 김혜숙 is spoken of.
    """
    chance = random.Random(seed)
    for example in examples:
        if any(label in ("PER", "LOC") for _, _, label in example.spans):
            yield _swapped(example, chance)


def _swapped(example: Example, chance: random.Random) -> Example:
    parts: list[str] = []
    spans: list[Span] = []
    at = reached = 0
    for start, end, label in example.spans:
        surface, before = example.text[start:end], example.text[reached:start]
        if label == "PER" and len(surface) > 1:
            surface = person(example.language, surface, chance)
        elif label == "LOC":
            surface = chance.choice(_places(example.language))
        parts += [before, surface]
        at += len(before)
        spans.append((at, at + len(surface), label))
        at += len(surface)
        reached = end
        if example.language == "ko" and label in ("PER", "LOC"):
            particle, taken = _particle(surface, example.text[end:])
            parts.append(particle)
            at += len(particle)
            reached += taken
    return Example("".join([*parts, example.text[reached:]]), tuple(spans), example.language)


def _places(language: str) -> list[str]:
    if language not in _PLACES:
        known = sorted(places(language))
        _PLACES[language] = [name.title() for name in known] if language == "en" else known
    return _PLACES[language]


_PLACES: Final[dict[str, list[str]]] = {}
_SYLLABLES: Final = "금옥순희숙자영정향란화실봉련춘매월분명복선애경미은혜진철수호남일광성만길용학국식"
_KOREAN: Final = "Hye Sook Kyong Yong Soon Ok Mi Young Eun Jung Hwa Ran Hui Song Chol Su Il Nam Kwang Ho Myong Sun Kum Chun Bok Gil Min Ji Hyang".split()  # fmt: skip  # noqa: E501, SIM905
_CHINESE: Final = "Guo Qiang Xiao Mei Li Hua Jian Wei Yan Fang Yu Lan Zhi Ming Da Hong Xiu Ying Shu Zhen Feng Gui".split()  # fmt: skip  # noqa: E501, SIM905


def person(language: str, instead_of: str, chance: random.Random) -> str:
    """A made name of about the form of the one it stands for."""
    if language == "ko":
        given = "".join(chance.sample(_SYLLABLES, 2))
        if chance.random() < 0.3:
            given = chance.choice(sorted(names("ko_given")))
        return given if len(instead_of) < 3 else chance.choice(_SURNAMES) + given
    if language == "zh":
        given = chance.choice(sorted(names("zh_given")))
        return chance.choice(sorted(names("zh_surnames"))) + given
    title = re.match(r"(?:Mr|Mrs|Ms|Dr|Miss)\.? ", instead_of)
    first, second = chance.sample(_KOREAN if chance.random() < 0.6 else _CHINESE, 2)
    surname = chance.choice(["Kim", "Lee", "Ri", "Pak", "Park", "Choe", "Choi", "Jung", "Han", "Wang", "Li", "Zhang", "Liu", "Sun", "Zhao", "Xu", "Jin"])  # fmt: skip  # noqa: E501
    given = chance.choice((f"{first}-{second.lower()}", f"{first} {second}", first + second.lower()))
    whole = chance.choice((f"{surname} {given}", f"{given} {surname}", given)) if " " in instead_of else given
    return (title[0] if title else "") + whole


_SURNAMES: Final = "김김김리리이이박박최정강조윤장림임한오서신권황안송류유홍전고문손양배백허남심노하곽성차주우구라민진지엄채원천방공현함변염"  # noqa: E501
_PAIRS: Final = (("은", "는"), ("이", "가"), ("을", "를"), ("과", "와"), ("으로", "로"), ("아", "야"), ("이라", "라"), ("이었", "였"))  # fmt: skip  # noqa: E501


def _particle(word: str, after: str) -> tuple[str, int]:
    """The particle behind a swapped name as its last sound wants it, and how many letters it stands for."""
    closed = "가" <= word[-1] <= "힣" and (ord(word[-1]) - 0xAC00) % 28 > 0
    for pair in sorted(_PAIRS, key=lambda pair: -len(pair[0])):
        for form in sorted(pair, key=len, reverse=True):
            if after.startswith(form) and not after[len(form) : len(form) + 1].isalpha():
                return pair[0] if closed else pair[1], len(form)
    return "", 0


def people(folder: Path, name: str) -> frozenset[str]:
    """The names of people that the training texts of a model hold."""
    told = {"ko": korean, "en": english, "en-all": english}.get(name, chinese)(folder, "train")
    return frozenset(e.text[start:end] for e in told for start, end, label in e.spans if label == "PER")
