"""How well what is typed finds what was told: every query against every text, judged by hand."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from whoosh.analysis import StandardAnalyzer
from whoosh.fields import ID, TEXT, Schema
from whoosh.filedb.filestore import RamStorage
from whoosh.qparser import QueryParser

from archive.search.document import Document
from archive.search.index import Index

JUDGED = json.loads((Path(__file__).parent / "judgements.json").read_text("utf-8"))
TEXTS: dict[str, list[str]] = JUDGED["texts"]
QUERIES: dict[str, dict[str, list[str]]] = JUDGED["queries"]
RECALL, PRECISION = 0.98, 0.98


@dataclass(frozen=True)
class Score:
    """Of the texts that answer, how many were found; and of those found, how many answer."""

    recall: float
    precision: float
    wrong: tuple[str, ...]


def scored(find: Callable[[str], set[str]]) -> Score:
    found = wanted = right = 0
    wrong = []
    for kind, queries in QUERIES.items():
        for words, answers in queries.items():
            hits = find(words)
            wanted, found, right = wanted + len(answers), found + len(hits), right + len(hits & set(answers))
            if hits != set(answers):
                wrong.append(f"{kind}: {words}: missed {set(answers) - hits}, false {hits - set(answers)}")
    return Score(right / wanted, right / max(found, 1), tuple(wrong))


@pytest.fixture(scope="module")
def ours() -> Index:
    return Index(Document(name, lang, "", "", (("s0001", t),)) for name, (lang, t) in TEXTS.items())


@pytest.fixture(scope="module")
def plain() -> Iterator[Callable[[str], set[str]]]:
    index = RamStorage().create_index(Schema(id=ID(stored=True), text=TEXT(analyzer=StandardAnalyzer())))
    writer = index.writer()
    for name, (_, text) in TEXTS.items():
        writer.add_document(id=name, text=text)
    writer.commit()
    parser = QueryParser("text", index.schema)
    with index.searcher() as searcher:
        yield lambda words: {hit["id"] for hit in searcher.search(parser.parse(words), limit=None)}


def test_the_set_is_large_enough_to_mean_something() -> None:
    """
    At least 150 texts that answer a query, in every kind of difficulty, and none twice.
    """
    assert sum(len(answers) for queries in QUERIES.values() for answers in queries.values()) >= 150
    assert all(set(answers) <= TEXTS.keys() for queries in QUERIES.values() for answers in queries.values())
    assert all(len(queries) >= 4 for queries in QUERIES.values())
    assert len([words for queries in QUERIES.values() for words in queries]) == len(
        {words for queries in QUERIES.values() for words in queries}
    )


def test_what_was_told_is_found_and_little_else(ours: Index) -> None:
    """
    At least 98 % of the answers, and at least 98 % of what is found answers.
    """
    score = scored(lambda words: {hit.document.id for hit in ours.search(words, size=99).hits})

    assert score.recall >= RECALL, score.wrong
    assert score.precision >= PRECISION, score.wrong


def test_an_analyzer_for_english_alone_would_not_do(plain: Callable[[str], set[str]]) -> None:
    """
    Whoosh's own analyzer finds less than a third of the same answers.
    """
    assert scored(plain).recall < 1 / 3
