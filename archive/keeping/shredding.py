"""The end of a testimony: two people sign, or she did, and all that is kept of it is destroyed by its keys.

1. In one transaction, with one event: all of it is gone, or none.
2. What is left says that it was here and is to stay away: the digests of its envelopes, the number of her
   statement, the place of an imported text, and the decision. No word, and nothing that opens one.
   Of what was released also the ten letters by which the reading room knows it (`notices`).
3. What waits in the archive's folder for a stick and holds it is removed before.
4. A backup that was made before still has the keys, until its keyring is replaced.
"""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Final

from archive import keyring, notices, roles
from archive.courier import OUTGOING
from archive.errors import ArchiveError
from archive.keeping import parting
from archive.manuscripts import shelf
from archive.people import Person, public_key
from archive.redaction.figures import resting_on
from archive.release import WAITS
from archive.standing import is_taken_back, place
from archive.statement import META, parse
from archive.store import Name
from archive.supplements import joined_to
from archive.testimony import MalformedTestimony, Testimony
from archive.vault import BOXED, OBJECT, Vault
from archive.versions.record import DESTROYED

KIND: Final = DESTROYED
WITHDRAWAL: Final = "withdrawal"
"""Kind of the records that say which envelope held a withdrawal; named by the account and where it lies."""
STAYS: Final = frozenset({"envelope", KIND})
"""Kinds that keep a testimony from coming back: they hold the name of what was here, and no word of it."""


class ShredRefused(ArchiveError):
    """Nothing was destroyed."""


@dataclass(frozen=True)
class Shredded:
    """What was destroyed: how many records of which kind."""

    kinds: dict[str, int]

    @property
    def records(self) -> int:
        return sum(self.kinds.values())


def shred_testimony(vault: Vault, testimony_id: str, one: Person, two: Person, today: date) -> Shredded:
    """Destroy a testimony and all that was made of it, by the decision of two people.

    `UnknownRecord` when it is not here, `ShredRefused` when the two are not two people of this archive, and
    `roles.RoleRefused` when *one* is no custodian.
    """
    with vault.together():
        _require_two(vault, one, two)
        roles.require(vault, one, "custodian")
        return _shred(vault, testimony_id, one, today, _decision(testimony_id, today, one, two))


def shred_withdrawn(vault: Vault, testimony_id: str, person: Person, today: date) -> Shredded:
    """Destroy what its teller took back: her signed withdrawal decides, and *person* carries it out.

    `UnknownRecord` when it is not here, `ShredRefused` without her word or for somebody who is not known.
    """
    with vault.together():
        _require_known(vault, person)
        roles.require(vault, person, "archivist", "custodian")
        decision = _decision(testimony_id, today, person) | {"withdrawal": proof(vault, testimony_id)}
        return _shred(vault, testimony_id, person, today, decision)


def proof(vault: Vault, testimony_id: str) -> str:
    """The digest of the withdrawal by which its teller took it back, verified again, or `ShredRefused`."""
    if is_taken_back(vault, testimony_id):
        account, number = str(vault.json("told-by", testimony_id)), place(vault, testimony_id)
        for kind, name in vault.store.under(account):
            if kind == WITHDRAWAL and _names(vault, name, account, number):
                return str(vault.json(WITHDRAWAL, name))
    raise ShredRefused("no withdrawal signed by her own keys is here; two people may destroy it")


def _names(vault: Vault, name: str, account: str, number: int) -> bool:
    """Whether the withdrawal kept there is signed by *account* and takes back what it told as *number*."""
    body = b"".join(vault.kept("original", name.removeprefix(f"{account}:")))
    digest = bytes.fromhex(vault.json(WITHDRAWAL, name))
    try:
        said = parse(body, META, digest, keyring.roots(vault))
    except MalformedTestimony:
        return False
    return (said.kind, said.account) == ("withdrawal", account) and said.takes_back(number)


def _shred(
    vault: Vault, testimony_id: str, person: Person, today: date, decision: dict[str, object]
) -> Shredded:
    told = vault.testimony(testimony_id)
    if any(is_taken_back(vault, each) for each in joined_to(vault, testimony_id)):
        raise ShredRefused(
            "its words stand in an earlier telling that she took back too; destroy that one first"
        )
    also = _also(vault, told)
    for attachment in told.attachments:
        # A file that comes later is known by its header, acknowledged, and not opened.
        if not vault.holds("envelope", attachment.digest):
            vault.put_json("envelope", attachment.digest, "")
    of_hers = {*vault.store.under(testimony_id), *also}
    notices.remember(vault, testimony_id, today)
    shelf.forget(vault, testimony_id)
    for each in (testimony_id, *joined_to(vault, testimony_id)):
        _clear_outgoing(vault, each)
    vault.shred_testimony(testimony_id, person.name, also)
    vault.put_json(KIND, testimony_id, decision)
    parting.part(vault, testimony_id, person, today)
    return Shredded(Counter(_kind(kind) for kind, _ in of_hers))


def _clear_outgoing(vault: Vault, testimony_id: str) -> None:
    """Remove the releases with it that wait in the archive's folder for a stick."""
    for number, row in vault.every("release").items():
        waiting = vault.home / OUTGOING / WAITS.format(int(number))
        if testimony_id in row["testimonies"] and waiting.exists():
            shutil.rmtree(waiting)


def what_goes(vault: Vault, testimony_id: str) -> Shredded:
    """What `shred_testimony` would destroy, for a person to look at first."""
    with vault.together():
        names = {*vault.store.under(testimony_id), *_also(vault, vault.testimony(testimony_id))}
    return Shredded(Counter(_kind(kind) for kind, _ in names))


def _also(vault: Vault, told: Testimony) -> list[Name]:
    """What is kept of it under other names: as it came, its files, releases, replies, whom it alone names."""
    roots = [vault.json("received", told.id)] if vault.holds("received", told.id) else []
    shared = {
        a.digest for other in vault.read_testimonies() if other.id != told.id for a in other.attachments
    }
    for digest in {attachment.digest for attachment in told.attachments} - shared:
        roots.append(digest)
        if vault.holds("file", digest):
            roots.append(vault.json("file", digest)[2])
    names = [name for root in roots for name in vault.store.under(root) if name[0] not in STAYS]
    names += [
        ("release-files", n) for n, row in vault.every("release").items() if told.id in row["testimonies"]
    ]
    names += [("sameness", n) for n in vault.names("sameness") if n.endswith(f":{told.id}")]
    names += [("reply", n) for n, row in vault.every("reply").items() if row["testimony"] == told.id]
    names += resting_on(vault, told.id)
    return names


def _require_two(vault: Vault, one: Person, two: Person) -> None:
    if one.key.public == two.key.public or one.name == two.name:
        raise ShredRefused("one person cannot decide this; a second must sign as well")
    for person in (one, two):
        _require_known(vault, person)


def _require_known(vault: Vault, person: Person) -> None:
    if public_key(vault, person.name) != person.key.public:
        raise ShredRefused("this archive does not know the key of that person")


def _decision(testimony_id: str, today: date, *people: Person) -> dict[str, object]:
    message = message_of(testimony_id, today.isoformat())
    by = [
        {"name": p.name, "public": p.key.public.to_text(), "signature": p.key.sign(message).hex()}
        for p in people
    ]
    return {"v": 1, "day": today.isoformat(), "by": by}


def message_of(testimony_id: str, day: str) -> bytes:
    """What everyone signs who decides it or carries it out."""
    return f"onggi-shred1|{testimony_id}|{day}".encode()


def _kind(kind: str) -> str:
    return kind.removeprefix(OBJECT).removeprefix(BOXED)
