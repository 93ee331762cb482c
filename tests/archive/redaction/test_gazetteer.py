"""A name of a place is found in every script, and never guessed where several places have it."""

from __future__ import annotations

import csv
import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import opencc
import pytest

from archive.redaction.gazetteer import Division, divisions, meaning, upwards
from archive.redaction.training import divisions as compiling
from archive.redaction.training.spelling import by_sound, romanised
from archive.redaction.words import HERE

LISTS: Final = Path(__file__).parents[4] / "shared" / "corpora" / "redaction-lists"
PROVINCE: Final = {
    "KP01": "kp-10", "KP02": "kp-09", "KP03": "kp-08", "KP04": "kp-07", "KP05": "kp-04", "KP06": "kp-03", "KP07": "kp-02",  # noqa: E501
    "KP08": "kp-06", "KP09": "kp-05", "KP10": "kp-01", "KP11": "kp-14",
}  # fmt: skip  # noqa: E501, RUF100
MOVED: Final = {"라선시": "kp-13", "개성시": "kp-15", "장풍군": "kp-15", "강남군": "kp-01", "온천군": "kp-02"}
"""Places that the list has under the province they once lay in, or that are provinces themselves now."""
GEONAMES: Final = dict(zip(
    "01 02 03 04 05 06 07 08 09 10 11 12 15 16 18 19 20 21 22 23 24 25 26 28 29 30 31 32 33".split(),  # noqa: SIM905
    "ah zj jx js jl qh fj hl ha he hn hb gs gx gz ln nm nx bj sh sx sd sn tj yn gd hi sc cq".split(), strict=True,  # noqa: E501, SIM905
))  # fmt: skip  # noqa: RUF100, SIM905


def provinces(told: str) -> set[str]:
    return {_province(place) for place in meaning(told).places}


def _province(place: Division) -> str:
    return next((each.id for each in upwards(place) if each.level == "province"), place.id)


@pytest.mark.parametrize(
    ("told", "id"),
    [
        (told, id)
        for id, names in {
            "kp-10-1": "혜산 혜산시 惠山市 Hyesan Hyesan-si",
            "kp-03-14": "녕변 영변 녕변군 寧邊 宁边 Yŏngbyŏn Yeongbyeon Nyongbyon",
            "kp-09-1": "청진 淸津 清津市 Ch'ŏngjin Cheongjin Chongjin",
            "kp-10-3": "김정숙군 신파",
            "cn-222401": "연길 옌지 延吉市 Yanji 吉林省延吉市",
            "cn-220623": "장백현 长白县 長白朝鮮族自治縣",
            "cn-2310": "목단강 무단장 牡丹江 Mudanjiang",
            "cn-231025": "림구현 임구현 林口县",
            "kp-10": "량강도 양강도 兩江道 Ryanggang Yanggang-do",
            "kp-09": "함북 함경북도",
            "cn": "중국 中國 China",
        }.items()
        for told in names.split()
    ],
    ids=lambda value: value,
)
def test_a_place_is_known_however_it_is_written(told: str, id: str) -> None:
    """
    As the North and the South write it, by the sound of Chinese, in both Chinese scripts and romanised.
    """
    found = meaning(told)

    assert id in {place.id for place in found.places}
    assert len({_province(place) for place in found.places}) == 1


@pytest.mark.parametrize(
    ("told", "among"),
    [
        ("朝阳", {"cn-bj", "cn-ln"}),
        ("심양시", {"cn-ln", "cn-ha"}),
        ("강서", {"kp-14", "cn-jx"}),
        ("和平", {"cn-tj", "cn-ln"}),
    ],
    ids=["chaoyang", "shenyang or qinyang", "kangso or jiangxi", "heping"],
)
def test_a_name_that_several_places_have_gives_all_of_them(told: str, among: set[str]) -> None:
    """
    Which is meant a person says; with what it lies in, it is one.
    """
    assert among <= provinces(told)
    assert provinces("辽宁省朝阳") == {"cn-ln"}


@pytest.mark.parametrize(
    ("told", "within"),
    [
        ("함경북도 회령시 창효리", "kp-09-3"),
        ("吉林省延吉市小营村", "cn-222401"),
        ("Songha-ri, Hoeryong", "kp-09-3"),
    ],
    ids=["ko", "zh", "en"],
)
def test_a_village_is_known_by_what_it_is_told_to_lie_in(told: str, within: str) -> None:
    """
    No list has the villages; the county that is told with one is what is known.
    """
    assert [place.id for place in meaning(told).places] == [within]
    assert meaning("창효리").places == meaning("小营村").places == ()


def test_a_town_is_told_by_its_kind_and_no_county_is_taken_for_one() -> None:
    """
    What stands before 镇 is the town of that name, and nothing larger.
    """
    assert [place.id for place in meaning("清盛镇").places] == ["th-chiangsaen"]
    assert meaning("훈춘").places
    assert meaning("훈춘진").places == ()


@pytest.mark.parametrize(
    "told",
    ["", "가", "가나다라", "연길과 훈춘 사이", "산동성 연길", "x" * 500],
    ids=["empty", "one", "none", "two", "no", "long"],
)
def test_what_is_no_place_or_contradicts_itself_is_not_known(told: str) -> None:
    """
    Nothing is made up: there is no Yanji in Shandong.
    """
    assert meaning(told).places == ()


def test_a_town_told_alone_is_never_certain() -> None:
    """
    Most towns and all villages are in no list; a county far away, told without its kind, may be one.
    """
    assert not meaning("경신진").certain
    assert not meaning("玉山").certain
    assert meaning("훈춘시 경신진").certain
    assert meaning("玉山县").certain


def test_every_place_lies_in_a_province_and_has_a_name_in_three_languages() -> None:
    """
    Whoever asks where a place lies gets an answer, in the language of the text.
    """
    for place in divisions().values():
        assert upwards(place)[-1].level in ("country", "river")
        assert all(place.label(lang) for lang in ("kor", "zho", "eng"))


def test_names_are_spelled_by_the_rules() -> None:
    """
    Samples of the rules themselves: sounds that meet in Korean, and what Korean hears of Chinese.
    """
    assert {"sinuiju"} == romanised("신의주")
    assert {"gapsan", "kapsan"} <= romanised("갑산")
    assert {"rangnim"} <= romanised("랑림")
    assert [by_sound(each.split()) for each in ("mu dan jiang", "xu zhou", "lv shun", "ji xi", "zzz")] == [
        "무단장", "쉬저우", "뤼순", "지시", "",
    ]  # fmt: skip


def _rows(name: str) -> Iterator[dict[str, str]]:
    if not LISTS.is_dir():
        pytest.skip("the lists that the gazetteer is measured with are not here")
    with (LISTS / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _hangul() -> Iterator[tuple[str, str]]:
    for row in _rows("kp_divisions.csv"):
        if row["level"] != "province":
            for column in ("hangul_dprk", "hangul_south_spelling"):
                yield row[column], MOVED.get(row["hangul_dprk"], PROVINCE[row["parent_id"]])
    yield from _of_geonames("[가-힣 ]{2,}")


def _of_geonames(form: str) -> Iterator[tuple[str, str]]:
    """Names of Chinese cities as GeoNames has them, which the gazetteer was not made from."""
    for row in _rows("cn_places_geonames.csv"):
        # Jiagedaqi lies in one province and is governed by another.
        if (
            int(row["population"] or 0) >= 100_000
            and row["admin1code"] in GEONAMES
            and "加格达奇" not in str(row)
        ):
            for name in row["alternatenames"].split("|"):
                if re.fullmatch(form, name):
                    yield name, f"cn-{GEONAMES[row['admin1code']]}"


def _hanzi() -> Iterator[tuple[str, str]]:
    by_name = {place.zh: place.id for place in divisions().values() if place.level == "province"}
    ids = {row["code"]: by_name[row["name"]] for row in _rows("cn_provinces.csv")}
    traditional = opencc.OpenCC("s2t")
    rows = [row for row in _rows("cn_areas.csv") if row["name"] not in compiling.NO_PLACE]
    for row in random.Random(6).sample(rows, 500):
        yield row["name"], ids[row["provinceCode"]]
        yield traditional.convert(row["name"]), ids[row["provinceCode"]]


def _latin() -> Iterator[tuple[str, str]]:
    for row in _rows("kp_divisions.csv"):
        if row["level"] != "province":
            yield row["romanised_dprk"], MOVED.get(row["hangul_dprk"], PROVINCE[row["parent_id"]])
    for row in _rows("cn_places_geonames.csv"):
        if int(row["population"] or 0) >= 200_000 and row["admin1code"] in GEONAMES:
            yield row["name"], f"cn-{GEONAMES[row['admin1code']]}"


@pytest.mark.parametrize("names", [_hangul, _hanzi, _latin], ids=["hangul", "hanzi", "latin"])
def test_the_right_province_is_found_or_offered_and_none_is_guessed(
    names: Callable[[], Iterator[tuple[str, str]]],
) -> None:
    """
    97 of 100 at least, in each script; where it is certain, it is right every time.
    """
    told = list(names())
    found = [(provinces(name), meaning(name).certain, province) for name, province in told]
    offered = sum(province in known for known, _, province in found)
    wrong = [name for (name, _), (known, certain, province) in zip(told, found, strict=True) if certain and len(known) == 1 and known != {province}]  # fmt: skip  # noqa: E501

    assert offered / len(told) >= 0.97
    assert wrong == []


def test_the_file_of_divisions_is_what_its_script_makes() -> None:
    """
    Whoever has the lists makes the same bytes.
    """
    if not LISTS.is_dir():
        pytest.skip("the lists that the gazetteer is made from are not here")

    assert compiling.compiled(LISTS) == (HERE / "divisions.tsv.gz").read_bytes()
