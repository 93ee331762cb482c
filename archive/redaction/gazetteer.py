"""What a name of a place may mean: the divisions of North Korea and China that are called so.

1. Hangul in both spellings and by the sound of Chinese, Hanzi in both scripts, and the usual romanisations.
2. A name that several places have gives all of them. Nobody is told which is meant: a person chooses.
3. A name with what lies around it (`함경북도 회령시`, `吉林省延吉市`, `Yanji, Jilin`) is read whole.

`divisions.tsv.gz` is made by `training.divisions`; countries and provinces are the vocabulary's. See
ATTRIBUTION.md. A village is known by what it is told to lie in; one that is called like a city, and told alone,
is **not** told from it.
"""  # noqa: E501

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from archive.redaction.divisions import (
    NORTH_EAST,
    Row,
    bare_names,
    names_with_kind,
    rows,
    usual_names,
)
from archive.redaction.words import simplified
from archive.vocabulary.places import places as coded

LONGEST: Final = 24
"""Letters of one name; what is longer is not read as a place."""
SAID: Final = {
    "kp": "조선 북조선 북한 이북 조선민주주의인민공화국 朝鲜 北朝鲜 北韩 dprk northkorea", "cn": "중국 中国 china prc",  # noqa: E501
    "kr": "한국 남조선 남한 대한민국 韩国 南韩 南朝鲜 southkorea korea",
    "kp-01": "평양", "kp-02": "평남", "kp-03": "평북", "kp-04": "자강", "kp-05": "황남", "kp-06": "황북", "kp-07": "강원",  # noqa: E501
    "kp-08": "함남", "kp-09": "함북", "kp-10": "량강 양강 양강도", "kp-13": "라선 나선 나진선봉", "kp-14": "남포", "kp-15": "개성",  # noqa: E501
    "cn-jl": "지린성", "cn-ln": "요녕 요녕성 랴오닝성", "cn-hl": "헤이룽장성", "cn-nm": "내몽고 내몽골 네이멍구 neimenggu", "cn-bj": "peking",  # noqa: E501
}  # fmt: skip
"""What else provinces and countries are called."""
KINDS: Final = frozenset(
    "시 군 구 구역 현 진 향 주 자치주 자치현 자치구 지구 읍 도 성 市 县 区 州 镇 乡 省 盟 旗 city county district province prefecture town "  # noqa: E501, SIM905
    "township xian shi qu zhen xiang sheng zhou si gun gu guyok up eup do the in of near".split()
)
"""What may follow a name without telling it from another."""
TOWN: Final = frozenset("진 향 镇 乡 zhen xiang town township".split())  # noqa: SIM905
VARIANTS: Final = str.maketrans("淸靑豊郞峯", "清青丰郎峰")
"""Signs of Korean print, which are not traditional Chinese."""
LEVELS: Final = ("country", "province", "prefecture", "city", "county", "river", "town")
FINER: Final = re.compile(
    r"[가-힣]{1,7}(?:리|동|촌|툰|마을|읍|로동자구|노동자구|농장|골)|[\u3400-\u9fff]{1,7}(?:村|屯|组|里|庄|营|沟|街|路|大队|农场|林场)"
    r"|[a-z]{2,14}(?:ri|dong|cun|tun|village|up|eup)"
)
"""What lies in a town or a county and is in no list."""


@dataclass(frozen=True, order=True)
class Division:
    """A place: *within* is the id of what it lies in, or nothing; a label for each language."""

    id: str
    level: str
    within: str
    ko: str
    zh: str
    en: str

    def label(self, lang: str) -> str:
        return {"kor": self.ko, "zho": self.zh}.get(lang, self.en)


@dataclass(frozen=True)
class Meaning:
    """What a name may mean: *places*, the larger first. *certain*: no place elsewhere is likely to be meant."""  # noqa: E501

    places: tuple[Division, ...]
    certain: bool
    finer: bool = False
    """Whether something smaller was told, which is in no list."""


def meaning(told: str) -> Meaning:
    """What *told* may mean; no places when it is not known.

    A town or a village that is told alone is never certain: most of them are in no list.
    """
    words = [word for each in re.split(r"[\W_]+", _plain(told)) if (word := _folded(each))]
    letters = "".join(words)
    if not 1 < len(letters) <= 3 * LONGEST:
        return Meaning((), False)
    cuts, at = {0}, 0
    for word in words:
        # An alphabet is cut between its words only; Hangul and Hanzi may be written without a space.
        cuts |= {at + n for n in range(1, len(word)) if not word[n - 1 : n + 1].isascii()} | {at + len(word)}
        at += len(word)
    for pieces in _read(letters, 0, sorted(cuts)):
        named = [(name, ids) for name, ids in pieces if ids]
        ids = [_alone().get(named[0][0], frozenset())] if len(named) == 1 else [each for _, each in named]
        if found := _meant(ids, small=bool(TOWN & {kind for kind, _ in pieces})):
            whole = len(pieces) > 1 or pieces[0][0] in _with_kind()
            alone = len(named) == 1 and (found[0].level == "town" or not whole)
            finer = any(not piece for piece, _ in pieces)
            return Meaning(found, not alone or all(map(_known_far_away, found)), finer)
    return Meaning((), False)


def _known_far_away(place: Division) -> bool:
    """Whether one who says this name, and nothing else, means this place and no village."""
    if place.level in ("town", "county", "city") and place.id.startswith("cn-"):
        return place.level != "town" and place.id[3:5] in NORTH_EAST and not place.zh.endswith("区")
    return True


def upwards(found: Division) -> tuple[Division, ...]:
    """The place and all it lies in, the smallest first."""
    chain = [found]
    while chain[-1].within:
        chain.append(divisions()[chain[-1].within])
    return tuple(chain)


def _read(
    letters: str, at: int, cuts: list[int], *, finer: bool = False
) -> Iterator[list[tuple[str, frozenset[str]]]]:
    """The ways to read the rest as names, the longest names first; a kind of place has no ids."""
    if at == len(letters):
        yield []
        return
    for end in (each for each in reversed(cuts) if at < each <= at + LONGEST):
        piece = letters[at:end]
        here = [frozenset[str]()] if piece in KINDS and at else []
        here += [_by_name()[piece]] if piece in _by_name() else []
        for known in here:
            yield from ([(piece, known), *rest] for rest in _read(letters, end, cuts, finer=finer))
    for end in (each for each in cuts if at < each and not finer):
        # The smallest comes last in Korean and Chinese, and first in English.
        if FINER.fullmatch(letters[at:end]) and (at == 0 if letters[at].isascii() else end == len(letters)):
            yield from ([("", frozenset()), *rest] for rest in _read(letters, end, cuts, finer=True))


def _meant(parts: list[frozenset[str]], *, small: bool) -> tuple[Division, ...]:
    """Of the finest name the places that lie in one of each other's; of a *small* one the towns."""
    found = set()
    for n, part in enumerate(parts):
        others = parts[:n] + parts[n + 1 :]
        for id in part:
            around = {each.id for each in upwards(divisions()[id])}
            if all(around & other for other in others):
                found.add(id)
    if len(parts) > 1:
        found -= {each.id for id in found for each in upwards(divisions()[id])[1:]}
    if small:
        found = {id for id in found if divisions()[id].level == "town"}
    return tuple(sorted((divisions()[id] for id in found), key=lambda d: (LEVELS.index(d.level), d.id)))


@cache
def divisions() -> dict[str, Division]:
    """Every place by its id."""
    found = {}
    for place in coded().values():
        if place.level in ("country", "province") or not place.id.startswith(("cn-", "kp-", "river")):
            korean = place.ko.partition("(")[0]
            found[place.id] = Division(place.id, place.level, place.within, korean, place.zh, place.en)
    for row in rows():
        english = row.latin[0].capitalize() if row.latin else row.zh[0]
        # What the North does not write in Hanja has no other name there.
        hanzi = row.zh[0] + row.zh_kind if row.zh else row.ko[0] + row.ko_kind
        korean = row.ko[0] + row.ko_kind if row.ko else hanzi
        found[row.id] = Division(row.id, row.level, row.within, korean, hanzi, english)
    return found


def names_of(place: Division) -> frozenset[str]:
    """Everything that a place is called, in each script; names of an alphabet with a capital too."""
    return _names().get(place.id, frozenset())


@cache
def _names() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for id, name in (*_called(bare_names), *_called(names_with_kind), *_coded()):
        found.setdefault(id, set()).update((name, name.title() if name.isascii() else name))
    return {id: frozenset(names) for id, names in found.items()}


@cache
def _by_name() -> dict[str, frozenset[str]]:
    """The ids of all places that are called so, by the folded name."""
    return _folded_names(*_called(bare_names), *_called(names_with_kind), *_coded())


@cache
def _alone() -> dict[str, frozenset[str]]:
    """The same, without names that nobody far away says alone: there are such towns in every province."""
    return _folded_names(*_called(usual_names), *_called(names_with_kind), *_coded())


@cache
def _with_kind() -> frozenset[str]:
    return frozenset(_folded_names(*_called(names_with_kind), *_coded()))


def _folded_names(*called: tuple[str, str]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for id, name in called:
        if len(folded := _folded(name)) > (2 if name.isascii() else 1):
            found.setdefault(folded, set()).add(id)
    return {name: frozenset(ids) for name, ids in found.items()}


def _called(names: Callable[[Row], Iterable[str]]) -> Iterator[tuple[str, str]]:
    for row in rows():
        yield from ((row.id, name) for name in names(row))


def _coded() -> Iterator[tuple[str, str]]:
    for place in coded().values():
        if place.id in divisions():
            names = {*place.names, *SAID.get(place.id, "").split()}
            yield from ((place.id, name) for name in names)
            yield from ((place.id, bare) for name in names if (bare := _bare(name)))


def _bare(name: str) -> str:
    """A name of a province without its kind, where two signs are left."""
    return re.sub(r"(?<=..)(?:자치구|[도성시]|(?:壮族|回族|维吾尔)?自治区|[省市道])$|-(?:do|si)$", "", name)


def _plain(name: str) -> str:
    """Apostrophes are no end of a word in the romanisations: `Ch'ŏngjin`."""
    return re.sub("['’‘ʼ`]", "", unicodedata.normalize("NFKC", name))


def _folded(name: str) -> str:
    bare = "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if c.isalnum())
    whole = unicodedata.normalize("NFC", bare)
    return "".join(simplified(c) if "\u3400" <= c <= "\u9fff" else c for c in whole.translate(VARIANTS))
