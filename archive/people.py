"""The people who decide, each with an Ed25519 key that only her own passphrase opens.

The vault's passphrase opens the archive; it signs nothing. Four eyes (R13) rest on two of these keys.

The first two people found the archive. Everyone after them is admitted by two who are there already, who sign
her name and key; a key that two did not admit decides nothing. Otherwise one person could invent the second.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from archive import locks
from archive.errors import ArchiveError
from archive.vault import UnknownRecord, Vault
from crypto.errors import CryptoError
from crypto.keys import SigningKey, VerifyKey

FOUNDERS: Final = 2
NAME: Final = re.compile(r"[^\W\d_][\w.-]{0,39}")


class PersonRefused(ArchiveError):
    """Nobody of this name, not her passphrase, or a name that cannot be used."""


@dataclass(frozen=True)
class Person:
    """Someone whose key is open for the moment."""

    name: str
    key: SigningKey = field(repr=False)


def add(vault: Vault, name: str, passphrase: str, admitted_by: Sequence[Person] = ()) -> VerifyKey:
    """Make *name*'s key and seal it under her *passphrase*; `PersonRefused` when it may not be."""
    if not NAME.fullmatch(name):
        raise PersonRefused("a name begins with a letter and has letters, digits, dots and hyphens")
    locks.check_passphrase(passphrase)
    key = SigningKey.generate()
    sealed = locks.seal(key.to_text().encode(), passphrase)
    row: dict[str, Any] = {"public": key.public.to_text(), "sealed": sealed.hex()}
    message = _admission(name, key.public)
    row["admitted"] = [{"name": p.name, "signature": p.key.sign(message).hex()} for p in admitted_by]
    with vault.together():
        if vault.holds("person", name):
            raise PersonRefused("there is a person of this name already")
        if len(vault.names("person")) >= FOUNDERS and len({p.key.public.raw for p in admitted_by}) < 2:
            raise PersonRefused("two people who are here already must admit her: --by NAME --by NAME")
        vault.put_json("person", name, row)
        public_key(vault, name)
        vault.journal.append("cre", "archive", [f"person:{name}", *(f"person:{p.name}" for p in admitted_by)])
    return key.public


def unlock(vault: Vault, name: str, passphrase: str) -> Person:
    """*name* with her key open, or `PersonRefused`."""
    try:
        row = vault.json("person", name)
        sealed = bytes.fromhex(row["sealed"])
        key = SigningKey.from_text(locks.open_sealed(sealed, passphrase, "this person").decode())
    except (UnknownRecord, locks.LockError):
        raise PersonRefused("nobody of this name, or not her passphrase") from None
    return Person(name, key)


def public_key(vault: Vault, name: str) -> VerifyKey:
    """The public key by which this archive knows *name*, or `PersonRefused`."""
    try:
        return known(vault)[name]
    except KeyError:
        raise PersonRefused("this archive knows nobody of this name whom two others admitted") from None


def known(vault: Vault) -> dict[str, VerifyKey]:
    """Everyone who may decide: the two founders, whom two of these admitted, whom two of those admitted."""
    rows, found = vault.every("person"), founders(vault)
    keys = {name: VerifyKey.from_text(row["public"]) for name, row in rows.items()}
    waiting = set(rows) - set(found)
    while admitted := {name for name in waiting if _is_admitted(name, keys[name], rows[name], found)}:
        found |= {name: keys[name] for name in admitted}
        waiting -= admitted
    return found


def founders(vault: Vault) -> dict[str, VerifyKey]:
    """The people whom nobody admitted; `PersonRefused` when there are more than two."""
    rows = vault.every("person")
    found = {name: VerifyKey.from_text(row["public"]) for name, row in rows.items() if not row["admitted"]}
    if len(found) > FOUNDERS:
        raise PersonRefused("more than two people say that they founded this archive")
    return found


def _is_admitted(name: str, key: VerifyKey, row: dict[str, Any], found: dict[str, VerifyKey]) -> bool:
    sponsors = set()
    for each in row["admitted"]:
        try:
            found[each["name"]].verify(bytes.fromhex(each["signature"]), _admission(name, key))
        except (KeyError, CryptoError, ValueError):
            return False
        sponsors.add(found[each["name"]].raw)
    return len(sponsors - {key.raw}) >= 2


def _admission(name: str, key: VerifyKey) -> bytes:
    return f"onggi-person1|{name}|{key.to_text()}".encode()
