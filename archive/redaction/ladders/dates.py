"""Dates and what happened at them, in wider and wider time: month, year, five years, decade.

1. A date is read as the years that it can mean; a rung is there only when all of them fall into it.
2. The last two months of the lunar year may fall into the next: of them both years are kept.
3. A feast or a day without a year has a month, then only that it was at some time.

Two dates told together, lengths of time and a currency reform (there were two) are **not** read.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from archive.redaction.ladders.numerals import number
from archive.redaction.ladders.words import Wider

RUNGS: Final = ("month", "year", "five years", "decade")
FIRST, LAST = 1900, 2049
_MONTHS: Final = "jan feb mar apr may jun jul aug sep oct nov dec".split()  # noqa: SIM905
_EN_MONTHS: Final = (
    "January February March April May June July August September October November December".split()  # noqa: SIM905
)
_SAID: Final = "일이삼사오육칠팔구영공십천백륙〇零○一二三四五六七八九"
_PAIRS: Final = (
    r"(?<!\d)(?P<y>(?:1[89]|20)\d\d)\s?(?:년|年|[-./])", r"(?<!\d)'?(?P<y>\d\d)\s?(?:년|年)",
    r"(?<!\d)(?P<y>\d\d)[-./](?=\d{1,2}[-./])", r"(?<![A-Za-z0-9])(?P<y>(?:1[89]|20)\d\d)(?!\d|s)",
    r"(?<![A-Za-z0-9])'(?P<y>\d\d)(?!\d|s)", rf"(?<![가-힣一-鿿])(?P<y>[{_SAID}]{{2,7}})\s?(?:년|年)",
    r"(?P<y>(?:nineteen|twenty|two thousand)[a-z -]*)",
)  # fmt: skip
_YEAR: Final = [re.compile(each) for each in _PAIRS]
_DECADE: Final = re.compile(
    r"(?<!\d)(?P<y>(?:1[89]|20)?\d0)\s?(?:년대|年代)|(?<![a-z0-9])'?(?P<en>(?:1[89]|20)?\d0)s"
)
_JUCHE: Final = re.compile(r"주체\s?(\d{1,3})(?:\s?\(\d{4}\))?\s?년")
_MONTH: Final = re.compile(
    r"(?<!\d)(?P<n>1[0-2]|0?[1-9])\s?(?:월|月)|(?:(?<=19\d\d)|(?<=20\d\d))[-./]\s?(?P<m>1[0-2]|0?[1-9])(?=[-./]|$)"
    r"|(?<![가-힣])(?P<ko>정|동짓|섣|십이|십일|일|이|삼|사|오|유|육|칠|팔|구|시|십)\s?(?:월|달)"
    rf"|(?P<zh>正|腊|臘|冬|十?[一二三四五六七八九]|十)\s?月|(?<![a-z])(?P<en>{'|'.join(_MONTHS)})"
)
_KO_MONTH: Final = {"정": 1, "유": 6, "시": 10, "동짓": 11, "섣": 12, "正": 1, "冬": 11, "腊": 12, "臘": 12}
_LUNAR: Final = re.compile(
    r"음력|정월|동짓|섣|农历|農曆|阴历|陰曆|旧历|正月|腊月|臘月|冬月|初[一二三四五六七八九十]|廿|lunar"
)
_LENGTH: Final = re.compile(
    r"년\s?(?:동안|간|전|후|뒤|만에)|年(?:前|后|後|间)|years? (?:ago|later|before|after)|~|부터|까지|–|至|到"
)
_EVENTS: Final = (
    (r"고난의\s?행군|苦难的?行军|苦難的?行軍|arduous march", 1994, 1999, 0),
    (r"김일성\s?(?:사망|서거)|金日成(?:去世|死|逝世)|kim il[ -]s[ou]ng(?:'s)? (?:death|died)", 1994, 1994, 7),
    (r"김정일\s?(?:사망|서거)|金正日(?:去世|死|逝世)|kim jong[ -]il(?:'s)? (?:death|died)", 2011, 2011, 12),
    (r"6\s?[.·]\s?25|조선\s?전쟁|조국해방전쟁|朝鲜战争|抗美援朝|korean war", 1950, 1953, 0),
    (r"평양\s?축전|세계청년학생축전", 1989, 1989, 7), (r"베이징\s?올림픽|北京奥运会?|beijing olympics", 2008, 2008, 8),  # noqa: E501
    (r"88\s?올림픽|서울\s?올림픽|汉城奥运会?|seoul olympics", 1988, 1988, 9), (r"문화\s?대?혁명|文革|文化大革命|cultural revolution", 1966, 1976, 0),  # noqa: E501
    (r"사스|非典|sars", 2002, 2003, 0), (r"코로나|新冠|covid", 2020, 2023, 0),
)  # fmt: skip
"""What everybody dates by, with the years it is said of."""
_FEASTS: Final = (
    (r"광명성절", 2), (r"태양절|day of the sun", 4), (r"구구절|9\s?\.\s?9절", 9), (r"당\s?창건일", 10), (r"성탄절|크리스마스|christmas", 12),  # noqa: E501
    (r"국경절|国庆节?|國慶節?|national day", 0), (r"추석|中秋节?|mid-autumn|chuseok", 0), (r"설날|음력설|春节|春節|除夕|过年|spring festival|new year", 0),  # noqa: E501
    (r"단오|端午节?", 0), (r"한식|清明节?|清明", 4), (r"대보름|元宵节?", 0), (r"동지|冬至", 12), (r"元旦|양력설", 1),  # noqa: E501
)  # fmt: skip
"""Feasts, and their month where it is one month of the sun; the North's national day is not China's."""
_SOMETIME: Final = re.compile(
    r"봄|여름|가을|겨울|새벽|아침|오전|오후|저녁|밤|낮|요일|작년|재작년|올해|그\s?해|이듬|지난|\d\s?시|\d{1,2}\s?일|하루|사흘|보름|그믐|"
    r"[春夏秋冬]天?|星期|礼拜|周[一二三四五六日天]|去年|前年|今年|那年|当年|次年|[日号點点]|spring|summer|autumn|winter|day|night|morning|evening|o'clock|month|year"
)
_DECADES: Final = {
    "kor": dict(zip(range(1940, 2020, 10), "사십 오십 육십 칠십 팔십 구십 이천 이천십".split(), strict=True)),  # noqa: SIM905
    "zho": dict(zip(range(1940, 2020, 10), "四十 五十 六十 七十 八十 九十 两千 二〇一〇".split(), strict=True)),  # noqa: E501, SIM905
    "eng": dict(zip(range(1940, 2020, 10),
                    "forties fifties sixties seventies eighties nineties two-thousands twenty-tens".split(), strict=True)),  # noqa: E501, SIM905
}  # fmt: skip


@dataclass(frozen=True)
class When:
    """The years that a date can mean, both kept; 0 is no year. Without one, *month* may be lunar."""

    first: int
    last: int
    month: int
    lunar: bool = False


def when(told: str) -> When | None:
    """What *told* can mean, or None when it is no date, or more than one."""
    plain = unicodedata.normalize("NFKC", told).lower()
    if _LENGTH.search(plain):
        return None
    lunar, month = bool(_LUNAR.search(plain)), _month(plain)
    for pattern, first, last, at in _EVENTS:
        if re.search(pattern, plain):
            return When(first, last, at) if not _years(plain) else None
    years = _years(plain)
    if len(years) > 1:
        return None
    if years:
        first, last = years.pop()
        # The eleventh and the twelfth month of the moon end in the next year of the sun.
        return When(first, last + (lunar and month in (0, 11, 12)), 0 if lunar else month, lunar)
    for pattern, at in _FEASTS:
        if re.search(pattern, plain):
            return When(0, 0, at)
    return When(0, 0, month, lunar) if month or _SOMETIME.search(plain) else None


def rung(told: str, rung: str, lang: str) -> Wider | None:
    """*told* as *rung* says it in this language, or None where it does not say what happened when."""
    found = when(told)
    if found is None or rung not in RUNGS:
        return None
    if not found.first:
        return _yearless(found, rung, lang)
    size = {"month": 1, "year": 1, "five years": 5, "decade": 10}[rung]
    if found.first // size != found.last // size or (rung == "month" and not found.month):
        return None
    return Wider(_said(found.first // size * size, rung, found.month, lang), "무렵", "시기")


def _said(year: int, rung: str, month: int, lang: str) -> tuple[str, ...]:
    if rung == "month":
        return (_in(lang, f"{year}년 {month}월", f"{year}年{month}月", f"{_EN_MONTHS[month - 1]} {year}"),)
    if rung == "year":
        return (_in(lang, f"{year}년", f"{year}年", f"{year}"),)
    decade = year // 10 * 10
    name = _DECADES.get(lang, _DECADES["eng"]).get(decade)
    names = [_in(lang, f"{decade}년대", f"{decade}年代", f"{decade}s")]
    names += [name + _in(lang, "년대", "年代", "")] if name else []
    half = decade == year
    if rung == "five years":
        before, behind = (
            _in(lang, "", "", "early " if half else "late "),
            _in(lang, " 전반" if half else " 후반", "前半" if half else "后半", ""),
        )
        names = [before + each + behind for each in names]
    return tuple(_in(lang, each, each, f"the {each}") for each in names)


def _yearless(found: When, rung: str, lang: str) -> Wider | None:
    if rung != "month":
        return Wider((_in(lang, "어느 때", "某个时候", "one time"),), "즈음", "")
    if not found.month:
        return None
    korean, chinese = ("음력 ", "农历") if found.lunar else ("", "")
    english = f"lunar month {found.month}" if found.lunar else _EN_MONTHS[found.month - 1]
    return Wider((_in(lang, f"{korean}{found.month}월", f"{chinese}{found.month}月", english),), "", "무렵")


def _in(lang: str, korean: str, chinese: str, english: str) -> str:
    return {"kor": korean, "zho": chinese}.get(lang, english)


def _years(plain: str) -> set[tuple[int, int]]:
    """Each year or decade that is named, as its first and last year."""
    found = {(1911 + int(each[1]),) * 2 for each in _JUCHE.finditer(plain)}
    rest = _JUCHE.sub(" ", plain)
    for decade in _DECADE.finditer(rest):
        start = _full(int(decade["y"] or decade["en"]))
        found.add((start, start + 9))
    rest = _DECADE.sub(" ", rest)
    for pattern in _YEAR:
        for match in pattern.finditer(rest):
            told = number(match["y"])
            if told is not None and FIRST <= _full(told) <= LAST:
                found.add((_full(told),) * 2)
        rest = pattern.sub(" ", rest)
    return found


def _full(year: int) -> int:
    """A year of two digits is one of 1930 to 2029."""
    return year if year > 99 else year + (1900 if year >= 30 else 2000)


def _month(plain: str) -> int:
    found = list(_MONTH.finditer(plain))
    if len(found) != 1:
        return 0
    told = next(group for group in found[0].groups() if group)
    return _KO_MONTH.get(told) or (_MONTHS.index(told) + 1 if told in _MONTHS else number(told) or 0)
