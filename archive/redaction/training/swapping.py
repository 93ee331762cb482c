"""Marked texts once more, with other names, places, numbers, trades and premises in the same sentences.

No new annotation: a model that saw only judges and film stars learns how 김혜숙 is spoken of, and one that
saw sixty testimonies learns their turns of phrase, not their sixty villages. The same seed gives the same.
"""

# ruff: noqa: E501, SIM905 (a list is read on one line)

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Final

from archive.redaction.amounts import TEEN, TY, UNIT
from archive.redaction.training.examples import Example, Span
from archive.redaction.words import lexicon, names, places

COUNTED: Final = ("DATE", "TIME", "AGE", "MONEY", "CODE", "PHONE", "HANDLE")
LISTS: Final = {"JOB": "trades", "SITE": "sites"}
HALF: Final = 0.5


def swapped(examples: Iterable[Example], seed: int, *, names_only: bool = True) -> Iterator[Example]:
    """Each text that names somebody or somewhere, once more; unless *names_only* with other numbers too."""
    chance = random.Random(seed)
    for example in examples:
        if any(label in ("PER", "LOC") for _, _, label in example.spans):
            yield _swapped(example, chance, names_only)


def _swapped(example: Example, chance: random.Random, names_only: bool) -> Example:
    parts: list[str] = []
    spans: list[Span] = []
    at = reached = 0
    for start, end, label in example.spans:
        before, old = example.text[reached:start], example.text[start:end]
        surface = _other(example.language, label, old, chance, names_only)
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


def _other(language: str, label: str, old: str, chance: random.Random, names_only: bool) -> str:
    """What stands instead of *old*."""
    if label == "PER" and (len(old) > 1 or not names_only):
        return person(language, old, chance)
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


SYLLABLES: Final = "금옥순희숙자영정향란화실봉련춘매월분명복선애경미은혜진철수호남일광성만길용학국식"
HANJA: Final = "金玉顺姬淑子英贞香兰花实凤莲春梅月粉明福善爱京美恩惠珍哲秀虎南日光成万吉龙学国植"
ROMANISED: Final = "Hye Sook Kyong Yong Soon Ok Mi Young Eun Jung Hwa Ran Hui Song Chol Su Il Nam Kwang Ho Myong Sun Kum Chun Bok Gil Min Ji Hyang".split()  # fmt: skip
PINYIN: Final = (
    "Guo Qiang Xiao Mei Li Hua Jian Wei Yan Fang Yu Lan Zhi Ming Da Hong Xiu Ying Shu Zhen Feng Gui".split()
)
SURNAMES_KO: Final = "김김김리리이이박박최정강조윤장림임한오서신권황안송류유홍전고문손양배백허남심노하곽성차주우구라민진지엄채원천방공현함변염"
SURNAMES_HANJA: Final = "金金金李李朴朴崔郑姜赵尹张林韩吴徐申权黄安宋柳洪全高文孙梁裴白许南沈卢河郭成车朱禹"
SURNAMES_EN: Final = "Kim Lee Ri Pak Park Choe Choi Jung Han Wang Li Zhang Liu Sun Zhao Xu Jin".split()
FONDLY: Final = ("小", "老", "阿", "大")


def person(language: str, instead_of: str, chance: random.Random) -> str:
    """A made name of about the form of the one it stands for."""
    if language == "ko":
        return _korean(instead_of, chance)
    if language == "zh":
        return _chinese(instead_of, chance)
    title = re.match(r"(?:Mr|Mrs|Ms|Dr|Miss)\.? ", instead_of)
    first, second = chance.sample(ROMANISED if chance.random() < 0.6 else PINYIN, 2)
    surname = chance.choice(SURNAMES_EN)
    given = chance.choice((f"{first}-{second.lower()}", f"{first} {second}", first + second.lower()))
    whole = chance.choice((f"{surname} {given}", f"{given} {surname}", given)) if " " in instead_of else given
    return (title[0] if title else "") + whole


def _korean(instead_of: str, chance: random.Random) -> str:
    surname, given = chance.choice(SURNAMES_KO), "".join(chance.sample(SYLLABLES, 2))
    if chance.random() < 0.3:
        given = chance.choice(sorted(names("ko_given")))
    if len(instead_of) == 1:
        return surname
    return given if len(instead_of) < 3 else surname + given


def _chinese(instead_of: str, chance: random.Random) -> str:
    korean = chance.random() < HALF
    surname = chance.choice(SURNAMES_HANJA if korean else sorted(names("zh_surnames"))[:400])
    given = "".join(chance.sample(HANJA, 2)) if korean else chance.choice(sorted(names("zh_given")))
    if len(instead_of) == 1:
        return surname
    if len(instead_of) == 2 and instead_of[0] in FONDLY:
        return instead_of[0] + chance.choice((surname[0], given[0]))
    return given if len(instead_of) == 2 and len(given) > 1 and chance.random() < HALF else surname + given


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
    for pair in sorted(_PAIRS, key=lambda pair: -len(pair[0])):
        for form in sorted(pair, key=len, reverse=True):
            if after.startswith(form) and not after[len(form) : len(form) + 1].isalpha():
                return pair[0] if closed else pair[1], len(form)
    return "", 0
