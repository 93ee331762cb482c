"""The places that these lives go through, by stable ids, with their names and about where they are.

1. `countries.json`: 60 rows of ISO 3166, countries and provinces. A row's id is its code in small letters.
2. `gazetteer.json`: cities, counties, border towns, broad regions and rivers. A river is a place of its own.
3. Coordinates are from memory of common maps, of a place's middle: good to about 5 km for a town, 20 km for a
   prefecture, 50 km for a province or a river, 200 km for a country. They draw a map; they find nobody.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

_HERE: Final = Path(__file__).parent
PRECISION_KM: Final = {
    "country": 200,
    "region": 500,
    "province": 50,
    "river": 50,
    "prefecture": 20,
    "city": 5,
    "county": 10,
    "town": 5,
}
"""How far from a place's coordinates it may begin."""


@dataclass(frozen=True)
class Place:
    """A row of the gazetteer. *within* is the id of what it lies in, or nothing."""

    id: str
    level: str
    within: str
    latitude: float
    longitude: float
    ko: str
    zh: str
    en: str
    hanja: str
    mccune_reischauer: str
    revised: str

    def label(self, language: str) -> str:
        return {"ko": self.ko, "zh": self.zh}.get(language, self.en)

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that somebody may type, the two of 'ㄱ(ㄴ)' apart."""
        told = (*self.ko.replace(")", "").split("("), self.zh, self.en, self.hanja)
        return tuple(name for name in (*told, self.mccune_reischauer, self.revised) if name)


def place(id: str) -> Place:
    """The place of this id, or `KeyError`."""
    return places()[id]


@cache
def places() -> Mapping[str, Place]:
    """Every place by its id: countries, provinces, then what lies in them."""
    found: dict[str, Place] = {}
    for iso, ko, zh, en, hanja, mr, rr, lat, lon in json.loads((_HERE / "countries.json").read_text("utf-8")):
        country, _, province = iso.lower().partition("-")
        within, level = (country, "province") if province else ("", "country")
        found[iso.lower()] = Place(iso.lower(), level, within, lat, lon, ko, zh, en, hanja, mr, rr)
    for id, level, within, lat, lon, ko, zh, en, *more in json.loads(
        (_HERE / "gazetteer.json").read_text("utf-8")
    ):
        found[id] = Place(id, level, within, lat, lon, ko, zh, en, *more)
    return MappingProxyType(found)


def upwards(id: str) -> tuple[Place, ...]:
    """The place and all it lies in, the smallest first."""
    chain = [place(id)]
    while chain[-1].within:
        chain.append(place(chain[-1].within))
    return tuple(chain)


def country(id: str) -> str:
    """The ISO 3166-1 code of the country a place lies in; nothing for a river between two."""
    top = upwards(id)[-1]
    return top.id.upper() if top.level == "country" else ""


def province(id: str) -> str:
    """The ISO 3166-2 code of its province, or nothing."""
    return next((each.id.upper() for each in upwards(id) if each.level == "province"), "")


def generalised(id: str) -> str:
    """The id of the province or country around a place, for readers outside; a river stays what it is."""
    chain = upwards(id)
    return next((each.id for each in chain if each.level in ("province", "country", "river")), id)


def named(told: str) -> Place | None:
    """The place that is called exactly so, in any of its names; signs, spaces and capitals do not count."""
    return _by_name().get(_folded(told)) or places().get(told)


@cache
def _by_name() -> Mapping[str, Place]:
    found: dict[str, Place] = {}
    for each in places().values():
        for name in each.names:
            # A city is meant before the province or the country of the same name.
            found[_folded(name)] = each
    return found


def _folded(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).casefold()
    return unicodedata.normalize("NFC", "".join(c for c in plain if c.isalnum()))
