"""Documents and questions for search engines, made of a seed: each run has the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import process_time
from typing import Final

import numpy as np
from whoosh import query

WORDS: Final = 1500
KNOWN: Final = 200_000
LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
KINDS: Final = ("term", "AND", "OR", "phrase", "prefix", "range", "sorted", "facets", "snippets")
SHOWN: Final = 10


@dataclass(frozen=True)
class Text:
    """One document: its words, and two fields."""

    words: list[str]
    year: str
    place: str


@dataclass(frozen=True)
class Asked:
    """One query: a kind, its words, and the years it is kept to."""

    kind: str
    words: tuple[str, ...]
    years: tuple[str, str] = ("1990", "2019")


@dataclass(frozen=True)
class Engine:
    """It is filled, and answers with the number of hits, after it also found the ten best or the counts."""

    ask: Callable[[Asked], int]
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
    """*count* documents of about `WORDS` words, log-normal, over a vocabulary like that of a language."""
    chance = np.random.default_rng(20260101)
    weights = 1 / (np.arange(KNOWN) + 2.7) ** 1.07
    edges = np.cumsum(weights / weights.sum())
    names = [_name(at) for at in range(KNOWN)]
    for _ in range(count):
        length = int(min(max(chance.lognormal(np.log(WORDS), 0.5), 20), 9 * WORDS))
        drawn = np.minimum(np.searchsorted(edges, chance.random(length)), KNOWN - 1)
        yield Text(
            [names[at] for at in drawn], str(chance.integers(1990, 2020)), f"p{chance.integers(0, 40)}"
        )


def _name(at: int) -> str:
    told = ""
    while True:
        at, letter = divmod(at, 26)
        told += LETTERS[letter]
        if not at:
            return told + "x"
        at -= 1


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
        asked += [Asked(kind, one) for kind in ("term", "sorted", "facets", "snippets")]
        asked.append(Asked("range", one, years))
        asked += [Asked("AND", words(2)), Asked("OR", words(3)), Asked("phrase", words(2))]
        asked += [Asked("prefix", (words(1)[0][:3],))]
    return asked


def tree(asked: Asked) -> query.Query:
    """The query as Whoosh has it."""
    terms = [query.Term("text", word) for word in asked.words]
    if asked.kind == "prefix":
        return query.Prefix("text", asked.words[0])
    if asked.kind == "phrase":
        return query.Phrase("text", list(asked.words))
    return query.Or(terms) if asked.kind == "OR" else query.And(terms) if asked.kind == "AND" else terms[0]
