"""What she who told it asked for: words that are to be hidden, and words that she wants to be read.

1. A wish is words, what they are, what is to become of them, and who wrote it down. Kept under her testimony.
2. What she asked to be hidden is suggested first, and nothing leaves in which it can be read.
3. What she wants to be read is shown beside it, and binds nobody: it may tell who somebody else is.

Her page has no field for this. An archivist writes down what she said, in her words or in a reply.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import astuple, dataclass, field
from typing import Any, Final, Literal, get_args

from archive import roles
from archive.people import Person
from archive.redaction.sightings import sighted
from archive.redaction.spans import LABELS, RedactionError
from archive.vault import Vault

RECORD: Final = "wishes"
Outcome = Literal["hide", "keep"]
OUTCOMES: Final[tuple[Outcome, ...]] = get_args(Outcome)
LONGEST: Final = 100
"""Letters of the words of a wish."""


@dataclass(frozen=True, order=True)
class Wish:
    """That these *words* be hidden, or be kept to be read."""

    words: str = field(repr=False)
    category: str
    outcome: Outcome
    by: str

    def is_of(self, words: str) -> bool:
        """Whether it speaks of these words: one holds the other, spaces and capitals aside."""
        mine, others = _folded(self.words), _folded(words)
        return mine in others or others in mine


def wishes(vault: Vault, testimony_id: str) -> tuple[Wish, ...]:
    """Everything she asked for, in order."""
    kept: dict[str, Any] = vault.json(RECORD, testimony_id) if vault.holds(RECORD, testimony_id) else {}
    return tuple(sorted(Wish(*row) for row in kept.get("wishes", [])))


def ask(vault: Vault, person: Person, testimony_id: str, words: str, category: str, outcome: str) -> None:
    """Write down one wish, in the place of an earlier one for the same words; `RedactionError`."""
    said = unicodedata.normalize("NFC", " ".join(words.split()))
    for each in OUTCOMES:
        if each == outcome and _folded(said) and len(said) <= LONGEST and category in LABELS:
            made = Wish(said, category, each, person.name)
            _keep(vault, person, testimony_id, said, [made])
            return
    raise RedactionError("a wish has words, what they are, and whether they are to be hidden or read")


def forget(vault: Vault, person: Person, testimony_id: str, words: str) -> None:
    """Take the wish for these words away: it was written down wrong, or she thinks otherwise now."""
    _keep(vault, person, testimony_id, words, [])


def unmet(vault: Vault, testimony_id: str, text: str) -> bool:
    """Whether something that she asked to be hidden can be read in *text*, in a spelling of `sightings`."""
    return sighted(text, (each.words for each in wishes(vault, testimony_id) if each.outcome == "hide"))


def _keep(vault: Vault, person: Person, testimony_id: str, words: str, made: Iterable[Wish]) -> None:
    with vault.together():
        roles.require(vault, person, *roles.MARKERS)
        others = [each for each in wishes(vault, testimony_id) if each.words != words]
        put(vault, person, testimony_id, [*others, *made])


def put(vault: Vault, person: Person, testimony_id: str, made: Iterable[Wish]) -> None:
    """Keep these wishes and no others."""
    rows = [list(astuple(each)) for each in sorted(made)]
    vault.put_json(RECORD, testimony_id, {"v": 1, "wishes": rows})
    vault.journal.append("mod", person.name, [f"testimony:{testimony_id}"])


def _folded(words: str) -> str:
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", words).casefold()))
