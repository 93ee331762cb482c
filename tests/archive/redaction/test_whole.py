"""A name of which a part was found is hidden whole; twenty apples are no age; by-names in quotation marks."""

from __future__ import annotations

import pytest

from archive.redaction.plain import plain
from archive.redaction.quoted import CALLED
from archive.redaction.suggest import suggest
from archive.redaction.suggestion import Suggestion
from archive.redaction.whole import whole


def carried(language: str, text: str, part: str, kind: str = "PER") -> list[tuple[str, str]]:
    """Kind and letters of what becomes of a *part* that a chain found."""
    at = text.index(part)
    found = [Suggestion(at, at + len(part), kind, 0.4, "model")]
    return [(each.kind, text[each.start : each.end]) for each in whole(found, plain(text), language)]


@pytest.mark.parametrize(
    ("language", "text", "part", "name"),
    [
        ("ko", "우리 웨이는 똑똑해요.", "웨", "웨이"),
        ("ko", "두안성차이가 샀다.", "두안성차", "두안성차이"),
        ("ko", "혜숙이는 울었다.", "혜숙", "혜숙"),
        ("ko", "영희에게 말했다.", "영희", "영희"),
        ("ko", "페이라는 남자와 살았다.", "페", "페이"),
        ("ko", "여기서는 산동댁. 오래 살았다.", "산동", "산동댁"),
        ("ko", "아버지는 석창도. 농장원이었다.", "석창", "석창도"),
        ("ko", "성악을 한 류경아, 그리고 나.", "류경", "류경아"),
        ("ko", "김철도 갔다.", "김철", "김철"),
        ("zh", "我们是双胞胎，高一心，高二心。", "高一", "高一心"),
        ("zh", "人称裴某，是一伙。", "裴", "裴"),
        ("zh", "，平安无事。", "平安", "平安"),
        ("en", 'She signed as "Yong-suk".', "suk", "Yong-suk"),
        ("en", "Kim, then Lee.", "Kim", "Kim"),
    ],
)
def test_a_name_of_which_a_part_was_found_is_hidden_whole(
    language: str, text: str, part: str, name: str
) -> None:
    """R16: to the end of the name, and not into the particle behind it."""
    assert carried(language, text, part) == [("PER", name)]


@pytest.mark.parametrize(
    "text", ["사과 스물 개를 샀다", "사람 열두 명이", "닭 서른 마리", "세 가지를 물었다", "여자 넷이 들었다"]
)
def test_a_number_of_other_things_is_no_age(text: str) -> None:
    """Twenty apples stay readable, however sure a chain is."""
    number = text.split()[1] if text[0] != "세" else "세 가지"

    assert carried("ko", text, number.rstrip("이"), "AGE") == []


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("열아홉에 강을 건넜다", "열아홉"),
        ("나이 43, 셋째 손가락", "43"),
        ("다섯 살에 왔다", "다섯 살"),
        ("예순 다 된 할머니", "예순"),
        ("오 명 심", "오 명"),
    ],
)
def test_an_age_stays_one_and_so_does_what_may_be_of_a_name(text: str, age: str) -> None:
    """A word for years, ten and more that counts nothing else; 오 and 명 are syllables of names."""
    assert carried("ko", text, age, "AGE") == [("AGE", age)]


def test_a_river_in_chinese_signs_is_a_place() -> None:
    """漢江 in a Korean sentence is nobody."""
    assert carried("ko", "漢江은 그 뒤에 보았다.", "漢江") == [("LOC", "漢江")]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("接应者二人，其一被称作“黑牛”。", "黑牛"),
        ('so "E" messaged me asking for money', "E"),
        ("모두 ‘로반냥’ 하고 불렀다.", "로반냥"),
    ],
)
def test_a_short_word_in_quotation_marks_may_be_a_by_name(text: str, name: str) -> None:
    """R16: found rather than missed; with the slider at nothing it is left."""
    assert name in hidden(text, 0.98)
    assert not [each for each in suggest([text], theta=0)[0] if each.reason == CALLED]


def hidden(text: str, theta: float) -> str:
    """The letters that are hidden, stretch by stretch."""
    return " ".join(text[each.start : each.end] for each in suggest([text], theta=theta)[0])


def test_what_is_quoted_once_is_looked_for_without_quotation_marks() -> None:
    """R16: what somebody may have been called, wherever it stands in the text."""
    assert (
        hidden('Urgent: "Lorna" called. That week Lorna left through the back door.', 0.98).count("Lorna")
        == 2
    )


@pytest.mark.parametrize("text", ["“丈夫”", "‘사람’이라는 말", '"what do you want"', "“我买了你”"])
def test_an_ordinary_word_in_quotation_marks_is_left(text: str) -> None:
    """Who quotes a word of every day names nobody."""
    assert not [each for each in suggest([text])[0] if each.reason == CALLED]


@pytest.mark.parametrize(
    ("text", "code"), [("손가락으로 구, 이, 칠.", "구, 이, 칠"), ("她比划：九、二、七。", "九、二、七")]
)
def test_a_number_told_one_digit_after_the_other_is_hidden(text: str, code: str) -> None:
    """R16: also a short one, that no other shape has."""
    at = text.index(code)
    marked = {n for each in suggest([text], theta=0)[0] for n in range(each.start, each.end)}

    assert {n for n in range(at, at + len(code)) if text[n].isalnum()} <= marked
