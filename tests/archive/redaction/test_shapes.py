"""Identifiers with a shape are found however they are written; plain numbers are left alone."""

from __future__ import annotations

import random
import unicodedata

import pytest

from archive.redaction.shapes import chinese_identity, luhn
from archive.redaction.suggest import suggest

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


def _check_sign(body: str) -> str:
    return next(sign for sign in "0123456789X" if chinese_identity(body + sign))


def _made(kind: str, chance: random.Random) -> str:
    """An invented identifier of this kind."""

    def digits(many: int) -> str:
        return "".join(chance.choice("0123456789") for _ in range(many))

    def letters(many: int) -> str:
        return "".join(chance.choice("abcdefghkmnpqrstuvwxyz") for _ in range(many))

    day = f"{chance.randint(1, 12):02}{chance.randint(1, 28):02}"
    if kind == "chinese identity":
        body = f"{chance.choice(('222403', '210602', '370102'))}{chance.randint(1950, 2009)}{day}{digits(3)}"
        return body + _check_sign(body)
    if kind == "card":
        body = "62" + digits(13)
        return next(body + d for d in "0123456789" if luhn(body + d))
    return {
        "korean mobile": f"010-{digits(4)}-{digits(4)}",
        "korean line": f"0{chance.choice(('2', '31', '51', '64'))}-{digits(3)}-{digits(4)}",
        "chinese mobile": f"1{chance.choice('3456789')}{digits(9)}",
        "chinese line": f"0433-2{digits(6)}",
        "north korean": f"+850 191 {digits(3)} {digits(4)}",
        "resident": f"{chance.randint(50, 99)}{day}-{chance.choice('1234')}{digits(6)}",
        "passport": f"{chance.choice('MSEG')}{digits(8)}",
        "plate": f"{chance.choice('吉辽黑鲁')}{chance.choice('ABCH')}{chance.choice('ABCDEF')}{digits(4)}",
        "e-mail": f"{letters(5)}{digits(2)}@{letters(5)}.com",
        "WeChat": f"微信{letters(6)}_{digits(3)}",
    }[kind]


MADE = [
    "chinese identity", "card", "korean mobile", "korean line", "chinese mobile", "chinese line",
    "north korean", "resident", "passport", "plate", "e-mail", "WeChat",
]  # fmt: skip
AROUND = ["그는 {}이라고 했다.", "번호는{}였어요", "他给我{}就走了", "She wrote {} on a paper.", "{}"]
COUNTED = 40


@pytest.mark.parametrize("kind", MADE)
def test_every_made_identifier_is_hidden_glued_to_any_script(kind: str) -> None:
    """R16: no boundary of words is needed, and full-width and decomposed text hide nothing from it."""
    chance = random.Random(kind)
    missed = []
    for _ in range(COUNTED):
        made = _made(kind, chance)
        wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in made)
        for written in (made, wide):
            for around in AROUND:
                for form in ("NFC", "NFD"):
                    text = unicodedata.normalize(form, around.format(written))
                    if not covers(text, unicodedata.normalize(form, written.removeprefix("微信"))):
                        missed.append(text)

    assert missed == []


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
        ("application (no. 18403/91)", ("CODE", "18403/91")),
        ("①③⑧00138000", ("PHONE", "①③⑧00138000")),
        ("010\u200b-1234-\u200b5678", ("PHONE", "010\u200b-1234-\u200b5678")),
    ],
)  # fmt: skip
def test_a_disguise_is_seen_through(text: str, found: tuple[str, str]) -> None:
    """R16: said, spaced, circled or broken by signs that show nothing."""
    assert found in hidden(text)


@pytest.mark.parametrize(
    "text",
    ["사과 스물 개를 샀다", "셋이서 3년 동안 살았다", "we ate 12 apples", "他走了三年"],
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
