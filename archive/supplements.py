"""What she told later, joined to what she told before: one more version, and neither telling is overwritten.

1. Only tellings of one account are joined, and a later one to an earlier: who takes back all up to the later
   has taken back the earlier as well.
2. A person joins, another reviews it, it is approved, and a person chooses it: as with every version.
3. Both tellings go on to decide what is allowed; the gate asks each (`consent`).
4. Of a later telling that she took back alone, no word is read in the earlier one from that moment; what
   stood there before it counts again, and what was decided on the joined words is gone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from archive import care
from archive.people import Person
from archive.standing import is_taken_back
from archive.vault import Vault
from archive.versions.basis import JOINED, basis, signed
from archive.versions.derivation import Version, VersionRefused, among, first_free, joined
from archive.versions.record import history, keep
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
            if account == accounts[testimony_id]
            and numbers.get(id, -1) > numbers[testimony_id]
            and not is_taken_back(vault, id)
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
        if later not in told_later(vault, testimony_id):
            raise VersionRefused("only what the same woman told later, under the same words, can be joined")
        source, added = among(found, derived_from), basis(vault, later)
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


def part(vault: Vault, testimony_id: str, later: str) -> bool:
    """No word of *later* counts in *testimony_id* any more: nothing stays proposed or approved on such words.

    Returns whether words of both may have gone out together.
    """
    with vault.together():
        found = history(vault, testimony_id)
        if later in joined(found, signed(vault, testimony_id)):
            told = vault.testimony(testimony_id)
            if told.workflow_status != "received":
                vault.put_testimony(told.after("take_back"))
            vault.store.remove([each for each in [("review", testimony_id)] if vault.holds(*each)])
            vault.journal.append("red", "archive", [f"testimony:{testimony_id}"])
    return any(each.kind == "approved" and later in joined(found, each.number) for each in found)


def _carry_severity(vault: Vault, later: str, testimony_id: str, names: Mapping[str, str]) -> None:
    """What a person said of how hard a part is goes with the part, under its new name."""
    said = vault.json(care.RECORD, later) if vault.holds(care.RECORD, later) else {}
    kept = vault.json(care.RECORD, testimony_id) if vault.holds(care.RECORD, testimony_id) else {}
    carried = {names[id]: each for id, each in said.items() if id in names}
    if carried:
        vault.put_json(care.RECORD, testimony_id, kept | carried)
