"""What an engine must do to be searched through: one interface, so that one can stand in for another.

1. Every engine is given the same terms, cut by our analyzer, so that all find the same testimonies.
2. What is found is a testimony. What a phrase may not leave is a passage: one part of it.
3. What is erased is in no byte that the engine keeps, when `erase` returns.
4. Every engine answers Term, Phrase (in a row), Prefix and FuzzyTerm (what is `near`); and Or, AndNot and And
   of these in one another. Of the parts of an And some may be Not.

Scores are each engine's own. Tests: tests/server/research/test_engines.py holds every engine to this.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from whoosh import query
from whoosh.support.levenshtein import distance

from archive.errors import ArchiveError
from archive.search.analyzer import Analysis, Term

FIELDS: Final = ("text", "pairs")
"""The terms, and the character pairs of runs of nouns (`Analysis`)."""
PAIR_WEIGHT: Final = 0.3
"""What a pair counts for beside a term."""
LAST: Final = "\U0010ffff"
"""Behind all letters: in the order of code points, what begins with a text ends before the text and this."""
SHARED: Final = "|"
"""Between terms that share a place, where a place is written. No term has it: they are letters and digits."""
FREE: Final = "-"
"""A place where no term stands."""
BEGINS: Final = "*"
NEAR: Final = "~"
"""Behind a text that `held` is asked for: every term that begins so, and every term that is `near` it.

No term has either sign.
"""
LARGEST: Final = 1 << 30
"""Bytes of what is kept of one testimony: its words, and where each of its terms stands."""
DAMAGED: Final = "this index is damaged; make it again from its texts"
FORM: Final = "3"
"""Of what `packed` makes and engines keep. It is told of an index; what tells another is made again."""


class EngineError(ArchiveError):
    """The engine cannot answer, or cannot do what was asked; nothing was answered in part."""


class Repeated(EngineError):
    """Two testimonies came with one id; only one of them could be found."""


@dataclass(frozen=True)
class Entry:
    """One testimony on its way into an engine."""

    id: str
    values: Mapping[str, str]
    """Of each column its value."""
    body: Any = field(repr=False)
    """What is given back as it came: JSON's types."""
    text: str = field(repr=False)
    """All its words, in which its terms stand; given back too."""
    passages: tuple[Analysis, ...] = field(repr=False)

    def terms(self, name: str) -> list[Term]:
        """All its terms of one field."""
        return [term for passage in self.passages for term in field_of(passage, name)]


@dataclass(slots=True)
class Kept:
    """What was kept of one testimony."""

    body: Any = field(repr=False)
    text: Callable[[int, int], str] = field(repr=False)
    """The code points of its text from one to before another; `EngineError` when it is damaged."""
    spans: list[tuple[int, int]] = field(repr=False)
    """The code points on which looked-for terms stand."""


@dataclass(frozen=True)
class Asked:
    """What is wanted beside the words, and which page of it."""

    between: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Of a column the first and the last value, in the order of code points."""
    within: Collection[str] | None = None
    """The ids that may be found at all."""
    order: str | None = None
    """A column whose values go up, instead of the best first."""
    start: int = 0
    size: int = 20


@dataclass(frozen=True)
class Found:
    """How many answer, those on the page with their scores, and how all of them spread over the columns."""

    total: int
    hits: tuple[tuple[str, float], ...]
    facets: Mapping[str, tuple[tuple[str, int], ...]]


class Backend(Protocol):
    """An engine with one index in it. Of equal hits the one that came in first comes first."""

    @property
    def told(self) -> Mapping[str, str]:
        """What was told when the index was made; nothing when none was."""

    @property
    def columns(self) -> tuple[str, ...]:
        """What can be narrowed and is counted."""

    @property
    def count(self) -> int:
        """How many testimonies can be found."""

    def ids(self) -> list[str]:
        """Their names, in order."""

    def replace(self, entries: Iterable[Entry], columns: Sequence[str], told: Mapping[str, str]) -> int:
        """Hold these and no others; how many. `Repeated`; until it is done, what was there answers."""

    def find(self, words: query.Query | None, asked: Asked) -> Found:
        """The testimonies in which *words* are; without words all. `EngineError`."""

    def held(self, ids: Sequence[str], terms: Collection[tuple[str, str]] = ()) -> Mapping[str, Kept]:
        """What was kept of those of *ids* that are there, and where *terms* (field and text) stand.

        A text that ends with `BEGINS` means every term that begins so, one with `NEAR` every term near it.
        """

    def erase(self, ids: Iterable[str]) -> int:
        """Take these out, every byte of them; how many were there. `EngineError` when it is not done."""

    def close(self) -> None:
        """Let go of files and connections."""


def field_of(passage: Analysis, name: str) -> tuple[Term, ...]:
    """The terms of one of `FIELDS`."""
    return passage.terms if name == "text" else passage.pairs


def near(term: str, text: str) -> bool:
    """Whether a term is *text* or one edit away: a letter more, less or another, or two neighbours swapped.

    The first letter is never edited.
    """
    alike = term[:1] == text[:1] and abs(len(term) - len(text)) <= 1
    return alike and distance(term, text, limit=1) <= 1


def nears(words: query.Query) -> bool:
    """Whether a part of a query asks for what is `near` its text, and for nothing further."""
    return (
        isinstance(words, query.FuzzyTerm) and words.maxdist == words.prefixlength == 1 and bool(words.text)
    )


def packed(entry: Entry) -> bytes:
    """What is kept of an entry and where its terms stand, for an engine that has no places of its own."""
    terms = {name: entry.terms(name) for name in FIELDS}
    return zlib.compress(json.dumps([entry.body, entry.text, terms], ensure_ascii=False).encode(), 6)


def unpacked(stored: bytes) -> tuple[Any, str, dict[str, list[Term]]]:
    """What `packed` packed."""
    try:
        body, text, terms = unzipped(stored)
        return body, str(text), {name: [Term(*each) for each in terms[name]] for name in FIELDS}
    except (TypeError, KeyError, ValueError):
        raise EngineError(DAMAGED) from None


def unzipped(stored: bytes) -> Any:
    """The JSON that was packed with zlib; `EngineError` for anything else, or for too much."""
    opening = zlib.decompressobj()
    try:
        text = opening.decompress(stored, LARGEST)
        if opening.eof:
            return json.loads(text)
    except (zlib.error, ValueError, RecursionError):
        pass
    raise EngineError(DAMAGED)


def held(stored: Mapping[str, bytes], terms: Collection[tuple[str, str]]) -> Mapping[str, Kept]:
    """Of each id what `packed` made, and where *terms* stand in it."""
    wanted = {name: _Wanted(text for field, text in terms if field == name) for name in FIELDS}
    return {id: _kept(*unpacked(each), wanted) for id, each in stored.items()}


class _Wanted:
    """The terms that are looked for in one field."""

    def __init__(self, texts: Iterable[str]) -> None:
        all = set(texts)
        self._begin = tuple(text.removesuffix(BEGINS) for text in all if text.endswith(BEGINS))
        self._near = [text.removesuffix(NEAR) for text in all if text.endswith(NEAR)]
        self._known = dict.fromkeys(all, True)

    def __contains__(self, term: str) -> bool:
        known = self._known.get(term)
        if known is None:
            known = term.startswith(self._begin) or any(near(term, text) for text in self._near)
            self._known[term] = known
        return known


def _kept(body: Any, text: str, known: Mapping[str, Sequence[Term]], wanted: Mapping[str, _Wanted]) -> Kept:
    spans = [(t.start, t.end) for name in FIELDS for t in known[name] if t.text in wanted[name]]
    return Kept(body, lambda low, high: text[low:high], spans)


def slots(terms: Iterable[Term]) -> Iterator[list[str]]:
    """The texts of each position in turn. Where one or more positions are free, one empty list."""
    row: list[str] = []
    at: int | None = None
    for term in terms:
        if at is not None and term.position != at:
            yield row
            if term.position > at + 1:
                yield []
            row = []
        at = term.position
        row.append(term.text)
    if row:
        yield row


def written(places: Iterable[Sequence[str]]) -> str:
    """What `slots` gave as one text, for an engine that parts it again at white space."""
    return " ".join(SHARED.join(texts) or FREE for texts in places)
