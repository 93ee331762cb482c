"""A query in the language of SQLite's full-text search."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from whoosh import query

from archive.search.backend import EngineError, nears

Near = Callable[[str, str], Sequence[str]]
"""The terms of a field that are near a text."""


def match(words: query.Query, near: Near) -> str:
    """The expression for *words*; `EngineError` for what that language cannot say."""
    match words:
        case query.Term():
            return _row(words.fieldname, [words.text])
        case query.Phrase() if words.slop == 1 and words.words:
            return _row(words.fieldname, words.words)
        case query.Prefix():
            return f"{_row(words.fieldname, [words.text])} *"
        case query.FuzzyTerm() if nears(words):
            # Where nothing is near, the text itself, which is then nowhere.
            found = near(words.fieldname, words.text) or [words.text]
            return f"({' OR '.join(_row(words.fieldname, [each]) for each in found)})"
        case query.AndNot():
            return f"({match(words.a, near)} NOT {match(words.b, near)})"
        case query.And() if any(isinstance(each, query.Not) for each in words.subqueries):
            unwanted = [each.query for each in words.subqueries if isinstance(each, query.Not)]
            wanted = [each for each in words.subqueries if not isinstance(each, query.Not)]
            return f"({match(query.And(wanted), near)} NOT {match(query.Or(unwanted), near)})"
        case query.And() | query.Or() if words.subqueries:
            joint = " AND " if isinstance(words, query.And) else " OR "
            return f"({joint.join(match(each, near) for each in words.subqueries)})"
        case _:
            raise EngineError(f"SQLite's engine cannot look for {type(words).__name__}")


def _row(name: str, texts: Sequence[str | bytes]) -> str:
    plain = " ".join(each.decode() if isinstance(each, bytes) else each for each in texts)
    quoted = plain.replace('"', '""')
    return f'{name} : "{quoted}"'
