"""The record of a coding: actors, acts in order, and on each act its roles, movements and payments.

1. Roles live on acts, never on people: she who was sold in one act may have been made to recruit in another.
2. Every date, place and price keeps the words that were said beside the value they were read as.
3. Names live in `names` and `label` and nowhere else, so that what leaves can leave them out.

Field names: data-model.md's. Grammar and example: docs/formats/coding.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from archive.coding.schema import (
    MalformedCoding,
    coded,
    dated,
    identifier,
    many,
    phrase,
    placed,
    position,
    read,
    required,
    segment,
    several,
    whole,
)
from archive.testimony import Segment

NARRATOR: Final = "narrator"
"""The actor who tells. She is in every coding."""
ROLES: Final = ("act_role", "per_RoleInProcess", "helper_role")


@dataclass(frozen=True)
class Span:
    """Where in the words a code rests: code points *start* up to *end* of one segment."""

    segment: str = segment()
    start: int = position()
    end: int = position()


@dataclass(frozen=True)
class Name:
    """A name of somebody. A direct identifier: it never leaves with a coding."""

    form: str = phrase()
    script: str = coded("script")
    romanisation: str = phrase()
    kind: str = coded("name_kind")


@dataclass(frozen=True)
class Actor:
    """Somebody in a life. *label* is how the coder tells one from another; it never leaves either."""

    actor_id: str = identifier()
    counting_unit: str = coded("counting_unit")
    label: str = phrase()
    names: tuple[Name, ...] = several(Name)
    pseudonym_ref: str = phrase()
    living_status: str = coded("living_status")
    whereabouts_class: str = coded("whereabouts_class")
    gender: str = coded("prs_Gender")
    marital_status: str = coded("prs_MaritalStatus")
    education: str = coded("prs_HighestLevelOfEducation")
    number_of_children: int | None = whole(0, 30)
    citizenship: str = placed("country")
    organisation_type: str = coded("org_Type")
    migration_status: str = coded("migration_status")
    trafficking_status: str = coded("vic_TraffickingStatus")
    decided_by: str = coded("vic_TraffickingStatusDecisionMakingOrg")


@dataclass(frozen=True)
class RoleLink:
    """What an actor was in this act."""

    actor: str = identifier()
    role: str = required(*ROLES)
    degree_of_involvement: str = coded("huridocs_18")
    perpetrator_type: str = coded("huridocs_24")
    relationship_to_narrator: str = coded("huridocs_21")
    relationship_to_trafficker: str = coded("vic_RelationshipToTrafficker")
    age_at_time: int | None = whole(0, 120)
    age_verbatim: str = phrase()
    coerced: str = coded("coerced")
    status_at_end: str = coded("huridocs_25")


@dataclass(frozen=True)
class Movement:
    """From where to where, and how."""

    from_ref: str = placed()
    from_verbatim: str = phrase()
    to_ref: str = placed()
    to_verbatim: str = phrase()
    via: str = coded("movement_via")
    river_ref: str = placed("river")
    crossing_type: str = coded("crossing_type")
    guided_by: str = coded(*ROLES)
    evidence_spans: tuple[Span, ...] = several(Span)


@dataclass(frozen=True)
class Transaction:
    """Money for a person, or kept from her."""

    kind: str = required("transaction_kind")
    amount_min: int | None = whole(0, 10**12)
    amount_max: int | None = whole(0, 10**12)
    currency: str = coded("currency")
    as_of: str = dated()
    payer_role: str = coded("payment_role", *ROLES)
    payee_role: str = coded("payment_role", *ROLES)
    verbatim: str = phrase()
    evidence_spans: tuple[Span, ...] = several(Span)


@dataclass(frozen=True)
class Act:
    """The smallest thing that was done. Acts stand in the order in which they are said to have happened."""

    act_id: str = identifier()
    type: str = required("hte_Type")
    act_terms: tuple[str, ...] = many("huridocs_4")
    methods: tuple[str, ...] = many("huridocs_5")
    date_edtf: str = dated()
    date_verbatim: str = phrase()
    place_ref: str = placed()
    place_verbatim: str = phrase()
    precision: str = coded("place_precision")
    location_type: str = coded("huridocs_17")
    venue_type: str = coded("venue_type")
    recruitment: tuple[str, ...] = many("vic_MethodOfRecruitment")
    recruitment_apps: tuple[str, ...] = many("vic_WebsitesAndApps")
    control: tuple[str, ...] = many("vic_MethodsOfControl")
    exploitation: tuple[str, ...] = many("vic_TypeOfExploitation")
    sex_exploitation: tuple[str, ...] = many("vic_TypeOfSexExploitation")
    exploitation_apps: tuple[str, ...] = many("vic_WebsitesAndApps")
    industry: str = coded("vic_ForcedLabourIndustry")
    legal_instruments: tuple[str, ...] = many("legal_instrument")
    source_connection: str = coded("huridocs_19")
    confidence: str = coded("huridocs_41")
    reliability: str = coded("huridocs_42")
    evidence_spans: tuple[Span, ...] = several(Span)
    role_links: tuple[RoleLink, ...] = several(RoleLink)
    movements: tuple[Movement, ...] = several(Movement)
    transactions: tuple[Transaction, ...] = several(Transaction)
    coder: str = phrase()
    coded_on: str = dated()


@dataclass(frozen=True)
class Life:
    """What is coded of one testimony."""

    actors: tuple[Actor, ...] = several(Actor)
    acts: tuple[Act, ...] = several(Act)

    def act(self, act_id: str) -> Act | None:
        return next((each for each in self.acts if each.act_id == act_id), None)

    def to_json(self) -> dict[str, Any]:
        """With what is empty left out, as `life` reads it."""
        return dict(_told(asdict(self)))


def life(untrusted: object, at: str = "coding") -> Life:
    """The life in *untrusted*, or `MalformedCoding`. Spans are `check_spans`' to judge."""
    found = read(Life, untrusted, at)
    _check_names([each.actor_id for each in found.actors], f"{at}.actors")
    _check_names([each.act_id for each in found.acts], f"{at}.acts")
    people = {NARRATOR, *(each.actor_id for each in found.actors)}
    for n, act in enumerate(found.acts):
        _check_act(act, people, f"{at}.acts[{n}]")
    return found


def _check_names(ids: list[str], at: str) -> None:
    if "" in ids:
        raise MalformedCoding(f"{at}[{ids.index('')}]: it needs a name of its own")
    if len(set(ids)) < len(ids):
        raise MalformedCoding(f"{at}: two have the same name")


def _check_act(act: Act, people: set[str], at: str) -> None:
    if not act.type:
        raise MalformedCoding(f"{at}.type: what was done")
    for n, link in enumerate(act.role_links):
        if link.actor not in people:
            raise MalformedCoding(f"{at}.role_links[{n}].actor: nobody of this name is in actors")
        if not link.role:
            raise MalformedCoding(f"{at}.role_links[{n}].role: what was this person in this act")
    for n, way in enumerate(act.movements):
        if way.river_ref and way.via != "river":
            raise MalformedCoding(f"{at}.movements[{n}].river_ref: only a way by river has one")
    for n, paid in enumerate(act.transactions):
        amounts = [each for each in (paid.amount_min, paid.amount_max) if each is not None]
        if not paid.kind:
            raise MalformedCoding(f"{at}.transactions[{n}].kind: what was paid")
        if amounts != sorted(amounts):
            raise MalformedCoding(f"{at}.transactions[{n}].amount_max: less than amount_min")
        if amounts and not paid.currency:
            raise MalformedCoding(f"{at}.transactions[{n}].currency: an amount has a currency of ISO 4217")


def check_spans(found: Life, segments: tuple[Segment, ...], at: str = "coding") -> None:
    """Return when every span lies in the words of its segment, or raise `MalformedCoding`."""
    length = {each.id: len(each.text) for each in segments}
    for here, span in _spans(found, at):
        if span.segment not in length:
            raise MalformedCoding(f"{here}.segment: this testimony has no such segment")
        if not span.start < span.end <= length[span.segment]:
            raise MalformedCoding(f"{here}: it lies outside the words of its segment")


def _spans(found: Life, at: str) -> Iterator[tuple[str, Span]]:
    for n, act in enumerate(found.acts):
        groups: list[tuple[str, Sequence[Act | Movement | Transaction]]]
        groups = [("movements", act.movements), ("transactions", act.transactions)]
        places = [(f"{at}.acts[{n}].{name}[{m}]", row) for name, rows in groups for m, row in enumerate(rows)]
        for here, row in [(f"{at}.acts[{n}]", act), *places]:
            yield from ((f"{here}.evidence_spans[{k}]", span) for k, span in enumerate(row.evidence_spans))


def found_in(segments: tuple[Segment, ...], words: str, segment_id: str = "") -> Span | None:
    """Where *words* stand first, in one segment or in any."""
    wanted = words.strip()
    for each in segments if wanted else ():
        if segment_id in ("", each.id) and (at := each.text.find(wanted)) >= 0:
            return Span(each.id, at, at + len(wanted))
    return None


def _told(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _told(each) for key, each in value.items() if each not in ("", None, (), [])}
    return [_told(each) for each in value] if isinstance(value, (list, tuple)) else value
