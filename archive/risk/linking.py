"""The attack of somebody with other texts: which of them tells of the same life as a redacted one.

1. Pure, and in memory only: texts in, the nearest texts out, with the words that gave each away.
2. TF-IDF and the cosine, over the terms of the archive's own analyzer (Salton and Buckley, 1988). A term in
   more than half of the texts is left out: it links everything with everything.
3. A near text is no proof that it is the same person, and a far one no proof that nobody can tell: somebody
   else has texts that are not here.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from archive.search.analyzer import analyze_all

BEST: Final = 5
"""Texts that are told of each, the nearest first."""
WORDS: Final = 8
"""Words that are told of each link, the ones that weigh most first."""
COMMON: Final = 0.5
"""A term in a larger share of the texts is left out."""
Vector = dict[str, float]
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Link:
    """One of the texts nearest to a redacted one. *near*: from 0 to 1; *ahead*: of the next by so much."""

    holding: str
    near: float
    ahead: float
    words: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True)
class Ranks:
    """Of how many pairs that are known to be of one life the attack names the right text."""

    first: int
    among_best: int
    of: int


def links(
    targets: Mapping[str, str], holdings: Mapping[str, str], progress: Progress = lambda done, all: None
) -> dict[str, list[Link]]:
    """The *holdings* nearest to each redacted target; one of the same name is its original and no link."""
    texts = [*targets.values(), *holdings.values()]
    counted, shown = list[Counter[str]](), list[dict[str, str]]()
    for number, (text, analysis) in enumerate(zip(texts, analyze_all(texts), strict=True), 1):
        counted.append(Counter(term.text for term in analysis.terms))
        shown.append({term.text: text[term.start : term.end] for term in reversed(analysis.terms)})
        progress(number, len(texts))
    weights = _weights(counted)
    vectors = [_vector(each, weights) for each in counted]
    mine, theirs = vectors[: len(targets)], vectors[len(targets) :]
    postings = _postings(theirs)
    names = list(holdings)
    return {
        id: list(_nearest(vector, theirs, postings, names, id, told))
        for id, vector, told in zip(targets, mine, shown, strict=False)
    }


def ranks(found: Mapping[str, list[Link]], pairs: Iterable[tuple[str, str]]) -> Ranks:
    """How often the second of a pair, known to be of the first one's life, is first or among the best."""
    rows = [([link.holding for link in found[one]], other) for one, other in pairs]
    first = sum(row[:1] == [other] for row, other in rows)
    return Ranks(first, sum(other in row for row, other in rows), len(rows))


def _weights(counted: Collection[Counter[str]]) -> dict[str, float]:
    """What each term says; one that is common, or in one text only, links nothing."""
    of = Counter(term for each in counted for term in each)
    most = max(2, COMMON * len(counted))
    return {term: float(np.log(1 + len(counted) / many)) for term, many in of.items() if 1 < many <= most}


def _vector(counted: Counter[str], weights: Mapping[str, float]) -> Vector:
    """Of length 1, or nothing."""
    raw = {t: (1 + float(np.log(n))) * weights[t] for t, n in counted.items() if t in weights}
    length = float(np.sqrt(sum(value * value for value in raw.values())))
    return {term: value / length for term, value in raw.items()} if length else {}


def _postings(vectors: list[Vector]) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    rows: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
    for number, vector in enumerate(vectors):
        for term, value in vector.items():
            rows[term].append((number, value))
    return {t: (np.array([n for n, _ in row]), np.array([v for _, v in row])) for t, row in rows.items()}


def _nearest(
    vector: Vector,
    theirs: list[Vector],
    postings: Mapping[str, tuple[np.ndarray, np.ndarray]],
    names: list[str],
    id: str,
    told: Mapping[str, str],
) -> Iterable[Link]:
    scores = np.zeros(len(theirs))
    for term, value in vector.items():
        if term in postings:
            numbers, values = postings[term]
            scores[numbers] += value * values
    order = sorted(np.flatnonzero(scores > 0).tolist(), key=lambda n: (-scores[n], names[n]))
    order = [number for number in order if names[number] != id][: BEST + 1]
    for number, after in zip(order[:BEST], [*order[1:], None], strict=False):
        near, behind = float(scores[number]), float(scores[after]) if after is not None else 0.0
        shared = {t: v * theirs[number][t] for t, v in vector.items() if t in theirs[number]}
        heaviest = sorted(shared, key=lambda term: (-shared[term], term))[:WORDS]
        yield Link(names[number], near, near - behind, tuple(dict.fromkeys(told[t] for t in heaviest)))
