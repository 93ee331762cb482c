"""The lines of testimonies: what waits in a draft, what is out, and what the second look held back.

Each record lies under its testimony's name, so that whoever destroys one destroys these with it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from archive.leaving import Leaving
from archive.release import testimony_of
from archive.risk.differences import Difference, difference
from archive.risk.sweep import Left
from archive.standing import withdrawals
from archive.vault import Vault

WAITS: Final = "draft-line"
"""Kind of what the draft holds of each testimony."""
OUT: Final = "out-line"
"""Kind of each testimony's line as it was last let out."""
LEFT: Final = "draft-left"
"""Kind of what the second look found in a testimony that it held back: places in it, and no word."""
Place = tuple[str, int, int, str]
"""A segment, the code points in it, and what it may be."""


def keep_draft(vault: Vault, looked: Leaving) -> None:
    """Keep the lines while they wait, so that whoever signs sees what she signs."""
    with vault.together():
        forget_draft(vault)
        for name, told in looked.lines.items():
            vault.put_json(WAITS, name, told)


def forget_draft(vault: Vault) -> None:
    vault.store.remove((WAITS, name) for name in vault.names(WAITS))


def waiting(vault: Vault) -> dict[str, str]:
    """What the draft that waits holds of each testimony, by the archive's own name of it.

    Without what was taken back since: its words are behind every gate, and the draft cannot be signed.
    """
    gone = {id for each in withdrawals(vault) for id in each.testimonies}
    return {id: str(told) for id, told in vault.every(WAITS).items() if id not in gone}


def keep_left(vault: Vault, looked: Leaving) -> None:
    """Keep what holds testimonies back, also where nothing may leave: whoever decides has to see it."""
    with vault.together():
        vault.store.remove((LEFT, name) for name in vault.names(LEFT))
        for name, left in looked.left.items():
            rows = [[each.segment, each.start, each.end, each.kind] for each in left]
            vault.put_json(LEFT, name, [digest_of(left), rows])


def left(vault: Vault) -> dict[str, tuple[str, list[Place]]]:
    """What the last look found, by testimony, with the digest of what stood there."""
    return {
        id: (digest, [(s, a, b, kind) for s, a, b, kind in rows])
        for id, (digest, rows) in vault.every(LEFT).items()
    }


def digest_of(left: Iterable[Left]) -> str:
    """The same only while the same words stand in the same places."""
    told = json.dumps([[each.segment, each.start, each.end, each.words] for each in left])
    return hashlib.sha256(told.encode()).hexdigest()


def let_out(vault: Vault, lines: Mapping[str, str]) -> None:
    """These lines are out now; nothing waits any more."""
    with vault.together():
        forget_draft(vault)
        for name, told in lines.items():
            vault.put_json(OUT, name, told)


def differs(vault: Vault, latest: Collection[str], lines: Mapping[str, str]) -> Difference:
    """What somebody learns who has what is out, and these *lines*. *latest*: who is in the newest release."""
    out, now = ({id: testimony_of(told) for id, told in every.items()} for every in (vault.every(OUT), lines))
    return difference(out, latest, now)


@dataclass(frozen=True)
class Entry:
    """One release in the ledger: how many testimonies, and how it differed from what was out."""

    number: int
    day: str
    drafted: str
    signed: str
    testimonies: int
    new: int
    gone: int
    changed: int
    more: int
    """Testimonies that say more than before; whoever signed named each."""


def entries(vault: Vault) -> list[Entry]:
    """Every release, the newest first."""
    signed = (e for e in vault.journal.events() if e.type == "dsg" and e.objects[0].startswith("release:"))
    days = {int(event.objects[0].removeprefix("release:")): event.at[:10] for event in signed}
    return [
        Entry(
            int(number),
            days.get(int(number), ""),
            row["draft"]["proposer"],
            row["approver"],
            len(row["testimonies"]),
            row["new"],
            row["gone"],
            row["changed"],
            len(row["more"]),
        )
        for number, row in reversed(vault.every("release").items())
    ]
