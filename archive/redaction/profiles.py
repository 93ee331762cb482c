"""The release profile: how wide the places, dates, ages and sums of all testimonies are told.

1. One profile is in force. None decided yet is `WIDE`: region, decade, five years.
2. What is told wider counts at once, by one person. What is told narrower waits until another has signed the
   same.
3. None is ever changed; each names the one before by its digest, and the whole row is verified when read.
4. For one testimony a reviewer may choose otherwise, and a second person approves that with the redactions.

Format: docs/formats/redaction.md. That the newest was taken away shows in the journal only.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from archive import people, roles
from archive.errors import ArchiveError
from archive.people import Person
from archive.redaction.operators import LADDERS
from archive.vault import Vault
from crypto.errors import CryptoError
from crypto.keys import VerifyKey

KIND: Final = "release-profile"
NEWEST: Final = "newest"
PROPOSED: Final = "proposed"
LABEL: Final = "label"
"""The widest rung of every ladder: the category, and nothing more."""
NAME: Final = re.compile(r"[^\W_](?:[\w .-]{0,38}[^\W_])?")


class ProfileRefused(ArchiveError):
    """A profile that cannot be kept."""


class ProfileDamaged(ArchiveError):
    """The stored profiles are not those that people signed; nothing is released under them."""


@dataclass(frozen=True)
class Profile:
    """For each kind of `LADDERS` the rung that is told, or the label. Number 0 is none decided."""

    name: str
    rungs: Mapping[str, str]
    number: int = 0
    by: tuple[str, ...] = ()
    narrows: tuple[str, ...] = ()
    """The kinds that it tells narrower than the one before."""
    digest: str = ""
    """By which a second person says what she was shown."""


WIDE: Final = Profile(
    "wide", {"place": "region", "date": "decade", "age": "five years", "sum": "size", "children": "some"}
)
"""In a simulated release of 200, eight of 100 are alone with such facts; with provinces and years, 94."""


def current(vault: Vault) -> Profile:
    """The profile in force, or `WIDE`; `ProfileDamaged`."""
    with vault.together():
        if not vault.holds(KIND, NEWEST):
            return WIDE
        newest, known, found = vault.json(KIND, NEWEST), people.known(vault), WIDE
        try:
            rows = [vault.json(KIND, str(number)) for number in range(1, int(newest["number"]))]
            for row in (*rows, newest):
                found = _verified(row, found, known, 0)
        except (ArchiveError, CryptoError, KeyError, TypeError, ValueError):
            raise ProfileDamaged("the release profile is damaged; nothing is released under it") from None
    return found


def waiting(vault: Vault) -> Profile | None:
    """The profile that waits for a second person, if it still follows the one in force."""
    with vault.together():
        if not vault.holds(KIND, PROPOSED):
            return None
        try:
            return _verified(vault.json(KIND, PROPOSED), current(vault), people.known(vault), 1)
        except (CryptoError, KeyError, TypeError, ValueError):
            return None


def decide(vault: Vault, person: Person, name: str, rungs: Mapping[str, str], today: date) -> Profile | None:
    """Sign a profile: one that tells nothing narrower counts at once and is returned; else it waits."""
    with vault.together():
        _require_known(vault, person)
        roles.require(vault, person, *roles.MARKERS, "custodian")
        _require_whole(name, rungs)
        before = current(vault)
        if before.number and (before.name, dict(before.rungs)) == (name, dict(rungs)):
            raise ProfileRefused("this is the profile in force already")
        body = {
            "v": 1, "number": before.number + 1, "day": today.isoformat(), "previous": before.digest,
            "name": name, "rungs": dict(rungs),
        }  # fmt: skip
        row = body | {"by": [_signature(person, body)]}
        if narrowed(before.rungs, rungs):
            vault.put_json(KIND, PROPOSED, row)
            vault.journal.append("poa", person.name, [f"{KIND}:{PROPOSED}"], "partial pass")
            return None
        return _keep(vault, person, before, row)


def second(vault: Vault, person: Person, digest: str) -> Profile:
    """As another person, sign the profile that she was shown, by its *digest*; `ProfileRefused`."""
    with vault.together():
        _require_known(vault, person)
        roles.require(vault, person, "reviewer", "custodian")
        found = waiting(vault)
        if found is None or found.digest != digest:
            raise ProfileRefused("this is not the profile that you were shown; look at it again")
        row = vault.json(KIND, PROPOSED)
        if row["by"][0]["public"] == person.key.public.to_text():
            raise ProfileRefused("you proposed this profile; a second person must sign it")
        body = {key: value for key, value in row.items() if key != "by"}
        return _keep(vault, person, current(vault), row | {"by": [*row["by"], _signature(person, body)]})


def drop(vault: Vault, person: Person) -> None:
    """Let go of the profile that waits; `ProfileRefused` when none does."""
    with vault.together():
        roles.require(vault, person, *roles.MARKERS, "custodian")
        if not vault.holds(KIND, PROPOSED):
            raise ProfileRefused("no profile waits for a second person")
        vault.shred(KIND, PROPOSED, person.name)


def wider(one: Mapping[str, str], other: Mapping[str, str]) -> dict[str, str]:
    """Of each kind the wider rung of two profiles."""
    return {kind: max(one[kind], other[kind], key=lambda rung: _width(kind, rung)) for kind in LADDERS}


def narrowed(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[str, ...]:
    """The kinds that *after* tells narrower."""
    return tuple(kind for kind in LADDERS if _width(kind, after[kind]) < _width(kind, before[kind]))


def _width(kind: str, rung: str) -> int:
    return (*LADDERS[kind], LABEL).index(rung)


def _require_whole(name: str, rungs: Mapping[str, str]) -> None:
    if not NAME.fullmatch(name):
        raise ProfileRefused("a name is 1 to 40 letters, digits, spaces, points or hyphens")
    for kind, ladder in LADDERS.items():
        if rungs.get(kind) not in (*ladder, LABEL):
            raise ProfileRefused(f"no such rung of {kind}; use one of {', '.join((*ladder, LABEL))}")
    if set(rungs) != set(LADDERS):
        raise ProfileRefused(f"a profile is of {', '.join(LADDERS)}, and of nothing else")


def _require_known(vault: Vault, person: Person) -> None:
    if people.public_key(vault, person.name) != person.key.public:
        raise ProfileRefused("this archive does not know the key of that person")


def _keep(vault: Vault, person: Person, before: Profile, row: dict[str, Any]) -> Profile:
    if before.number:
        vault.put_json(KIND, str(before.number), vault.json(KIND, NEWEST))
    vault.put_json(KIND, NEWEST, row)
    if vault.holds(KIND, PROPOSED):
        vault.shred(KIND, PROPOSED, person.name)
    vault.journal.append("poa", person.name, [f"{KIND}:{row['number']}"])
    return current(vault)


def _message(body: Mapping[str, Any]) -> bytes:
    told = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return b"onggi-profile1|" + told.encode()


def _signature(person: Person, body: Mapping[str, Any]) -> dict[str, str]:
    signature = person.key.sign(_message(body)).hex()
    return {"name": person.name, "public": person.key.public.to_text(), "signature": signature}


def _verified(row: dict[str, Any], before: Profile, known: Mapping[str, VerifyKey], signers: int) -> Profile:
    """The profile in *row*, which follows *before*, signed by as many as it needs, or an error."""
    body = {key: value for key, value in row.items() if key != "by"}
    message, keys = _message(body), set[bytes]()
    for each in row["by"]:
        key = VerifyKey.from_text(each["public"])
        if key.raw != known[each["name"]].raw:
            raise ValueError
        key.verify(bytes.fromhex(each["signature"]), message)
        keys.add(key.raw)
    _require_whole(str(body["name"]), body["rungs"])
    narrows = narrowed(before.rungs, body["rungs"])
    if (body["v"], body["number"], body["previous"]) != (1, before.number + 1, before.digest):
        raise ValueError
    if len(keys) < (signers or (2 if narrows else 1)):
        raise ValueError
    by, digest = tuple(str(each["name"]) for each in row["by"]), hashlib.sha256(message).hexdigest()
    return Profile(str(body["name"]), dict(body["rungs"]), int(body["number"]), by, narrows, digest)
