"""The policies of a testimony, one after another, each signed; what loosens is signed by two people.

1. What only narrows counts at once, by one person. What loosens waits until another has signed the same.
2. The newest is kept under the testimony's name, the ones before under its name and their number, what waits
   under its name and `proposed`. None is ever changed; each names the one before by its digest.
3. Read again, the whole row of versions is verified; a loosening with one signature is refused.

A policy that was taken away whole, the newest first, shows in the journal only.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from archive import people, roles
from archive.coding import versions as codings
from archive.errors import ArchiveError
from archive.people import Person
from archive.policy.loosening import loosened
from archive.policy.record import Policy, policy
from archive.standing import require_not_taken_back
from archive.vault import UnknownRecord, Vault
from crypto.errors import CryptoError
from crypto.keys import VerifyKey

KIND: Final = "policy"
PROPOSED: Final = "proposed"
NONE: Final = Policy()


class PolicyRefused(ArchiveError):
    """A policy that cannot be kept."""


class PolicyDamaged(ArchiveError):
    """A stored policy is not the one that those who may decide have signed; nothing goes out."""


@dataclass(frozen=True)
class Decision:
    """One version of a testimony's policy; number 0 is none yet. *loosens* names the fields that do."""

    number: int
    day: str
    by: tuple[str, ...]
    policy: Policy
    loosens: tuple[str, ...]
    digest: str
    """By which a second person says what she was shown, and the next version which came before."""


NOTHING: Final = Decision(0, "", (), NONE, (), "")


def current(vault: Vault, testimony_id: str, known: Mapping[str, VerifyKey] | None = None) -> Decision:
    """What counts now, or number 0; `PolicyDamaged`. *known*: the people, for whoever asks for many."""
    versions = history(vault, testimony_id, known)
    return versions[0] if versions else NOTHING


def history(vault: Vault, testimony_id: str, known: Mapping[str, VerifyKey] | None = None) -> list[Decision]:
    """Every version that counted, the newest first, or `PolicyDamaged`."""
    with vault.together():
        if not vault.holds(KIND, testimony_id):
            return []
        newest = vault.json(KIND, testimony_id)
        try:
            earlier = [vault.json(KIND, f"{testimony_id}:{n}") for n in range(1, int(newest["number"]))]
            names = people.known(vault) if known is None else known
            found = [NOTHING]
            for number, stored in enumerate([*earlier, newest], 1):
                found.append(_verified(testimony_id, stored, found[-1], names))
                if found[-1].number != number:
                    raise ValueError
        except (ArchiveError, CryptoError, KeyError, TypeError, ValueError):
            raise PolicyDamaged("the policy of a testimony is damaged; nothing of it goes out") from None
    return found[:0:-1]


def waiting(vault: Vault, testimony_id: str) -> Decision | None:
    """The loosening that waits for a second person, if it still follows what counts now."""
    with vault.together():
        name = f"{testimony_id}:{PROPOSED}"
        if not vault.holds(KIND, name):
            return None
        before, stored = current(vault, testimony_id), vault.json(KIND, name)
        try:
            return _verified(testimony_id, stored, before, people.known(vault), signers=1)
        except (CryptoError, KeyError, TypeError, ValueError, people.PersonRefused):
            return None


def decide(
    vault: Vault, person: Person, testimony_id: str, wanted: Policy, today: date, *, seen: int
) -> Decision | None:
    """Sign *wanted*: what narrows counts at once and is returned; what loosens waits, and None is returned.

    *seen* is the number of the version that she looked at. `PolicyRefused`, or `MalformedCoding`.
    """
    with vault.together():
        _require_known(vault, person)
        roles.require(vault, person, *roles.MARKERS, "custodian")
        before = _before(vault, testimony_id, seen)
        made = policy(wanted.to_json())
        if made == before.policy:
            raise PolicyRefused("this is what counts already")
        _require_coded(vault, testimony_id, made)
        body = _body(testimony_id, before, made, today)
        row = body | {"by": [_signature(person, testimony_id, body)]}
        if loosened(before.policy, made):
            vault.put_json(KIND, f"{testimony_id}:{PROPOSED}", row)
            vault.journal.append("poa", person.name, [f"testimony:{testimony_id}"], "partial pass")
            return None
        return _keep(vault, person, testimony_id, before, row)


def second(vault: Vault, person: Person, testimony_id: str, digest: str) -> Decision:
    """As another person, sign the loosening that she was shown, by its *digest*; `PolicyRefused`."""
    with vault.together():
        _require_known(vault, person)
        roles.require(vault, person, "reviewer", "custodian")
        require_not_taken_back(vault, testimony_id)
        found = waiting(vault, testimony_id)
        if found is None or found.digest != digest:
            raise PolicyRefused("this is not the change that you were shown; look at it again")
        row = vault.json(KIND, f"{testimony_id}:{PROPOSED}")
        if row["by"][0]["public"] == person.key.public.to_text():
            raise PolicyRefused("you proposed this change; a second person must sign it")
        body = {key: value for key, value in row.items() if key != "by"}
        row = body | {"by": [*row["by"], _signature(person, testimony_id, body)]}
        return _keep(vault, person, testimony_id, current(vault, testimony_id), row)


def drop(vault: Vault, person: Person, testimony_id: str) -> None:
    """Let go of what waits; `PolicyRefused` when nothing does."""
    with vault.together():
        roles.require(vault, person, *roles.MARKERS, "custodian")
        if not vault.holds(KIND, f"{testimony_id}:{PROPOSED}"):
            raise PolicyRefused("no change waits for a second person")
        vault.shred(KIND, f"{testimony_id}:{PROPOSED}", person.name)


def _before(vault: Vault, testimony_id: str, seen: int) -> Decision:
    if not vault.holds("testimony", testimony_id):
        raise UnknownRecord("no testimony of this name")
    require_not_taken_back(vault, testimony_id)
    before = current(vault, testimony_id)
    if before.number != seen:
        raise PolicyRefused("somebody else has changed this policy meanwhile; look at it again")
    return before


def _keep(vault: Vault, person: Person, testimony_id: str, before: Decision, row: dict[str, Any]) -> Decision:
    if before.number:
        vault.put_json(KIND, f"{testimony_id}:{before.number}", vault.json(KIND, testimony_id))
    vault.put_json(KIND, testimony_id, row)
    if vault.holds(KIND, f"{testimony_id}:{PROPOSED}"):
        vault.shred(KIND, f"{testimony_id}:{PROPOSED}", person.name)
    vault.journal.append("poa", person.name, [f"testimony:{testimony_id}"])
    return current(vault, testimony_id)


def _require_known(vault: Vault, person: Person) -> None:
    if people.public_key(vault, person.name) != person.key.public:
        raise PolicyRefused("this archive does not know the key of that person")


def _require_coded(vault: Vault, testimony_id: str, made: Policy) -> None:
    coded = {each.actor_id for each in codings.current(vault, testimony_id).life.actors} | {"narrator"}
    meant = {each.actor for each in made.third_parties} | {each.actor for each in made.accused}
    if any(id[0] == "a" and id not in coded for id in meant):
        raise PolicyRefused("nobody of that name is coded; name p1, p2 and so on whom no coding names")


def _body(testimony_id: str, before: Decision, made: Policy, today: date) -> dict[str, Any]:
    return {
        "v": 1,
        "number": before.number + 1,
        "day": today.isoformat(),
        "previous": before.digest,
        "policy": made.to_json(),
    }


def _message(testimony_id: str, body: dict[str, Any]) -> bytes:
    text = json.dumps([testimony_id, body], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return b"onggi-policy1|" + text.encode()


def _signature(person: Person, testimony_id: str, body: dict[str, Any]) -> dict[str, str]:
    signature = person.key.sign(_message(testimony_id, body)).hex()
    return {"name": person.name, "public": person.key.public.to_text(), "signature": signature}


def _verified(
    testimony_id: str,
    stored: dict[str, Any],
    before: Decision,
    known: Mapping[str, VerifyKey],
    signers: int = 0,
) -> Decision:
    """The version in *stored*, which follows *before*, signed by as many as it needs, or an error."""
    body = {key: value for key, value in stored.items() if key != "by"}
    message, keys = _message(testimony_id, body), set[bytes]()
    for each in stored["by"]:
        key = VerifyKey.from_text(each["public"])
        if key.raw != known[each["name"]].raw:
            raise ValueError
        key.verify(bytes.fromhex(each["signature"]), message)
        keys.add(key.raw)
    found = policy(body["policy"])
    looser = loosened(before.policy, found)
    if body["v"] != 1 or body["previous"] != before.digest:
        raise ValueError
    if len(keys) < (signers or (2 if looser else 1)):
        raise ValueError
    digest = hashlib.sha256(message).hexdigest()
    by = tuple(str(each["name"]) for each in stored["by"])
    return Decision(body["number"], str(body["day"]), by, found, looser, digest)
