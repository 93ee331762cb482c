"""One word of a query, or words in quotation marks, as what finds them (`typed` joins them).

A word is looked for as its terms in a row, as a run of nouns whatever the spacing, and under the other names
that the gazetteer knows for it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

from whoosh import query

from archive.errors import ArchiveError
from archive.search.analyzer import HANGUL, Analysis, Term, analyze

LONGEST: Final = 200
"""Code points of a query."""
MARKS: Final = '"\u201c\u201d\u300c\u300d'
PAIR_WEIGHT: Final = 0.3


class QueryRefused(ArchiveError):
    """A query that is not looked for: too long, or it says only what is not wanted (`only_not`)."""

    def __init__(self, told: str, reason: str = "too_long") -> None:
        super().__init__(told)
        self.reason: Final = reason


def clause(typed: str, start: int, whole: Analysis, *, quoted: bool = False) -> query.Query | None:
    """What finds the words *typed*, which stand at *start* of what *whole* is of; None without a term."""
    end = start + len(typed)
    terms = [t for t in whole.terms if start <= t.start and t.end <= end]
    if not terms:
        return None
    ways = [_phrase("text", terms)]
    pairs = [t for t in whole.pairs if start <= t.start and t.end <= end]
    if not quoted and pairs and _all_nouns(typed, analyze(typed)):
        ways.append(_phrase("pairs", pairs))
    # Quoted words have other names only as a whole.
    ways += _named(typed, [] if quoted else terms)
    return query.Or(ways) if len(ways) > 1 else ways[0]


def as_one_word(text: str, whole: Analysis, words: query.Query) -> query.Query:
    """The *words* of a text, or, where all of them are nouns, the same however they are spaced."""
    if not _all_nouns(text, whole):
        return words
    return query.Or([words, _phrase("pairs", list(whole.pairs)), *_named("".join(text.split()), [])])


def _named(word: str, terms: list[Term]) -> Iterator[query.Query]:
    """The other names of a place or thing, each also as a run of nouns: Kiwi may cut it in a text."""
    for name in _other_names(word, terms):
        found = analyze(name)
        yield _phrase("text", list(found.terms))
        if found.pairs and _all_nouns(name, found):
            yield _phrase("pairs", list(found.pairs))


def _phrase(field: str, terms: list[Term]) -> query.Query:
    """The terms in a row. Of two that start on one character the longer says more."""
    longest: dict[int, Term] = {}
    for term in terms:
        if term.start not in longest or len(term.text) > len(longest[term.start].text):
            longest[term.start] = term
    row = [longest[start] for start in sorted(longest)]
    if len(row) > 1 and row[-2].end == row[-1].end:
        row.pop()  # the last character of a Han run, which its last pair has said
    boost = PAIR_WEIGHT if field == "pairs" else 1.0
    if len(row) == 1:
        return query.Term(field, row[0].text, boost=boost)
    return query.Phrase(field, [t.text for t in row], boost=boost)


def _all_nouns(text: str, analysis: Analysis) -> bool:
    covered = {at for t in analysis.pairs for at in (t.start, t.end - 1)}
    letters = [at for at, c in enumerate(text) if HANGUL.match(c)]
    return bool(letters) and len(letters) == sum(c.isalnum() for c in text) and set(letters) <= covered


def _other_names(word: str, terms: list[Term]) -> list[str]:
    names = _gazetteer()
    for key in (word.casefold(), *(t.text.casefold() for t in terms[:1])):
        if key in names:
            return [name for name in names[key] if name.casefold() != key]
    return []


@cache
def _gazetteer() -> dict[str, list[str]]:
    groups = json.loads((Path(__file__).parent / "gazetteer.json").read_text("utf-8"))
    return {name.casefold(): group for group in groups for name in group}
