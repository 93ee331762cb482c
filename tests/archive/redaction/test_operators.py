"""What stands instead of hidden words is wider than they are, reads in its sentence, and never shows them."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.redaction.gazetteer import divisions, upwards
from archive.redaction.ladders import amounts, dates, places
from archive.redaction.ladders.numerals import number
from archive.redaction.operators import LADDERS, Hidden, by_profile, options, shown
from archive.redaction.sightings import sighted
from archive.redaction.spans import RedactionError

LANGS: Final = ("kor", "zho", "eng")
WIDE: Final = {"place": "region", "date": "decade", "age": "five years", "sum": "size", "children": "some"}
AFTER: Final = ("", "에서", "으로", "로", "은", "는", "이 ", "가 ", "을", "를", ", ")
UNTIMED: Final = settings(deadline=None)
YEARS: Final = st.integers(1940, 2025)


def hidden(category: str, surface: str, lang: str = "kor", after: str = "") -> Hidden:
    return Hidden(category, lang, surface, after)


@st.composite
def told(draw: st.DrawFn) -> Hidden:
    """A place, a date, an age, a sum or children, as it is told in one of the languages."""
    lang, year = draw(st.sampled_from(LANGS)), draw(YEARS)
    place = divisions()[draw(st.sampled_from(sorted(divisions())))]
    month, day, age = draw(st.integers(1, 12)), draw(st.integers(1, 28)), draw(st.integers(1, 90))
    amount = draw(st.integers(1, 10**7))
    category, surface = draw(
        st.sampled_from(
            [
                ("place", place.label(lang)),
                ("place", f"{upwards(place)[-1].label(lang)} {place.label(lang)}"),
                (
                    "date",
                    {"kor": f"{year}년 {month}월 {day}일", "zho": f"{year}年{month}月", "eng": f"{year}"}[
                        lang
                    ],
                ),
                (
                    "date",
                    {"kor": f"{year}년", "zho": f"{year % 100:02}年", "eng": f"{year // 10 * 10}s"}[lang],
                ),
                (
                    "date",
                    {
                        "kor": f"음력 {month}월 {day}일",
                        "zho": "正月十五",
                        "eng": "the night of the national day",
                    }[lang],
                ),
                ("other", {"kor": f"{age}살", "zho": f"{age}岁", "eng": f"{age} years old"}[lang]),
                ("other", {"kor": f"{amount}위안", "zho": f"{amount}元", "eng": f"{amount} yuan"}[lang]),
                ("other", {"kor": "아이 둘", "zho": "两个孩子", "eng": "two children"}[lang]),
                ("name", draw(st.text("가나다김이박ab", min_size=1, max_size=4))),
            ]
        )
    )
    return Hidden(category, lang, surface, draw(st.sampled_from(AFTER)))


@UNTIMED
@given(told())
def test_nothing_that_may_stand_instead_shows_the_words(words: Hidden) -> None:
    """
    Every option, every rung, whatever stands behind: in brackets, and without the words in any spelling.
    """
    for option in options(words, {words.surface}):
        assert option.shown.startswith("[")
        assert option.shown.endswith("]")
        assert option.operator == "label" or not sighted(option.shown, {words.surface})
        assert option.operator == "label" or shown(option.operator, words, {words.surface}) == option.shown


@UNTIMED
@given(st.integers(1940, 2025), st.integers(1940, 2025), st.sampled_from(LANGS))
def test_what_one_rung_says_alike_the_next_says_alike(one: int, other: int, lang: str) -> None:
    """
    A ladder is monotone: two dates that are told apart on a wide rung are told apart on every narrower one.
    """
    for narrow, wide in pairwise(dates.RUNGS[1:]):
        same = [
            dates.rung(f"{one}년", rung, lang) == dates.rung(f"{other}년", rung, lang)
            for rung in (narrow, wide)
        ]
        assert same in ([True, True], [False, True], [False, False])


@UNTIMED
@given(st.data())
def test_a_wider_place_holds_the_narrower(data: st.DataObject) -> None:
    """
    Two places in one county are in one province, one region, one country.
    """
    one, other = (divisions()[data.draw(st.sampled_from(sorted(divisions())))] for _ in range(2))
    for narrow, wide in pairwise(places.RUNGS):
        if places.at(one, narrow) is not None and places.at(one, narrow) == places.at(other, narrow):
            assert places.at(one, wide) == places.at(other, wide)


@UNTIMED
@given(st.integers(1, 90), st.integers(1, 90), st.sampled_from(LANGS))
def test_ages_of_one_band_are_of_one_decade(one: int, other: int, lang: str) -> None:
    """
    The same of ages; nobody is said to be in a band that she is not in.
    """
    bands = [amounts.rung(f"{age}세", "five years", lang) for age in (one, other)]
    decades = [amounts.rung(f"{age}세", "decade", lang) for age in (one, other)]

    assert (bands[0] == bands[1]) == (one // 5 == other // 5)
    assert (decades[0] == decades[1]) == (one // 10 == other // 10)


@pytest.mark.parametrize(
    ("category", "surface", "lang", "operator", "after", "expected"),
    [
        ("place", "회령시 창효리", "kor", "generalise/county", "에서", "[회령시]"),
        ("place", "혜산", "kor", "generalise/province", "에서", "[량강도]"),
        ("place", "혜산", "kor", "generalise/province", "으로", "[량강도 지역]"),
        ("place", "연길", "kor", "generalise/region", "로", "[중국 동북 지역 일대]"),
        ("place", "Hyesan", "eng", "generalise/region", ".", "[the border region of North Korea]"),
        ("place", "延吉市", "zho", "generalise/province", "", "[吉林省]"),
        ("place", "심양", "kor", "generalise/province/cn-2101", "에서", "[료녕성]"),
        ("date", "1998년 3월 5일", "kor", "generalise/month", "에", "[1998년 3월]"),
        ("date", "구십팔년 겨울", "kor", "generalise/five years", "은", "[1990년대 후반]"),
        ("date", "98년", "kor", "generalise/decade", "은", "[1990년대 무렵]"),
        ("date", "주체87년", "kor", "generalise/year", "에", "[1998년]"),
        ("date", "1990年", "zho", "generalise/decade", "", "[九十年代]"),
        ("date", "一九九八年冬天", "zho", "generalise/five years", "", "[1990年代后半]"),
        ("date", "5 March 1998", "eng", "generalise/decade", ".", "[the 1990s]"),
        ("date", "2000", "eng", "generalise/decade", ".", "[the two-thousands]"),
        ("date", "고난의 행군 때", "kor", "generalise/decade", "에", "[1990년대]"),
        ("date", "음력 1998년 12월 20일", "kor", "generalise/five years", "에", "[1990년대 후반]"),
        ("date", "음력 1월 15일", "kor", "generalise/month", "에", "[음력 1월]"),
        ("date", "正月十五", "zho", "generalise/decade", "", "[某个时候]"),
        ("other", "서른두 살", "kor", "generalise/five years", "이었", "[30대 초반]"),
        ("other", "열여섯 살 때", "kor", "generalise/five years", "", "[10대 후반]"),
        ("other", "三十七岁", "zho", "generalise/five years", "", "[30多岁后半]"),
        ("other", "17-year-old", "eng", "generalise/five years", " girl", "[late teens]"),
        ("other", "3만 5천 위안", "kor", "generalise/size", "에", "[수만 위안]"),
        ("other", "两万元", "zho", "generalise/size", "", "[几万元]"),
        ("other", "two thousand yuan", "eng", "generalise/size", "", "[thousands of yuan]"),
        ("other", "아이 둘", "kor", "generalise/some", "을", "[자녀 몇 명]"),
        ("name", "김영숙", "kor", "role/작은 여동생", "은", "[작은 여동생]"),
        ("name", "김영숙", "kor", "pseudonym/미옥", "은", "[미옥]"),
        ("name", "김영숙", "kor", "remove", "은", "[삭제]"),
        ("name", "김영숙", "kor", "label", "은", ""),
    ],
)  # fmt: skip
def test_words_are_told_wider_in_their_own_language(
    category: str, surface: str, lang: str, operator: str, after: str, expected: str
) -> None:
    """
    Each operator and rung, with a Korean ending that the particle behind fits.
    """
    assert shown(operator, hidden(category, surface, lang, after), {surface}) == expected


@pytest.mark.parametrize(
    ("category", "surface", "operator"),
    [
        ("place", "혜산", "keep"), ("place", "혜산", ""), ("place", "혜산", "generalise"), ("place", "혜산", "generalise/village"),  # noqa: E501
        ("place", "혜산", "generalise/county"), ("place", "Hyesan", "generalise/county"), ("place", "심양", "generalise/province"),  # noqa: E501
        ("place", "혜산", "generalise/province/cn-jl"), ("place", "창효리", "generalise/province"), ("place", "중국", "generalise/region"),  # noqa: E501
        ("date", "1998년부터 2003년", "generalise/decade"), ("date", "3년 동안", "generalise/year"), ("date", "98년 겨울", "generalise/month"),  # noqa: E501
        ("date", "1998년 2001년", "generalise/decade"), ("date", "1850년", "generalise/decade"),
        ("date", "화폐개혁", "generalise/decade"), ("date", "음력 1998년 12월 20일", "generalise/year"), ("date", "1998년", "generalise/decade/cn-jl"),  # noqa: E501
        ("name", "김영숙", "generalise/decade"), ("name", "김영숙", "role/"), ("name", "김영숙", "role/김영숙"),  # noqa: E501
        ("name", "김영숙", "pseudonym/김 영 숙"), ("name", "김영숙", "role/a]b"), ("other", "몇천 위안", "generalise/size"),  # noqa: E501
        ("other", "1998년", "generalise/decade"), ("number", "1234", "generalise/size"),
    ],
)  # fmt: skip
def test_what_cannot_be_told_so_is_refused(category: str, surface: str, operator: str) -> None:
    """
    R15: unknown, ambiguous, too narrow, showing itself. An error, and never the words; it does not quote them.
    """  # noqa: E501
    with pytest.raises(RedactionError) as refused:
        shown(operator, hidden(category, surface), {surface})

    assert surface not in str(refused.value)
    assert surface not in repr(hidden(category, surface))


def test_what_is_hidden_elsewhere_in_the_text_is_not_shown_either() -> None:
    """
    With the province hidden too, a town in it becomes its region; with that hidden, its country.
    """
    words = hidden("place", "혜산", after="에서")

    assert by_profile({"place": "province"}, words, {"혜산"}) == "[량강도]"
    assert by_profile({"place": "province"}, words, {"혜산", "량강도"}) == "[북한 국경 지역]"
    assert by_profile({"place": "province"}, words, {"혜산", "량강도", "국경"}) == "[북한]"
    assert by_profile({"place": "province"}, words, {"혜산", "량강도", "북한"}) == ""


@UNTIMED
@given(told())
def test_a_profile_never_tells_more_than_its_rung(words: Hidden) -> None:
    """
    What it gives is the label, or its own rung or a wider one of the same ladder.
    """
    given_by = by_profile(WIDE, words, {words.surface})
    ladder = LADDERS.get(words.kind, ())
    wide = (
        {
            each.shown
            for each in options(words, {words.surface})
            if each.rung in ladder[ladder.index(WIDE[words.kind]) :]
        }
        if ladder
        else set()
    )

    assert given_by == "" or given_by in wide


def test_numbers_are_read_as_they_are_said() -> None:
    """
    In digits, in signs, in native Korean words and in English ones.
    """
    said = {
        "서른두": 32, "열여섯": 16, "구팔": 98, "일구구팔": 1998, "이천삼": 2003, "3만 5천": 35000, "一九九八": 1998, "二十三": 23, "1.2万": 12000,  # noqa: E501
        "nineteen ninety-eight": 1998, "two thousand and three": 2003, "two hundred and five": 205, "thirty-two": 32, "12,000": 12000, "바다": None, "": None, "a lot": None,  # noqa: E501
    }  # fmt: skip

    assert {told: number(told) for told in said} == said


def test_a_decade_is_told_as_one_and_an_amount_by_its_own_ladder_only() -> None:
    """
    What is said as a decade has no narrower rung; an age has no size, and a sum no band of years.
    """
    told = {rung: dates.rung("90년대", rung, "kor") for rung in dates.RUNGS}
    assert [rung for rung, wider in told.items() if wider] == ["decade"]

    assert amounts.rung("서른 살", "size", "kor") is amounts.rung("3만 위안", "decade", "kor") is None
