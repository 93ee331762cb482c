"""Text into terms, by script: Hangul by morphemes in context, Han by pairs, Latin by stems.

1. The same code reads testimonies and queries; terms carry code point offsets, so that a hit can be shown.
2. No word is dropped for being common: exact phrases would break.
3. Simplified and Traditional Chinese are one; so are letters with and without marks.

Measured facts behind each choice: docs/decisions/0008-search.md.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, NamedTuple

import opencc
import snowballstemmer

HANGUL: Final = re.compile(r"[\uac00-\ud7a3]")
HAN: Final = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff々"
RUNS: Final = re.compile(rf"(?P<han>[{HAN}]+)|(?P<word>[^\W_{HAN}\uac00-\ud7a3]+(?:['\u2019][^\W_]+)*)")
KEPT: Final = ("N", "VV", "VA", "VX", "MM", "MA", "IC", "XR", "XSN", "XPN")
"""Kiwi's tags of what carries meaning; particles and endings are left out."""
PLURAL: Final = "들"
JOIN: Final = "\n"
"""What stands between two passages of one text."""
APART: Final = 2
"""Positions from the last term of a passage to the first of the next: no phrase reaches across."""
NOUNS: Final = ("N", "XR", "XSN", "XPN")


class Term(NamedTuple):
    """One term and the code points it stands on; a tuple, for columns are taken of millions of them."""

    text: str
    position: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Analysis:
    """The terms of a text, and the character pairs of its runs of nouns, whatever their spacing."""

    terms: tuple[Term, ...]
    pairs: tuple[Term, ...]


@cache
def fingerprint() -> str:
    """What index and query must have in common to mean the same words: this code and its packages."""
    told = hashlib.sha256(Path(__file__).read_bytes())
    for package in ("kiwipiepy", "kiwipiepy-model", "opencc", "snowballstemmer"):
        told.update(f"{package} {version(package)}\n".encode())
    return told.hexdigest()


def analyze(text: str) -> Analysis:
    """The analysis of one NFC text."""
    return next(analyze_all([text]))


def analyze_all(texts: Iterable[str]) -> Iterator[Analysis]:
    """The analyses of many NFC texts, in order, using every core."""
    waiting = list(texts)
    # A text without Hangul costs Kiwi as much as one with, and gives nothing.
    read = _kiwi().tokenize(text if HANGUL.search(text) else "" for text in waiting)
    for text, tokens in zip(waiting, read, strict=True):
        yield _analysis(text, tokens)


def passages(testimonies: Iterable[Sequence[str]]) -> Iterator[tuple[Analysis, ...]]:
    """Of each testimony, given in its passages, their analyses.

    Positions and code points are those in the whole text, which has `JOIN` between two passages.
    """
    given = [list(each) for each in testimonies]
    read = analyze_all(text for each in given for text in each)
    for texts in given:
        at = text_position = pair_position = 0
        made: list[Analysis] = []
        for text in texts:
            found = next(read)
            terms = _moved(found.terms, text_position, at)
            pairs = _moved(found.pairs, pair_position, at)
            made.append(Analysis(terms, pairs))
            text_position = terms[-1].position + APART if terms else text_position
            pair_position = pairs[-1].position if pairs else pair_position
            at += len(text) + len(JOIN)
        yield tuple(made)


def _moved(terms: tuple[Term, ...], positions: int, points: int) -> tuple[Term, ...]:
    if not positions and not points:
        return terms
    return tuple(Term(t.text, t.position + positions, t.start + points, t.end + points) for t in terms)


def _analysis(text: str, tokens: Iterable[Any]) -> Analysis:
    found: list[tuple[int, list[tuple[str, int]]]] = []
    nouns: list[tuple[int, int]] = []
    for token in tokens:
        # Of a form it fuses with the one before, Kiwi gives a token that stands on no letter.
        if token.len and token.tag.startswith(KEPT) and HANGUL.search(token.form) and token.form != PLURAL:
            end = token.start + token.len
            found.append((token.start, [(token.form, end)]))
            if token.tag.startswith(NOUNS):
                nouns.append((token.start, end))
    for run in RUNS.finditer(text):
        found += _han(run) if run["han"] else [(run.start(), [(_stem(run["word"]), run.end())])]
    found.sort(key=lambda each: each[0])
    terms = [Term(t, at, start, end) for at, (start, forms) in enumerate(found) for t, end in forms]
    return Analysis(tuple(terms), tuple(_pairs(text, nouns)))


def _han(run: re.Match[str]) -> Iterator[tuple[int, list[tuple[str, int]]]]:
    """Each character, and with it the pair that begins there, at one position."""
    simple = _simplified(run["han"])
    for at, character in enumerate(simple, run.start()):
        pair = simple[at - run.start() :][:2]
        yield at, [(character, at + 1), *([(pair, at + 2)] if len(pair) == 2 else [])]


def _pairs(text: str, nouns: list[tuple[int, int]]) -> Iterator[Term]:
    position = 0
    run: list[int] = []
    for before, (start, end) in pairwise([(-9, -9), *nouns]):
        if text[before[1] : start].strip() or before[1] < 0:
            position += 10  # so that no phrase reaches from one run into the next
            run = []
        run += range(start, end)
        for left, right in pairwise(run[-(end - start) - 1 :]):
            yield Term(text[left] + text[right], position, left, right + 1)
            position += 1


@lru_cache(maxsize=1 << 16)
def _stem(word: str) -> str:
    # McCune-Reischauer writes Ch'ŏngjin what others write Chongjin.
    folded = unicodedata.normalize("NFKD", re.sub("['\u2019]", "", word.casefold()))
    plain = "".join(c for c in folded if not unicodedata.combining(c))
    return str(_stemmer().stemWord(plain)) if plain.isascii() else unicodedata.normalize("NFC", plain)


@lru_cache(maxsize=1 << 16)
def _simplified(han: str) -> str:
    # Character by character: a phrase table would change lengths, and offsets with them.
    return "".join(simple(c) for c in unicodedata.normalize("NFKC", han))


@cache
def simple(character: str) -> str:
    """A Han character in its simplified form, and any other as it is."""
    return str(_opencc().convert(character))[:1] or character


@cache
def _kiwi() -> Any:
    from kiwipiepy import Kiwi  # a tenth of a second, which few commands need

    return Kiwi(num_workers=-1)


@cache
def _stemmer() -> Any:
    return snowballstemmer.stemmer("english")


@cache
def _opencc() -> Any:
    return opencc.OpenCC("t2s")
