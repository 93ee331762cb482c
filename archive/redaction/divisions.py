"""The list of divisions: what lies in what, what kind of place it is, and how each is called.

`divisions.tsv.gz` is made by `training.divisions`. See ATTRIBUTION.md.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Final

from archive.redaction.words import HERE

NORTH_EAST: Final = ("15", "21", "22", "23")
"""Chinese provinces by the border, by their codes: Inner Mongolia, Liaoning, Jilin, Heilongjiang."""


@dataclass(frozen=True)
class Row:
    """A division: its names without what kind of place it is, the usual one first, and that kind."""

    id: str
    within: str
    level: str
    zh_kind: str
    zh: tuple[str, ...]
    ko_kind: str
    ko: tuple[str, ...]
    latin: tuple[str, ...]


@cache
def rows() -> tuple[Row, ...]:
    """All of them, North Korea's first."""

    def listed(names: str) -> tuple[str, ...]:
        return tuple(each for each in names.split(";") if each)

    found = []
    for line in gzip.decompress((HERE / "divisions.tsv.gz").read_bytes()).decode().splitlines():
        id, within, level, hanzi, hangul, latin = line.split("\t")
        (zh_kind, _, zh), (ko_kind, _, ko) = hanzi.partition(" "), hangul.partition(" ")
        found.append(Row(id, within, level, zh_kind, listed(zh), ko_kind, listed(ko), listed(latin)))
    return tuple(found)


def bare_names(row: Row) -> Iterable[str]:
    """Every name, without its kind."""
    return (*row.zh, *row.ko, *row.latin)


def usual_names(row: Row) -> Iterable[str]:
    """A far county, a ward or a town has its bare name in Hanzi only, and a street of a city never."""
    far = row.id.startswith("cn") and row.level != "prefecture" and row.zh_kind != "市"
    if far and not (row.level == "county" and row.id[3:5] in NORTH_EAST):
        return row.zh if row.zh_kind != "街道" else ()
    return bare_names(row)


def names_with_kind(row: Row) -> Iterable[str]:
    """Every name with its kind, in full and in short."""
    kinds = {row.ko_kind, row.ko_kind[-1:]} | ({"시", "군", "구"} if row.id.startswith("kp") else set())
    english = {"市": ("shi", "city"), "区": ("qu", "district")}.get(row.zh_kind[-1:], ("xian", "county"))
    if row.level == "town":
        english = ("zhen", "town")
    yield from (name + end for name in row.zh for end in {row.zh_kind, row.zh_kind[-1:]})
    yield from (name + end for name in row.ko for end in kinds)
    yield from (name + end for name in row.latin for end in english)
