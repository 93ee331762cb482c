"""Documents and questions for search engines, made of a seed: each run has the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from time import process_time
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from whoosh import query

WORDS: Final = 1500
SWITCHED: Final = 0.03
"""Of the words of a document, those that are drawn from all languages and not from its own."""
KINDS: Final = (
    *("term", "AND", "OR", "NOT", "phrase", "prefix", "fuzzy"),
    *("range", "sorted", "facets", "snippets", "20 snippets"),
)
SHOWN: Final = 10
"""On a page, as in the reading room; `20 snippets` shows twice as many."""


@dataclass(frozen=True)
class Tongue:
    """A language as an engine sees it: how long words are, and of which signs; not what they mean."""

    share: float
    """Of all documents, those that are in it."""
    known: int
    signs: tuple[int, int, int]
    """How many, and the code points that they are chosen from."""
    lengths: tuple[float, ...]
    """How many of all words have one sign, two, three and so on, without an ending."""
    endings: str = ""
    """Particles, of which most words have one."""

    def words(self) -> list[str]:
        """Its words, the shorter ones mostly first: what is said often is short."""
        chance = np.random.default_rng(self.known)
        count, low, high = self.signs
        signs = [chr(at) for at in chance.choice(np.arange(low, high), count, replace=False)]
        often = 1 / (np.arange(count) + 10)
        made: dict[str, None] = {}
        while len(made) < self.known:
            lengths = chance.choice(len(self.lengths), self.known, p=self.lengths) + 1
            drawn = iter(chance.choice(signs, int(lengths.sum()), p=often / often.sum()).tolist())
            ends = chance.choice(["", *self.endings], self.known).tolist()
            made |= {"".join(islice(drawn, n)) + end: None for n, end in zip(lengths, ends, strict=True)}
        some = list(made)[: self.known]
        place = np.argsort([len(each) for each in some] + chance.normal(0, 2.5, len(some)), kind="stable")
        return [some[at] for at in place.tolist()]


TONGUES: Final = (
    Tongue(
        0.70, 200_000, (1200, 0xAC00, 0xD7A4), (0.04, 0.26, 0.4, 0.25, 0.05), "은는이가을를에의도로와과만"
    ),
    Tongue(0.15, 50_000, (3500, 0x4E00, 0x9FA6), (0.05, 0.65, 0.3)),
    Tongue(0.15, 50_000, (26, ord("a"), ord("z") + 1), (0.0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.2, 0.15, 0.13)),
)


@dataclass(frozen=True)
class Text:
    """One document: its words, and two fields."""

    words: list[str]
    year: str
    place: str


@dataclass(frozen=True)
class Asked:
    """One query: a kind, its words, the years it is kept to, and how many are shown of what it finds."""

    kind: str
    words: tuple[str, ...]
    years: tuple[str, str] = ("1990", "2019")
    shown: int = SHOWN

    @property
    def marked(self) -> bool:
        """Whether words around the hits are shown."""
        return "snippets" in self.kind


@dataclass(frozen=True)
class Engine:
    """It is filled, and answers with the number of hits, after it also found the ten best or the counts."""

    ask: Callable[[Asked], int]
    lacks: tuple[str, ...] = ()
    """The kinds that it does not answer."""
    elsewhere: Callable[[], float] = float
    """The seconds of CPU that it has taken so far in other processes than this one."""


@dataclass
class Room:
    """Where an engine is filled: a folder, what is to end with it, and what is in nobody's account."""

    folder: Path
    ends: ExitStack
    seconds: float = field(default=0.0, init=False)

    @contextmanager
    def apart(self) -> Iterator[None]:
        """CPU time that does not count: what the analyzer does, which all engines would wait for."""
        start = process_time()
        yield
        self.seconds += process_time() - start


def made(count: int) -> Iterator[Text]:
    """*count* documents of about `WORDS` words, log-normal, over vocabularies like those of languages."""
    chance = np.random.default_rng(20260101)
    words = [word for tongue in TONGUES for word in tongue.words()]
    # Of each language the chances of its words lie between its own number and the next.
    edges = np.concatenate([at + _skewed(tongue.known) for at, tongue in enumerate(TONGUES)])
    shares = [tongue.share for tongue in TONGUES]
    for _ in range(count):
        length = int(min(max(chance.lognormal(np.log(WORDS), 0.5), 20), 9 * WORDS))
        own, others = chance.choice(len(TONGUES), p=shares), chance.integers(0, len(TONGUES), length)
        tongue = np.where(chance.random(length) < SWITCHED, others, own)
        drawn = np.searchsorted(edges, tongue + chance.random(length), side="right")
        year, place = chance.integers(1990, 2020), chance.integers(0, 40)
        yield Text([words[at] for at in drawn.tolist()], str(year), f"p{place}")


def _skewed(known: int) -> NDArray[Any]:
    """The chances of so many words, summed up to 1; the first ones are frequent, as in a language."""
    weights = 1 / (np.arange(known) + 2.7) ** 1.07
    sums: NDArray[Any] = np.cumsum(weights / weights.sum())
    sums[-1] = 1
    return sums


def queries(texts: Sequence[Text], turns: int) -> list[Asked]:
    """Of every kind *turns*, whose words stand in the documents."""
    chance = np.random.default_rng(7)

    def words(count: int) -> tuple[str, ...]:
        chosen = texts[int(chance.integers(len(texts)))].words
        at = int(chance.integers(0, len(chosen) - count))
        return tuple(chosen[at : at + count])

    asked = []
    for _ in range(turns):
        years = (str(chance.integers(1990, 2004)), str(chance.integers(2004, 2020)))
        one = words(1)
        asked += [Asked(kind, one) for kind in ("term", "fuzzy", "sorted", "facets", "snippets")]
        asked.append(Asked("20 snippets", one, shown=2 * SHOWN))
        asked.append(Asked("range", one, years))
        asked += [Asked("AND", words(2)), Asked("OR", words(3)), Asked("phrase", words(2))]
        asked.append(Asked("NOT", words(2)))
        begun = words(1)[0]
        asked.append(Asked("prefix", (begun[: 3 if begun.isascii() else 2],)))
    return asked


def tree(asked: Asked) -> query.Query:
    """The query as Whoosh has it."""
    terms = [query.Term("text", word) for word in asked.words]
    if asked.kind == "prefix":
        return query.Prefix("text", asked.words[0])
    if asked.kind == "fuzzy":
        return query.FuzzyTerm("text", asked.words[0], maxdist=1, prefixlength=0)
    if asked.kind == "NOT":
        return query.And([terms[0], query.Not(terms[1])])  # not AndNot: see decision 0029
    if asked.kind == "phrase":
        return query.Phrase("text", list(asked.words))
    return query.Or(terms) if asked.kind == "OR" else query.And(terms) if asked.kind == "AND" else terms[0]
