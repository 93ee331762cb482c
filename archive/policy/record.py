"""The record of a policy: what holds a testimony back although she allowed it, and until when.

1. A policy only narrows. What she did not grant, no policy opens.
2. What nobody has decided is decided in the strict way: whoever is named and was not asked did not consent.
3. A finding speaks for the names that it lists; a name that is coded later has to be decided anew.

Grammar, meaning and example: docs/formats/policy.md. Words are the data model's.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from archive.coding.schema import (
    MalformedCoding,
    coded,
    day,
    part,
    phrase,
    phrases,
    read,
    required,
    several,
    third_party,
)
from archive.testimony import Audience, Use


@dataclass(frozen=True)
class Embargo:
    """Nobody outside reads before *until*; without a day, never."""

    kind: str = required("embargo_kind")
    until: str = day()

    def holds(self, today: date) -> bool:
        """Whether it holds on this day; one whose day cannot be read holds (R31)."""
        try:
            return today < date.fromisoformat(self.until)
        except ValueError:
            return True


@dataclass(frozen=True)
class ThirdParty:
    """What was found out about somebody who is named: whether these *names* may be read outside."""

    actor: str = third_party()
    names: tuple[str, ...] = phrases()
    finding: str = coded("third_party_finding")
    whereabouts: str = coded("whereabouts_class")
    basis: str = phrase()


@dataclass(frozen=True)
class Accused:
    """That these *names* of a living accused may be read by everybody, and on what ground (R40)."""

    actor: str = third_party()
    names: tuple[str, ...] = phrases()
    basis: str = phrase()


@dataclass(frozen=True)
class Withheld:
    """A part that is not handed out; without a use for any, without an audience to any."""

    part: str = part()
    use: str = coded("use")
    audience: str = coded("audience")

    def meets(self, use: Use, audience: Audience) -> bool:
        return self.use in ("", use) and self.audience in ("", audience)


@dataclass(frozen=True)
class Policy:
    """What holds one testimony back. Empty, it narrows nothing but what the coding says by itself."""

    embargoes: tuple[Embargo, ...] = several(Embargo)
    review_by: str = day()
    minor_at_time: str = coded("yes_no")
    minor_at_telling: str = coded("yes_no")
    guardian: str = coded("guardian")
    third_parties: tuple[ThirdParty, ...] = several(ThirdParty)
    accused: tuple[Accused, ...] = several(Accused)
    list_existence: str = coded("existence")
    withheld: tuple[Withheld, ...] = several(Withheld)
    attribution: str = coded("attribution")
    grounds: str = phrase()

    def to_json(self) -> dict[str, Any]:
        """With what is empty left out, as `policy` reads it; an embargo without a day keeps its kind."""
        return {
            key: [_filled(each) for each in value] if isinstance(value, tuple) else value
            for key, value in asdict(self).items()
            if value
        }


def policy(untrusted: object) -> Policy:
    """The policy in *untrusted*, or `MalformedCoding`, which names the field and not what stood in it."""
    found = read(Policy, untrusted, "policy")
    _check_once([each.kind for each in found.embargoes], "policy.embargoes")
    _check_once([each.actor for each in found.third_parties], "policy.third_parties")
    _check_once([each.actor for each in found.accused], "policy.accused")
    people: dict[str, tuple[ThirdParty | Accused, ...]]
    people = {"third_parties": found.third_parties, "accused": found.accused}
    for name, rows in people.items():
        for n, row in enumerate(rows):
            if not row.actor:
                raise MalformedCoding(f"policy.{name}[{n}].actor: who is meant")
            if row.actor[0] == "p" and not row.names:
                raise MalformedCoding(f"policy.{name}[{n}].names: whom no coding has is found by names")
    for n, each in enumerate(found.accused):
        if not each.basis or not each.names:
            raise MalformedCoding(f"policy.accused[{n}].basis: naming an accused needs names and a ground")
    for n, embargo in enumerate(found.embargoes):
        if not embargo.kind:
            raise MalformedCoding(f"policy.embargoes[{n}].kind: for whom")
    for n, withheld in enumerate(found.withheld):
        if not withheld.part:
            raise MalformedCoding(f"policy.withheld[{n}].part: which part")
    if found.guardian == "waived" and not found.grounds:
        raise MalformedCoding("policy.grounds: why nobody asks a guardian")
    return found


def _check_once(values: list[str], at: str) -> None:
    if len(set(values)) < len(values):
        raise MalformedCoding(f"{at}: two say something of the same")


def _filled(row: dict[str, Any]) -> dict[str, Any]:
    return {key: list(value) if isinstance(value, tuple) else value for key, value in row.items() if value}
