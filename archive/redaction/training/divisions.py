"""`divisions.tsv.gz` from lists, the same bytes each time: which place lies in which, in every spelling.

    python -m archive.redaction.training.divisions FOLDER

FOLDER has cn_areas.csv and the rest; `pypinyin` 0.55.0 (MIT) must be there too. A row is id, what it lies in,
its level, then what kind it is called and its names in Hanzi, in Hangul and in the Latin alphabet: `市 延吉`,
`시 연길;옌지`, `yanji`.
Towns are those of the north-east and Inner Mongolia; of elsewhere there would be forty thousand.
Sources and licences: archive/redaction/ATTRIBUTION.md.
"""

from __future__ import annotations

import csv
import gzip
import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import opencc

from archive.redaction.training.spelling import by_sound, romanised
from archive.vocabulary.places import places

HERE: Final = Path(__file__).parents[1]
CITY: Final = 100_000
"""People. Of smaller places the list of GeoNames often gives the name of the town in their middle."""
NORTH_EAST: Final = ("15", "21", "22", "23")
NO_PLACE: Final = ("市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划")
PEOPLES: Final = (  # noqa: SIM905
    "蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎 傈僳 佤 畲 高山 拉祜 水 东乡 纳西 景颇 柯尔克孜 土 达斡尔 仫佬 羌 "  # noqa: E501
    "布朗 撒拉 毛南 仡佬 锡伯 阿昌 普米 塔吉克 怒 乌孜别克 俄罗斯 鄂温克 德昂 保安 裕固 京 塔塔尔 独龙 鄂伦春 赫哲 门巴 珞巴 基诺 "  # noqa: E501
).split()  # fmt: skip
_SHORT: Final = "|".join(each + "族" for each in PEOPLES if len(each) == 1)
_LONG: Final = "|".join(sorted((each for each in PEOPLES if len(each) > 1), key=len, reverse=True))
KIND: Final = re.compile(
    rf"(?:{_SHORT}|(?:{_LONG})族?|各族)*(?:自治区|自治州|自治县|自治旗)$"
    rf"|(?:{_SHORT}|(?:{_LONG})族)*(?:民族乡|民族镇|乡|镇|街道|苏木)$"
    r"|(?:地区|林区|矿区|特区|新区|省|市|区|县|州|盟|旗)$"
)
NO_TOWN: Final = re.compile("[（场局处]|开发区|集中区|园区|社区")
"""Farms, offices and zones, which the bureau counts among the towns and nobody calls one."""
KOREAN_KIND: Final = re.compile("(?:구역|지구|시|군|구)$")
FIRST: Final = dict(zip("라락란람랑래랭략량려력련렬렴령례로록론롱뢰료룡루류륙륜률륭르리린림립냐녀년념녕뇨뉴니", "나낙난남낭내냉약양여역연열염영예노녹논농뇌요용누유육윤율융느이인임입야여연염영요유이", strict=True))  # fmt: skip  # noqa: E501
READ: Final = {"金": "금", "樂": "락", "車": "차", "不": "불", "省": "성", "北": "북", "六": "륙", "丹": "단", "合": "합", "寧": "녕", "遼": "료", "旗": "기", "區": "구", "邯": "한", "牡": "목", "站": "참"}  # fmt: skip  # noqa: E501
KIND_READ: Final = {"县": "현", "市": "시", "区": "구", "旗": "기", "盟": "맹", "州": "주", "乡": "향", "镇": "진", "街道": "가도", "苏木": "소목", "地区": "지구", "林区": "림구", "矿区": "광구", "特区": "특구", "新区": "신구"}  # fmt: skip  # noqa: E501
SAID: Final = {
    "长": "chang", "朝": "chao", "棱": "ling", "都": "du", "勒": "le", "珲": "hun", "漯": "luo", "长子": "zhang zi", "民乐": "min le",  # noqa: E501
    "单": "shan", "蔚": "yu", "浚": "xun", "荥经": "ying jing",
}  # fmt: skip
"""Signs, and whole names, that a dictionary of words reads otherwise than names of places do (长白, not 长老)."""  # noqa: E501
Row = tuple[str, str, str, str, str, str]


def _rows(folder: Path, name: str) -> Iterator[dict[str, str]]:
    with (folder / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


class _Spelling:
    """Every way in which a Chinese name is told."""

    def __init__(self, folder: Path) -> None:
        self._traditional = opencc.OpenCC("s2t")
        self._simple = opencc.OpenCC("t2s")
        self._read = {
            row["hanja"]: _northern(row["hangul"].split(","))
            for row in _rows(folder, "ko_name_hanja_readings.csv")
        } | READ
        # The usual Korean name first; it is the one that is shown.
        self._more: dict[str, list[str]] = {}
        for row in _rows(folder, "border_and_route_places_zh_ko.csv"):
            told = [row["ko_sino_korean_reading"], *row["ko_other_spellings"].split(";")]
            self._more.setdefault(KIND.sub("", row["zh_hans"]), []).extend(told)
        for place in places().values():
            if place.zh and place.id.startswith("cn-"):
                told = [n for n in place.names if re.fullmatch("[가-힣]+", n)]
                self._more.setdefault(KIND.sub("", place.zh), []).extend(told)
        self._latin: dict[str, list[str]] = {}
        for row in _rows(folder, "cn_places_geonames.csv"):
            if int(row["population"] or 0) >= CITY:
                for name in row["alternatenames"].split("|"):
                    self._latin.setdefault(name, []).append(_letters(row["name"]))

    def simple(self, name: str) -> str:
        return str(self._simple.convert(name))

    def read(self, name: str) -> str:
        """The name as Korean reads its signs, or nothing where one has no reading."""
        signs = self._traditional.convert(name)
        read = [self._read.get(sign, "") for sign in signs]
        return "".join(read) if all(read) and len(signs) == len(name) else ""

    def row(self, id: str, within: str, level: str, name: str) -> Row:
        bare, kind = split(name, KIND)
        # Only whoever makes the list has it.
        from pypinyin import lazy_pinyin

        said = SAID[bare].split() if len(bare) > 1 and bare in SAID else lazy_pinyin(bare)
        if len(said) == len(bare):
            said = [SAID.get(sign, told) for sign, told in zip(bare, said, strict=True)]
        read = self.read(bare)
        hangul = [*self._more.get(bare, ()), read, FIRST.get(read[:1], read[:1]) + read[1:], by_sound(said)]
        korean = KIND_READ.get(kind) or self.read(kind)
        told = [re.sub(f"{korean}$", "", each) if len(each) > len(korean) + 1 else each for each in hangul]
        pinyin = "".join(said).replace("v", "u")
        latin = [pinyin if pinyin.isascii() else "", *(self._latin.get(name, ()) if level != "town" else ())]
        return (id, within, level, f"{kind} {bare}", f"{korean} {_listed(told)}", _listed(latin))


def _northern(readings: list[str]) -> str:
    """Of a sign's readings the one that keeps its first sound (릉, not 능)."""
    return next((each for each in readings if FIRST.get(each) in readings), readings[0])


def _letters(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.lower())
    return "".join(c for c in plain if "a" <= c <= "z")


def split(name: str, kind: re.Pattern[str]) -> tuple[str, str]:
    """The name without what kind of place it is, and that."""
    found = next((each for at in range(1, len(name)) if (each := kind.match(name, at))), None)
    return (name[: found.start()], found[0]) if found else (name, "")


def _listed(told: Iterable[str]) -> str:
    return ";".join(dict.fromkeys(each for each in told if each))


def china(folder: Path, spelling: _Spelling) -> Iterator[Row]:
    """The prefectures, counties and north-eastern towns, each by the code of the statistics bureau."""
    by_name = {place.zh: place.id for place in places().values() if place.level == "province"}
    ids = {row["code"]: by_name[row["name"]] for row in _rows(folder, "cn_provinces.csv")}
    for row in _rows(folder, "cn_cities.csv"):
        ids[row["code"]] = ids[row["provinceCode"]]
        if row["name"] not in NO_PLACE:
            ids[row["code"]] = f"cn-{row['code']}"
            yield spelling.row(ids[row["code"]], ids[row["provinceCode"]], "prefecture", row["name"])
    for row in _rows(folder, "cn_areas.csv"):
        yield spelling.row(f"cn-{row['code']}", ids[row["cityCode"]], "county", row["name"])
    for row in _rows(folder, "cn_streets.csv"):
        if row["provinceCode"] not in NORTH_EAST or NO_TOWN.search(row["name"]):
            continue
        if split(row["name"], KIND)[1] and split(row["name"], KIND)[1] != "区":
            yield spelling.row(f"cn-{row['code']}", f"cn-{row['areaCode']}", "town", row["name"])


def north_korea(spelling: _Spelling) -> Iterator[Row]:
    """The cities, counties and wards of `north_korea.txt`, old names with the present ones."""
    for line in (HERE / "training" / "north_korea.txt").read_text("utf-8").splitlines():
        province, _, told = line.partition(" ")
        for number, names in enumerate(told.split(", ") if province != "#" else ()):
            pairs = [pair.split(" ") for pair in names.split(" = ")]
            kind = split(pairs[0][0], KOREAN_KIND)[1]
            hangul = [split(name, KOREAN_KIND)[0] for name, _ in pairs]
            hangul += [FIRST.get(name[0], name[0]) + name[1:] for name in hangul]
            hanja = [re.sub("(?:區域|地區|市|郡|區)$", "", hanja) for _, hanja in pairs if hanja != "-"]
            latin = sorted({each for name in hangul for each in romanised(name)})
            simple = _listed(spelling.simple(each) for each in hanja)
            kinds = {"시": "市", "군": "郡", "구": "区", "구역": "区", "지구": "地区"}
            yield (
                f"{province.lower()}-{number + 1}", province.lower(), "county",
                f"{kinds[kind]} {simple}", f"{kind} {_listed(hangul)}", _listed(latin),
            )  # fmt: skip


def compiled(folder: Path) -> bytes:
    """Every row, sorted by country and code, packed."""
    spelling = _Spelling(folder)
    rows = [*north_korea(spelling), *china(folder, spelling)]
    told = "".join("\t".join(row) + "\n" for row in rows)
    return gzip.compress(told.encode(), 9, mtime=0)


if __name__ == "__main__":
    (HERE / "divisions.tsv.gz").write_bytes(compiled(Path(sys.argv[1])))
