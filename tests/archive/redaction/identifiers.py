"""Invented identifiers of every shape that testimony has, plain and disguised, from a seed.

Numbers are anybody's or nobody's by chance alone: no list is behind them. `wanted` is the part to hide.
"""

# ruff: noqa: E501 (a form is read on one line)

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import cycle
from typing import Final

from archive.redaction.shapes import chinese_identity, korean_resident, luhn

KO: Final = "공일이삼사오육칠팔구"
ZH: Final = "零幺二三四五六七八九"
EN: Final = "zero one two three four five six seven eight nine".split()  # noqa: SIM905
HAN: Final = "〇一二三四五六七八九"


@dataclass(frozen=True)
class Made:
    """An identifier in a sentence; *wanted* stands in it once and has to be hidden whole."""

    text: str
    wanted: str


def _digits(chance: random.Random, many: int) -> str:
    return "".join(chance.choice("0123456789") for _ in range(many))


def _letters(chance: random.Random, many: int) -> str:
    return "".join(chance.choice("abcdefghkmnpqrstuvwxyz") for _ in range(many))


def _day(chance: random.Random) -> str:
    return f"{chance.randint(1, 12):02}{chance.randint(1, 28):02}"


def _identity(chance: random.Random) -> str:
    place = chance.choice(("222403", "210602", "370102", "230281"))
    body = f"{place}{chance.randint(1950, 2009)}{_day(chance)}{_digits(chance, 3)}"
    return body + next(sign for sign in "0123456789X" if chinese_identity(body + sign))


def _resident(chance: random.Random) -> str:
    body = f"{chance.randint(50, 99)}{_day(chance)}{chance.choice('1234')}{_digits(chance, 5)}"
    whole = body + next(sign for sign in "0123456789" if korean_resident(body + sign))
    return f"{whole[:6]}-{whole[6:]}"


def _card(chance: random.Random) -> str:
    body = "62" + _digits(chance, 13)
    return body + next(sign for sign in "0123456789" if luhn(body + sign))


def _passport(chance: random.Random) -> str:
    return chance.choice(
        (
            f"{chance.choice('MSEG')}{_digits(chance, 8)}",
            f"M{_digits(chance, 3)}{chance.choice('ABCD')}{_digits(chance, 4)}",
            f"E{chance.choice('ABCDEF')}{_digits(chance, 7)}",
        )
    )


def _native(number: int) -> str:
    tens = ("", "열", "스물", "서른", "마흔", "쉰", "예순", "일흔")[number // 10]
    return tens + ("", "하나", "둘", "셋", "넷", "다섯", "여섯", "일곱", "여덟", "아홉")[number % 10]


def _counted(number: int) -> str:
    """A native number before what it counts: 스물한 살."""
    said = _native(number)
    if said == "스물":
        return "스무"
    for whole, short in (("하나", "한"), ("둘", "두"), ("셋", "세"), ("넷", "네")):
        said = said.removesuffix(whole) + short if said.endswith(whole) else said
    return said


def _sino(number: int, digits: str, units: str) -> str:
    """A number under a hundred million in Sino-Korean or Chinese words; *units* are ten, hundred, thousand, myriad."""
    if number >= 10_000:
        rest = _sino(number % 10_000, digits, units) if number % 10_000 else ""
        return _sino(number // 10_000, digits, units) + units[3] + rest
    said = ""
    for power, unit in ((3, units[2]), (2, units[1]), (1, units[0]), (0, "")):
        digit = number // 10**power % 10
        if digit:
            said += ("" if digit == 1 and unit and not said else digits[digit]) + unit
    return said


def _english(number: int) -> str:
    small = [*EN, "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]  # fmt: skip
    if number < 20:
        return small[number]
    tens = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")[number // 10 - 2]
    return tens + (f"-{small[number % 10]}" if number % 10 else "")


def _date(chance: random.Random) -> str:
    year, month, day = chance.randint(1960, 2023), chance.randint(1, 12), chance.randint(1, 28)
    months = "January February March April May June July August September October November December".split()  # noqa: SIM905
    ko_month = {6: "유", 10: "시"}.get(month, _sino(month, KO, "십백천만"))
    zh_month = {1: "正", 12: "腊"}.get(month, _sino(month, HAN, "十百千万"))
    return chance.choice(
        (
            f"{year}년 {month}월 {day}일", f"{year}.{month:02}.{day:02}", f"{year}-{month:02}-{day:02}",
            f"{year % 100:02}년 {month}월", f"음력 {month}월 {day}일", f"{ko_month}월 {_sino(day, KO, '십백천만')}일",
            f"{_sino(year, KO, '십백천만')}년", f"{year}年{month}月{day}日", f"农历{zh_month}月{_sino(day, HAN, '十百千万')}",
            "".join(HAN[int(c)] for c in str(year)) + f"年{_sino(month, HAN, '十百千万')}月",
            f"{day} {months[month - 1]} {year}", f"{months[month - 1]} {day}, {year}", f"{months[month - 1]} {year}",
        )
    )  # fmt: skip


def _age(chance: random.Random) -> str:
    age = chance.randint(11, 79)
    zh = _sino(age, HAN, "十百千万")
    return chance.choice(
        (f"{age}살", f"만 {age}세", f"{_counted(age)} 살", f"{_counted(age)}살", f"{_sino(age, KO, '십백천만')}세",
         f"{age}岁", f"{zh}岁", f"{zh}歲", f"{age} years old", f"{_english(age)} years old", f"{_english(age)}-year-old")
    )  # fmt: skip


def _price(chance: random.Random) -> str:
    sum_ = chance.choice((500, 3000, 5200, 8000, 12_000, 18_500, 36_000, 140_000))
    zh = _sino(sum_, HAN, "十百千万")
    return chance.choice(
        (f"{sum_}위안", f"{sum_:,}원", f"{_sino(sum_, KO, '십백천만')} 위안", f"{_sino(sum_, KO, '십백천만')}원",
         f"중국돈 {sum_}원", f"{sum_}元", f"{sum_}块钱", f"{zh}块", f"人民币{sum_}元", f"{zh}元",
         f"{sum_:,} yuan", f"${sum_:,}", f"{_english(sum_ // 1000 or 5) if sum_ < 100_000 else 'ninety'} thousand yuan")
    )  # fmt: skip


def _handle(chance: random.Random) -> str:
    return chance.choice(
        (f"{_letters(chance, 6)}_{_digits(chance, 3)}", f"{_letters(chance, 5)}{_digits(chance, 4)}",
         f"wxid_{_letters(chance, 4)}{_digits(chance, 4)}", f"{_letters(chance, 4)}.{_letters(chance, 4)}{_digits(chance, 2)}")
    )  # fmt: skip


MADE: Final[dict[str, Callable[[random.Random], str]]] = {
    "Korean mobile": lambda c: f"010-{_digits(c, 4)}-{_digits(c, 4)}",
    "Korean line": lambda c: f"0{c.choice(('2', '31', '51', '64'))}-{c.choice('2345678')}{_digits(c, 2)}-{_digits(c, 4)}",
    "Chinese mobile": lambda c: f"1{c.choice('3456789')}{_digits(c, 9)}",
    "Chinese line": lambda c: f"0{c.choice(('433', '451', '24', '10'))}-{c.choice('2345678')}{_digits(c, 6)}",
    "North Korean phone": lambda c: f"+850 19{c.choice('123')} {_digits(c, 3)} {_digits(c, 4)}",
    "resident number": _resident,
    "Chinese identity number": _identity,
    "Chinese identity number of 15": lambda c: f"222403{c.randint(50, 99)}{_day(c)}{_digits(c, 3)}",
    "passport": _passport,
    "bank card": _card,
    "account": lambda c: f"{c.choice('123')}{_digits(c, 2)}-{_digits(c, 3)}-{_digits(c, 6)}",
    "Chinese plate": lambda c: f"{c.choice('吉辽黑鲁')}{c.choice('ABCH')}{c.choice('ABCDEF')}{_digits(c, 4)}",
    "Korean plate": lambda c: f"{_digits(c, 2)}{c.choice('가나다라마거너더러머')}{_digits(c, 4)}",
    "e-mail": lambda c: f"{_letters(c, 5)}{_digits(c, 2)}@{_letters(c, 5)}.{c.choice(('com', 'net', 'cn', 'co.kr'))}",
    "address on the web": lambda c: f"{c.choice(('https://', 'http://', 'www.'))}{_letters(c, 6)}.{c.choice(('com', 'cn', 'kr'))}/{_letters(c, 3)}{_digits(c, 3)}",
    "WeChat": _handle, "QQ": lambda c: f"{c.choice('123456789')}{_digits(c, 8)}", "Kakao": _handle,
    "date": _date, "age": _age, "price": _price,
}  # fmt: skip
"""What makes an identifier of each kind."""
CUES: Final = {
    "WeChat": ("위챗 아이디는 {}입니다", "微信号{}加她", "微信：{}。", "her WeChat was {} then"),
    "QQ": ("큐큐 {}로 연락", "QQ号{}，", "QQ {} was hers"),
    "Kakao": ("카톡 아이디 {}였다", "카카오톡 {} 로", "KakaoTalk ID {}."),
    "account": ("계좌 {}로 보냈다", "账号{}。", "account {} at the bank"),
}  # fmt: skip
"""Sentences whose own word says what follows; without it nobody could tell."""
AROUND: Final = (
    "그는 {}이라고 했다.",
    "번호는 {} 였어요",
    "她说是 {} ，记住了",
    "She wrote {} on a paper.",
    "{}",
)
GLUED: Final = ("번호는{}였어요", "그래서{}이라고했다", "他给我{}就走了", "就是{}，", "전화{}로")
DISGUISES: Final = ("glued", "full-width", "spaced", "spelled out")
SPELLED: Final = frozenset(MADE) - {"account", "Chinese plate", "Korean plate", "address on the web", "WeChat", "Kakao", "date", "age", "price"}  # fmt: skip
"""Kinds whose digits somebody says one by one. Dates, ages and prices said in words are among the plain ones."""


def plain_ones(kind: str, many: int) -> Iterator[Made]:
    """So many identifiers of a kind as they are usually written."""
    chance = random.Random(kind)
    around = cycle(CUES.get(kind, AROUND))
    for _ in range(many):
        written = MADE[kind](chance)
        yield Made(next(around).format(written), written)


def disguised_ones(kind: str, many: int) -> Iterator[tuple[str, Made]]:
    """So many of a kind, each in one of the disguises, and which."""
    chance = random.Random(f"{kind}, disguised")
    hows = cycle(how for how in DISGUISES if how != "spelled out" or kind in SPELLED)
    for number, how in zip(range(many), hows, strict=False):
        written = _disguised(kind, MADE[kind](chance), how, chance)
        around = CUES.get(kind, GLUED if how == "glued" else AROUND)
        sentence = around[number // len(DISGUISES) % len(around)]
        if how == "glued":
            sentence = (
                sentence.replace(" {", "{").replace("} ", "}") if "{} was" not in sentence else sentence
            )
        yield how, Made(sentence.format(written), written)


def _disguised(kind: str, made: str, how: str, chance: random.Random) -> str:
    if how == "full-width":
        return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in made)
    if how == "spaced":
        return _spaced(made, kind, chance)
    if how == "spelled out":
        return _said(made, chance)
    return made


def _spaced(made: str, kind: str, chance: random.Random) -> str:
    """A space behind each digit or letter (1 3 8 0), or other signs between the groups."""
    if kind in ("date", "age", "price"):
        return re.sub(r"(?<=\d)(?=[^\W\d])", " ", made)
    if kind in ("address on the web", "e-mail", "WeChat", "Kakao"):
        return re.sub("([@.])", r" \1 ", made) if chance.random() < 0.5 else " ".join(made)
    return " ".join(c for c in made if c.isalnum() or c == "+")


def _said(made: str, chance: random.Random) -> str:
    """Each digit as a word of one language; a dash is left out or said."""
    words, between = chance.choice(((KO, ""), (ZH, ""), (EN, " ")))
    if "@" in made:
        at, dot = chance.choice(((" 골뱅이 ", " 점 "), (" at ", " dot "), ("(at)", "(dot)")))
        return made.replace("@", at).replace(".", dot)
    said = [words[int(c)] if c.isdigit() else c for c in made if c.isalnum() or c == "+"]
    return between.join(said)
