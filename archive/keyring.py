"""The archive's keys inside its vault: the desk that signs, the dated keys that open, the courier it trusts.

1. The root is not here (archive/root.py). What it signed comes back as notes, believed by its signature.
2. Intake keys are made ahead, 14 days each, so that a visit to the root needs no testimony.
3. A past key is destroyed 45 days after its last day (a capsule's: a year), when a bundle has come since,
3. A past key is destroyed 45 days after its last day (a capsule's: a year), when a bundle came since then,
   lies in the vault under keys of its own.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Final

from nacl.bindings import crypto_scalarmult_base

from archive import people, requests
from archive.errors import ArchiveError
from archive.quarantine import wanted_keys
from archive.requests import Request
from archive.vault import UnknownRecord, Vault
from crypto import durable
from crypto import mandate as mandates
from crypto.errors import CryptoError
from crypto.keycard import SLACK, DatedKey, Kind
from crypto.keys import IntakeSecret, SigningKey, VerifyKey
from crypto.mandate import Mandate

AHEAD: Final = timedelta(days=26 * 14)
"""Keys are made this far ahead: a year, so that a vault that stays shut for months still receives."""
USED_FOR: Final[dict[Kind, timedelta]] = {"intake": timedelta(days=14), "capsule": timedelta(days=365)}
CAPSULE_LEFT: Final = timedelta(days=275)
"""A capsule that is made today is good for at least so long: a new key each quarter."""
ARRIVES: Final[dict[Kind, timedelta]] = {"intake": timedelta(days=45), "capsule": timedelta(days=365)}
"""After its last day a key is kept this long: what was sealed to it may be on its way."""
DROPPED: Final = "dropped"
NOTES: Final = "notes"
"""The folder beside the vault for signed notes that may leave."""


class KeyringError(ArchiveError):
    """The archive has no identity yet, or already has one."""


def found(vault: Vault, origin: str) -> VerifyKey:
    """Give the archive its name and its desk's keys, once; the desk's public key, for the root to know."""
    check_origin(origin)
    if vault.holds("secret", "desk"):
        raise KeyringError("this archive already has its keys")
    with vault.together():
        vault.put_json("setting", "origin", origin)
        vault.put_secret("reply", secrets.token_bytes(32))
        return _new_desk(vault)


def check_origin(origin: str) -> None:
    """Raise `KeyringError` for a name that a note cannot be signed with."""
    if not origin or any(c.isspace() or c == "+" for c in origin):
        raise KeyringError("an origin is a name without spaces, such as archive.example")


def trust_root(vault: Vault, root: VerifyKey, agent: str = "archive") -> None:
    """Believe what this root signs from now on, and what statements say they were made for."""
    with vault.together():
        known = [key.to_text() for key in roots(vault)] if vault.holds("setting", "roots") else []
        vault.put_json("setting", "roots", [root.to_text(), *known])
        vault.journal.append("poa", agent, [f"root:{root.key_id}"])


def roots(vault: Vault) -> tuple[VerifyKey, ...]:
    """The root, and those before it, newest first; or `KeyringError`."""
    try:
        return tuple(VerifyKey.from_text(text) for text in vault.json("setting", "roots"))
    except UnknownRecord:
        raise KeyringError("this archive has no root key; run `onggi archive init`") from None


def root(vault: Vault) -> VerifyKey:
    """The root whose notes are believed, or `KeyringError`."""
    return roots(vault)[0]


def origin(vault: Vault) -> str:
    """The archive's name on everything it signs."""
    return str(vault.json("setting", "origin"))


def desk(vault: Vault) -> SigningKey:
    """The key that signs what leaves by day, or `KeyringError`."""
    try:
        return SigningKey.from_text(vault.secret("desk").decode())
    except UnknownRecord:
        raise KeyringError("this archive has no keys; run `onggi archive init`") from None


def reply(vault: Vault) -> bytes:
    """The X25519 secret that replies come from."""
    return vault.secret("reply")


def rotate_desk(vault: Vault, agent: str = "archive") -> VerifyKey:
    """A new key for the desk; useless until the root knows it and gave it the mandate."""
    with vault.together():
        return _new_desk(vault, agent)


def make(vault: Vault, today: date, after: int = 0) -> int:
    """Make the keys that are missing for a year, and the request to the root, numbered *after*; how many."""
    with vault.together():
        if after > _number(vault):
            vault.put_json("setting", "request", after)
        made = _fill(vault, "intake", today, today + AHEAD)
        made += _fill(vault, "capsule", today, today + CAPSULE_LEFT)
        _ask(vault, today)
    return made


def rotate(vault: Vault, kind: Kind, today: date, agent: str = "archive") -> None:
    """Show no key of this kind that was made so far on a card again, and make new ones from today on.

    The others still open what is sealed to them, until they are retired: an old card may be about.
    """
    with vault.together():
        for key in _dated(vault, kind):
            row = [kind, key.first.isoformat(), key.last.isoformat(), DROPPED]
            vault.put_json("intake-key", key.public.key_id.hex(), row)
        vault.journal.append("poa", agent, [f"rotation:{kind}"])
        make(vault, today)


def retired(vault: Vault, today: date) -> dict[str, tuple[Kind, date]]:
    """The keys whose time is over, with their last days: what `retire` would destroy."""
    waiting, shown, came = wanted_keys(vault), _shown(vault), _last_bundle(vault)
    return {
        name: (kind, date.fromisoformat(last))
        for name, (kind, _, last, *_) in vault.every("intake-key").items()
        if date.fromisoformat(last) + ARRIVES[kind] < today
        and date.fromisoformat(last) + SLACK < came
        and bytes.fromhex(name) not in waiting | shown
    }


def retire(vault: Vault, today: date, agent: str = "archive") -> int:
    """Destroy the keys whose time is over; how many. `KeyringError` when none would be left for *today*."""
    with vault.together():
        over = retired(vault, today)
        if over and not any(k.first <= today <= k.last for k in _dated(vault, "intake")):
            raise KeyringError(f"there is no key for {today}; is the date of this machine right?")
        for name in over:
            _destroy(vault, name, agent)
        if over:
            _ask(vault, today)
    return len(over)


def _shown(vault: Vault) -> set[bytes]:
    """The key ids on the cards that the root signed last: somebody may be sealing to them."""
    found: set[bytes] = set()
    for name in ("keycard.note", "capsule.note"):
        path = vault.home / NOTES / name
        text = path.read_text("utf-8") if path.exists() else ""
        found |= {bytes.fromhex(line.split(" ")[1]) for line in text.split("\n") if line.startswith("key ")}
    return found


def _last_bundle(vault: Vault) -> date:
    """The day on which a bundle came last, by the journal."""
    days = [e.at for e in vault.journal.events() if e.type == "tra" and e.objects[0].startswith("bundle:")]
    return datetime.fromisoformat(max(days)).date() if days else date.min


def ask(vault: Vault, today: date) -> None:
    """Write the request to the root anew, after people or keys have changed."""
    with vault.together():
        _ask(vault, today)


def mandate(vault: Vault, today: date) -> tuple[Mandate, bytes]:
    """What the root lets this desk do today, and the note that says so; `KeyringError` when there is none."""
    try:
        note = (vault.home / NOTES / "mandate.note").read_bytes()
    except FileNotFoundError:
        raise KeyringError("the root gave no mandate yet; run `onggi archive keys publish`") from None
    try:
        given = mandates.verify(note, origin=origin(vault), root=root(vault), today=today)
    except CryptoError:
        raise KeyringError("the root's mandate is out of date; run `onggi archive keys publish`") from None
    if given.desk != desk(vault).public:
        raise KeyringError("the mandate is for another desk key; run `onggi archive keys publish`")
    return given, note


def rotation(vault: Vault) -> bytes | None:
    """The notes by which the root followed those before it, for readers that know only one of them."""
    path = vault.home / NOTES / "root-rotation.note"
    return path.read_bytes() if path.exists() else None


def intake_secrets(vault: Vault) -> dict[bytes, tuple[Kind, IntakeSecret]]:
    """Every secret that is still kept and what it is for, by its key id."""
    rows = vault.every("intake-key")
    return {bytes.fromhex(name): (row[0], _secret(vault, name)) for name, row in rows.items()}


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


def _new_desk(vault: Vault, agent: str = "archive") -> VerifyKey:
    key = SigningKey.generate()
    vault.put_secret("desk", key.to_text().encode())
    vault.journal.append("cre", agent, ["key:desk"])
    return key.public


def _fill(vault: Vault, kind: Kind, today: date, until: date) -> int:
    made, last = 0, max((k.last for k in _dated(vault, kind)), default=today - SLACK - timedelta(days=1))
    while last < until:
        follows = kind == "intake" and last >= today
        first = last + timedelta(days=1) if follows else today - SLACK
        last = first + USED_FOR[kind] - timedelta(days=1)
        secret = IntakeSecret.generate()
        name = secret.public.key_id.hex()
        vault.put_secret(f"intake-{name}", secret.to_bytes())
        vault.put_json("intake-key", name, [kind, first.isoformat(), last.isoformat()])
        vault.journal.append("cre", "archive", [f"key:{name}"])
        made += 1
    return made


def _destroy(vault: Vault, name: str, agent: str) -> None:
    vault.shred("secret", f"intake-{name}", agent)
    vault.shred("intake-key", name, agent)


def _dated(vault: Vault, kind: Kind) -> Iterator[DatedKey]:
    """The keys of this kind that a card may show."""
    for name, row in vault.every("intake-key").items():
        if row[0] == kind and DROPPED not in row:
            first, last = map(date.fromisoformat, row[1:3])
            yield DatedKey(first, last, _secret(vault, name).public)


def _secret(vault: Vault, name: str) -> IntakeSecret:
    return IntakeSecret.from_bytes(vault.secret(f"intake-{name}"))


def _ask(vault: Vault, today: date) -> None:
    asked = _number(vault)
    vault.put_json("setting", "request", asked + 1)
    intake, capsule = (
        tuple(sorted((k for k in _dated(vault, kind) if k.last >= today - SLACK), key=lambda k: k.first))
        for kind in ("intake", "capsule")
    )
    request = Request(
        origin(vault),
        asked + 1,
        root(vault),
        intake,
        capsule,
        crypto_scalarmult_base(reply(vault)),
        tuple(people.known(vault).values()),
    )
    durable.write(vault.home / requests.FILE, requests.issue(request, desk(vault)))


def _number(vault: Vault) -> int:
    return int(vault.json("setting", "request")) if vault.holds("setting", "request") else 0
