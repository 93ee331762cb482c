"""A later telling is destroyed, and an earlier one that it was joined to stays: without a word of the later.

1. Every version with its words leaves its place and nothing else; so does the choice of it.
2. What was decided, coded, noted or asked for on such words goes; what rests on other words stays.
3. Blocks of books that rest on the earlier telling become empty places: which words they had, nobody kept.

Codings stay up to the first that was made on joined words: a later one may say what those said.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, Final

from archive import care, ledger, notices
from archive.coding import versions as codings
from archive.manuscripts import shelf
from archive.people import Person
from archive.redaction import figures, passages, wishes
from archive.redaction.figure_key import MapClosed
from archive.risk import sweep
from archive.store import Name
from archive.supplements import joined_to
from archive.vault import BOXED, CUT, OBJECT, Vault
from archive.versions import basis, record
from archive.versions.derivation import Version, joined

SEEN: Final = (sweep.KIND, ledger.WAITS, ledger.OUT, ledger.LEFT, CUT)
"""Kinds of what was seen of a text, as it leaves and as it is found; made anew where they are missing."""
OWN: Final = (record.KIND, passages.RECORD, codings.KIND)
"""Kinds that name words by their SHA-256 and have more than one row of them."""


def part(vault: Vault, later: str, person: Person, today: date) -> None:
    """Destroy what the tellings that *later* was joined to have of it, in its caller's transaction.

    The decision to destroy *later* is kept already: it stands for what is missing.
    """
    notices.part(vault, later, today)
    for earlier in joined_to(vault, later):
        _part(vault, earlier, later, person)


def _part(vault: Vault, earlier: str, later: str, person: Person) -> None:
    found = record.history(vault, earlier)
    rows = {n: vault.json(record.KIND, f"{earlier}:{n}") for n in range(1, len(found))}
    cut = [n for n, row in rows.items() if later in joined(found, n) and "gone" not in row]
    hashes = {rows[n]["text_sha256"] for n in cut}
    words = "\n".join(each["text"] for n in cut for each in rows[n]["segments"])
    for number in cut:
        record.leave_place(vault, earlier, number, later)
    left = record.history(vault, earlier)
    _choose_again(vault, earlier, left, person)
    gone = [(basis.JOINED, f"{earlier}:{later}"), *((kind, earlier) for kind in SEEN)]
    gone += [name for name in vault.store.under(earlier) if _rests_on(vault, name, hashes)]
    gone += _released(vault, earlier)
    vault.store.remove([name for name in dict.fromkeys(gone) if vault.holds(*name)])
    _keep_notes(vault, person, earlier, hashes)
    _keep_codings(vault, earlier, hashes)
    _keep_severity(vault, earlier, {each.id for made in left for each in made.segments})
    _keep_words(vault, person, earlier, words, "\n".join(made.text for made in left))
    shelf.forget(vault, earlier)


def _choose_again(vault: Vault, earlier: str, left: list[Version], person: Person) -> None:
    """Sign that what counts now counts: the record of the choice names words that are gone."""
    if left[basis.signed(vault, earlier)].gone:
        number = basis.chosen(vault, earlier)
        vault.store.remove([(basis.KIND, earlier)])
        if number:
            basis.keep(vault, person, left[number])


def _rests_on(vault: Vault, name: Name, hashes: Collection[str]) -> bool:
    if name[0] in OWN or name[0].startswith((OBJECT, BOXED)):
        return False
    kept = vault.store.get(*name)
    return any(each.encode() in kept for each in hashes)


def _released(vault: Vault, earlier: str) -> list[Name]:
    """The lines of it, and the files, that may hold words of both and are closed."""
    numbers = [n for n in vault.names("release") if notices.is_closed(vault, earlier, int(n))]
    lines = [(notices.LINE, f"{earlier}:{n}") for n in numbers]
    files = [("release-files", n) for n in numbers if earlier in vault.json("release", n)["testimonies"]]
    return lines + files


def _keep_notes(vault: Vault, person: Person, earlier: str, hashes: Collection[str]) -> None:
    notes = passages.noted(vault, earlier)
    stay = [each for each in notes if each.version_sha256 not in hashes]
    if len(stay) < len(notes):
        passages.put(vault, person, earlier, stay)


def _keep_codings(vault: Vault, earlier: str, hashes: Collection[str]) -> None:
    if not vault.holds(codings.KIND, earlier):
        return
    newest: Mapping[str, Any] = vault.json(codings.KIND, earlier)
    before = [vault.json(codings.KIND, f"{earlier}:{n}") for n in range(1, newest["number"])]
    stay = list[Mapping[str, Any]]()
    for row in (*before, newest):
        if row["text_sha256"] in hashes:
            break
        stay.append(row)
    if len(stay) == len(before) + 1:
        return
    number = len(stay)
    gone = [(codings.KIND, f"{earlier}:{n}") for n in range(max(number, 1), newest["number"])]
    vault.store.remove([(codings.KIND, earlier), *gone])
    if stay:
        vault.put_json(codings.KIND, earlier, stay[-1])


def _keep_severity(vault: Vault, earlier: str, names: Collection[str]) -> None:
    if vault.holds(care.RECORD, earlier):
        said = vault.json(care.RECORD, earlier)
        vault.put_json(care.RECORD, earlier, {id: each for id, each in said.items() if id in names})


def _keep_words(vault: Vault, person: Person, earlier: str, words: str, left: str) -> None:
    """Keep of what she asked for, and of what people are called, all that was not said in *words* only."""
    asked = wishes.wishes(vault, earlier)
    stay = [each for each in asked if each.words not in words or each.words in left]
    if len(stay) < len(asked):
        wishes.put(vault, person, earlier, stay)
    try:
        called = figures.aliases_in(vault, earlier)
    except MapClosed:
        vault.store.remove([(figures.ALIASES, earlier)])
    else:
        if called:
            figures.write(vault, earlier, [each for each in called if each.surface in left])
    figures.sweep(vault)
