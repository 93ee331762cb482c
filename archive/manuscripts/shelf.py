"""Where projects are kept: in the vault, each change with its snapshot, and without what was destroyed.

1. A change is one record written anew; the one before is a snapshot, as long as it is among the last.
2. When a testimony is destroyed, its blocks go from every project and every snapshot (R10).
3. A change is refused when the project was changed by somebody else since it was read.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from archive import roles
from archive.manuscripts.arranging import begin, without
from archive.manuscripts.binder import BinderRefused, Project, from_json, to_json
from archive.people import Person
from archive.vault import UnknownRecord, Vault

PROJECT: Final = "project"
SNAPSHOT: Final = "project-snapshot"
KEPT: Final = 100
"""Snapshots of one project that nobody named; the oldest goes first."""


@dataclass(frozen=True)
class Snapshot:
    """A project as it was before its change *number*."""

    number: int
    day: str
    by: str
    label: str
    """How an editor named it; such a one stays."""


def create(vault: Vault, person: Person, title: str, lang: str, audience: str) -> Project:
    """An empty project, by somebody with the role editor."""
    made = begin(title, lang, audience)
    with vault.together():
        roles.require(vault, person, "editor")
        vault.put_json(PROJECT, made.id, {"number": 1, "project": to_json(made)})
        vault.journal.append("cre", person.name, [f"{PROJECT}:{made.id}"])
    return made


def projects(vault: Vault) -> list[Project]:
    """Every project, in order of their names."""
    return [from_json(name, row["project"]) for name, row in vault.every(PROJECT).items()]


def project(vault: Vault, id: str) -> tuple[int, Project]:
    """The number of its last change, and the project; or `BinderRefused`."""
    try:
        row = vault.json(PROJECT, id)
    except UnknownRecord:
        raise BinderRefused("there is no project of this name") from None
    return row["number"], from_json(id, row["project"])


def change(
    vault: Vault,
    person: Person,
    id: str,
    how: Callable[[Project], Project],
    today: date,
    *,
    seen: int | None = None,
    label: str = "",
    needs: tuple[roles.Role, ...] = ("editor",),
) -> Project:
    """Change a project and keep what it was as a snapshot; `BinderRefused` when it is not change *seen*."""
    with vault.together():
        roles.require(vault, person, *needs)
        number, before = project(vault, id)
        if seen is not None and seen != number:
            raise BinderRefused("somebody changed this project since; look at it again")
        after = how(before)
        if after == before and not label:
            return before
        row = {"day": today.isoformat(), "by": person.name, "label": label, "project": to_json(before)}
        vault.put_json(SNAPSHOT, f"{id}:{number:06d}", row)
        vault.put_json(PROJECT, id, {"number": number + 1, "project": to_json(after)})
        vault.journal.append("mod", person.name, [f"{PROJECT}:{id}"])
        _thin(vault, id, person.name)
    return after


def snapshots(vault: Vault, id: str) -> list[Snapshot]:
    """What a project was before, the newest first."""
    kept = [(name, vault.json(SNAPSHOT, name)) for name in _of(vault, id)]
    return [
        Snapshot(int(name.rpartition(":")[2]), row["day"], row["by"], row["label"])
        for name, row in reversed(kept)
    ]


def snapshot(vault: Vault, id: str, number: int) -> Project:
    """The project as it was before change *number*, or `BinderRefused`."""
    try:
        row: dict[str, Any] = vault.json(SNAPSHOT, f"{id}:{number:06d}")
    except UnknownRecord:
        raise BinderRefused("there is no snapshot of this number") from None
    return from_json(id, row["project"])


def restore(vault: Vault, person: Person, id: str, number: int, today: date) -> Project:
    """Make the project what it was; what it is becomes a snapshot. Nothing destroyed comes back."""
    return change(vault, person, id, lambda now: snapshot(vault, id, number), today)


def forget(vault: Vault, testimony: str) -> None:
    """Take what rests on *testimony* out of every project and every snapshot; whoever destroys it asks."""
    with vault.together():
        for kind in (PROJECT, SNAPSHOT):
            for name, row in vault.every(kind).items():
                kept = from_json(name.partition(":")[0], row["project"])
                left = without(kept, testimony)
                if left != kept:
                    vault.put_json(kind, name, row | {"project": to_json(left)})


def _of(vault: Vault, id: str) -> list[str]:
    return [name for name in vault.names(SNAPSHOT) if name.startswith(f"{id}:")]


def _thin(vault: Vault, id: str, agent: str) -> None:
    unnamed = [name for name in _of(vault, id) if not vault.json(SNAPSHOT, name)["label"]]
    for name in unnamed[:-KEPT]:
        vault.shred(SNAPSHOT, name, agent)
