"""What an account says of all it told: what is allowed now, and what she took back.

1. Her latest statement only narrows what an earlier one allowed; a change of consent speaks for those before.
2. What she took back, all or single tellings, stays taken back: no statement opens it again.
3. Nothing is destroyed here.
4. A testimony whose place in that order was never kept is as closed as any order could make it.

Rules: docs/formats/statement.md. The gate asks here; nothing else decides.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from archive.errors import ArchiveError
from archive.statement import Statement
from archive.testimony import Consent, Grant, Testimony
from archive.vault import Vault

UNKNOWN: Final = -1
"""The place of a testimony that came before places were kept: before every change and every withdrawal."""


class TakenBack(ArchiveError):
    """She took this testimony back; nobody reads it."""


@dataclass(frozen=True)
class Standing:
    """What counts for one testimony today."""

    consent: Consent
    """Its own, or that of a later change."""
    allowed: frozenset[Grant]
    taken_back: bool


@dataclass(frozen=True)
class Withdrawal:
    """Somebody took back what she had told, all or a part; *testimonies* are those that are here."""

    account: str
    day: str
    testimonies: tuple[str, ...]
    stays: bool = False
    """Something else that she told is here, and she did not take it back."""


def hear(vault: Vault, told: Statement, today: date, *, used: bool = False) -> tuple[str, ...]:
    """Keep what *told* says of all statements of its account; what it took back. *used*: its number was used.

    A withdrawal whose number was used still counts, for all that has come by now.
    """
    account, latest = told.account, _kept(vault, "latest", told.account, [-1])[0]
    said = [told.sequence, told.consent.to_json()]
    # Who takes back a part says nothing of what is allowed of the rest.
    if told.sequence > latest and not told.back:
        vault.put_json("latest", account, said)
        vault.put_json("account-keys", account, told.sealing.bundle.hex())
    if told.kind == "consent":
        if told.sequence > _kept(vault, "changed", account, [-1])[0]:
            vault.put_json("changed", account, said)
        vault.journal.append("mod", "archive", [f"account:{account}"])
    elif told.kind == "withdrawal":
        through = max(told.sequence, latest if used else UNKNOWN)
        ranges = told.back or ((UNKNOWN, through),)
        said_before = _spans(_kept(vault, "withdrawn", account, []))
        vault.put_json("withdrawn", account, [*said_before, *([*each, today.isoformat()] for each in ranges)])
        gone = tuple(_taken_back(vault).get(account, ()))
        vault.journal.append(
            "dea", "archive", [f"account:{account}", *(f"testimony:{each}" for each in gone)]
        )
        return gone
    return ()


def standing(vault: Vault, testimony: Testimony) -> Standing:
    """What is allowed of *testimony* today; of an imported one, what its own consent says."""
    consent = testimony.consent
    if not vault.holds("told-by", testimony.id):
        return Standing(consent, consent.granted, False)
    account, number = vault.json("told-by", testimony.id), place(vault, testimony.id)
    since, changed = _kept(vault, "changed", account, [-1, None])
    if since > number:
        consent = Consent.from_json(changed)
    allowed = consent.granted & _allowed_last(vault, account)
    if number == UNKNOWN:
        allowed &= testimony.consent.granted  # it may have been told after the change
    return Standing(consent, allowed, is_taken_back(vault, testimony.id))


def all_allowed(vault: Vault, testimonies: Iterable[Testimony]) -> dict[str, frozenset[Grant]]:
    """What is allowed of each, as `standing` says of one; of what was taken back nothing."""
    found: dict[str, frozenset[Grant]] = {}
    with vault.together():
        for each in testimonies:
            now = standing(vault, each)
            found[each.id] = frozenset() if now.taken_back else now.allowed
    return found


def require_not_taken_back(vault: Vault, testimony_id: str) -> None:
    """Raise `TakenBack` when she took this testimony back."""
    if is_taken_back(vault, testimony_id):
        raise TakenBack("she took this testimony back; nobody reads it any more")


def withdrawals(vault: Vault) -> list[Withdrawal]:
    """All that was taken back, by account, the oldest first."""
    ids, told = _taken_back(vault), Counter(vault.every("told-by").values())
    numbers, found = vault.every("told-as"), list[Withdrawal]()
    for account, kept in vault.every("withdrawn").items():
        spans = _spans(kept)
        hers = tuple(ids.get(account, ()))
        covering = [s for s in spans if any(_covers([s], numbers.get(id, UNKNOWN)) for id in hers)]
        day = (covering or spans)[0][-1]  # spans are in the order in which they came
        found.append(Withdrawal(account, day, hers, len(hers) < told[account]))
    return sorted(found, key=lambda each: (each.day, each.account))


def choices(vault: Vault) -> dict[str, Any]:
    """All that was chosen, taken back or held back; another value when the gate may answer otherwise."""
    return {kind: vault.every(kind) for kind in ("latest", "changed", "withdrawn", "policy", "basis")}


def is_taken_back(vault: Vault, testimony_id: str) -> bool:
    """Whether she took this testimony back; one that came with no account never is."""
    if not vault.holds("told-by", testimony_id):
        return False
    account = vault.json("told-by", testimony_id)
    return _covers(_spans(_kept(vault, "withdrawn", account, [])), place(vault, testimony_id))


def _spans(kept: list[Any]) -> list[Any]:
    """First, last and day of each range. A vault from before parts has a last number and its day."""
    return [[UNKNOWN, *kept]] if kept and not isinstance(kept[0], list) else kept


def _covers(spans: list[Any], number: int) -> bool:
    # Of what has no known number, any may be meant.
    return any(number == UNKNOWN or first <= number <= last for first, last, _ in spans)


def _taken_back(vault: Vault) -> dict[str, list[str]]:
    numbers, found = vault.every("told-as"), dict[str, list[str]]()
    spans = {account: _spans(kept) for account, kept in vault.every("withdrawn").items()}
    for testimony_id, account in vault.every("told-by").items():
        if _covers(spans.get(account, []), numbers.get(testimony_id, UNKNOWN)):
            found.setdefault(account, []).append(testimony_id)
    return found


def place(vault: Vault, testimony_id: str) -> int:
    """The number under which its account told it, or `UNKNOWN`."""
    if not vault.holds("told-as", testimony_id):
        return UNKNOWN
    return int(vault.json("told-as", testimony_id))


def _allowed_last(vault: Vault, account: str) -> frozenset[Grant]:
    said = _kept(vault, "latest", account, [-1, None])[-1]
    if isinstance(said, dict):
        return Consent.from_json(said).granted
    # The form before it named the telling that said it.
    if isinstance(said, str) and vault.holds("testimony", said):
        return vault.testimony(said).consent.granted
    return frozenset()


def _kept(vault: Vault, kind: str, account: str, otherwise: list[Any]) -> list[Any]:
    return list(vault.json(kind, account)) if vault.holds(kind, account) else otherwise
