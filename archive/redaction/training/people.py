"""Made names of people, and by-names: what stands in a swapped text instead of a name.

One person in four is called by a word of every day (bynames.json), by the sound of a foreign name or by a
number, so that a chain learns where a name stands, and not only how it looks. All are made by chance.
"""

# ruff: noqa: E501, SIM905 (a list is read on one line)

from __future__ import annotations

import json
import random
import re
from functools import cache
from pathlib import Path
from typing import Final

from archive.redaction import segment
from archive.redaction.amounts import UNIT
from archive.redaction.words import lexicon, names

SYLLABLES: Final = "금옥순희숙자영정향란화실봉련춘매월분명복선애경미은혜진철수호남일광성만길용학국식"
HANJA: Final = "金玉顺姬淑子英贞香兰花实凤莲春梅月粉明福善爱京美恩惠珍哲秀虎南日光成万吉龙学国植"
ROMANISED: Final = "Hye Sook Kyong Yong Soon Ok Mi Young Eun Jung Hwa Ran Hui Song Chol Su Il Nam Kwang Ho Myong Sun Kum Chun Bok Gil Min Ji Hyang".split()  # fmt: skip
PINYIN: Final = (
    "Guo Qiang Xiao Mei Li Hua Jian Wei Yan Fang Yu Lan Zhi Ming Da Hong Xiu Ying Shu Zhen Feng Gui".split()
)
SURNAMES_KO: Final = "김김김리리이이박박최정강조윤장림임한오서신권황안송류유홍전고문손양배백허남심노하곽성차주우구라민진지엄채원천방공현함변염"
SURNAMES_HANJA: Final = "金金金李李朴朴崔郑姜赵尹张林韩吴徐申权黄安宋柳洪全高文孙梁裴白许南沈卢河郭成车朱禹"
SURNAMES_EN: Final = "Kim Lee Ri Pak Park Choe Choi Jung Han Wang Li Zhang Liu Sun Zhao Xu Jin".split()
HALF: Final = 0.5
BYNAMED: Final = 0.25
"""How many of those who are told of again have a by-name."""
FONDLY: Final = ("小", "老", "阿", "大")


def person(language: str, instead_of: str, chance: random.Random, bynamed: float = 0) -> str:
    """A made name of about the form of the one it stands for; a by-name in so many of 1."""
    if len(instead_of) > 1 and chance.random() < bynamed:
        return {"ko": _korean_by_name, "zh": _chinese_by_name, "en": _english_by_name}[language](chance)
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


@cache
def _lists() -> dict[str, str]:
    told: dict[str, str] = json.loads(Path(__file__).with_name("bynames.json").read_text("utf-8"))
    return told


@cache
def listed(part: str) -> tuple[str, ...]:
    """A list of bynames.json."""
    return tuple(_lists()[part].split())


def may_be_a_by_name() -> frozenset[str]:
    """Each word of each list of bynames.json, in small letters."""
    return frozenset(" ".join(_lists().values()).lower().split())


def _korean_by_name(chance: random.Random) -> str:
    thing, somebody = chance.choice(listed("ko_things")), chance.choice(listed("ko_people"))
    surnames, given = " ".join(listed("ko_heard")).split(" | ")
    heard = chance.choice(surnames.split()) + chance.choice(given.split())
    sign = chance.choice(SYLLABLES)
    return chance.choice(
        (thing, thing, thing, somebody, somebody, chance.choice(listed("ko_foreign")), heard, heard,
         f"{chance.randrange(1, 30)}호", thing + chance.choice("집댁네"), chance.choice("큰왕새꽃") + thing,
         sign, sign * 2, sign + "이", chance.choice(HANJA) * 2, chance.choice(listed("zh_latin")),
         f"{chance.choice(SURNAMES_KO)} {''.join(chance.sample(SYLLABLES, 2))}")
    )  # fmt: skip


@cache
def _nouns() -> tuple[str, ...]:
    """Chinese words for things, of up to three signs, that are often written."""
    return tuple(sorted(word for word, tag in segment.listed() if tag == "n" and len(word) <= 3))


def _chinese_by_name(chance: random.Random) -> str:
    noun, given = chance.choice(_nouns()), chance.choice(sorted(names("zh_given")))
    form, foreign = chance.choice(listed("zh_forms")), lexicon("zh_foreign")[0]
    korean = chance.choice(SURNAMES_KO) + "".join(chance.sample(SYLLABLES, 2))
    return chance.choice(
        (noun, noun, noun, form + noun, form + noun[-1], noun[0] + "儿", noun[0] * 2, given[-1] * 2,
         chance.choice("老小阿大") + chance.choice("二三四五六七八九"), f"{chance.choice('一二三四五六七八九')}号",
         f"{chance.randrange(1, 40)}号", chance.choice(listed("zh_latin")), korean[1:], korean,
         "".join(chance.sample(foreign, chance.choice((2, 3)))), given[-1])
    )  # fmt: skip


def _english_by_name(chance: random.Random) -> str:
    thing, how = chance.choice(listed("en_things")), chance.choice(listed("en_how"))
    somebody, stage = chance.choice(listed("en_who")), chance.choice(listed("en_stage"))
    syllable = chance.choice(ROMANISED)
    told = chance.choice(
        (thing, thing, f"{how} {thing}", f"{how} {somebody}", f"{thing} {somebody}", stage, stage, syllable,
         f"{syllable}-i", chance.choice(sorted(names("en_given"))), f"number {chance.choice(UNIT.split('|'))}",
         f"No. {chance.randrange(1, 40)}", chance.choice(HANJA) * 2, chance.choice(SYLLABLES) + "이")
    )  # fmt: skip
    return told if chance.random() < 0.3 else told.title()


def _korean(instead_of: str, chance: random.Random) -> str:
    surname, given = chance.choice(SURNAMES_KO), "".join(chance.sample(SYLLABLES, 2))
    if chance.random() < 0.3:
        given = chance.choice(sorted(names("ko_given")))
    if len(instead_of) == 1:
        return surname
    return given if len(instead_of) < 3 else surname + given


def _chinese(instead_of: str, chance: random.Random) -> str:
    korean = chance.random() < HALF
    surname = chance.choice(SURNAMES_HANJA if korean else sorted(names("zh_surnames")))
    given = "".join(chance.sample(HANJA, 2)) if korean else chance.choice(sorted(names("zh_given")))
    if len(instead_of) == 1:
        return surname
    if len(instead_of) == 2 and instead_of[0] in FONDLY:
        return instead_of[0] + chance.choice((surname[0], given[0]))
    return given if len(instead_of) == 2 and len(given) > 1 and chance.random() < HALF else surname + given
