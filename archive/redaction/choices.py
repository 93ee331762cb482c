"""What a person decided about single suggestions, before it is proposed and after.

1. A choice is a span, a category, whether it is hidden, what stands instead, and who said so. No word of the
   testimony is kept.
2. It holds for the words it was made on, by their SHA-256; of other words there are no choices.
3. What was left to be seen is remembered when the rest is proposed, so that it is not suggested again.
4. Of who still recognises somebody in the redacted text, numbers are kept and nothing else.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any, Final

from archive import roles
from archive.people import Person
from archive.redaction.decision import stored
from archive.redaction.spans import LABELS, Redaction, RedactionError, require_fit, version_of
from archive.vault import Vault
from archive.versions.basis import basis

RECORD: Final = "suggestions"
TRIES: Final = "guesses"
NOT_HIDDEN: Final = "these words are not hidden; hide them before you choose what stands instead"


@dataclass(frozen=True, order=True)
class Choice:
    """Hide the code points from *start* up to *end*, or leave them to be seen."""

    start: int
    end: int
    category: str
    hidden: bool
    by: str = ""
    shown: str = field(default="", repr=False)
    """What stands instead of hidden words; empty is the label of the category."""


@dataclass(frozen=True)
class Try:
    """What came of one second reader's trying to recognise somebody: numbers only."""

    by: str
    typed: int
    still_seen: int
    """Of what she typed, how much stands in the text as it would leave: missed by those before her."""
    guessed: int
    """How much of it is hidden, and she knew it all the same."""
    hidden: int
    """How many different words are hidden."""


def choices(vault: Vault, testimony_id: str) -> tuple[Choice, ...]:
    """Every choice that stands: what is marked already, and over it what was decided since."""
    text = basis(vault, testimony_id).text
    marks = (Choice(m.start, m.end, m.category, True, shown=m.shown) for m in stored(vault, testimony_id))
    return over(marks, _kept(vault, testimony_id, version_of(text)))


def over(earlier: Iterable[Choice], later: Iterable[Choice]) -> tuple[Choice, ...]:
    """*later* in the place of every earlier choice that it shares letters with, in order."""
    new = sorted(later)
    for one, other in pairwise(new):
        if other.start < one.end:
            raise RedactionError("two redactions overlap; join them into one")
    kept, at = list(new), 0
    for each in sorted(earlier):
        while at < len(new) and new[at].end <= each.start:
            at += 1
        if at == len(new) or new[at].start >= each.end:
            kept.append(each)
    return tuple(sorted(kept))


def keep(vault: Vault, person: Person, testimony_id: str, made: Iterable[Choice]) -> tuple[Choice, ...]:
    """Keep what *person* decided over what stood, and return all of it; nothing is proposed by that.

    What stands instead of words stays with them while they are hidden; `instead` changes it.
    """
    with vault.together():
        stood = {(c.start, c.end, c.category, c.hidden): c.shown for c in choices(vault, testimony_id)}
        return _decide(
            vault,
            person,
            testimony_id,
            [
                replace(c, shown=c.shown or stood.get((c.start, c.end, c.category, c.hidden), ""))
                for c in made
            ],
        )


def instead(
    vault: Vault, person: Person, testimony_id: str, shown: Mapping[tuple[int, int], str]
) -> tuple[Choice, ...]:
    """Let what is *shown* stand instead of the hidden words of these spans; nothing is the label again.

    Raises `RedactionError` when a span is not hidden, or when what is shown shows words that are.
    """
    with vault.together():
        hidden = {(c.start, c.end): c for c in choices(vault, testimony_id) if c.hidden}
        if not set(shown) <= set(hidden):
            raise RedactionError(NOT_HIDDEN)
        made = [replace(hidden[span], shown=words) for span, words in shown.items()]
        return _decide(vault, person, testimony_id, made)


def _decide(vault: Vault, person: Person, testimony_id: str, made: Iterable[Choice]) -> tuple[Choice, ...]:
    with vault.together():
        roles.require(vault, person, *roles.MARKERS)
        text = basis(vault, testimony_id).text
        new = [replace(c, by=person.name) for c in made]
        for each in new:
            if not (0 <= each.start < each.end <= len(text)) or each.category not in LABELS:
                raise RedactionError("a redaction lies outside the text, or has no category of ours")
        standing = choices(vault, testimony_id)
        hidden = {text[c.start : c.end] for c in (*standing, *new) if c.hidden}
        require_fit((c.shown for c in new), hidden)
        changed = set(new) - {replace(c, by=person.name) for c in standing}
        if changed:
            standing = over(standing, changed)
            _put(vault, person, testimony_id, text, standing)
    return standing


def forget_hidden(vault: Vault, person: Person, testimony_id: str) -> None:
    """After a proposal: only what was left to be seen, and is not hidden now, is remembered."""
    with vault.together():
        text, marks = basis(vault, testimony_id).text, stored(vault, testimony_id)
        left = [c for c in _kept(vault, testimony_id, version_of(text)) if not c.hidden]
        gone = [c for c in left if any(m.start < c.end and c.start < m.end for m in marks)]
        _put(vault, person, testimony_id, text, [c for c in left if c not in gone])


def put_back(vault: Vault, person: Person, testimony_id: str, chosen: Iterable[Choice]) -> None:
    """Let *chosen*, which stood before, stand again in the place of every choice since."""
    with vault.together():
        roles.require(vault, person, *roles.MARKERS)
        _put(vault, person, testimony_id, basis(vault, testimony_id).text, chosen)


def redactions(chosen: Iterable[Choice]) -> list[Redaction]:
    """The choices that hide, as a proposal takes them."""
    return [Redaction(c.start, c.end, c.category, c.shown) for c in chosen if c.hidden]


def tried(vault: Vault, person: Person, testimony_id: str, shown: str, guesses: Iterable[str]) -> Try:
    """Count what a second reader still recognises in the text as it is *shown* to her; no guess is kept."""
    text, marks = basis(vault, testimony_id).text, stored(vault, testimony_id)
    hidden = {_folded(text[m.start : m.end]) for m in marks}
    typed = {_folded(each) for each in guesses} - {""}
    made = Try(
        person.name,
        len(typed),
        sum(each in _folded(shown) for each in typed),
        sum(any(each in one or one in each for one in hidden) for each in typed),
        len(hidden),
    )
    with vault.together():
        roles.require(vault, person, "reviewer")
        rows = [
            [t.by, t.typed, t.still_seen, t.guessed, t.hidden] for t in (*tries(vault, testimony_id), made)
        ]
        vault.put_json(TRIES, testimony_id, rows)
        vault.journal.append("mod", person.name, [f"testimony:{testimony_id}"])
    return made


def tries(vault: Vault, testimony_id: str) -> list[Try]:
    """What came of every second reader's trying, the oldest first."""
    rows = vault.json(TRIES, testimony_id) if vault.holds(TRIES, testimony_id) else []
    return [Try(*row) for row in rows]


def shown(vault: Vault, testimony_id: str) -> frozenset[str]:
    """The words that a person chose to leave to be seen, in the text that counts."""
    text = basis(vault, testimony_id).text
    return frozenset(
        text[c.start : c.end] for c in _kept(vault, testimony_id, version_of(text)) if not c.hidden
    )


def show(vault: Vault, person: Person, testimony_id: str, words: str) -> None:
    """Leave *words* to be seen wherever they are not hidden; `RedactionError` when that is nowhere."""
    with vault.together():
        text, hidden = basis(vault, testimony_id).text, stored(vault, testimony_id)
        places = [found.span() for found in re.finditer(re.escape(words), text)] if words.strip() else []
        left = [p for p in places if not any(m.start < p[1] and p[0] < m.end for m in hidden)]
        if not left:
            raise RedactionError("these words are not in the text, or are hidden already; copy them exactly")
        keep(vault, person, testimony_id, [Choice(start, end, "other", False) for start, end in left])


def _folded(words: str) -> str:
    return "".join(unicodedata.normalize("NFKC", words).casefold().split())


def _kept(vault: Vault, testimony_id: str, version: str) -> list[Choice]:
    kept: dict[str, Any] = vault.json(RECORD, testimony_id) if vault.holds(RECORD, testimony_id) else {}
    if kept.get("version_sha256") != version:
        return []
    return [Choice(int(a), int(b), str(c), bool(h), *map(str, rest)) for a, b, c, h, *rest in kept["spans"]]


def _put(vault: Vault, person: Person, testimony_id: str, text: str, chosen: Iterable[Choice]) -> None:
    rows = [[c.start, c.end, c.category, c.hidden, c.by, c.shown] for c in sorted(chosen)]
    kept = {"v": 2, "version_sha256": version_of(text), "spans": rows}
    vault.put_json(RECORD, testimony_id, kept)
    vault.journal.append("mod", person.name, [f"testimony:{testimony_id}"])
