"""A researcher's words into a query: every word must be found, quoted words in their order.

A word is looked for as its terms in a row, as a run of nouns whatever the spacing, and under the other names
that the gazetteer knows for it. There is no operator, wildcard or field name: what is typed is only words.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

from whoosh import query

from archive.errors import ArchiveError
from archive.search.analyzer import HANGUL, Analysis, Term, analyze

LONGEST: Final = 200
MOST_WORDS: Final = 16
MARKS: Final = '"\u201c\u201d\u300c\u300d'
QUOTED: Final = re.compile(rf"[{MARKS}]([^{MARKS}]*)[{MARKS}]|(\S+)")
PAIR_WEIGHT: Final = 0.3


class QueryRefused(ArchiveError):
    """Too long or too many words to look for."""


def parse(text: str) -> query.Query | None:
    """The query for what was typed, or None without a word in it; `QueryRefused` when too long."""
    # Before it is composed a letter may be three signs, or four.
    text = unicodedata.normalize("NFC", text[: 4 * LONGEST + 1])
    if len(text) > LONGEST:
        raise QueryRefused(f"at most {LONGEST} characters")
    chunks = list(QUOTED.finditer(text))
    if len(chunks) > MOST_WORDS:
        raise QueryRefused(f"at most {MOST_WORDS} words")
    # Analysed as a whole, because a word's form depends on its neighbours; then taken word by word. The marks
    # are no neighbours: in the testimony they are not there.
    whole = analyze(re.sub(f"[{MARKS}]", " ", text))
    clauses = [c for chunk in chunks if (c := _chunk(chunk, whole)) is not None]
    if not clauses:
        return None
    words = query.And(clauses)
    if len(clauses) > 1 and _all_nouns(text, whole):
        return query.Or([words, _phrase("pairs", list(whole.pairs)), *_named("".join(text.split()), [])])
    return words


def _chunk(chunk: re.Match[str], whole: Analysis) -> query.Query | None:
    group = 1 if chunk[1] is not None else 2
    start, end = chunk.span(group)
    terms = [t for t in whole.terms if start <= t.start and t.end <= end]
    if not terms:
        return None
    ways = [_phrase("text", terms)]
    pairs = [t for t in whole.pairs if start <= t.start and t.end <= end]
    if group == 2 and pairs and _all_nouns(chunk[2], analyze(chunk[2])):
        ways.append(_phrase("pairs", pairs))
    # Quoted words have other names only as a whole.
    ways += _named(chunk[group], terms if group == 2 else [])
    return query.Or(ways) if len(ways) > 1 else ways[0]


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
