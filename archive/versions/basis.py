"""Which words count: what was received, or the approved version that a person chose in its place.

1. What is marked, approved and given out rests on this text; a decision on another is refused by its hash.
2. It is chosen only while nothing is proposed, so that no decision is lost by it.
3. What was received stays as it is. A version never replaces it (`Testimony.to_json` refuses).
4. What has words that she took back counts no more, without anybody's doing; what it was made of does.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any, Final

from archive import people, roles
from archive.people import Person
from archive.testimony import Testimony
from archive.vault import Vault
from archive.versions.derivation import Version, VersionRefused, joined
from archive.versions.record import VersionDamaged, history, version
from crypto.errors import CryptoError

KIND: Final = "basis"
JOINED: Final = "joined"
"""Of the records that say where else the words of a later telling stand: named by both."""


def basis(vault: Vault, testimony_id: str) -> Testimony:
    """The testimony with the words that count; `VersionDamaged` when they are not those that were chosen."""
    return standing_in(vault, vault.testimony(testimony_id))


def standing_in(vault: Vault, told: Testimony) -> Testimony:
    """*told*, as it was received, with the words that count."""
    number, found = _counting(vault, told.id)
    return replace(told, text=found[number].text, parts=found[number].segments) if number else told


def chosen(vault: Vault, testimony_id: str) -> int:
    """The number of the version whose words count; 0 is what was received."""
    return _counting(vault, testimony_id)[0]


def _counting(vault: Vault, testimony_id: str) -> tuple[int, list[Version]]:
    """The number, and the history that it is of where it is not 0.

    Where she took back words of what was chosen, the nearest approved one before it counts without a choice.
    """
    number = signed(vault, testimony_id)
    if not number:
        return 0, []
    found = history(vault, testimony_id)
    if number >= len(found):
        raise VersionDamaged("the version that was chosen is not here")
    if not found[number].gone and vault.json(KIND, testimony_id)["text_sha256"] != found[number].text_sha256:
        raise VersionDamaged("the version that was chosen is not the one that stands here")
    while number and not _may_count(found[number], found[0].lang):
        number = found[number].derived_from or 0
    return number, found


def _may_count(made: Version, lang: str) -> bool:
    return made.kind == "approved" and made.lang == lang and not made.gone


def signed(vault: Vault, testimony_id: str) -> int:
    """The number that somebody chose last, whatever became of it; 0 where nobody chose."""
    if not vault.holds(KIND, testimony_id):
        return 0
    row, known = vault.json(KIND, testimony_id), people.known(vault)
    try:
        by = row["by"]
        known[by["name"]].verify(bytes.fromhex(by["signature"]), _message(testimony_id, row))
        return int(row["number"])
    except (KeyError, TypeError, ValueError, CryptoError):
        raise VersionDamaged("which version counts was not chosen by somebody known here") from None


def joined_in(vault: Vault, testimony_id: str) -> tuple[str, ...]:
    """The later tellings whose words stand in those that count; what is allowed of them counts as well."""
    number, found = _counting(vault, testimony_id)
    return joined(found, number) if number else ()


def choose(vault: Vault, person: Person, testimony_id: str, number: int) -> Version:
    """Make the words of version *number* count; 0 is what was received. `VersionRefused`."""
    with vault.together():
        roles.require(vault, person, *roles.MARKERS)
        made, told = version(vault, testimony_id, number), vault.testimony(testimony_id)
        if told.workflow_status != "received":
            raise VersionRefused(
                "something is proposed or approved on the words that count now; take it back first"
            )
        if number and not _may_count(made, told.lang_original):
            raise VersionRefused("only what was received, or an approved version in its language, can count")
        keep(vault, person, made)
    return made


def keep(vault: Vault, person: Person, made: Version) -> None:
    """Keep that the words of *made* count, signed; whoever asks has looked whether they may."""
    row: dict[str, Any] = {"v": 1, "number": made.number, "text_sha256": made.text_sha256}
    by = {"name": person.name, "signature": person.key.sign(_message(made.testimony_id, row)).hex()}
    vault.put_json(KIND, made.testimony_id, row | {"by": by})
    objects = [f"testimony:{made.testimony_id}", f"version:{made.testimony_id}:{made.number}"]
    vault.journal.append("app", person.name, objects)


def _message(testimony_id: str, row: dict[str, Any]) -> bytes:
    told = [testimony_id, row["number"], row["text_sha256"]]
    return b"onggi-basis1|" + json.dumps(told, separators=(",", ":")).encode()
