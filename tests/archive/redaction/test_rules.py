"""What rules find is told to a chain sign by sign, and what each part of the whole adds can be measured."""

from __future__ import annotations

import json
import random
from string import ascii_lowercase

import pytest

from archive.redaction import pinyin
from archive.redaction.plain import plain
from archive.redaction.rules import marks, ruled
from archive.redaction.suggest import PARTS, suggest
from archive.redaction.suggestion import CERTAIN, EVERYDAY, LIKELY, POSSIBLE, Suggestion
from archive.redaction.training.examples import Example
from archive.redaction.training.spelling import by_sound
from archive.redaction.training.swapping import renumbered, swapped
from archive.redaction.words import HERE, lexicon, typed_in


def found(start: int, end: int, kind: str, rank: int) -> Suggestion:
    return Suggestion(start, end, kind, 0.8, "a rule", rank)


def test_the_marks_are_of_the_rule_that_would_keep_the_letters() -> None:
    """The surer rule first; what is left of the other begins anew."""
    told = marks(plain("abcdef"), [found(0, 3, "LOC", POSSIBLE), found(2, 5, "PER", LIKELY)])

    assert told == ["B-LOC2", "I-LOC2", "B-PER1", "I-PER1", "I-PER1", "-"]


def test_a_rule_that_is_wrong_more_often_than_right_has_a_mark_of_its_own() -> None:
    """A chain learns how far to trust it apart from the others."""
    told = marks(plain("abc"), [Suggestion(0, 1, "PER", 0.1, "a rule", POSSIBLE)])

    assert told == ["B-PER2?", "-", "-"]


def test_two_names_beside_each_other_are_two() -> None:
    """Where one ends and the next begins is what a chain cannot see for itself."""
    told = marks(plain("abcd"), [found(0, 2, "PER", CERTAIN), found(2, 4, "PER", CERTAIN)])

    assert told == ["B-PER0", "I-PER0", "B-PER0", "I-PER0"]


@pytest.mark.parametrize(
    ("language", "text", "everyday"),
    [
        ("ko", "어머니가 경찰을 불렀다", "어머니"),
        ("zh", "妈妈走了三年", "三年"),
        ("en", "my mother left", "mother"),
    ],
)
def test_what_seldom_identifies_is_found_but_not_suggested(language: str, text: str, everyday: str) -> None:
    """A bare word for kin and a length of time are told to the chain; a rule alone proposes neither."""
    folded = plain(text)
    told = {text[each.start : each.end]: each.rank for each in ruled(folded, [(0, len(text), language)])}
    (proposed,) = suggest([text], language=language, without=("model",))

    assert told[everyday] == EVERYDAY
    assert everyday not in {text[each.start : each.end] for each in proposed}


@pytest.mark.parametrize(
    ("language", "text", "words", "reason"),
    [
        ("zh", "我本名叫王秀英。", "王秀英", "introduced as a name"),
        ("zh", "交给绰号“秤砣”的男子。", "秤砣", "introduced as a name"),
        ("zh", "她本姓董，名花，单字。", "花", "introduced as a name"),
        ("zh", "我们背后叫财神。", "财神", "introduced as a name"),
        ("zh", "铁锁他娘在门口。", "铁锁", "name before kin"),
        ("zh", "二号说她也去。", "二号", "number instead of a name"),
        ("ko", "쉬 반장이 왔다.", "쉬", "name before a title"),
        ("ko", "여우라는 별명이 있었다.", "여우", "introduced as a name"),
        ("en", "Byol ('star') came.", "star", "what a name means"),
        ("zh", "他说的是 김혜숙，不是别人。", "김혜숙", "Korean name"),
        ("en", "My second sister left.", "second sister", "kin by order of birth"),
        ("en", "I am K-I-M Y-O-N-G.", "K-I-M Y-O-N-G", "spelled letter by letter"),
        ("ko", "영희네 집에 갔다.", "영희", "name before kin"),
        ("en", "It was So Kwang-jin.", "So Kwang-jin", "surname and given name"),
        ("zh", "老太太姓由，没问。", "由", "surname"),
        ("zh", "网名叫退潮以后，打字客气。", "退潮以后", "introduced as a name"),
        ("ko", "딸은 한메이(韩梅)라고 했다.", "韩梅", "name in its own script"),
        ("ko", "이름칸에 AN GUM SIL이라고 썼다.", "AN GUM SIL", "surname and given name"),
        ("ko", "회령 제2호 교화소에 있었다.", "회령 제2호 교화소", "institution"),
        ("zh", "买我的人叫盛万有，种烤烟。", "盛万有", "introduced as a name"),
        ("zh", "跟她要好的叫大宝妈，爱念叨。", "大宝妈", "introduced as a name"),
        ("zh", "绰号眼镜蛇者卖的。", "眼镜蛇", "introduced as a name"),
        ("zh", "她病了。一心全名是明一心。", "一心", "introduced as a name"),
        ("zh", "她从来都喊“那个”。", "那个", "introduced as a name"),
        ("zh", "都是姓，首都的都。", "都", "surname"),
        ("zh", "她爸，来守信，下井。", "来守信", "name behind kin"),
        ("zh", "她姐说的。夫春豆。卖豆腐。", "夫春豆", "surname and given name"),
        ("zh", "她说，铂金时代零号楼1902。", "铂金时代零号楼1902", "number of a door"),
        ("zh", "旅馆307房门锁坏。", "307房", "number of a door"),
        ("ko", "받아 준 사람은 펑구이란입니다.", "펑구이란", "Chinese name as it sounds"),
        ("ko", "남편 이름은 묻지 마시오. 진짜 성은 온이고 온정희.", "온", "surname"),
        ("ko", "나를 조선 제비라고 불렀다.", "조선 제비", "introduced as a name"),
        ("ko", "동네는 셴사오라고 불렀다.", "셴사오", "introduced as a name"),
        ("ko", "고운비라고 지어 주었다.", "고운비", "introduced as a name"),
        ("ko", "단비는 달콤한 비를 의미합니다.", "달콤한 비", "what a name means"),
        ("ko", "약사 Feng Guiying이 왔다.", "Feng Guiying", "surname and given name"),
        ("ko", "기자가 K.라고 썼다.", "K.", "initial"),
        ("ko", "윤금의 아들 강쯔, 네 살.", "강쯔", "name behind kin"),
        ("ko", "서화구 은하로 0길 12, 지하 02호로.", "서화구 은하로 0길 12, 지하 02호", "number of a door"),
    ],
)
def test_what_tells_a_name_or_a_body_is_taken_whole(
    language: str, text: str, words: str, reason: str
) -> None:
    """From the first letter to the last, the place and the number before a body too, and no more."""
    told = ruled(plain(text), [(0, len(text), language)])

    assert (words, reason) in {(text[each.start : each.end], each.reason) for each in told}


def test_a_title_alone_is_no_name_and_a_sign_alone_has_no_pinyin() -> None:
    """What every sentence has would hide too much."""
    text = "He was called Mother."
    told = ruled(plain(text), [(0, len(text), "en")])

    assert [each for each in told if each.kind == "PER"] == []
    assert (pinyin.spelled("王"), pinyin.spelled("abc")) == (None, None)


def test_each_part_can_be_left_out_to_see_what_it_adds() -> None:
    """Of a phone, a name and the name's other spelling nothing is left without all three parts."""
    text = ["제 이름은 김혜숙이고 전화는 010-1234-5678입니다.", "Then Kim Hye Sook left."]
    whole = [len(row) for row in suggest(text, theta=0)]

    assert whole[0] >= 2
    plainly = suggest(text, theta=0, without=("rules", "model"))[0]
    assert plainly == ()
    assert not any("elsewhere" in e.reason for row in suggest(text, without=("spreading",)) for e in row)
    assert suggest(text, without=PARTS) == [(), ()]


def test_a_swapped_testimony_has_other_words_in_the_same_places() -> None:
    """Marks stay on what they marked; a year stays a year."""
    text = "1998년 겨울에 순희가 혜산에서 8000원을 냈다."
    told = Example(text, ((0, 5, "DATE"), (10, 12, "PER"), (14, 16, "LOC"), (19, 24, "MONEY")), "ko")
    for seed in range(20):
        (other,) = swapped([told], seed, names_only=False)
        kinds = [label for *_, label in other.spans]
        surfaces = [other.text[start:end] for start, end, _ in other.spans]

        assert kinds == ["DATE", "PER", "LOC", "MONEY"]
        assert surfaces[0].endswith("년")
        assert surfaces[3].endswith("원")
        assert surfaces[0][:2] in ("19", "20")


def test_numbers_change_into_numbers_of_the_same_kind() -> None:
    """A full-width digit stays full-width, a word a word."""
    chance = random.Random(1)

    assert all(c in "０１２３４５６７８９岁" for c in renumbered("３６岁", chance))
    assert renumbered("二〇一四年", chance).startswith("二〇")
    assert renumbered("twenty-one", chance).split("-")[0].endswith("ty")


def test_a_list_knows_the_longest_word_that_stands_there() -> None:
    """보위지도원 is one word, not 지도원 with something before it; a space is part of police station."""
    assert typed_in("그 보위지도원", "ko")[2][0] == "B"
    assert {mark[0] for mark in typed_in("그 보위지도원", "ko")[3:]} == {"I"}
    assert typed_in(["a", "police", "station"], "en", " ")[1:] == ["Bis", "Iis"]


def test_what_korean_hears_in_chinese_is_every_reading_of_the_list_of_pinyin() -> None:
    """A name as it sounds is made of these syllables; the two lists say the same."""
    rows = json.loads((HERE / "pinyin.json").read_text("utf-8"))["pinyin"].split(" | ")
    heard = {by_sound([row.rstrip(row.lstrip(ascii_lowercase))]) for row in rows}

    assert set(lexicon("ko_heard")) == heard - {""}
