"""What is due: records to be looked at again, embargoes that ended, changes that wait for a second person.

1. Nothing here is let out and nothing is destroyed: a list for people, who decide.
2. A record without a day of its own is looked at again some years after it came.

An embargo that ended is listed until somebody takes it away: the gate no longer counts it, and two people
still have to release.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from archive import consent, people, roles
from archive.people import Person
from archive.policy import versions
from archive.policy.record import Policy
from archive.standing import withdrawals
from archive.testimony import MalformedTestimony
from archive.vault import Vault

YEARS: Final = 5
"""Until a record is looked at again, where the archive has decided nothing else."""
SETTING: Final = "review-years"
Cause = Literal["review", "embargo", "second", "damaged"]


@dataclass(frozen=True)
class Due:
    """Something about one testimony that waits for people. *since* is a day, or empty where there is none."""

    testimony_id: str
    cause: Cause
    since: str
    detail: str = ""


def years(vault: Vault) -> int:
    """After how many years a record is looked at again."""
    return int(vault.json("setting", SETTING)) if vault.holds("setting", SETTING) else YEARS


def set_years(vault: Vault, number: int, person: Person) -> None:
    """Decide that, as a custodian, for all records without a day of their own; `roles.RoleRefused`."""
    with vault.together():
        roles.require(vault, person, "custodian")
        vault.put_json("setting", SETTING, number)
        vault.journal.append("poa", person.name, [f"{SETTING}:{number}"])


def review_by(policy: Policy, quarter: str, after: int) -> date:
    """The day by which a record of this *quarter* is looked at again."""
    return date.fromisoformat(policy.review_by) if policy.review_by else _end(quarter, after)


def due(vault: Vault, today: date) -> list[Due]:
    """All that is due on this day, the longest first."""
    with vault.together():
        gone = {id for each in withdrawals(vault) for id in each.testimonies}
        known, after = people.known(vault), years(vault)
        quarters = {id: each for id, each in consent.quarters(vault).items() if id not in gone}
        names = vault.names(versions.KIND)
        decided = {name for name in names if ":" not in name}
        proposed = {name.partition(":")[0] for name in names if name.endswith(versions.PROPOSED)}
        found: list[Due] = []
        for id, quarter in quarters.items():
            try:
                now = versions.current(vault, id, known).policy if id in decided else versions.NONE
            except versions.PolicyDamaged:
                found.append(Due(id, "damaged", ""))
                continue
            found += _of(id, now, quarter, after, today)
            if id in proposed and (change := versions.waiting(vault, id)):
                found.append(Due(id, "second", change.day, change.by[0]))
    return sorted(found, key=lambda each: (each.since, each.testimony_id))


def _of(id: str, now: Policy, quarter: str, after: int, today: date) -> Iterator[Due]:
    by = review_by(now, quarter, after)
    if by < today:
        yield Due(id, "review", by.isoformat())
    for embargo in now.embargoes:
        if not embargo.holds(today):
            yield Due(id, "embargo", embargo.until, embargo.kind)


def _end(quarter: str, after: int) -> date:
    """The last day of this quarter, so many years later."""
    year, _, number = quarter.partition("-Q")
    if not (year.isdecimal() and number in ("1", "2", "3", "4")):
        raise MalformedTestimony("a quarter is a year, -Q and 1 to 4")
    months = int(number) * 3
    return date(int(year) + after + months // 12, months % 12 + 1, 1) - timedelta(days=1)
