"""Marked texts once more, with other names, places, numbers, trades and premises in the same sentences.

No new annotation: a model that saw only judges and film stars learns how 김혜숙 is spoken of, and one that
saw a hundred testimonies learns their turns of phrase, not their hundred villages. Who has one name in a text
has one name in it again, for a chain is told where else a word stands. The same seed gives the same.
"""

# ruff: noqa: E501 (a list is read on one line)

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from typing import Final

from archive.redaction.amounts import TEEN, TY, UNIT
from archive.redaction.training.examples import Example, Span
from archive.redaction.training.people import BYNAMED, person
from archive.redaction.words import lexicon, places

COUNTED: Final = ("DATE", "TIME", "AGE", "MONEY", "CODE", "PHONE", "HANDLE")
LISTS: Final = {"JOB": "trades", "SITE": "sites"}
HALF: Final = 0.5
CARELESS: Final = 0.2
"""How many of the other copies are typed in a hurry."""
STOPS: Final = re.compile("[，。、；,.](?!\\d)")


def swapped(examples: Iterable[Example], seed: int, *, names_only: bool = True) -> Iterator[Example]:
    """Each text that names somebody or somewhere, once more; unless *names_only* with other numbers too."""
    chance = random.Random(seed)
    for example in examples:
        if any(label in ("PER", "LOC") for _, _, label in example.spans):
            other = _swapped(example, chance, names_only)
            yield other if names_only or chance.random() >= CARELESS else _careless(other)


def _careless(example: Example) -> Example:
    """The text as somebody types it in a hurry: without capitals, or without commas and full stops."""
    text = example.text.lower() if example.language == "en" else STOPS.sub(" ", example.text)
    return replace(example, text=text) if len(text) == len(example.text) else example


def _swapped(example: Example, chance: random.Random, names_only: bool) -> Example:
    parts: list[str] = []
    spans: list[Span] = []
    at = reached = 0
    again = _people(example, chance, names_only)
    for start, end, label in example.spans:
        before, old = example.text[reached:start], example.text[start:end]
        if (label, old) not in again or label in COUNTED:
            again[label, old] = _other(example.language, label, old, chance, names_only)
        surface = again[label, old]
        parts += [before, surface]
        at += len(before)
        spans.append((at, at + len(surface), label))
        at += len(surface)
        reached = end
        if example.language == "ko" and surface != old:
            particle, taken = _particle(surface, example.text[end:])
            parts.append(particle)
            at += len(particle)
            reached += taken
    return Example("".join([*parts, example.text[reached:]]), tuple(spans), example.language)


def _people(example: Example, chance: random.Random, names_only: bool) -> dict[tuple[str, str], str]:
    """What each name of a text becomes; of a name that is the end of another, the end of that."""
    told = {example.text[start:end] for start, end, label in example.spans if label == "PER"}
    found: dict[tuple[str, str], str] = {}
    for old in sorted(told, key=lambda name: (-len(name), name)):
        longer = next((name for name in sorted(told) if name != old and _ends_with(name, old)), "")
        whole = found.get(("PER", longer), "")
        if whole and " " in old + whole and " " in longer:
            found["PER", old] = whole.split(" ")[-1]
        elif whole and 1 < len(old) < len(whole) and " " not in old:
            found["PER", old] = whole[-len(old) :]
        else:
            found["PER", old] = _other(example.language, "PER", old, chance, names_only)
    return found


def _ends_with(name: str, old: str) -> bool:
    return len(old) > 1 and (name.endswith(" " + old) or (name.endswith(old) and old[0] >= "\u3400"))


def _other(language: str, label: str, old: str, chance: random.Random, names_only: bool) -> str:
    """What stands instead of *old*."""
    if label == "PER" and (len(old) > 1 or not names_only):
        return person(language, old, chance, BYNAMED if not names_only else 0)
    if label == "LOC":
        return chance.choice(_places(language))
    if names_only or chance.random() < HALF:
        return old
    if label in LISTS:
        return chance.choice(lexicon(f"{language}_{LISTS[label]}")).replace("_", " ")
    return renumbered(old, chance) if label in COUNTED else old


@cache
def _places(language: str) -> list[str]:
    known = sorted(places(language))
    return [name.title() for name in known] if language == "en" else known


_NUMERAL: Final = re.compile(
    rf"(?P<year>(?:19|20)[0-9]{{2}})|(?P<century>二[〇零]|一九)|(?P<digit>\d)|(?P<han>[一二三四五六七八九])|(?P<tens>열|스물|서른|마흔|쉰|예순)|(?P<ones>다섯|여섯|일곱|여덟|아홉)"
    rf"|\b(?:(?P<en>{UNIT})|(?P<teen>{TEEN})|(?P<ty>{TY}))\b"
)
_ALIKE: Final = {
    "han": tuple("一二三四五六七八九"),
    "tens": ("열", "스물", "서른", "마흔", "쉰"),
    "ones": ("다섯", "여섯", "일곱", "여덟", "아홉"),
    "en": tuple(UNIT.split("|")), "teen": tuple(TEEN.split("|")), "ty": tuple(TY.split("|")),
}  # fmt: skip


def renumbered(old: str, chance: random.Random) -> str:
    """*old* with other digits and number words of the same kind in their places."""

    def other(found: re.Match[str]) -> str:
        kind = found.lastgroup or ""
        if kind == "century":
            return found[0]
        if kind == "year":
            return str(chance.randrange(1960, 2024))
        if kind != "digit":
            return chance.choice(_ALIKE[kind])
        # A full-width digit stays one; what begins with 0 or 1 still does.
        zero = ord(found[0]) - int(found[0])
        return found[0] if int(found[0]) < 2 and found.start() == 0 else chr(zero + chance.randrange(10))

    return _NUMERAL.sub(other, old)


_PAIRS: Final = (("은", "는"), ("이", "가"), ("을", "를"), ("과", "와"), ("으로", "로"), ("아", "야"), ("이라", "라"), ("이었", "였"))  # fmt: skip


def _particle(word: str, after: str) -> tuple[str, int]:
    """The particle behind a swapped name as its last sound wants it, and how many letters it stands for."""
    closed = "가" <= word[-1] <= "힣" and (ord(word[-1]) - 0xAC00) % 28 > 0
    if not closed and re.match(r"이(?:는|가|를|의|와|도|네|랑|한테|에게|하고|만|야)(?![가-힣]{2})", after):
        # The 이 of 영남이는 stands behind a closed syllable only.
        return "", 1
    for pair in sorted(_PAIRS, key=lambda pair: -len(pair[0])):
        for form in sorted(pair, key=len, reverse=True):
            if after.startswith(form) and not after[len(form) : len(form) + 1].isalpha():
                return pair[0] if closed else pair[1], len(form)
    return "", 0
