"""Which everyday words a Korean morpheme is used like, so that an unknown name is known by its company.

Kiwi's own language model has learnt from far more Korean than any marked text holds. Of each morpheme the
nearest of a few words there is told to the chain, and those of its neighbours.

The words are in the order in which a model learnt them: whoever changes one trains it again (`make models`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

NEAR: Final = {
    "NNP": "철수 김철수 스미스 오바마 이순신 김정일 유재석 메시 부산 수원 미국 유럽 평양 강남 런던 "
    "한강 삼성 구글 민주당 서울대 맨유 스타워즈 갤럭시 한국어 올림픽 불교",
    "NNG": "국회 검찰 은행 회사 학교 병원 공장 교회 군대 감옥 어머니 남편 친구 선생 대표 기자 감독 배우 군인 "
    "농민 영화 드라마 노래 월요일 오전 봄 시간 집 마을 길 밥 개 나무 손 마음 문제 연기 재미 경기 사건 돈",
    "NNB": "년 명 원",
    "VV": "가 말하 만나 팔 부르",
    "VA": "좋",
}
"""People, places, bodies, kin, trades, works, times and things, by Kiwi's tag."""
WORDS: Final = tuple((form, tag) for tag, forms in NEAR.items() for form in forms.split())
SAID: Final = "NVMXU"
"""First letters of the tags of morphemes that mean something by themselves."""


@dataclass(frozen=True)
class Company:
    """The three nearest words, the nearest first, and how near that one is, in fifths."""

    first: str
    second: str
    third: str
    near: int = 0


EDGES: Final = (Company("^", "^", "^"), Company("$", "$", "$"))


def seen(kiwi: Any, row: Iterable[tuple[str, str]]) -> list[list[str]]:
    """What a chain is told of each of these morphemes, given by form and tag in the order of the text."""
    told = [EDGES[0], *(_company(kiwi, form, tag) for form, tag in row), EDGES[1], EDGES[1]]
    return [_seen(*told[at : at + 4]) for at in range(len(told) - 3)]


@lru_cache(maxsize=1 << 16)
def _company(kiwi: Any, form: str, tag: str) -> Company:
    silent = Company(tag[:2], "-", tag[:2])
    if tag[0] not in SAID:
        return silent
    try:
        near = [kiwi.morpheme_similarity((form, tag), word) for word in WORDS]
    except ValueError:
        # Kiwi has read it and does not know it.
        return silent
    one, two, three = sorted(range(len(near)), key=lambda at: -near[at])[:3]
    return Company(WORDS[one][0], WORDS[two][0], WORDS[three][0], round(near[one] * 5))


def _seen(before: Company, own: Company, after: Company, then: Company) -> list[str]:
    return [
        "m=" + own.first,
        "m2=" + own.first + "/" + own.second,
        f"mn={own.first}{own.near}",
        "mb=" + before.first + "/" + own.first,
        "ma=" + own.first + "/" + after.first,
        "mB=" + before.first,
        "mA=" + after.first,
        "maa=" + after.first + "/" + then.first,
        "mAA=" + then.first,
        "m_2=" + own.second,
        "m_3=" + own.third,
    ]
