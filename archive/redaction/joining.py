"""Joining two figures into one, parting one into two, and taking either back.

1. Each is one person's signed-in act, in the journal by random names only.
2. An act keeps what it ended. Taking it back restores exactly that, and undoes nothing that was done since.
3. What a later act moved again is taken back with the later act first.
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final, Literal

from archive import roles
from archive.people import Person
from archive.redaction import figure_key
from archive.redaction.figures import (
    ACT,
    FIGURE,
    TWO,
    Alias,
    Decided,
    FigureRefused,
    decide,
    every_alias,
    figure,
    sweep,
    write,
)
from archive.vault import Vault

What = Literal["joined", "parted"]
NUMBER: Final = 9
"""Digits of an act's name, so that names are in the order of the acts."""
Move = tuple[str, str, str]
"""An alias, the figure that it left, and the one that it came to."""


@dataclass(frozen=True)
class Act:
    """What somebody joined or parted."""

    name: str
    what: What
    by: str
    day: str
    moved: tuple[Move, ...]
    ended: Mapping[str, Decided] = field(repr=False)
    """What was decided of the figures that it ended."""


def join(vault: Vault, person: Person, into: str, others: Iterable[str], today: date) -> Act:
    """Say that *others* are one with *into*, which keeps its role and what stands for it."""
    with vault.together():
        roles.require(vault, person, *roles.MARKERS)
        kept, gone = figure(vault, into), [figure(vault, id) for id in sorted(set(others) - {into})]
        if not gone:
            raise FigureRefused("one figure alone cannot be joined; choose two or more")
        moved = [(each.id, each.figure, kept.id) for one in gone for each in one.aliases]
        act = _keep(vault, person, "joined", moved, {one.id: one.decided for one in gone}, today)
        vault.store.remove([(FIGURE, one.id) for one in gone])
    return act


def part(vault: Vault, person: Person, id: str, aliases: Iterable[str], today: date) -> Act:
    """Say that some of the names of a figure are another's; nothing is decided of the new one yet."""
    with vault.together():
        roles.require(vault, person, *roles.MARKERS)
        chosen = set(aliases)
        if not chosen or not chosen < {each.id for each in figure(vault, id).aliases}:
            raise FigureRefused("choose some of these names, and leave the figure at least one")
        new = secrets.token_hex(8)
        return _keep(vault, person, "parted", [(each, id, new) for each in sorted(chosen)], {}, today)


def undo(vault: Vault, person: Person, name: str) -> Act:
    """Take back exactly what one act did, or `FigureRefused`."""
    with vault.together():
        roles.require(vault, person, *roles.MARKERS)
        if not vault.holds(ACT, name):
            raise FigureRefused("this was taken back already")
        act, now = _act(vault, name), _everywhere(vault)
        # What was destroyed since with its testimony has nowhere to go back to.
        here = [move for move in act.moved if move[0] in now]
        if any(now[alias].figure != to for alias, _, to in here):
            raise FigureRefused("some of these names were moved again since; take that back first")
        _move(vault, {alias: left for alias, left, _ in here})
        for id, before in act.ended.items():
            decide(vault, id, before)
        vault.store.remove([(ACT, name)])
        sweep(vault)
        vault.journal.append("mod", person.name, _told(act))
    return act


def acts(vault: Vault) -> list[Act]:
    """What was joined and parted and not taken back, the newest first."""
    return [_act(vault, name) for name in reversed(vault.names(ACT))]


def tell_apart(vault: Vault, person: Person, one: str, other: str) -> None:
    """Say that two figures are two people, so that nobody is asked again."""
    with vault.together():
        roles.require(vault, person, *roles.MARKERS)
        first, second = figure(vault, one), figure(vault, other)
        if first.id == second.id:
            raise FigureRefused("one figure alone cannot be joined; choose two or more")
        pair = sorted(min(each.id for each in side.aliases) for side in (first, second))
        vault.put_json(TWO, ":".join(pair), {"v": 1, "by": person.name})
        vault.journal.append("mod", person.name, [f"figure:{first.id}", f"figure:{second.id}"])


def told_apart(vault: Vault) -> frozenset[frozenset[str]]:
    """Pairs of figures that a person said are two, or parted."""
    now = {alias: each.figure for alias, each in _everywhere(vault).items()}
    pairs = [frozenset(now[alias] for alias in name.split(":")) for name in vault.names(TWO)]
    pairs += [
        frozenset((left, now[alias]))
        for act in acts(vault)
        for alias, left, _ in act.moved
        if act.what == "parted" and alias in now
    ]
    return frozenset(pairs)


def _keep(
    vault: Vault, person: Person, what: What, moved: list[Move], ended: Mapping[str, Decided], today: date
) -> Act:
    last = max(vault.names(ACT), default="0")
    act = Act(f"{int(last) + 1:0{NUMBER}d}", what, person.name, today.isoformat(), tuple(moved), ended)
    row = {
        "what": what,
        "by": act.by,
        "day": act.day,
        "moved": moved,
        "ended": {id: each.to_json() for id, each in ended.items()},
    }
    sealed = figure_key.seal(vault, ACT, act.name, row)
    vault.put_json(ACT, act.name, {"v": 1, "aliases": [alias for alias, _, _ in moved], "sealed": sealed})
    _move(vault, {alias: to for alias, _, to in moved})
    vault.journal.append("mod", person.name, _told(act))
    return act


def _act(vault: Vault, name: str) -> Act:
    row: dict[str, Any] = figure_key.unseal(vault, ACT, name)
    ended = {id: Decided.from_json(each) for id, each in row["ended"].items()}
    moved = tuple((alias, left, to) for alias, left, to in row["moved"])
    return Act(name, row["what"], row["by"], row["day"], moved, ended)


def _everywhere(vault: Vault) -> dict[str, Alias]:
    """Every alias by its name, of testimonies that were taken back too: an act may rest on them."""
    return {each.id: each for each in every_alias(vault)}


def _move(vault: Vault, to: Mapping[str, str]) -> None:
    """Give each of these aliases to its figure."""
    by_testimony = defaultdict[str, list[Alias]](list)
    for each in _everywhere(vault).values():
        by_testimony[each.of].append(each)
    for testimony, row in by_testimony.items():
        if any(each.id in to for each in row):
            write(vault, testimony, [replace(each, figure=to.get(each.id, each.figure)) for each in row])


def _told(act: Act) -> list[str]:
    """What the journal says of it: random names and no word."""
    return sorted({f"figure:{id}" for _, left, to in act.moved for id in (left, to)})
