"""Spellings of one name are suggested as one person; spellings of two names are not."""

from __future__ import annotations

import unicodedata

import pytest

from archive.redaction import likeness
from archive.redaction.likeness import REASONS, alike, bare

ALIASES = {
    "letters": """
        김복순=김 복순 | 강옥희=NFD:강옥희 | Jang Mi-ran=ＪＡＮＧ Mi-ran | 孫美花=孙美花
        HAN OK HEE=Han Ok-hee
        조은별=조 은별 | O'Brien Mary=O’Brien Mary""",
    "spelling": """
        리복녀=이복녀 | 림옥자=임옥자 | 류춘희=유춘희 | 량미화=양미화 | 로금순=노금순
        라영희=나영희 | 려경애=여경애
        Ok-hee Han=Han Ok-hee | Mi-ran Jang=Jang Mi-ran""",
    "reading": """
        강옥희=姜玉姬 | 손미화=孫美花 | 손미화=孙美花 | 이복녀=李福女 | 리복녀=李福女
        장금철=张金哲 | 최춘자=崔春子
        옥희=姜玉姬 | 한명화=韩明花""",
    "roman": """
        강옥희=Kang Ok-hui | 강옥희=Gang Okhee | 손미화=Son Mihwa | 장금철=Jang Geum-cheol
        최춘자=Choe Chun Ja
        최춘자=Choi Choon-ja | 리복녀=Ri Pok-nyo | 이복녀=Lee Bok-nyeo | 림옥자=Rim Ok Ja
        류춘희=Ryu Chunhui
        옥희=Kang Ok-hui | 赵春梅=Zhao Chunmei | 赵春梅=Chunmei | 马丽=Ma Li | 吕秀芹=Lü Xiuqin
        孙美花=Sun Mei-hua
        춘희=chunhui_77 | 옥희=okhee1979""",
    "given": """
        박순이=순이 | 박순이=순이네
        강옥희=옥희 | 강옥희=옥희가 | 최춘자=춘자 | 황보경애=경애 | 赵春梅=春梅 | Kang Ok-hui=Ok-hui
        임옥자=옥자 언니
        김복순=복순이 | 김복순=복순이 엄마 | 리복녀=둘째 언니 복녀 | 장금철=금철 삼촌""",
    "address": """
        강옥희=강옥희 씨 | 최춘자=최춘자 선생님 | 赵春梅=赵春梅大姐 | Mary Cho=Mrs Mary Cho | Mina=Aunt Mina
        춘자 이모=춘자 | 옥희 언니=옥희""",
    "pet": "赵春梅=小梅 | 马丽=小丽 | 孙美花=阿花 | 周玲=小玲玲",
}
"""Spellings of one person, by why she should be suggested. All are invented."""
STRANGERS = """
    김복순=김복실 | 김복순=이복순 | 강옥희=강옥자 | 리복녀=리복순 | 림옥자=임옥순 | 손미화=孙美玉
    장금철=장금석
    장금철=Jang Geum-seok | 최춘자=Choi Chun-hee | 赵春梅=赵春兰 | 赵春梅=李春梅
    赵春梅=Zhao Chunlan | 马丽=Ma Lin
    Kang Ok-hui=Kang Ok-ja | 옥희 언니=옥자 언니 | 춘자 이모=춘희 이모 | 小梅=小丽 | 김 씨=박 씨
    강옥희 씨=강옥자 씨
    류춘희=류춘화 | 한명화=韩明玉 | Mary Cho=Mary Choi | Aunt Mina=Aunt Mira | 복순이=복실이
    강옥희=Kim Ok-hui | 강옥희=金玉姬 | 박순이=박순희
    王大姐=王大哥"""
"""Pairs of two people whose names are alike. All are invented."""


def pairs(row: str) -> list[tuple[str, str]]:
    """The pairs of a row; NFD: before a name decomposes it."""
    made = []
    for each in row.replace("\n", " | ").split(" | "):
        if each.strip():
            one, other = (
                unicodedata.normalize("NFD", name[4:]) if name.startswith("NFD:") else name
                for name in each.strip().split("=")
            )
            made.append((one, other))
    return made


def suggested(one: str, other: str) -> str:
    """The reason why these two are suggested, or nothing."""
    found = alike({"one": [one], "other": [other]})
    return found[0].reason if found else ""


def test_at_least_95_of_100_pairs_of_one_persons_names_are_suggested() -> None:
    """
    And in each of the ways that names differ, most of them; the reason is one that we have a word for.
    """
    found = {reason: [suggested(*pair) for pair in pairs(row)] for reason, row in ALIASES.items()}
    every = [each for row in found.values() for each in row]

    assert set(found) == set(REASONS)
    assert sum(map(bool, every)) >= 0.95 * len(every)
    for reason, row in found.items():
        assert sum(map(bool, row)) > 0.8 * len(row), reason


@pytest.mark.parametrize("pair", pairs(STRANGERS), ids="=".join)
def test_two_people_with_names_alike_are_not_suggested(pair: tuple[str, str]) -> None:
    """
    One letter apart is another name; a surname or a title in common is nothing.
    """
    assert suggested(*pair) == ""


def test_what_has_no_letter_is_like_nothing() -> None:
    """
    Two signs are not two spellings of one name.
    """
    assert likeness.pairs(frozenset({"-", "—", "혜숙"})) == ()


def test_a_given_name_in_common_is_suggested_with_each_who_has_it() -> None:
    """
    Which of the two is meant the list does not say: a person does.
    """
    row = {"a": ["김복순"], "b": ["이복순"], "c": ["복순이"]}

    assert {(each.one, each.other, each.reason) for each in alike(row)} == {
        ("a", "c", "given"),
        ("b", "c", "given"),
    }


def test_the_surest_come_first_and_who_is_known_as_two_does_not_come() -> None:
    """
    Equal letters before other spellings, and those before given names.
    """
    row = {"a": ["김복순"], "b": ["김복순"], "c": ["Kim Pok-sun"], "d": ["복순"]}
    reasons = [each.reason for each in alike(row)]

    assert reasons == sorted(reasons, key=REASONS.index)
    assert reasons[0] == "letters"
    apart = frozenset([frozenset("ab")])
    assert "ab" not in {each.one + each.other for each in alike(row, apart)}


@pytest.mark.parametrize(
    ("surface", "name"),
    [
        ("옥희 언니", "옥희"),
        ("큰언니 옥희", "옥희"),
        ("복순이 엄마", "복순이"),
        ("강옥희 씨", "강옥희"),
        ("赵春梅大姐", "赵春梅"),
        ("Mrs Mary Cho", "Mary Cho"),
        ("언니", "언니"),
        ("王大姐", "王大姐"),
    ],
    ids=lambda each: each,
)
def test_titles_and_kin_are_put_aside_but_never_all_of_a_name(surface: str, name: str) -> None:
    """
    What is left has two letters at least.
    """
    assert bare(surface) == name
