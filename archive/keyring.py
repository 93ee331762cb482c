"""The archive's keys, inside its vault: the root, the dated intake keys, and the courier it trusts.

An intake key is used for 14 days; a keycard lives 30. Secrets of past keys are kept until every envelope
sealed to them can have arrived; rotation and custody belong to the next rooms of this house.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from archive.errors import ArchiveError
from archive.vault import UnknownRecord, Vault
from crypto.keycard import DatedKey, Keycard, issue
from crypto.keys import IntakeSecret, SigningKey, VerifyKey

USED_FOR: Final = timedelta(days=14)
CARD_LIVES: Final = timedelta(days=30)
SLACK: Final = timedelta(days=1)
"""East of Greenwich the day begins earlier, west of it later."""


class KeyringError(ArchiveError):
    """The archive has no identity yet, or already has one."""


def found(vault: Vault, origin: str) -> VerifyKey:
    """Give the archive its name and its root key, once."""
    check_origin(origin)
    if vault.holds("secret", "root"):
        raise KeyringError("this archive already has its root key")
    with vault.together():
        key = SigningKey.generate()
        vault.put_secret("root", key.to_text().encode())
        vault.put_json("setting", "origin", origin)
        vault.journal.append("cre", "archive", ["key:root"])
    return key.public


def check_origin(origin: str) -> None:
    """Raise `KeyringError` for a name that a note cannot be signed with."""
    if not origin or any(c.isspace() or c == "+" for c in origin):
        raise KeyringError("an origin is a name without spaces, such as archive.example")


def root(vault: Vault) -> SigningKey:
    """The archive's root key, or `KeyringError`."""
    try:
        return SigningKey.from_text(vault.secret("root").decode())
    except UnknownRecord:
        raise KeyringError("this archive has no root key; run `onggi archive init`") from None


def origin(vault: Vault) -> str:
    """The archive's name on everything it signs."""
    return str(vault.json("setting", "origin"))


def publish(vault: Vault, today: date) -> bytes:
    """A new signed keycard, with intake keys for every day it lives; makes the keys that are missing."""
    with vault.together():
        keys = sorted(_dated(vault), key=lambda k: k.first)
        until = max((k.last for k in keys), default=today - SLACK - timedelta(days=1))
        while until < today + CARD_LIVES + SLACK:
            first = max(until + timedelta(days=1), today - SLACK)
            until = first + USED_FOR - timedelta(days=1)
            keys.append(_make(vault, first, until))
        serial = _serial(vault) + 1
        vault.put_json("setting", "keycard-serial", serial)
        vault.journal.append("dsg", "archive", [f"keycard:{serial}"])
        shown = tuple(k for k in keys if k.last >= today - SLACK)
        return issue(Keycard(origin(vault), serial, today, today + CARD_LIVES, 1, shown), root(vault))


def intake_secrets(vault: Vault) -> dict[bytes, IntakeSecret]:
    """Every intake secret that is still kept, by its key id."""
    found = [IntakeSecret.from_bytes(vault.secret(f"intake-{name}")) for name in vault.names("intake-key")]
    return {secret.public.key_id: secret for secret in found}


def trust_courier(vault: Vault, courier: VerifyKey) -> None:
    """From now on believe bundles of this courier, and of no other."""
    with vault.together():
        vault.put_json("setting", "courier", courier.to_text())
        vault.journal.append("poa", "archive", [f"courier:{courier.key_id}"])


def courier(vault: Vault) -> VerifyKey:
    """The courier whose bundles are believed, or `KeyringError`."""
    try:
        return VerifyKey.from_text(vault.json("setting", "courier"))
    except UnknownRecord:
        raise KeyringError("no courier is trusted yet; run `onggi archive courier trust KEY`") from None


def _make(vault: Vault, first: date, last: date) -> DatedKey:
    secret = IntakeSecret.generate()
    name = secret.public.key_id.hex()
    vault.put_secret(f"intake-{name}", secret.to_bytes())
    vault.put_json("intake-key", name, [first.isoformat(), last.isoformat()])
    return DatedKey(first, last, secret.public)


def _dated(vault: Vault) -> list[DatedKey]:
    publics = {key_id.hex(): secret.public for key_id, secret in intake_secrets(vault).items()}
    rows = [(name, *vault.json("intake-key", name)) for name in vault.names("intake-key")]
    return [DatedKey(date.fromisoformat(f), date.fromisoformat(t), publics[name]) for name, f, t in rows]


def _serial(vault: Vault) -> int:
    return int(vault.json("setting", "keycard-serial")) if vault.holds("setting", "keycard-serial") else 0
