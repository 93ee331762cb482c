"""What the reading room is told to show no more, signed by the desk.

Format: docs/formats/withdrawal.md.

1. What was released and taken back, or destroyed, is listed for ever; what is only not allowed any more, for
   the releases that there are.
2. Nothing that was never released is listed: its existence is nobody's to know (R11).
3. The list only grows. It outlives the testimony: ten random letters, a day, and whether she allowed it to be
   known that it was here.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Final

from archive import keyring, supplements
from archive.consent import ConsentRefused, require_granted
from archive.courier import OUTGOING
from archive.errors import ArchiveError
from archive.release import MANDATE, ROTATION
from archive.standing import is_taken_back, standing, withdrawals
from archive.supplements import joined_to
from archive.testimony import Audience, Use
from archive.vault import Vault
from crypto import durable
from crypto.withdrawal import FOREVER, NOTE, Gone, Left, Withdrawal, issue, remaining

KIND: Final = "tombstone"
"""Of the records of what may never be shown again, named by its released id."""
CLOSED: Final = "closed"
"""Of those of what may not be shown in the releases so far."""
LINE: Final = "release-line"
"""Of the digests of a testimony's lines, each named by the testimony and the release."""
USES: Final[tuple[Use, ...]] = ("research_read", "index_search")
"""The reading room both shows and finds, so both must be granted."""
AUDIENCE: Final[Audience] = "vetted_researchers"
TOLD: Final = "withdrawal-told"
"""Setting: what the newest notice lists, and through which release."""
LISTED: Final = frozenset({("list_existence", "vetted_researchers"), ("list_existence", "public")})


class NothingToTell(ArchiveError):
    """Nothing that was released was taken back."""


def remember(vault: Vault, testimony_id: str, today: date) -> None:
    """Keep for ever that this testimony may be shown no more, if it was released."""
    released = _released(vault).get(testimony_id)
    if released and not vault.holds(KIND, released):
        granted = standing(vault, vault.testimony(testimony_id)).consent.granted
        vault.put_json(KIND, released, [today.isoformat(), bool(granted & LISTED)])


def part(vault: Vault, later: str, today: date) -> None:
    """*later* is to be read no more: close what it was joined to in the releases so far, not in the next."""
    with vault.together():
        for earlier in joined_to(vault, later):
            if vault.holds("testimony", earlier) and not is_taken_back(vault, earlier):
                released = _released(vault).get(earlier)
                if supplements.part(vault, earlier, later) and released:
                    newest = max(map(int, vault.names("release")))
                    vault.put_json(CLOSED, released, [today.isoformat(), newest])


def sign(vault: Vault, today: date) -> bytes:
    """The next notice; `NothingToTell`, or `KeyringError` without a mandate for today."""
    with vault.together():
        keyring.mandate(vault, today)
        for each in withdrawals(vault):
            for testimony_id in each.testimonies:
                remember(vault, testimony_id, today)
        _close(vault, today)
        gone = _gone(vault)
        if not gone:
            raise NothingToTell("nothing that was released has been taken back")
        serial = 1 + (vault.json("setting", "withdrawal") if vault.holds("setting", "withdrawal") else 0)
        notice = Withdrawal(serial, today, gone, _left(vault, gone))
        vault.put_json("setting", "withdrawal", serial)
        vault.put_json("setting", TOLD, {id: each.through for id, each in gone.items()})
        vault.journal.append("dsg", "archive", [f"withdrawal:{serial}"])
        return issue(notice, keyring.origin(vault), keyring.desk(vault))


def due(vault: Vault, today: date) -> int:
    """How many that went out are to be shown no more, and stand on no notice yet: what a page warns of."""
    with vault.together():
        ids, last = _released(vault), dict[str, int]()
        for name, row in vault.every("release").items():
            last |= {ids[each]: int(name) for each in row["testimonies"] if each in ids}
        for_good = set(vault.names(KIND))
        closed = {
            id for each, id in ids.items() if id not in for_good and not _is_allowed(vault, each, today)
        }
        through = {id: int(row[1]) for id, row in vault.every(CLOSED).items() if id not in for_good}
        through |= {id: last[id] for id in closed}
        told: dict[str, int] = vault.json("setting", TOLD) if vault.holds("setting", TOLD) else {}
        return sum(told.get(id) != FOREVER for id in for_good) + sum(
            told.get(id, 0) < newest for id, newest in through.items()
        )


def is_closed(vault: Vault, testimony_id: str, number: int) -> bool:
    """Whether release *number* may not show this testimony, although a later one may."""
    id = _released(vault).get(testimony_id, "")
    return vault.holds(CLOSED, id) and vault.json(CLOSED, id)[1] >= number


def write(vault: Vault, folder: Path, today: date) -> int:
    """Write the next notice, and what it is verified with, into *folder*; how many it lists."""
    note = sign(vault, today)
    folder.mkdir(parents=True, exist_ok=True)
    durable.write(folder / MANDATE, keyring.mandate(vault, today)[1])
    rotation = keyring.rotation(vault)
    if rotation:
        durable.write(folder / ROTATION, rotation)
    durable.write(folder / NOTE, note)
    return len(_gone(vault))


def write_next(vault: Vault, today: date) -> Path:
    """Write the next notice among what leaves this archive; the new folder that a stick takes it from."""
    serial = 1 + (vault.json("setting", "withdrawal") if vault.holds("setting", "withdrawal") else 0)
    into = vault.home / OUTGOING / f"{Path(NOTE).stem}-{serial}"
    write(vault, into, today)
    return into


def _close(vault: Vault, today: date) -> None:
    """Keep what may not be shown in any release so far, although it may again in a later one."""
    newest = max(map(int, vault.names("release")), default=0)
    for testimony_id, released in _released(vault).items():
        if vault.holds(KIND, released) or _is_allowed(vault, testimony_id, today):
            continue
        since = vault.json(CLOSED, released)[0] if vault.holds(CLOSED, released) else today.isoformat()
        vault.put_json(CLOSED, released, [since, newest])


def _is_allowed(vault: Vault, testimony_id: str, today: date) -> bool:
    try:
        for use in USES:
            require_granted(vault, testimony_id, use, AUDIENCE, today=today)
    except ConsentRefused:
        return False
    return True


def _gone(vault: Vault) -> dict[str, Gone]:
    gone = {
        id: Gone("closed", date.fromisoformat(day), through)
        for id, (day, through) in vault.every(CLOSED).items()
    }
    for id, (day, named) in vault.every(KIND).items():
        gone[id] = Gone("named" if named else "silent", date.fromisoformat(day), FOREVER)
    return gone


def _left(vault: Vault, gone: dict[str, Gone]) -> dict[int, Left]:
    """What remains of each release that something is taken out of."""
    ids, lines, left = _released(vault), vault.every(LINE), dict[int, Left]()
    for name, row in vault.every("release").items():
        held = {ids[each]: each for each in row["testimonies"] if each in ids}
        stays = sorted(id for id in held if id not in gone or gone[id].through < int(name))
        if len(stays) < len(row["testimonies"]) and all(f"{held[id]}:{name}" in lines for id in stays):
            left[int(name)] = remaining(lines[f"{held[id]}:{name}"] for id in stays)
    return left


def _released(vault: Vault) -> dict[str, str]:
    """The released id of every testimony that went out and is still here."""
    ids = vault.every("released-id")
    out = {each for row in vault.every("release").values() for each in row["testimonies"]}
    return {each: ids[each] for each in sorted(out) if each in ids}
