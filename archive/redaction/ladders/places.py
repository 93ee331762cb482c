"""A place by what it lies in: county, province, region, country.

1. A rung is there only when every place that the name may mean lies in the same one.
2. Otherwise `choices` gives the places, for a person to say which is meant.
3. The regions are broad: the border of North Korea or its interior, the north-east of China or the rest.
"""

from __future__ import annotations

from typing import Final

from archive.redaction.gazetteer import Division, divisions, meaning, upwards
from archive.redaction.ladders.words import Wider
from archive.testimony import TAGS
from archive.vocabulary.places import places as coded

RUNGS: Final = ("county", "province", "region", "country")
BORDER: Final = ("kp-03", "kp-04", "kp-09", "kp-10", "kp-13")
NORTH_EAST: Final = ("cn-hl", "cn-jl", "cn-ln")
_COUNTY: Final = ("county", "city")


def choices(told: str) -> tuple[Division, ...]:
    """The places between which a person must choose, or none where one is certain or none is known."""
    found = meaning(told)
    provinces = {at(place, "province") for place in found.places}
    return found.places if len(provinces) > 1 or not found.certain else ()


def rung(told: str, rung: str, lang: str, chosen: str = "") -> Wider | None:
    """*told* as *rung* says it, or None where it is not known, not certain, or no wider than itself.

    *chosen*: the id of the place that a person said is meant; it must be one of `choices`.
    """
    found = meaning(told)
    places = [each for each in found.places if each.id == chosen] if chosen else list(found.places)
    if not places or not (chosen or found.certain) or rung not in RUNGS:
        return None
    wider = {at(place, rung) for place in places}
    itself = not found.finer and any(each.id in wider for each in places)
    if len(wider) != 1 or None in wider or itself:
        return None
    return _said(str(wider.pop()), lang)


def at(place: Division, rung: str) -> str | None:
    """The id of what *place* lies in at this rung, itself included, or None where it has none so small."""
    around = upwards(place)
    if rung == "region":
        return region(next((each.id for each in around if each.level == "province"), around[-1].id))
    if rung == "county":
        return next((each.id for each in around if each.level in _COUNTY), None)
    level = ("province",) if rung == "province" else ("country", "river")
    return next(
        (each.id for each in around if each.level in level), around[-1].id if rung == "country" else None
    )


def region(id: str) -> str | None:
    """The region of a province, or a country that has no regions; None for the whole of one that has."""
    if id[:3] == "kp-":
        return "kp-border" if id in BORDER else "kp-inland"
    if id[:3] == "cn-":
        return "cn-north-east" if id in NORTH_EAST else "cn-elsewhere"
    return None if id in ("kp", "cn") else id.partition("-")[0]


def _said(id: str, lang: str) -> Wider:
    if id not in divisions():
        return Wider((coded()[id].label(TAGS.get(lang, "en")),), "", "일대")
    return Wider((divisions()[id].label(lang),), "지역", "일대")


def path(place: Division, lang: str) -> str:
    """The place and what it lies in, for a person who chooses between places of one name."""
    return " < ".join(each.label(lang) for each in upwards(place))
