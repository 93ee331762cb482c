"""The last act on the choices of a testimony, so that it can be taken back after the page was closed too.

1. Kept are the choices as they stood before: spans and who, and what stood instead, as `choices` keeps them.
2. Taking back is an act like any other: it can be taken back as well.
3. Of other words than those that count nothing is taken back.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import Any, Final

from archive.people import Person
from archive.redaction import choices
from archive.redaction.choices import Choice
from archive.redaction.spans import RedactionError, version_of
from archive.vault import Vault
from archive.versions.basis import basis

RECORD: Final = "undo"


@dataclass(frozen=True)
class Act:
    """What somebody did last, and how the choices stood before."""

    by: str
    proposed: bool
    """Whether it was proposed by this act."""
    before: tuple[Choice, ...]


def remember(vault: Vault, testimony_id: str, act: Act) -> None:
    """Keep this *act* in the place of the one before it; the act itself is in the journal already."""
    rows = [list(astuple(each)) for each in act.before]
    version = version_of(basis(vault, testimony_id).text)
    kept = {"v": 1, "version_sha256": version, "by": act.by, "proposed": act.proposed, "before": rows}
    vault.put_json(RECORD, testimony_id, kept)


def last(vault: Vault, testimony_id: str) -> Act | None:
    """The last act on the words that count; none when there was none."""
    kept: dict[str, Any] = vault.json(RECORD, testimony_id) if vault.holds(RECORD, testimony_id) else {}
    if kept.get("version_sha256") != version_of(basis(vault, testimony_id).text):
        return None
    return Act(kept["by"], kept["proposed"], tuple(Choice(*row) for row in kept["before"]))


def undo(vault: Vault, person: Person, testimony_id: str) -> None:
    """Let the choices stand as they stood before the last act; a proposal its caller has taken back already.

    `RedactionError` when there is nothing to take back.
    """
    with vault.together():
        act = last(vault, testimony_id)
        if act is None:
            raise RedactionError("there is nothing to take back")
        choices.put_back(vault, person, testimony_id, act.before)
