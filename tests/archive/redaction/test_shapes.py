"""Identifiers with a shape are found however they are written; plain numbers are left alone."""

from __future__ import annotations

import random
import unicodedata

import pytest

from archive.redaction.suggest import suggest
from tests.archive.redaction.identifiers import MADE, Made, disguised_ones, plain_ones

DIGIT_WORDS = {
    "ko": "공일이삼사오육칠팔구",
    "zh": "零幺二三四五六七八九",
    "en": ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"],
}


def hidden(text: str) -> list[tuple[str, str]]:
    """The kind and the letters of each suggestion that has a shape."""
    found = [
        each
        for each in suggest([text], theta=0)[0]
        if each.kind in ("PHONE", "CODE", "HANDLE", "AGE", "MONEY")
    ]
    return [(each.kind, text[each.start : each.end]) for each in found]


def covers(text: str, wanted: str) -> bool:
    """Whether every letter of *wanted* is hidden where it stands."""
    at = text.index(wanted)
    marked = {n for each in suggest([text])[0] for n in range(each.start, each.end)}
    return all(n in marked for n in range(at, at + len(wanted)) if text[n].isalnum())


COUNTED = 40
"""Of each kind; `make bench` has five hundred."""


def hides(made: Made) -> bool:
    """Whether every letter of the identifier is hidden."""
    return covers(made.text, made.wanted)


@pytest.mark.parametrize("kind", list(MADE))
def test_every_identifier_that_is_written_plainly_is_hidden(kind: str) -> None:
    """R16: of each kind, in three languages."""
    assert [made.text for made in plain_ones(kind, COUNTED) if not hides(made)] == []


@pytest.mark.parametrize("kind", list(MADE))
def test_a_disguised_identifier_is_hidden_at_least_98_times_in_100(kind: str) -> None:
    """R16: glued to its sentence, full-width, one sign at a time, said in words."""
    missed = [(how, made.text) for how, made in disguised_ones(kind, COUNTED) if not hides(made)]

    assert len(missed) <= 0.02 * COUNTED, missed


@pytest.mark.parametrize("kind", list(MADE))
def test_a_decomposed_identifier_is_hidden_as_a_composed_one(kind: str) -> None:
    """R16: the form of the text (NFC, NFD) hides nothing from a shape."""
    for made in plain_ones(kind, 10):
        text, wanted = (unicodedata.normalize("NFD", each) for each in (made.text, made.wanted))

        assert covers(text, wanted), text


@pytest.mark.parametrize("language", list(DIGIT_WORDS))
def test_a_phone_number_that_is_said_in_words_is_hidden(language: str) -> None:
    """R16: 공일공, 幺三八 and one three eight are digits."""
    chance = random.Random(language)
    words = DIGIT_WORDS[language]
    missed = []
    for _ in range(COUNTED):
        number = f"1{chance.choice('3456789')}" + "".join(chance.choice("0123456789") for _ in range(9))
        said = (" " if language == "en" else "").join(words[int(d)] for d in number)
        if not covers(f": {said} .", said):
            missed.append(said)

    assert missed == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("공일공에 일이삼사에 오육칠팔로 걸어", ("PHONE", "공일공에 일이삼사에 오육칠팔")),
        ("1 3 8 0 0 1 3 8 0 0 0", ("PHONE", "1 3 8 0 0 1 3 8 0 0 0")),
        ("위챗 아이디는 lily_88이에요", ("HANDLE", "lily_88")),
        ("we wrote on WeChat as sunflower", ("HANDLE", "sunflower")),
        ("mina 골뱅이 naver 점 com으로", ("HANDLE", "mina 골뱅이 naver 점 com")),
        ("12가 3456번 차", ("CODE", "12가 3456")),
        ("plus 86, 137, 0000, 2048입니다", ("PHONE", "137, 0000, 2048")),
        ("黑A·T00-5555를 탔다", ("CODE", "黑A·T00-5555")),
        ("번호는 JLH 0000551입니다", ("CODE", "JLH 0000551")),
        ("위챗이 물고기물고기88, 한글", ("HANDLE", "물고기물고기88")),
        ("application (no. 18403/91)", ("CODE", "18403/91")),
        ("①③⑧00138000", ("PHONE", "①③⑧00138000")),
        ("h y dot tak zero at quiet dot example", ("HANDLE", "h y dot tak zero at quiet dot example")),
        ("it is m-a-r-y, underscore, goat, zero seven.", ("HANDLE", "m-a-r-y, underscore, goat, zero seven")),
        ("내 번호는 47번이었소", ("CODE", "47번")),
        ("编号〇二一七。", ("CODE", "〇二一七")),
        ("I was number 0-117 there", ("CODE", "0-117")),
        ("010\u200b-1234-\u200b5678", ("PHONE", "010\u200b-1234-\u200b5678")),
    ],
)  # fmt: skip
def test_a_disguise_is_seen_through(text: str, found: tuple[str, str]) -> None:
    """R16: said, spaced, circled or broken by signs that show nothing."""
    assert found in hidden(text)


@pytest.mark.parametrize(
    "text",
    [
        "사과 스물 개를 샀다",
        "셋이서 3년 동안 살았다",
        "we ate 12 apples",
        "他走了三年",
        "on WeChat and then by train",
    ],
)
def test_a_plain_number_is_left_alone(text: str) -> None:
    """What is no identifier stays readable."""
    assert hidden(text) == []


def test_a_particle_is_no_digit() -> None:
    """이 behind a number is a particle, and stays."""
    assert hidden("전화는 010-1234-5678이") == [("PHONE", "010-1234-5678")]


def test_a_wrong_check_digit_drops_nothing() -> None:
    """People mistype their own numbers: the checksum only raises the probability."""
    right, wrong = "110101199003078515", "110101199003078516"

    assert covers(right, right)
    assert covers(wrong, wrong)
    assert suggest([right])[0][0].probability > suggest([wrong])[0][0].probability
