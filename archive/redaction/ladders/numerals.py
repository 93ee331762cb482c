"""Numbers as they are said in Korean, Chinese and English, in digits or in words."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_DIGITS: Final = {
    **dict(zip("영공일이삼사오육륙칠팔구", (0, 0, 1, 2, 3, 4, 5, 6, 6, 7, 8, 9), strict=True)),
    **dict(zip("〇零○一二两兩三四五六七八九", (0, 0, 0, 1, 2, 2, 2, 3, 4, 5, 6, 7, 8, 9), strict=True)),
}
_UNITS: Final = {"십": 10, "백": 100, "천": 1000, "十": 10, "百": 100, "千": 1000}
_MYRIADS: Final = {"만": 10**4, "억": 10**8, "万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}
_NATIVE: Final = dict(zip(
    "열 스물 스무 서른 마흔 쉰 예순 일흔 여든 아흔 하나 한 둘 두 셋 세 넷 네 다섯 여섯 일곱 여덟 아홉".split(),  # noqa: E501, SIM905
    (10, 20, 20, 30, 40, 50, 60, 70, 80, 90, 1, 1, 2, 2, 3, 3, 4, 4, 5, 6, 7, 8, 9), strict=True,
))  # fmt: skip
_ENGLISH: Final = {
    **dict(zip("one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "  # noqa: E501, SIM905
               "seventeen eighteen nineteen".split(), range(1, 20), strict=True)),
    **dict(zip("twenty thirty forty fifty sixty seventy eighty ninety".split(), range(20, 100, 10), strict=True)),  # noqa: E501, SIM905
    "a": 1, "oh": 0,
}  # fmt: skip
_ENGLISH_UNITS: Final = {"hundred": 100, "thousand": 1000, "million": 10**6}


def number(told: str) -> int | None:
    """The number that *told* is and nothing else, or None."""
    plain = unicodedata.normalize("NFKC", told).strip().lower().replace(",", "")
    if re.fullmatch(r"[a-z -]+", plain):
        return _english(re.split(r"[ -]+", plain))
    return _native(plain) or _sino("".join(plain.split()))


def _native(told: str) -> int | None:
    found = re.fullmatch(rf"({'|'.join(_NATIVE)})\s?({'|'.join(_NATIVE)})?", told)
    if found is None:
        return None
    tens, ones = _NATIVE[found[1]], _NATIVE[found[2]] if found[2] else 0
    return tens + ones if not ones or (tens >= 10 > ones) else None


def _sino(told: str) -> int | None:
    """Digits, signs and their units, each said or written: `3만5천`, `이천삼`, `一九九八`."""
    total, section, digit = 0.0, 0.0, None
    for piece in re.findall(r"\d+(?:\.\d+)?|\D", told):
        if piece[0].isdecimal() and piece.isascii():
            digit = float(piece)
        elif piece in _DIGITS:
            digit = _DIGITS[piece] + 10 * (digit or 0)
        elif piece in _UNITS:
            section += (1 if digit is None else digit) * _UNITS[piece]
            digit = None
        elif piece in _MYRIADS:
            total += (section + (digit or 0) or 1) * _MYRIADS[piece]
            section, digit = 0.0, None
        else:
            return None
    whole = total + section + (digit or 0)
    return int(whole) if told and whole == int(whole) else None


def _english(words: list[str]) -> int | None:
    total, section = 0, 0
    for word in words:
        if word == "and" and (total or section):
            continue
        if word in _ENGLISH_UNITS:
            unit = _ENGLISH_UNITS[word]
            if unit == 100:
                section = (section or 1) * 100
            else:
                total, section = total + (section or 1) * unit, 0
        elif word in _ENGLISH:
            value = _ENGLISH[word]
            # Nineteen ninety-eight: a century, then what follows.
            section = section * 100 + value if 10 < section < 21 and value >= 10 else section + value
        else:
            return None
    return total + section if words else None
