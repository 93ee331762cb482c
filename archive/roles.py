"""Who may do what: sets of roles, each signed by a custodian of the set before it.

1. A role is given to a key. Another key under the same name has gained nothing.
2. Set N names the SHA-256 of set N-1; its signer was a custodian in that one, or for the first a founder.
3. The journal says which set is the newest: an older one that is put back, or none, is refused.
4. A vault that was made before there were roles has no set, and everyone it knows may do everything.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any, Final, Literal, get_args

from archive import people
from archive.errors import ArchiveError
from archive.people import Person
from archive.vault import Vault
from crypto.errors import CryptoError
from crypto.keys import VerifyKey

Role = Literal["archivist", "reviewer", "custodian", "editor"]
Roles = frozenset[Role]
ROLES: Final[tuple[Role, ...]] = get_args(Role)
ALL: Final[Roles] = frozenset(ROLES)
MARKERS: Final[tuple[Role, ...]] = ("archivist", "reviewer")
"""Who reads, marks and proposes. Only a reviewer approves."""
NEEDED: Final[Mapping[Role, str]] = {
    "archivist": "this needs the role archivist or reviewer; a custodian gives it",
    "reviewer": "this needs the role reviewer; a custodian gives it",
    "custodian": "this needs the role custodian; a custodian gives it",
    "editor": "this needs the role editor; a custodian gives it",
}
RECORD: Final = "roles"
EVENT: Final = "role-set:"
"""How the journal names a set: its number and its digest follow."""


class RoleRefused(ArchiveError):
    """This person has not the role that the step needs, or the roles cannot be changed so."""


class RolesBroken(ArchiveError):
    """The roles in this vault are not those that a custodian signed last."""


def begin(vault: Vault) -> None:
    """From now on who founded the archive has every role, and nobody else has one that was not given."""
    with vault.together():
        _keep(vault, 0, {}, "archive", [])


def given(vault: Vault) -> dict[str, Roles]:
    """The roles of everyone who is known, by name, or `RolesBroken`."""
    held, known = _held(vault), people.known(vault)
    return {
        name: ALL if held is None else held.get(key.to_text(), frozenset()) for name, key in known.items()
    }


def are_given(vault: Vault) -> bool:
    """Whether this vault has roles; in one that has none everybody has all."""
    return bool(vault.names(RECORD))


def require(vault: Vault, person: Person, *any_of: Role) -> None:
    """Return when *person* has one of these roles, or raise `RoleRefused`."""
    held = _held(vault)
    if held is not None and not held.get(person.key.public.to_text(), frozenset()) & set(any_of):
        raise RoleRefused(NEEDED[any_of[0]])


def give(vault: Vault, custodian: Person, name: str, role: Role) -> None:
    """Give *name* a role, signed by a *custodian*; or raise `RoleRefused` or `people.PersonRefused`."""
    _change(vault, custodian, name, role, lambda roles: roles | {role})


def take(vault: Vault, custodian: Person, name: str, role: Role) -> None:
    """Take a role from *name*, signed by a *custodian*. One custodian stays."""
    _change(vault, custodian, name, role, lambda roles: roles - {role})


def _change(vault: Vault, custodian: Person, name: str, role: Role, change: Callable[[Roles], Roles]) -> None:
    with vault.together():
        require(vault, custodian, "custodian")
        known = people.known(vault)
        if known.get(custodian.name) != custodian.key.public:
            raise RoleRefused("this archive does not know the key of that person")
        key = people.public_key(vault, name).to_text()
        held = _held(vault)
        after = (
            dict.fromkeys((each.to_text() for each in known.values()), ALL) if held is None else dict(held)
        )
        before = after.get(key, frozenset())
        after[key] = change(before)
        if after[key] == before:
            raise RoleRefused(f"nothing would change: she {'has' if role in before else 'has not'} this role")
        if not any("custodian" in roles for roles in after.values()):
            raise RoleRefused("she is the last custodian; give that role to somebody else first")
        number, previous = _newest(vault)
        rows = [[public, sorted(roles)] for public, roles in sorted(after.items()) if roles]
        signature = custodian.key.sign(_signed(number + 1, previous, rows)).hex()
        row = {"previous": previous, "given": rows, "by": custodian.name, "signature": signature}
        row["public"] = custodian.key.public.to_text()
        _keep(vault, number + 1, row, custodian.name, [f"person:{name}"])


def _keep(vault: Vault, number: int, row: dict[str, Any], agent: str, about: list[str]) -> None:
    vault.put_json(RECORD, f"{number:09d}", row)
    vault.journal.append("poa", agent, [f"{EVENT}{number}:{_digest(row)}", *about])


def _newest(vault: Vault) -> tuple[int, str]:
    """The number and digest of the newest set, as the journal says; 0 and nothing where there is none."""
    event = vault.journal.newest(EVENT)
    if event is None:
        return 0, ""
    _, number, digest = event.objects[0].split(":")
    return int(number), digest


def _held(vault: Vault) -> Mapping[str, Roles] | None:
    """The roles by key, after every set was verified; None in a vault that has none."""
    rows, (newest, last) = vault.every(RECORD), _newest(vault)
    if not rows and not last:
        return None
    previous, held = "", _at_first(vault, "000000000" in rows)
    for name, row in rows.items():
        if row:
            _verify(int(name), previous, row, held)
            held = {public: frozenset(roles) for public, roles in row["given"]}
        previous = _digest(row)
    if previous != last or int(max(rows)) != newest:
        raise RolesBroken("the roles in this vault are not those that were signed last; is this an old copy?")
    return held


def _at_first(vault: Vault, founded: bool) -> Mapping[str, Roles]:
    """Who may sign the first set."""
    keys = people.founders(vault) if founded else people.known(vault)
    return dict.fromkeys((key.to_text() for key in keys.values()), ALL)


def _verify(number: int, previous: str, row: dict[str, Any], before: Mapping[str, Roles]) -> None:
    try:
        signer = VerifyKey.from_text(row["public"])
        signer.verify(bytes.fromhex(row["signature"]), _signed(number, row["previous"], row["given"]))
        if row["previous"] == previous and "custodian" in before[signer.to_text()]:
            return
    except (CryptoError, KeyError, ValueError):
        pass
    raise RolesBroken(f"set {number} of the roles is not signed by a custodian of the one before it")


def _signed(number: int, previous: str, rows: list[list[Any]]) -> bytes:
    return b"onggi-roles1|" + json.dumps([number, previous, rows], separators=(",", ":")).encode()


def _digest(row: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(row, sort_keys=True).encode()).hexdigest()
