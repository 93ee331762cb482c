"""In which ways one policy lets out more than another. Whoever loosens needs a second person."""

from __future__ import annotations

from typing import Final

from archive.policy.record import Policy

UNTIL_NEVER: Final = "9999-99-99"
"""Sorts behind every day."""
NAMED: Final = ("anonymous", "pseudonym_archive", "pseudonym_own", "real_name")


def loosened(before: Policy, after: Policy) -> tuple[str, ...]:
    """The fields in which *after* may let out more than *before*, or keep it longer."""
    checks = {
        "embargoes": any(_days(after).get(kind, "") < day for kind, day in _days(before).items()),
        "review_by": bool(before.review_by) and not "" < after.review_by <= before.review_by,
        "minor_at_time": after.minor_at_time not in (before.minor_at_time, "yes"),
        "minor_at_telling": _changed(before.minor_at_telling, after.minor_at_telling, {"yes"}, {"no"}),
        "guardian": _changed(before.guardian, after.guardian, {"refused"}, {"consented", "waived"}),
        "third_parties": bool(_let(after) - _let(before) or _watched(before) - _watched(after)),
        "accused": bool(_accused(after) - _accused(before) or _called(before) - _called(after)),
        "list_existence": before.list_existence == "denied" != after.list_existence,
        "withheld": bool(set(before.withheld) - set(after.withheld)),
        "attribution": _rank(after) > _rank(before),
    }
    return tuple(name for name, looser in checks.items() if looser)


def _changed(before: str, after: str, from_any: set[str], to_any: set[str]) -> bool:
    return before != after and (before in from_any or after in to_any)


def _days(policy: Policy) -> dict[str, str]:
    return {each.kind: each.until or UNTIL_NEVER for each in policy.embargoes}


def _rank(policy: Policy) -> int:
    return NAMED.index(policy.attribution) if policy.attribution else 0


def _let(policy: Policy) -> set[tuple[str, str, str]]:
    """Which names may be read, and why. Without a name, what is found out of somebody at all."""
    rows = (each for each in policy.third_parties if each.finding not in ("", "not_consented"))
    return {(each.actor, name, each.finding) for each in rows for name in (*each.names, "")}


def _watched(policy: Policy) -> set[tuple[str, str]]:
    """Whose names are looked for, and who is known to be in North Korea."""
    names = {(each.actor, name) for each in policy.third_parties for name in each.names}
    there = {(each.actor, "in_dprk") for each in policy.third_parties if each.whereabouts == "in_dprk"}
    return names | there


def _accused(policy: Policy) -> set[tuple[str, str, str]]:
    return {(each.actor, name, each.basis) for each in policy.accused for name in each.names}


def _called(policy: Policy) -> set[tuple[str, str]]:
    return {(each.actor, name) for each in policy.accused for name in each.names}
