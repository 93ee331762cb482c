"""That somebody read the text once more, as her choices leave it, before she proposes to hide anything.

1. Kept are the names of the parts she read and of which words they were, by SHA-256; no word of them.
2. Of other words nothing is read, and what another person read is not read by her.

**Not** checked: that she looked. A page says what stood before her eyes, and no machine knows more.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from archive import roles
from archive.people import Person
from archive.redaction.spans import version_of
from archive.vault import Vault
from archive.versions.basis import basis

RECORD: Final = "reread"


def unread(vault: Vault, name: str, testimony_id: str) -> tuple[str, ...]:
    """The parts of the words that count which the person of this *name* has not read once more, in order."""
    told = basis(vault, testimony_id)
    done = _read(vault, testimony_id, version_of(told.text)).get(name, [])
    return tuple(each.id for each in told.segments if each.id not in done)


def read(vault: Vault, person: Person, testimony_id: str, parts: Iterable[str]) -> tuple[str, ...]:
    """Keep that *person* read these *parts* once more, and return what is left; others are not counted."""
    with vault.together():
        roles.require(vault, person, *roles.MARKERS)
        told = basis(vault, testimony_id)
        version = version_of(told.text)
        done = _read(vault, testimony_id, version)
        now = {*done.get(person.name, []), *parts} & {each.id for each in told.segments}
        if now != set(done.get(person.name, [])):
            done[person.name] = sorted(now)
            vault.put_json(RECORD, testimony_id, {"v": 1, "version_sha256": version, "read": done})
            vault.journal.append("mod", person.name, [f"testimony:{testimony_id}"])
    return unread(vault, person.name, testimony_id)


def _read(vault: Vault, testimony_id: str, version: str) -> dict[str, list[str]]:
    kept: dict[str, Any] = vault.json(RECORD, testimony_id) if vault.holds(RECORD, testimony_id) else {}
    return dict(kept["read"]) if kept.get("version_sha256") == version else {}
