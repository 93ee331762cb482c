"""SQLite's full-text search as an engine: a second opinion on every hit; with a key, a sealed file.

1. Terms come to it cut. Its tokenizer only parts them again, so that a character and its pair share a place.
2. Erased terms leave the file at once: `secure-delete` for the terms, `secure_delete` for the pages.
3. With a key each page of the file, and of its journal, is sealed (ChaCha20-Poly1305, by SQLite3 Multiple
   Ciphers). Sorting and spilling stay in memory.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Final

import apsw
from whoosh import query

from archive.search import backend
from archive.search.backend import FIELDS, Asked, EngineError, Entry, Found, Kept
from archive.search.match import Near, match

TABLES: Final = f"""
    create table if not exists about (name text primary key, value text not null) without rowid;
    create table if not exists columns (place integer primary key, name text not null);
    create table if not exists documents (
        number integer primary key, id text not null unique, kept blob not null
    );
    create table if not exists told (name text, value text, number integer, primary key (name, value, number))
        without rowid;
    create virtual table if not exists words using fts5({", ".join(FIELDS)}, content='', tokenize='onggi');
    insert into words (words, rank) values ('secure-delete', 1);
"""
LEXICON: Final = "create virtual table temp.lexicon using fts5vocab(main, words, col)"
"""What tells the terms of `words`; it keeps nothing of its own."""
AROUND: Final = """
    select term from temp.lexicon where col = :name and term between :first and :last
        and length(term) between :length - 1 and :length + 1
"""
SETTINGS: Final = (
    ("trusted_schema", "off"),
    ("cell_size_check", "on"),
    ("secure_delete", "on"),
    ("temp_store", "memory"),
    ("cache_size", -65536),
)


DISK: Final = (apsw.FullError, apsw.IOError, apsw.CantOpenError)
UNWRITTEN: Final = "the index cannot be written; is its disk full?"


class Fts5:
    """An index in one file of SQLite; `EngineError` when it is none, or is sealed with another key."""

    def __init__(self, path: Path, key: bytes | None = None) -> None:
        self._lock: Final = threading.RLock()
        new = not path.exists() or not path.stat().st_size
        try:
            self._base: Final = apsw.Connection(str(path))
        except DISK:
            raise EngineError(UNWRITTEN) from None
        self._base.set_busy_timeout(10_000)
        try:
            if key is not None:
                self._base.pragma("hexkey", key.hex())
            # Only now: to register it reads the file.
            self._base.register_fts5_tokenizer("onggi", lambda connection, arguments: _parted)
            for name, value in SETTINGS:
                self._base.pragma(name, value)
            if not new:
                _require_ours(self._base)
            self._base.execute(TABLES)
            self._base.execute(LEXICON)
        except (apsw.Error, EngineError) as error:
            self._base.close()
            said = UNWRITTEN if isinstance(error, DISK) else "this file is no index, or another key sealed it"
            raise EngineError(said) from None

    @property
    def told(self) -> Mapping[str, str]:
        return dict(self._rows("select name, value from about"))

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(name for (name,) in self._rows("select name from columns order by place"))

    @property
    def count(self) -> int:
        [(count,)] = self._rows("select count(*) from documents")
        return int(count)

    def ids(self) -> list[str]:
        return [id for (id,) in self._rows("select id from documents order by id")]

    def replace(self, entries: Iterable[Entry], columns: Sequence[str], told: Mapping[str, str]) -> int:
        with _written():
            self._fill(entries, columns, told)
        return self.count

    def _fill(self, entries: Iterable[Entry], columns: Sequence[str], told: Mapping[str, str]) -> None:
        with self._lock, self._base:
            self._base.execute("insert into words (words) values ('delete-all')")
            for table in ("documents", "told", "about", "columns"):
                self._base.execute(f"delete from {table}")
            self._base.executemany("insert into about values (?, ?)", told.items())
            self._base.executemany("insert into columns (name) values (?)", ((name,) for name in columns))
            try:
                for number, entry in enumerate(entries):
                    self._insert(number, entry, columns)
            except apsw.ConstraintError:
                raise backend.Repeated("two documents have one id") from None
            self._base.execute("insert into words (words) values ('optimize')")
        with self._lock:
            self._base.execute("vacuum")

    def find(self, words: query.Query | None, asked: Asked) -> Found:
        hits, given = _hits(words, asked, self.columns, self._near)
        with self._lock:
            [(total,)] = self._rows(f"{hits} select count(*) from hits", given)
            counted = self._rows(
                f"{hits} select name, value, count(*) from hits join told using (number) group by 1, 2", given
            )
            up = "join told on told.number = documents.number and name = :order order by value, told.number"
            first = "order by rank, number" if asked.order is None else up
            shown = self._rows(
                f"{hits} select id, -rank from hits join documents using (number) {first}"
                " limit :size offset :start",
                given | {"size": asked.size, "start": asked.start, "order": asked.order},
            )
        facets = {name: tuple((v, n) for each, v, n in counted if each == name) for name in self.columns}
        return Found(total, tuple(shown), facets)

    def held(self, ids: Sequence[str], terms: Collection[tuple[str, str]] = ()) -> Mapping[str, Kept]:
        return backend.held(self._stored(ids), terms)

    def erase(self, ids: Iterable[str]) -> int:
        with _written(), self._lock, self._base:
            known = self._rows(
                "select number, kept from documents where id in (select value from json_each(?))",
                (json.dumps([*ids]),),
            )
            for number, stored in known:
                self._drop(number, stored)
        return len(known)

    def close(self) -> None:
        self._base.close()

    def _insert(self, number: int, entry: Entry, columns: Sequence[str]) -> None:
        stored, rows = backend.packed(entry), [(name, entry.values.get(name, ""), number) for name in columns]
        self._base.execute("insert into documents values (?, ?, ?)", (number, entry.id, stored))
        self._base.executemany("insert into told values (?, ?, ?)", rows)
        texts = (number, *(backend.written(backend.slots(entry.terms(name))) for name in FIELDS))
        self._base.execute(f"insert into words (rowid, {', '.join(FIELDS)}) values (?, ?, ?)", texts)

    def _drop(self, number: int, stored: bytes) -> None:
        # A table without content of its own has to be told what to forget.
        terms = backend.unpacked(stored)[2]
        texts = (number, *(backend.written(backend.slots(terms[name])) for name in FIELDS))
        self._base.execute(
            f"insert into words (words, rowid, {', '.join(FIELDS)}) values ('delete', ?, ?, ?)", texts
        )
        for table in ("documents", "told"):
            self._base.execute(f"delete from {table} where number = ?", (number,))

    def _stored(self, ids: Sequence[str]) -> dict[str, bytes]:
        return dict(
            self._rows(
                "select id, kept from documents where id in (select value from json_each(?))",
                (json.dumps(list(ids)),),
            )
        )

    def _near(self, name: str, text: str) -> list[str]:
        """The terms of a field that are near a text."""
        first = text[:1]
        given = {"name": name, "first": first, "last": first + backend.LAST, "length": len(text)}
        return [term for (term,) in self._rows(AROUND, given) if backend.near(term, text)]

    def _rows(self, sql: str, given: Any = ()) -> list[Any]:
        with self._lock, _told_as_damaged():
            return self._base.execute(sql, given).fetchall()


@contextmanager
def _told_as_damaged() -> Iterator[None]:
    try:
        yield
    except (apsw.Error, UnicodeDecodeError):
        raise EngineError(backend.DAMAGED) from None


@contextmanager
def _written() -> Iterator[None]:
    try:
        yield
    except UnicodeDecodeError:
        raise EngineError(backend.DAMAGED) from None
    except apsw.Error:  # a full disk has undone it already, and undoing it again is an error of its own
        raise EngineError(UNWRITTEN) from None


def _require_ours(base: apsw.Connection) -> None:
    """Return when a file has our tables and no others: a view or a trigger could run for ever."""
    found = set(base.execute("select type, name, sql from sqlite_schema"))
    if found != _schema():
        raise EngineError(backend.DAMAGED)


@cache
def _schema() -> frozenset[tuple[str, str, str | None]]:
    base = apsw.Connection(":memory:")
    base.register_fts5_tokenizer("onggi", lambda connection, arguments: _parted)
    base.execute(TABLES)
    made = frozenset(base.execute("select type, name, sql from sqlite_schema"))
    base.close()
    return made


def _parted(text: bytes, flags: int, locale: str | None) -> Iterator[tuple[int, int, *tuple[str, ...]]]:
    """What `written` wrote, as SQLite takes tokens: begin, end, and the terms of that place."""
    at = 0
    for place in text.split(b" "):
        if place:
            yield at, at + len(place), *place.decode().split(backend.SHARED)
        at += len(place) + 1


def _hits(
    words: query.Query | None, asked: Asked, columns: Collection[str], near: Near
) -> tuple[str, dict[str, Any]]:
    """The beginning of a statement, in which `hits` has the numbers and ranks of all that answer."""
    if asked.order is not None and asked.order not in columns:
        raise EngineError(f"there is no column {asked.order}")
    given: dict[str, Any] = {}
    if words is None or type(words) is query.Every:
        hits, where = "select number, -1.0 as rank from documents", ["true"]
    else:
        hits = f"select rowid as number, bm25(words, 1.0, {backend.PAIR_WEIGHT}) as rank from words"
        where, given["words"] = ["words match :words"], match(words, near)
    number = "number" if words is None or type(words) is query.Every else "rowid"
    for at, (name, (low, high)) in enumerate(asked.between.items()):
        if name in columns:
            within = f"name = :name{at} and value between :low{at} and :high{at}"
            where.append(f"{number} in (select number from told where {within})")
            given |= {f"name{at}": name, f"low{at}": low, f"high{at}": high}
    if asked.within is not None:
        where.append(
            f"{number} in (select number from documents where id in (select value from json_each(:within)))"
        )
        given["within"] = json.dumps([*asked.within])
    return f"with hits as materialized ({hits} where {' and '.join(where)})", given
