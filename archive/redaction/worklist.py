"""What a reviewer goes through: marks, choices and suggestions as one list, the riskiest first.

Pure: text, parts and choices in, rows out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from threading import Lock
from typing import Final

from archive.redaction.choices import Choice
from archive.redaction.elsewhere import known_names
from archive.redaction.suggest import suggest
from archive.redaction.suggestion import CERTAIN, Suggestion, resolved

STEPS: Final = (0.5, 0.8, 0.9, 0.95, 0.98, 0.99)
"""The thetas of the slider: what is nothing with a probability below it is suggested too."""
DIRECT: Final = ("PER", "PHONE", "HANDLE", "CODE")
RISK: Final = dict.fromkeys(DIRECT, 0) | {"LOC": 1, "SITE": 1, "ORG": 1, "DATE": 2, "TIME": 2, "AGE": 2}
"""What tells who somebody is by itself comes first; kin, trade and money last."""
CATEGORY: Final = {
    "PER": "name", "LOC": "place", "SITE": "place", "ORG": "organisation", "DATE": "date", "TIME": "date",
    "CODE": "number", "PHONE": "contact", "HANDLE": "contact", "AGE": "other", "MONEY": "other",
    "KIN": "other", "JOB": "other",
}  # fmt: skip
UNDERLINED: Final = ("PER", "LOC", "SITE", "ORG", "KIN", "JOB", "AGE", "PHONE", "HANDLE", "CODE")
ASKED: Final = "she asked"
"""The reason of what she who told it asked to be hidden."""
LOOKING: Final = Lock()
"""A model holds the sentence that it is asked about: two pages at once must not ask about two."""
Piece = tuple[int, str]
"""Where a part begins in the whole text, and its words."""


@dataclass(frozen=True)
class Row:
    """One line of the list. *state* is "hide", "show", or nothing while nobody has decided."""

    start: int
    end: int
    category: str
    state: str
    words: str = field(repr=False)
    kind: str = ""
    probability: float = 1.0
    reason: str = ""
    step: int = 0
    """The first theta of `STEPS` at which it is suggested."""
    shown: str = field(default="", repr=False)
    """What stands instead; empty is the label of its category."""


def worklist(
    parts: Sequence[Piece],
    chosen: Iterable[Choice],
    asked: Sequence[tuple[str, str]] = (),
    aliases: frozenset[tuple[str, str]] = frozenset(),
) -> list[Row]:
    """The rows of these *parts*: undecided ones by risk, then what is hidden, then what is left.

    *asked*: words, and their category, that she who told it asked to be hidden; they come first.
    *aliases*: names, and their kind, that were hidden in some testimony.
    """
    texts = tuple(words for _, words in parts)
    recognised, known = _found(texts, every_mention=False), known_names(texts, aliases)
    standing, rows = sorted(chosen), list[Row]()
    for (at, words), seen, names in zip(parts, recognised, known, strict=True):
        end = at + len(words)
        found = resolved(words, [*seen, *names]) if names else seen
        mine = resolved(words, [*_asked(words, asked, found), *found]) if asked else found
        here = [c for c in standing if at <= c.start and c.end <= end]
        rows += [_decided(c, words[c.start - at : c.end - at], at, mine) for c in here]
        fixed = [Suggestion(c.start - at, c.end - at, "", 1.0, "", CERTAIN - 1) for c in here]
        whole = {(each.start, each.end) for each in mine}
        for each in resolved(words, [*fixed, *mine]):
            # What a choice leaves of a suggestion is often a particle: one letter of it names nobody.
            if each.kind and ((each.start, each.end) in whole or each.end - each.start > 1):
                rows.append(_open(each, words, at))
    return sorted(rows, key=_order)


def underlined(parts: Sequence[Piece], chosen: Iterable[Choice]) -> list[tuple[int, int, str]]:
    """Where people, kin, places and work are named and **not** hidden, to be read once more."""
    hidden, left = [c for c in chosen if c.hidden], list[tuple[int, int, str]]()
    for (at, words), mine in zip(
        parts, _found(tuple(words for _, words in parts), every_mention=True), strict=True
    ):
        taken = [Suggestion(c.start - at, c.end - at, "", 1.0, "", CERTAIN - 1) for c in hidden]
        here = [each for each in taken if each.start >= 0 and each.end <= len(words)]
        for each in resolved(words, [*here, *mine]):
            if each.kind in UNDERLINED:
                left.append((at + each.start, at + each.end, each.kind))
    return left


def _asked(text: str, asked: Sequence[tuple[str, str]], found: Sequence[Suggestion]) -> Iterator[Suggestion]:
    for words, category in asked:
        for each in re.finditer(re.escape(words), text, re.IGNORECASE):
            start, end = each.span()
            # Of a name of which she said a part, all is hidden.
            whole = next((s for s in found if s.start <= start and end <= s.end), None)
            span = (whole.start, whole.end) if whole else (start, end)
            # No recogniser found it, so it has no kind of theirs: the category stands in its place.
            yield Suggestion(*span, category, 1.0, ASKED, CERTAIN - 1)


def read_models() -> None:
    """Read the models and lists now, some seconds, so that the first page does not wait for them."""
    underlined(read := [(0, "저는 갔다."), (0, "我走了。"), (0, "I went.")], [])
    worklist(read, [])


def _found(parts: tuple[str, ...], *, every_mention: bool) -> list[tuple[Suggestion, ...]]:
    with LOOKING:
        return _suggested(parts, every_mention)


@lru_cache(maxsize=4)
def _suggested(parts: tuple[str, ...], every_mention: bool) -> list[tuple[Suggestion, ...]]:
    # A page is asked for again after each step; the models are slower than the reader.
    return suggest(parts, theta=STEPS[-1], every_mention=every_mention)


def _decided(each: Choice, words: str, at: int, mine: Iterable[Suggestion]) -> Row:
    why = next((s for s in mine if s.start < each.end - at and each.start - at < s.end), None)
    state = "hide" if each.hidden else "show"
    kind, probability, reason = (_kind(why), why.probability, why.reason) if why else ("", 1.0, "by hand")
    return Row(
        each.start, each.end, each.category, state, words, kind, probability, reason, shown=each.shown
    )  # fmt: skip


def _open(each: Suggestion, words: str, at: int) -> Row:
    step = next((n for n, theta in enumerate(STEPS) if each.theta < theta), len(STEPS) - 1)
    return Row(
        at + each.start, at + each.end, CATEGORY.get(each.kind, each.kind), "", words[each.start : each.end],
        _kind(each), each.probability, each.reason, step,
    )  # fmt: skip


def _kind(each: Suggestion) -> str:
    return each.kind if each.kind in CATEGORY else ""


def _order(row: Row) -> tuple[int, bool, int, float, str, int]:
    return (
        ("", "hide", "show").index(row.state),
        row.reason != ASKED,
        RISK.get(row.kind, 3),
        -row.probability,
        row.words,
        row.start,
    )
