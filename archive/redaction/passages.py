"""Passages that tell who she is by what happened, without a name: noted by a person, and settled by two.

1. A note is a span, what to do, a short reason and who said so; it names the words it was made on by SHA-256.
2. Until every note is settled nothing of the testimony is handed out. Rewritten or generalised is what two
   people hid whole, with other words instead; what is held back is, until another person takes the note away.
3. Where other words count since, a note is unsettled until somebody has looked again and taken it away.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, dataclass, field
from typing import Any, Final, Literal, get_args

from archive import roles
from archive.people import Person
from archive.redaction import choices
from archive.redaction.choices import Choice
from archive.redaction.decision import stored
from archive.redaction.spans import Redaction, RedactionError, version_of
from archive.vault import Vault
from archive.versions.basis import basis

RECORD: Final = "passages"
Way = Literal["rewrite", "generalise", "hold_back"]
WAYS: Final[tuple[Way, ...]] = get_args(Way)
LONGEST: Final = 200
"""Letters of a reason: it says why, and does not tell the story again."""


@dataclass(frozen=True, order=True)
class Passage:
    """The code points from *start* up to *end*, and what is to be done about them."""

    version_sha256: str
    start: int
    end: int
    way: Way
    by: str
    reason: str = field(repr=False)

    @property
    def key(self) -> str:
        """By which a page says which note is meant."""
        return f"{self.version_sha256[:16]}.{self.start}.{self.end}"


def noted(vault: Vault, testimony_id: str) -> tuple[Passage, ...]:
    """Every note there is, those on other words too, in order."""
    kept: dict[str, Any] = vault.json(RECORD, testimony_id) if vault.holds(RECORD, testimony_id) else {}
    return tuple(sorted(Passage(*row) for row in kept.get("notes", [])))


def note(
    vault: Vault,
    person: Person,
    testimony_id: str,
    span: tuple[int, int],
    way: str,
    reason: str,
    shown: str = "",
) -> None:
    """Note the passage at *span*; what is *shown* instead, in brackets, is chosen at once and not proposed.

    Raises `RedactionError` for a way that is not ours, without a reason, without what stands instead where
    something has to, and where a hidden word lies over the edge of the passage.
    """
    with vault.together():
        roles.require(vault, person, *roles.MARKERS)
        text = basis(vault, testimony_id).text
        made = _checked(text, span, way, reason, person.name)
        if way != "hold_back":
            if not shown.strip():
                raise RedactionError("say what is to stand instead of this passage")
            _hide(vault, person, testimony_id, span, shown.strip())
        others = [each for each in noted(vault, testimony_id) if each.key != made.key]
        put(vault, person, testimony_id, [*others, made])


def take_away(vault: Vault, person: Person, testimony_id: str, key: str) -> None:
    """Take the note of this *key* away, which another person wrote; what was hidden stays hidden."""
    with vault.together():
        roles.require(vault, person, *roles.MARKERS)
        notes = noted(vault, testimony_id)
        meant = [each for each in notes if each.key == key]
        if not meant:
            raise RedactionError("this note is not here any more; look at the page again")
        if meant[0].by == person.name:
            raise RedactionError("you noted this passage; another person takes the note away")
        put(vault, person, testimony_id, [each for each in notes if each.key != key])


def unsettled(vault: Vault, testimony_id: str) -> tuple[Passage, ...]:
    """The notes for which what is marked now is not enough; the gate asks for none."""
    notes = noted(vault, testimony_id)
    if not notes:
        return ()
    version = version_of(basis(vault, testimony_id).text)
    marks = stored(vault, testimony_id)
    return tuple(
        each
        for each in notes
        if each.version_sha256 != version or each.way == "hold_back" or not _covered(each, marks)
    )


def _covered(each: Passage, marks: Iterable[Redaction]) -> bool:
    left = set(range(each.start, each.end))
    for mark in marks:
        left.difference_update(range(mark.start, mark.end))
    return not left


def _checked(text: str, span: tuple[int, int], way: str, reason: str, by: str) -> Passage:
    start, end = span
    told = " ".join(reason.split())
    for each in WAYS:
        if each == way and 0 <= start < end <= len(text) and 0 < len(told) <= LONGEST:
            return Passage(version_of(text), start, end, each, by, told)
    raise RedactionError("a note has a passage, what is to be done, and a short reason")


def _hide(vault: Vault, person: Person, testimony_id: str, span: tuple[int, int], shown: str) -> None:
    start, end = span
    for each in choices.choices(vault, testimony_id):
        over = each.start < end and start < each.end
        if each.hidden and over and not (start <= each.start and each.end <= end):
            raise RedactionError(
                "a hidden word lies over the edge of this passage; take all of it in, or none"
            )
    bracketed = shown if shown.startswith("[") else f"[{shown}]"
    choices.keep(vault, person, testimony_id, [Choice(start, end, "other", True, shown=bracketed)])


def put(vault: Vault, person: Person, testimony_id: str, notes: Iterable[Passage]) -> None:
    """Keep these notes and no others."""
    vault.put_json(RECORD, testimony_id, {"v": 1, "notes": [list(astuple(each)) for each in sorted(notes)]})
    vault.journal.append("mod", person.name, [f"testimony:{testimony_id}"])
