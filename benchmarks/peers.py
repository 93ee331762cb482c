"""The engines that ours is measured beside, each set as its makers advise.

One that is not installed raises `ModuleNotFoundError`, and is left out.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from importlib import import_module
from typing import Any

from whoosh import query
from whoosh.analysis import SpaceSeparatedTokenizer
from whoosh.fields import ID, STORED, TEXT, Schema
from whoosh.highlight import PinpointFragmenter
from whoosh.index import create_in

from benchmarks.corpus import Asked, Engine, Room, Text, tree


def stock(texts: Sequence[Text], room: Room) -> Engine:
    """Whoosh as it comes, well set: one searcher that is kept, and columns to sort and count by."""
    kept = ID(sortable=True)
    schema = Schema(id=ID(stored=True), year=kept, place=kept)
    schema.add("text", TEXT(analyzer=SpaceSeparatedTokenizer(), chars=True))
    schema.add("body", STORED())
    index = create_in(room.folder, schema)
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
        found = searcher.search(tree(asked), limit=None, terms=asked.marked, **more)
        if asked.kind == "facets":
            found.groups()
        shown = [found[at] for at in range(min(asked.shown, len(found)))]
        if asked.marked:
            found.fragmenter = PinpointFragmenter()
            [hit.highlights("text", text=hit["body"]) for hit in shown]
        [hit["id"] for hit in shown]
        return len(found)

    return Engine(ask, ("fuzzy",))  # to it two letters that are swapped are two edits; to the others one


def fts5(texts: Sequence[Text], room: Room) -> Engine:
    """SQLite's full-text search, with the fields in a table beside it."""
    base = sqlite3.connect(room.folder / "fts5.db")
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
        match = {"OR": " OR ", "NOT": " NOT ", "phrase": " + "}.get(asked.kind, " AND ").join(quoted)
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
        shown = "snippet(t, 0, '[', ']', '…', 20)" if asked.marked else "t.rowid"
        base.execute(f"select {shown} {where} order by {order} limit {asked.shown}", given).fetchall()
        return int(base.execute(f"select count(*) {where}", given).fetchone()[0])

    return Engine(ask, ("fuzzy",))


def tantivy(texts: Sequence[Text], room: Room) -> Engine:
    """The engine in Rust, with one thread; `ModuleNotFoundError` where it is not installed."""
    t: Any = import_module("tantivy")
    builder = t.SchemaBuilder()
    builder.add_text_field("text", stored=True, tokenizer_name="whitespace")
    builder.add_unsigned_field("year", indexed=True, fast=True)
    builder.add_text_field("place", tokenizer_name="raw", fast=True)
    builder.add_unsigned_field("id", stored=True)
    schema = builder.build()
    index = t.Index(schema, path=str(room.folder))
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
        if asked.kind == "fuzzy":
            return t.Query.fuzzy_term_query(schema, "text", *asked.words, distance=1)
        if asked.kind == "NOT":
            return t.Query.boolean_query([(must, terms[0]), (t.Occur.MustNot, terms[1])])
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
        found = searcher.search(wanted, asked.shown, count=True, **more)
        shown = [searcher.doc(address) for _, address in found.hits]
        if asked.marked:
            cutting = t.SnippetGenerator.create(searcher, wanted, schema, "text")
            [cutting.snippet_from_doc(each).to_html() for each in shown]
        [each["id"] for each in shown]
        return int(found.count)

    return Engine(ask)


def xapian(texts: Sequence[Text], room: Room) -> Engine:
    """Debian's `python3-xapian`."""
    x: Any = import_module("xapian")
    writer = x.WritableDatabase(str(room.folder), x.DB_CREATE_OR_OPEN)
    for text in texts:
        document = x.Document()
        document.set_data(" ".join(text.words))
        for at, word in enumerate(text.words):
            document.add_posting(word, at)
        document.add_value(0, text.year)
        document.add_value(1, text.place)
        writer.add_document(document)
    writer.close()
    base = x.Database(str(room.folder))
    count = base.get_doccount()
    joins = {"OR": x.Query.OP_OR, "AND": x.Query.OP_AND, "NOT": x.Query.OP_AND_NOT}

    def parsed(asked: Asked) -> Any:
        if asked.kind == "prefix":
            unlimited = (0, x.Query.WILDCARD_LIMIT_ERROR)
            return x.Query(x.Query.OP_WILDCARD, asked.words[0], *unlimited, x.Query.OP_OR)
        if asked.kind == "phrase":
            return x.Query(x.Query.OP_PHRASE, list(asked.words), len(asked.words))
        if asked.kind in joins:
            return x.Query(joins[asked.kind], list(asked.words))
        term = x.Query(asked.words[0])
        years = x.Query(x.Query.OP_VALUE_RANGE, 0, *asked.years)
        return x.Query(x.Query.OP_FILTER, term, years) if asked.kind == "range" else term

    def ask(asked: Asked) -> int:
        enquire, spy = x.Enquire(base), x.ValueCountMatchSpy(1)
        enquire.set_query(parsed(asked))
        if asked.kind == "sorted":
            enquire.set_sort_by_value_then_relevance(0, False)
        if asked.kind == "facets":
            enquire.add_matchspy(spy)
            enquire.get_mset(0, 0, count)
            return sum(int(each.termfreq) for each in spy.values())
        found = enquire.get_mset(0, asked.shown, count)
        for hit in found:
            if asked.marked:
                found.snippet(hit.document.get_data(), 200)
        return int(found.get_matches_estimated())  # exact, for all were looked at

    return Engine(ask, ("fuzzy",))
