"""What she told later, joined to what she told before: one more version, and neither telling is overwritten.

1. Only tellings of one account are joined, and a later one to an earlier: who takes back the later has taken
   back the earlier as well.
2. A person joins, another reviews it, it is approved, and a person chooses it: as with every version.
3. Both tellings go on to decide what is allowed; the gate asks each (`consent`).
4. While its words stand in another, a later telling is not destroyed alone (`keeping.shredding`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from archive import care
from archive.people import Person
from archive.vault import Vault
from archive.versions.basis import JOINED, basis
from archive.versions.record import Version, VersionRefused, first_free, history, joined, keep
from archive.versions.segments import named


def told_later(vault: Vault, testimony_id: str) -> tuple[str, ...]:
    """What the same account told after it and is here, in her order; nothing of what came without one."""
    with vault.together():
        numbers, accounts = vault.every("told-as"), vault.every("told-by")
        if testimony_id not in numbers or testimony_id not in accounts:
            return ()
        found = [
            (numbers[id], id)
            for id, account in accounts.items()
            if account == accounts[testimony_id] and numbers.get(id, -1) > numbers[testimony_id]
        ]
        return tuple(id for _, id in sorted(found))


def joined_to(vault: Vault, testimony_id: str) -> tuple[str, ...]:
    """The earlier tellings that have a version with this one's words in it."""
    names = (name.partition(":") for name in vault.names(JOINED))
    return tuple(earlier for earlier, _, later in names if later == testimony_id)


def join(
    vault: Vault, person: Person, testimony_id: str, later: str, today: date, *, derived_from: int
) -> Version:
    """Sign version *derived_from* with the words of a *later* telling after it, as the next version.

    `VersionRefused` for what the same account did not tell later, for another language, and for no words.
    """
    with vault.together():
        found = history(vault, testimony_id)
        if later not in told_later(vault, testimony_id) or not 0 <= derived_from < len(found):
            raise VersionRefused("only what the same woman told later, under the same words, can be joined")
        source, added = found[derived_from], basis(vault, later)
        if later in joined(found, derived_from):
            raise VersionRefused("this version has the words of that telling already")
        if added.lang_original != source.lang:
            raise VersionRefused("what she told later is in another language than this version")
        if not added.segments:
            raise VersionRefused("what she told later has no words in writing; make a transcript of it first")
        free = first_free(found)
        names = {each.id: named(free + at) for at, each in enumerate(added.segments)}
        # Times are of another recording.
        words = [replace(each, id=names[each.id], t_start=None, t_end=None) for each in added.segments]
        made = keep(
            vault,
            person,
            testimony_id,
            "supplemented",
            (*source.segments, *words),
            today,
            derived_from=derived_from,
            joins=later,
        )
        _carry_severity(vault, later, testimony_id, names)
        vault.put_json(JOINED, f"{testimony_id}:{later}", made.number)
    return made


def _carry_severity(vault: Vault, later: str, testimony_id: str, names: Mapping[str, str]) -> None:
    """What a person said of how hard a part is goes with the part, under its new name."""
    said = vault.json(care.RECORD, later) if vault.holds(care.RECORD, later) else {}
    kept = vault.json(care.RECORD, testimony_id) if vault.holds(care.RECORD, testimony_id) else {}
    carried = {names[id]: each for id, each in said.items() if id in names}
    if carried:
        vault.put_json(care.RECORD, testimony_id, kept | carried)
