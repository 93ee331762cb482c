"""Ages in bands of five and ten years, sums by their size, and that there are children instead of how many.

What cannot be read as one number is **not** widened: `몇천 위안` and `三十多岁` are wide already.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from archive.redaction.ladders.numerals import number
from archive.redaction.ladders.words import Wider

AGES: Final = ("five years", "decade")
SUMS: Final = ("size",)
CHILDREN: Final = ("some",)
OLDEST: Final = 109
_AGE: Final = re.compile(
    r"(?:만\s?)?(?P<ko>.{1,6}?)\s?(?:살|세)(?:\s?(?:때|쯤|무렵|짜리|가량))?|(?:今年|那年|刚满|才|年仅)?(?P<zh>.{1,4}?)\s?[岁歲](?:半|左右)?"
    r"|(?:aged?|(?:the )?age of)(?: of)? (?P<en>[a-z0-9 -]+)|(?P<old>[a-z0-9 -]+?)[ -]years?(?:[ -]olds?| of age)"  # noqa: E501
)
_BARE: Final = re.compile(r"[가-힣]{1,2}\s?[가-힣]{1,2}|[一二三四五六七八九十]{1,3}|[a-z]+(?:-[a-z]+)?")
_CURRENCIES: Final = (
    ("위안", "元", "yuan", r"위안|위엔|웬|콰이|인민폐|중국\s?돈|块钱?|塊錢?|元|圆|人民币|yuan|renminbi|rmb|kuai"),  # noqa: E501
    ("달러", "美元", "dollars", r"달러|딸라|불|美元|美金|dollars?|usd|us\$|\$"),
    ("엔", "日元", "yen", r"엔|日元|yen"), ("유로", "欧元", "euros", r"유로|欧元|euros?|€"),
    ("원", "朝币", "won", r"조선\s?돈|북한\s?돈|朝币"), ("원", "韩元", "won", r"한국\s?돈|원|韩元|韩币|won"),
)  # fmt: skip
_SIZES: Final = (
    (1, "몇", "几", "a few"), (10, "수십", "几十", "tens of"), (100, "수백", "几百", "hundreds of"),
    (1000, "수천", "几千", "thousands of"), (10**4, "수만", "几万", "tens of thousands of"),
    (10**5, "수십만", "几十万", "hundreds of thousands of"), (10**6, "수백만", "几百万", "millions of"),
    (10**7, "수천만", "几千万", "tens of millions of"), (10**8, "수억", "几亿", "hundreds of millions of"),
)  # fmt: skip
_HOW_MANY: Final = "하나|둘|셋|넷|다섯|여섯|한|두|세|네|[1-9]"
_CHILDREN: Final = re.compile(
    rf"(?:아이|애|자식|자녀|딸|아들|남매|형제|자매)(?:들)?\s?(?:{_HOW_MANY})\s?(?:명)?|(?:{_HOW_MANY})\s?(?:명의\s?)?(?:아이|애|자식|자녀|딸|아들|남매)(?:들)?"
    r"|[一二两三四五六1-6]\s?[个個](?:孩子|小孩|女儿|儿子|女兒|兒子)|(?:孩子|女儿|儿子)[一二两三四五六1-6]\s?[个個]"
    r"|(?:one|two|three|four|five|six|[1-6]) (?:child|children|kids?|sons?|daughters?|boys?|girls?)"
)


def rungs(told: str) -> tuple[str, ...]:
    """Which rungs there are for *told*: those of an age, of a sum, of children, or none."""
    if _children(told):
        return CHILDREN
    if _sum(told) is not None:
        return SUMS
    return AGES if _age(told) is not None else ()


def rung(told: str, rung: str, lang: str) -> Wider | None:
    """*told* as *rung* says it in this language, or None where it is no such amount."""
    if rung not in rungs(told):
        return None
    if rung in CHILDREN:
        return Wider(
            (_in(lang, "자녀", "子女", "children"), _in(lang, "아이들", "孩子", "offspring")), "몇 명", ""
        )
    if found := _sum(told):
        return _sized(*found, lang)
    age = _age(told)
    return None if age is None else _aged(age, 5 if rung == "five years" else 10, lang)


def _in(lang: str, korean: str, chinese: str, english: str) -> str:
    return {"kor": korean, "zho": chinese}.get(lang, english)


def _plain(told: str) -> str:
    return unicodedata.normalize("NFKC", told).strip().lower()


def _age(told: str) -> int | None:
    plain = _plain(told)
    found = _AGE.fullmatch(plain)
    said = next((group for group in found.groups() if group), "") if found else plain
    age = number(said) if found or _BARE.fullmatch(plain) else None
    return age if age is not None and 0 < age <= OLDEST else None


def _aged(age: int, years: int, lang: str) -> Wider:
    tens, late = age // 10 * 10, age % 10 >= 5
    if age < 10:
        below = 5 if years == 5 and not late else 10
        words = (
            _in(lang, "다섯 살 아래", "五岁以下", "under five"),
            _in(lang, "열 살 아래", "十岁以下", "under ten"),
        )
        return Wider((words[below == 10],), "무렵", "")
    teens = tens == 10
    whole = _in(lang, f"{tens}대", f"{tens}多岁", "teens" if teens else f"{tens}s")
    if years == 10:
        return Wider((whole, _spelled(tens, lang)), "무렵", "나이")
    half = _in(lang, " 후반" if late else " 초반", "后半" if late else "前半", "")
    before = _in(lang, "", "", "late " if late else "early ")
    return Wider(tuple(before + each + half for each in (whole, _spelled(tens, lang))), "무렵", "나이")


def _spelled(tens: int, lang: str) -> str:
    """The same in words, for where the figures are hidden in the text themselves."""
    at = tens // 10
    korean = ("", "십", "이십", "삼십", "사십", "오십", "육십", "칠십", "팔십", "구십", "백")[at] + "대"
    chinese = ("", "十", "二十", "三十", "四十", "五十", "六十", "七十", "八十", "九十", "一百")[at] + "几岁"
    english = ("", "adolescence", "twenties", "thirties", "forties", "fifties", "sixties", "seventies", "eighties",  # noqa: E501
               "nineties", "hundreds")[at]  # fmt: skip
    return _in(lang, korean, chinese, english)


def _sum(told: str) -> tuple[int, tuple[str, str, str]] | None:
    plain = rest = _plain(told)
    named = [each for each in _CURRENCIES if re.search(each[3], plain)]
    for each in named:
        rest = re.sub(each[3], " ", rest)
    amount = (
        number(re.sub(r"^\s*(?:about|around|약)\s|(?:어치|정도|쯤)\s*$", "", rest).strip()) if named else None
    )
    return (amount, named[0][:3]) if amount else None


def _sized(amount: int, currency: tuple[str, str, str], lang: str) -> Wider:
    _, *sizes = next(each for each in reversed(_SIZES) if amount >= each[0])
    size, unit = _in(lang, *sizes), _in(lang, *currency)
    return Wider(((size + unit) if lang == "zho" else f"{size} {unit}".strip(),), "가량", "정도")


def _children(told: str) -> bool:
    return _CHILDREN.fullmatch(_plain(told)) is not None
