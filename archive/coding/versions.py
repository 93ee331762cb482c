"""The codings of a testimony, one after another: each signed by who coded, none ever changed.

1. The newest is kept under the testimony's name; the ones before it under its name and their number.
2. Whoever saves says which version she looked at; when it is not the newest any more, nothing is saved.
3. Undoing makes a new version that says what an earlier one said.
4. The words come from the desk, which asks `review.reading`; nothing here reads them from the vault.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from archive import people
from archive.coding.record import Life, check_spans, life
from archive.errors import ArchiveError
from archive.people import Person
from archive.redaction.spans import version_of
from archive.standing import require_not_taken_back
from archive.testimony import Testimony
from archive.vault import UnknownRecord, Vault
from crypto.errors import CryptoError
from crypto.keys import VerifyKey

KIND: Final = "coding"
NOTHING: Final = Life()


class CodingRefused(ArchiveError):
    """A coding that cannot be kept or is not there."""


class CodingDamaged(ArchiveError):
    """A stored coding is not the one that a known person signed."""


@dataclass(frozen=True)
class Coding:
    """One version of what is coded of a testimony; number 0 is none yet."""

    testimony_id: str
    number: int
    coder: str
    day: str
    text_sha256: str
    life: Life

    def rests_on(self, told: Testimony) -> bool:
        """Whether its spans were made on these very words."""
        return self.number == 0 or self.text_sha256 == version_of(told.text)


def current(vault: Vault, testimony_id: str, known: Mapping[str, VerifyKey] | None = None) -> Coding:
    """The newest version, or number 0; `TakenBack`, or `CodingDamaged`. *known*: the people, for many."""
    require_not_taken_back(vault, testimony_id)
    if not vault.holds(KIND, testimony_id):
        return Coding(testimony_id, 0, "", "", "", NOTHING)
    return _verified(vault, testimony_id, vault.json(KIND, testimony_id), known)


def version(vault: Vault, testimony_id: str, number: int) -> Coding:
    """The version of this number, or `CodingRefused`."""
    newest = current(vault, testimony_id)
    return newest if number == newest.number else _earlier(vault, testimony_id, number)


def history(vault: Vault, testimony_id: str) -> list[Coding]:
    """Every version, the newest first."""
    newest = current(vault, testimony_id)
    before = [_earlier(vault, testimony_id, number) for number in range(newest.number - 1, 0, -1)]
    return [newest, *before] if newest.number else []


def _earlier(vault: Vault, testimony_id: str, number: int) -> Coding:
    try:
        return _verified(vault, testimony_id, vault.json(KIND, f"{testimony_id}:{number}"))
    except UnknownRecord:
        raise CodingRefused("this coding has no version of that number") from None


def keep(vault: Vault, person: Person, told: Testimony, found: Life, today: date, *, seen: int) -> Coding:
    """Sign *found* as the next version; `CodingRefused`, or `MalformedCoding`, which names the field.

    *told* are the words it rests on, *seen* the number of the version that she looked at.
    """
    with vault.together():
        before = current(vault, told.id)
        if before.number != seen:
            raise CodingRefused("somebody else has saved this coding meanwhile; look at it again")
        signed = _by(person, life(found.to_json()), before.life, today)
        check_spans(signed, told.segments)
        made = Coding(told.id, seen + 1, person.name, today.isoformat(), version_of(told.text), signed)
        if seen:
            vault.put_json(KIND, f"{told.id}:{seen}", vault.json(KIND, told.id))
        vault.put_json(KIND, told.id, _row(made) | {"by": _signature(person, made)})
        vault.journal.append("mod" if seen else "cre", person.name, [f"testimony:{told.id}"])
    return made


def restore(vault: Vault, person: Person, told: Testimony, number: int, today: date, *, seen: int) -> Coding:
    """Make what version *number* said the newest; 0 says nothing. `CodingRefused` as for `keep`."""
    with vault.together():
        earlier = version(vault, told.id, number).life if number else NOTHING
        return keep(vault, person, told, earlier, today, seen=seen)


def _by(person: Person, found: Life, before: Life, today: date) -> Life:
    """Each act with its coder and day: what was not changed keeps those it had."""
    acts = []
    for act in found.acts:
        was = before.act(act.act_id)
        blank = replace(act, coder="", coded_on="")
        same = was is not None and replace(was, coder="", coded_on="") == blank
        kept = (
            was if same and was is not None else replace(act, coder=person.name, coded_on=today.isoformat())
        )
        acts.append(kept)
    return replace(found, acts=tuple(acts))


def _row(made: Coding) -> dict[str, Any]:
    return {
        "v": 1,
        "number": made.number,
        "day": made.day,
        "text_sha256": made.text_sha256,
        "life": made.life.to_json(),
    }


def _message(testimony_id: str, row: dict[str, Any]) -> bytes:
    body = json.dumps([testimony_id, row], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return b"onggi-coding1|" + body.encode()


def _signature(person: Person, made: Coding) -> dict[str, str]:
    signature = person.key.sign(_message(made.testimony_id, _row(made))).hex()
    return {"name": person.name, "public": person.key.public.to_text(), "signature": signature}


def _verified(
    vault: Vault, testimony_id: str, stored: dict[str, Any], known: Mapping[str, VerifyKey] | None = None
) -> Coding:
    try:
        row = {key: value for key, value in stored.items() if key != "by"}
        by = stored["by"]
        key = VerifyKey.from_text(by["public"])
        if key.raw != (people.known(vault) if known is None else known)[by["name"]].raw:
            raise ValueError
        key.verify(bytes.fromhex(by["signature"]), _message(testimony_id, row))
        return Coding(
            testimony_id, row["number"], by["name"], row["day"], row["text_sha256"], life(row["life"])
        )
    except (KeyError, TypeError, ValueError, CryptoError, people.PersonRefused):
        raise CodingDamaged("this coding is not the one that somebody known here has signed") from None
