"""A coding as it may be shown to somebody outside: wider, and without those who would be in danger.

1. Dates are years, places provinces or countries, ages of five years, amounts their first digit; for a
   release, what its profile tells wider is told wider here too.
2. Who helped, and where anybody is now, is left out; so is how a river was crossed.
3. Words, and where they stand, are left out.

This is no proof against recognition: combinations are **not** counted. What leaves is confidential.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from archive.coding import edtf
from archive.coding.record import Act, Actor, Life, Movement, RoleLink, Transaction
from archive.redaction.ladders.places import region
from archive.vocabulary.lists import codes
from archive.vocabulary.places import generalised, place, upwards

KEPT: Final = (
    "act_id", "type", "act_terms", "methods", "location_type", "venue_type", "recruitment",
    "recruitment_apps", "control", "exploitation", "sex_exploitation", "exploitation_apps", "industry",
    "legal_instruments", "source_connection", "confidence", "reliability",
)  # fmt: skip
"""Codes of an act that leave as they are. A field that is in no list of this module stays."""
KEPT_OF_LINK: Final = (
    "actor", "role", "degree_of_involvement", "perpetrator_type", "relationship_to_narrator",
    "relationship_to_trafficker", "coerced", "status_at_end",
)  # fmt: skip
KEPT_OF_ACTOR: Final = (
    "actor_id", "counting_unit", "gender", "organisation_type", "trafficking_status", "decided_by",
)  # fmt: skip


def widened(found: Life) -> Life:
    """*found* without what is finer than this module's promise."""
    acts = tuple(_act(each) for each in found.acts)
    shown = {link.actor for act in acts for link in act.role_links}
    helped = {link.actor for act in found.acts for link in act.role_links} - shown
    return replace(
        found, actors=tuple(_actor(a) for a in found.actors if a.actor_id not in helped), acts=acts
    )


def _actor(each: Actor) -> Actor:
    return Actor(**{name: getattr(each, name) for name in KEPT_OF_ACTOR})


def _act(each: Act) -> Act:
    return Act(
        **{name: getattr(each, name) for name in KEPT},
        date_edtf=_years(each.date_edtf),
        place_ref=_wide(each.place_ref),
        role_links=tuple(_link(link) for link in each.role_links if _no_helper(link.role)),
        movements=tuple(_movement(way) for way in each.movements),
        transactions=tuple(_transaction(paid) for paid in each.transactions),
    )


def _link(each: RoleLink) -> RoleLink:
    age = each.age_at_time
    kept = {name: getattr(each, name) for name in KEPT_OF_LINK}
    return RoleLink(**kept, age_at_time=None if age is None else age // 5 * 5)


def _movement(each: Movement) -> Movement:
    return Movement(
        from_ref=_wide(each.from_ref),
        to_ref=_wide(each.to_ref),
        via=each.via,
        river_ref=each.river_ref,
        guided_by=_no_helper(each.guided_by),
    )


def _transaction(each: Transaction) -> Transaction:
    return Transaction(
        kind=each.kind,
        amount_min=_first_digit(each.amount_min),
        amount_max=_first_digit(each.amount_max),
        currency=each.currency,
        as_of=_years(each.as_of),
        payer_role=_no_helper(each.payer_role),
        payee_role=_no_helper(each.payee_role),
    )


def _no_helper(role: str) -> str:
    return "" if role in codes("helper_role") else role


def _years(text: str) -> str:
    return edtf.year_of(edtf.parse(text)) if text else ""


def _wide(id: str) -> str:
    return generalised(id) if id else ""


def _first_digit(amount: int | None) -> int | None:
    if amount is None:
        return None
    unit: int = 10 ** (len(str(amount)) - 1)
    return amount // unit * unit


def summary(found: Life, rungs: Mapping[str, str]) -> dict[str, list[str]]:
    """The codes of *found*, widened, without their order and without who did what: for counting and finding.

    *rungs*: how wide a release profile tells places and dates; a county is a province here all the same,
    a day a year, and what it tells by labels only is left out. Keys as `archive.release.CODED`; a way is
    `from>to`, and a key without codes is left out.
    """
    acts = widened(found).acts
    ways = {(way.from_ref, way.to_ref) for act in acts for way in act.movements}
    ends = {place for way in ways for place in way}
    told: dict[str, set[str]] = {
        name: {code for act in acts for code in getattr(act, name)}
        for name in ("exploitation", "recruitment", "control")
    }
    told["place"] = {_as_told(id, rungs["place"]) for id in {act.place_ref for act in acts} | ends} - {""}
    wide = {(_as_told(start, rungs["place"]), _as_told(end, rungs["place"])) for start, end in ways}
    told["way"] = {f"{start}>{end}" for start, end in wide if start and end and start != end}
    years = {each for act in acts if (each := _year(act.date_edtf))}
    told["year"] = {_told_year(year, rungs["date"]) for year in years} - {""}
    return {name: sorted(codes) for name, codes in told.items() if codes}


def _year(text: str) -> str:
    """The year that a widened date begins in, or nothing where its beginning is open."""
    first = text[:4]
    return first if first.isdecimal() else ""


def _as_told(id: str, rung: str) -> str:
    """A province, a country or a river as the profile tells it."""
    if not id or rung not in ("county", "province", "region", "country"):
        return ""
    level = place(id).level
    if rung == "country" or (rung == "region" and level == "country"):
        return upwards(id)[-1].id
    return region(id) or id if rung == "region" and level == "province" else id


def _told_year(year: str, rung: str) -> str:
    """A year, or its decade as EDTF writes it: `199X`. Half a decade has no code: it is told as the whole."""
    if rung in ("five years", "decade"):
        return f"{year[:3]}X"
    return year if rung in ("month", "year") else ""
