"""Who is spoken of: one figure for all the names somebody goes by, in every testimony of the archive.

1. What a testimony calls somebody is kept under that testimony's name and goes when it is destroyed; what was
   decided of a figure goes with the last testimony that speaks of her.
2. By itself only one spelling in one testimony is one figure. The rest people join and part (`joining`).
3. Kept sealed under the map's own key (`figure_key`); only random names of records lie open in the vault.
4. What she took back is not in the map: its names are neither shown nor looked for.
"""

from __future__ import annotations

import secrets
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from archive import roles
from archive.errors import ArchiveError
from archive.people import Person
from archive.redaction import figure_key
from archive.redaction.choices import choices
from archive.standing import require_not_taken_back, withdrawals
from archive.store import Name
from archive.vault import Vault
from archive.versions.basis import basis

ALIASES: Final = "figure-aliases"
FIGURE: Final = "figure"
ACT: Final = "figure-act"
TWO: Final = "figure-two"
"""Kind of the records that say of two aliases that they are two people; no word is in one."""


class FigureRefused(ArchiveError):
    """Nobody of this name in the map, or a step that would lose or mix up somebody."""


@dataclass(frozen=True)
class Alias:
    """What one testimony calls a figure, spelled exactly so. *id* is random, and never changes."""

    id: str
    of: str
    """The testimony that says it."""
    surface: str = field(repr=False)
    kind: str
    """`PER` for a name, `HANDLE` for what she is called on a screen."""
    figure: str


@dataclass(frozen=True)
class Decided:
    """What people decided of a figure."""

    role: str = "person"
    invented: bool = False
    """An invented name stands for her, in the place of a tag with her role."""
    drawn: Mapping[str, str] = field(default_factory=dict, repr=False)
    """What stands for her, by the pool that it was drawn from (`naming`)."""
    books: Mapping[str, bool] = field(default_factory=dict)
    """Whether it is an invented name in one collection, where that was chosen for it alone."""

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> Decided:
        """What `to_json` gave."""
        return cls(row["role"], row["invented"], row["drawn"], row.get("books", {}))

    def to_json(self) -> dict[str, Any]:
        told = {"role": self.role, "invented": self.invented, "drawn": dict(self.drawn)}
        return told | {"books": dict(self.books)} if self.books else told

    def is_invented(self, collection: str) -> bool:
        """Whether an invented name stands for her in a collection."""
        return self.books.get(collection, self.invented)


@dataclass(frozen=True)
class Figure:
    """Somebody who is spoken of, she who tells included."""

    id: str
    aliases: tuple[Alias, ...] = field(repr=False)
    decided: Decided = field(repr=False)

    @property
    def testimonies(self) -> tuple[str, ...]:
        return tuple(sorted({each.of for each in self.aliases}))

    @property
    def surfaces(self) -> tuple[str, ...]:
        """Every spelling once, the longest first."""
        return tuple(sorted({each.surface for each in self.aliases}, key=lambda s: (-len(s), s)))


def figures(vault: Vault) -> list[Figure]:
    """Everybody whom the map has, those in most testimonies first; `figure_key.MapClosed`."""
    with vault.together():
        gone = {id for each in withdrawals(vault) for id in each.testimonies}
        found = defaultdict[str, list[Alias]](list)
        for testimony, rows in figure_key.every(vault, ALIASES).items():
            for each in _aliases(testimony, rows) if testimony not in gone else ():
                found[each.figure].append(each)
        states = {id: Decided.from_json(row) for id, row in figure_key.every(vault, FIGURE).items()}
        made = [Figure(id, tuple(row), states.get(id, Decided())) for id, row in found.items()]
    return sorted(made, key=lambda each: (-len(each.testimonies), each.surfaces, each.id))


def figure(vault: Vault, id: str) -> Figure:
    """The figure of this name, or `FigureRefused`."""
    for each in figures(vault):
        if each.id == id:
            return each
    raise FigureRefused("there is no figure of this name any more; look at the list again")


def named_in(vault: Vault, testimony_id: str) -> dict[str, Figure]:
    """By each spelling of a name in one testimony, whose it is, with her names of that testimony only."""
    found = defaultdict[str, list[Alias]](list)
    for each in aliases_in(vault, testimony_id):
        found[each.figure].append(each)
    made = [Figure(id, tuple(row), decided(vault, id)) for id, row in found.items()]
    return {alias.surface: each for each in made for alias in each.aliases}


def decided(vault: Vault, id: str) -> Decided:
    """What was decided of a figure; of one whom nobody speaks of any more, what is so by itself."""
    return Decided.from_json(figure_key.unseal(vault, FIGURE, id)) if vault.holds(FIGURE, id) else Decided()


def gather(vault: Vault, person: Person, testimony_id: str) -> int:
    """Take the names that are hidden in a testimony into the map; how many were not in it.

    What is hidden there no more leaves it. Handles count as names, numbers of phones do not.
    """
    with vault.together():
        roles.require(vault, person, *roles.MARKERS)
        require_not_taken_back(vault, testimony_id)
        text = basis(vault, testimony_id).text
        hidden = {
            (text[c.start : c.end], "PER" if c.category == "name" else "HANDLE")
            for c in choices(vault, testimony_id)
            if c.hidden and (c.category == "name" or _is_handle(c.category, text[c.start : c.end]))
        }
        before = aliases_in(vault, testimony_id)
        kept = [each for each in before if (each.surface, each.kind) in hidden]
        new = sorted(hidden - {(each.surface, each.kind) for each in kept})
        made = [Alias(_name(), testimony_id, surface, kind, _name()) for surface, kind in new]
        if made or len(kept) < len(before):
            write(vault, testimony_id, [*kept, *made])
            vault.journal.append("mod", person.name, [f"testimony:{testimony_id}"])
            sweep(vault)
    return len(made)


def known_aliases(vault: Vault) -> frozenset[tuple[str, str]]:
    """Every name that was hidden in any testimony, with its kind, as `suggest(confirmed=...)` takes them."""
    return frozenset((each.surface, each.kind) for row in figures(vault) for each in row.aliases)


def aliases_in(vault: Vault, testimony_id: str) -> list[Alias]:
    """What one testimony calls those whom it speaks of."""
    if not vault.holds(ALIASES, testimony_id):
        return []
    return _aliases(testimony_id, figure_key.unseal(vault, ALIASES, testimony_id))


def every_alias(vault: Vault) -> list[Alias]:
    """The same of every testimony, of those that were taken back too."""
    rows = figure_key.every(vault, ALIASES)
    return [each for testimony, row in rows.items() for each in _aliases(testimony, row)]


def _aliases(testimony_id: str, rows: Iterable[Iterable[str]]) -> list[Alias]:
    return [Alias(id, testimony_id, surface, kind, figure) for id, surface, kind, figure in rows]


def decide(vault: Vault, id: str, made: Decided) -> None:
    """Keep what was decided of a figure."""
    vault.put_json(FIGURE, id, {"v": 1, "sealed": figure_key.seal(vault, FIGURE, id, made.to_json())})


def write(vault: Vault, testimony_id: str, aliases: Iterable[Alias]) -> None:
    """Keep what a testimony calls those whom it speaks of, in the place of what was kept."""
    made = sorted(aliases, key=lambda each: (each.surface, each.kind))
    rows = [[each.id, each.surface, each.kind, each.figure] for each in made]
    row = {
        "v": 1,
        "aliases": sorted(each.id for each in made),
        "figures": sorted({each.figure for each in made}),
        "sealed": figure_key.seal(vault, ALIASES, testimony_id, rows),
    }
    vault.put_json(ALIASES, testimony_id, row)


def resting_on(vault: Vault, testimony_id: str) -> list[Name]:
    """The records of the map that rest on no other testimony, and so are destroyed with this one.

    Needs no key: nothing of hers stays because the map does not open.
    """
    others = {name: row for name, row in vault.every(ALIASES).items() if name != testimony_id}
    return list(_left_over(vault, others))


def sweep(vault: Vault) -> None:
    """Destroy what no testimony speaks of any more."""
    with vault.together():
        vault.store.remove(list(_left_over(vault, vault.every(ALIASES))))


def _left_over(vault: Vault, rows: Mapping[str, Mapping[str, Any]]) -> Iterator[Name]:
    spoken_of = {id for row in rows.values() for id in row["figures"]}
    here = {id for row in rows.values() for id in row["aliases"]}
    yield from ((FIGURE, id) for id in vault.names(FIGURE) if id not in spoken_of)
    for name, row in vault.every(ACT).items():
        if not here & set(row["aliases"]):
            yield ACT, name
    yield from ((TWO, name) for name in vault.names(TWO) if not here.issuperset(name.split(":")))


def _is_handle(category: str, surface: str) -> bool:
    return category == "contact" and any(unicodedata.category(sign)[0] == "L" for sign in surface)


def _name() -> str:
    return secrets.token_hex(8)
