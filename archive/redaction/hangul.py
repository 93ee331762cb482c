"""What a Korean word may be: an everyday one, a proper noun, a given name; and how surnames are romanised."""

# ruff: noqa: E501 (a list is read on one line)

from __future__ import annotations

import json
from functools import cache, lru_cache
from typing import Final

from archive.redaction.features import morphemes
from archive.redaction.words import HERE, names

SYLLABLES: Final = frozenset(
    "강건경계광교구국권귀규근금기길나남노녀단달담대덕도동두란랑련렬령례록룡류륜률리림만매면명모무문미민배백범별병보복봉"
    "분비사산삼상생서석선설섭성세소손솔송수숙순술승시식신실심아안애양언여연열염엽영예오옥온완용우욱운웅원월위유윤율융"
    "은을음의이익인일임자장재전점정제조종주준중지진찬창채천철초춘충탁태택평표필하학한해향혁현협형혜호홍화환황회효훈휘희"
)
"""Syllables that given names are made of, North and South."""
NOT_NAMES: Final = frozenset(
    ["우리", "저희", "제", "내", "너", "그", "이", "저", "모든", "담임", "인민", "여자", "남자", "아이", "아기", "자기", "누구", "서로", "친정", "시댁", "외가", "친가", "동네", "이웃", "마을", "조선", "중국", "한국", "남조선", "북조선", "북한", "남한", "미국", "일본", "로씨야", "러시아", "젊은", "나이", "이런", "그런", "저런", "다른", "같은", "어떤", "무슨", "아무", "지금", "오늘", "내일", "어제", "이제", "그때", "나중", "처음", "마지막", "다시", "역시", "아마", "정말", "사실", "이유", "이상", "이하", "이후", "이전", "전부", "전체", "도시", "시내", "시골", "국가", "나라", "정부", "사람", "시간", "생각", "마음", "이야기", "소식", "문제", "이모", "고모", "조카", "안내", "주인", "여기", "저기", "거기", "어디"]
)  # fmt: skip


@lru_cache(maxsize=1 << 14)
def tags(word: str) -> tuple[str, ...]:
    """Kiwi's tags of the morphemes of a word."""
    # A word that Kiwi does not know is a name as likely as not; it would call it a common noun.
    return tuple("NNP" if token.oov else token.tag for token in morphemes(word))


def ordinary(word: str) -> bool:
    """Whether Korean has the word for something else than a name."""
    read = tags(word)
    return word in NOT_NAMES or (len(read) == 1 and read[0] != "NNP" and len(word) > 1) or a_phrase(read)


def a_phrase(read: tuple[str, ...]) -> bool:
    """Whether Kiwi reads a particle, a verb or a 'this': 사랑을 and 이 영화 are no names."""
    return len(read) > 1 and any(tag[:1] in "JEVM" or tag in ("NP", "NR", "XSV") for tag in read)


def proper(word: str) -> bool:
    """Whether it begins with a proper noun and has nothing but nouns."""
    read = tags(word)
    return read[:1] == ("NNP",) and all(tag[:1] in "NX" for tag in read)


def given(name: str) -> bool:
    """Whether it has the two syllables of a given name."""
    return len(name) == 2 and all(c in SYLLABLES for c in name)


def may_be_a_name(word: str) -> bool:
    """Whether a word has the shape of a given name, or of a surname and one."""
    part = word if len(word) == 2 else word[1:] if word[:1] in names("ko_surnames") else ""
    return given(part) and not ordinary(word)


@cache
def romanised_surnames() -> dict[str, tuple[str, ...]]:
    """The usual spellings of each surname in the Latin alphabet."""
    rows = (
        row.split() for row in json.loads((HERE / "names.json").read_text("utf-8"))["spellings"].split(" | ")
    )
    return {row[0]: tuple(row[1:]) for row in rows}
