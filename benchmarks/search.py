"""`python -m benchmarks.search`: the search beside stock Whoosh, SQLite FTS5 and tantivy, asked in turn.

1. All have the same documents: words of one skewed vocabulary, made of a seed, so that each run has the same.
2. All are asked for the same: the number of hits and the ten best. They take turns in one process, query by
   query, and must agree on every number of hits, or the run fails.
3. Analysis of text is in nobody's time. An engine that is not installed is left out, and said so.
4. Times are of the processor: all answer in one thread, and a machine that is busy elsewhere counts less.
"""

from __future__ import annotations

import argparse
import mmap
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from itertools import accumulate
from pathlib import Path
from time import process_time
from typing import Any, Final

import numpy as np
from whoosh import query
from whoosh.analysis import SpaceSeparatedTokenizer
from whoosh.fields import ID, STORED, TEXT, Schema
from whoosh.highlight import PinpointFragmenter
from whoosh.index import create_in

from archive.search.analyzer import Term
from archive.search.backend import FIELDS
from archive.search.blocks.build import Prepared, build
from archive.search.blocks.engine import Blocks
from archive.search.blocks.page import page
from archive.search.blocks.segment import Segment
from archive.search.excerpt import cut
from benchmarks.bars import table

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


Engine = Callable[[Asked], int]
"""Answers with the number of hits, after it has also found the best ten (or the counts by place)."""


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


class Apart:
    """CPU time that is in nobody's account: what the analyzer does, which all engines would wait for."""

    def __init__(self) -> None:
        self.seconds = 0.0

    @contextmanager
    def time(self) -> Iterator[None]:
        start = process_time()
        yield
        self.seconds += process_time() - start


def ours(texts: Sequence[Text], folder: Path, apart: Apart) -> Engine:
    """The arrays of `archive.search.blocks`, in a file."""

    def prepared() -> Iterator[Prepared]:
        for number, text in enumerate(texts):
            with apart.time():
                starts = accumulate((len(word) + 1 for word in text.words), initial=0)
                placed = enumerate(zip(text.words, starts, strict=False))
                terms = [Term(word, at, start, start + len(word)) for at, (word, start) in placed]
            yield str(number), {"year": text.year, "place": text.place}, " ".join(text.words), {"text": terms}

    path = folder / "index.onggi"
    path.write_bytes(build(prepared(), FIELDS, ["year", "place"], {}))
    with path.open("rb") as file:
        segment = Segment(memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)))
    engine = Blocks(segment)

    def ask(asked: Asked) -> int:
        found = page(
            segment,
            tree(asked),
            {"year": asked.years} if asked.kind == "range" else {},
            order="year" if asked.kind == "sorted" else None,
            size=0 if asked.kind == "facets" else SHOWN,
            facets=["place"] if asked.kind == "facets" else [],
        )
        ids = [segment.name(number) for number in found.documents.tolist()]
        if asked.kind == "snippets":
            spans = engine.spans(ids, {("text", word) for word in asked.words})
            [cut((("s", body),), spans[id]) for id, body in engine.bodies(ids).items()]
        return found.total

    return ask


def stock(texts: Sequence[Text], folder: Path, apart: Apart) -> Engine:
    """Whoosh as it comes, well set: one searcher that is kept, and columns to sort and count by."""
    kept = ID(sortable=True)
    schema = Schema(id=ID(stored=True), year=kept, place=kept)
    schema.add("text", TEXT(analyzer=SpaceSeparatedTokenizer(), chars=True))
    schema.add("body", STORED())
    index = create_in(folder, schema)
    writer = index.writer(limitmb=1024)
    for number, text in enumerate(texts):
        words = " ".join(text.words)
        writer.add_document(id=str(number), text=words, body=words, year=text.year, place=text.place)
    writer.commit()
    searcher = index.searcher()

    def ask(asked: Asked) -> int:
        more: dict[str, Any] = {}
        if asked.kind == "range":
            more["filter"] = query.TermRange("year", *asked.years)
        if asked.kind == "sorted":
            more["sortedby"] = "year"
        if asked.kind == "facets":
            more["groupedby"] = "place"
        found = searcher.search(tree(asked), limit=None, terms=asked.kind == "snippets", **more)
        if asked.kind == "facets":
            found.groups()
        shown = [found[at] for at in range(min(SHOWN, len(found)))]
        if asked.kind == "snippets":
            found.fragmenter = PinpointFragmenter()
            [hit.highlights("text", text=hit["body"]) for hit in shown]
        [hit["id"] for hit in shown]
        return len(found)

    return ask


def fts5(texts: Sequence[Text], folder: Path, apart: Apart) -> Engine:
    """SQLite's full-text search, with the fields in a table beside it."""
    base = sqlite3.connect(folder / "fts5.db")
    base.execute("create virtual table t using fts5(words)")
    base.execute("create table d (id integer primary key, year text, place text)")
    base.executemany(
        "insert into t (rowid, words) values (?, ?)", ((n, " ".join(t.words)) for n, t in enumerate(texts))
    )
    base.executemany("insert into d values (?, ?, ?)", ((n, t.year, t.place) for n, t in enumerate(texts)))
    base.execute("insert into t (t) values ('optimize')")
    base.commit()
    joined = "from t join d on d.id = t.rowid where t match ?"

    def ask(asked: Asked) -> int:
        quoted = [f'"{word}"' for word in asked.words]
        match = {"OR": " OR ", "phrase": " + "}.get(asked.kind, " AND ").join(quoted)
        match += "*" if asked.kind == "prefix" else ""
        given: tuple[str, ...] = (match,)
        if asked.kind == "facets":
            return sum(n for _, n in base.execute(f"select place, count(*) {joined} group by place", given))
        if asked.kind == "range":
            where, given = f"{joined} and d.year between ? and ?", (match, *asked.years)
        elif asked.kind == "sorted":
            where = joined
        else:
            where = "from t where t match ?"
        order = "d.year" if asked.kind == "sorted" else "rank"
        shown = "snippet(t, 0, '[', ']', '…', 20)" if asked.kind == "snippets" else "t.rowid"
        base.execute(f"select {shown} {where} order by {order} limit {SHOWN}", given).fetchall()
        return int(base.execute(f"select count(*) {where}", given).fetchone()[0])

    return ask


def tantivy(texts: Sequence[Text], folder: Path, apart: Apart) -> Engine:
    """The engine in Rust, with one thread; `ModuleNotFoundError` where it is not installed."""
    t: Any = import_module("tantivy")
    builder = t.SchemaBuilder()
    builder.add_text_field("text", stored=True, tokenizer_name="whitespace")
    builder.add_unsigned_field("year", indexed=True, fast=True)
    builder.add_text_field("place", tokenizer_name="raw", fast=True)
    builder.add_unsigned_field("id", stored=True)
    schema = builder.build()
    index = t.Index(schema, path=str(folder))
    writer = index.writer(heap_size=256 << 20, num_threads=1)
    for number, text in enumerate(texts):
        words = " ".join(text.words)
        told = {"text": [words], "year": [int(text.year)], "place": [text.place], "id": [number]}
        writer.add_document(t.Document.from_dict(told, schema))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher, must = index.searcher(), t.Occur.Must

    def parsed(asked: Asked) -> Any:
        terms = [t.Query.term_query(schema, "text", word) for word in asked.words]
        if asked.kind == "phrase":
            return t.Query.phrase_query(schema, "text", list(asked.words))
        if asked.kind == "prefix":
            return t.Query.regex_query(schema, "text", f"{asked.words[0]}.*")
        if asked.kind == "range":
            low, high = map(int, asked.years)
            terms.append(t.Query.range_query(schema, "year", t.FieldType.Unsigned, low, high))
        occurs = t.Occur.Should if asked.kind == "OR" else must
        return t.Query.boolean_query([(occurs, term) for term in terms]) if len(terms) > 1 else terms[0]

    def ask(asked: Asked) -> int:
        wanted = parsed(asked)
        if asked.kind == "facets":
            told = searcher.aggregate(wanted, {"f": {"terms": {"field": "place", "size": 99}}})
            return sum(int(each["doc_count"]) for each in told["f"]["buckets"])
        more = {"order_by_field": "year", "order": t.Order.Asc} if asked.kind == "sorted" else {}
        found = searcher.search(wanted, SHOWN, count=True, **more)
        shown = [searcher.doc(address) for _, address in found.hits]
        if asked.kind == "snippets":
            cutting = t.SnippetGenerator.create(searcher, wanted, schema, "text")
            [cutting.snippet_from_doc(each).to_html() for each in shown]
        [each["id"] for each in shown]
        return int(found.count)

    return ask


ENGINES: Final = {"ours": ours, "FTS5": fts5, "tantivy": tantivy, "stock Whoosh": stock}


def measure(count: int, turns: int, left_out: Sequence[str]) -> str:
    """The two tables for *count* documents: building, and asking; the engines in *left_out* are not there."""
    texts = list(made(count))
    size = sum(len(word) + 1 for text in texts for word in text.words)
    engines: dict[str, Engine] = {}
    built = []
    with tempfile.TemporaryDirectory(prefix="search-") as scratch:
        for name, begin in ENGINES.items():
            folder = Path(scratch) / name
            folder.mkdir()
            if name in left_out:
                continue
            print(f"{count} documents: {name} builds", file=sys.stderr, flush=True)
            before, apart = process_time(), Apart()
            try:
                engines[name] = begin(texts, folder, apart)
            except ModuleNotFoundError:
                print(f"leaving out {name}: it is not installed", file=sys.stderr)
                continue
            took, disk = (
                process_time() - before - apart.seconds,
                sum(f.stat().st_size for f in folder.rglob("*") if f.is_file()),
            )
            built.append([name, f"{count / took:.0f}", f"{disk / size:.2f}"])
        asked = queries(texts, turns)
        took_by = {name: {kind: [] for kind in KINDS} for name in engines}  # type: dict[str, dict[str, list[float]]]
        for each in asked[:: max(1, len(asked) // 16)]:
            for ask in engines.values():
                ask(each)
        for each in asked:
            told = {}
            for name, ask in engines.items():
                start = process_time()
                told[name] = ask(each)
                took_by[name][each.kind].append((process_time() - start) * 1000)
            if len(set(told.values())) > 1:
                raise SystemExit(f"the engines differ in a {each.kind} query: {told}")
    rows = [
        [
            name,
            *(f"{np.percentile(took[kind], 50):.2f} / {np.percentile(took[kind], 95):.1f}" for kind in KINDS),
        ]
        for name, took in took_by.items()
    ]
    head = [f"{count:,} documents, ms of CPU p50 / p95", *KINDS]
    return f"{table(['built', 'documents/s of CPU', 'size ÷ words'], *built)}\n\n{table(head, *rows)}\n"


def main() -> None:
    """Measure, and print the tables as Markdown."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--documents", type=int, nargs="+", default=[1000, 10_000])
    options.add_argument("--turns", type=int, default=40, help="queries of each kind")
    options.add_argument("--without", nargs="*", default=[], choices=ENGINES, help="engines to leave out")
    given = options.parse_args()
    for count in given.documents:
        print(measure(count, given.turns, given.without), flush=True)


if __name__ == "__main__":
    main()
