"""What a reader sends to the reading room, and an index that lies in a folder of somebody else's."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from functools import cache, partial
from typing import Any, Final

from flask.testing import FlaskClient

from archive.search import folder as folders
from archive.search import typed
from archive.search.blocks.arrays import MAGIC
from archive.search.document import Document
from archive.search.folder import ARRAYS, DIGEST, SQLITE, IndexRefused
from archive.search.index import Index
from server.research import shelf
from server.research.config import ResearchConfig
from server.research.finding import Asked, DateRefused, found
from server.research.lists import ListRefused, ReadingList
from server.research.site import create_app
from tests.fuzz.keys import FOLDER, refused
from tests.people import ORIGIN, TODAY
from tests.server.research.rooms import OFFICE, told, write

TEXTS: Final = (
    ("a", "압록강을 건너 중국으로 갔다. 겨울이었다.", "kor"),
    ("b", "我過了圖們江。那年冬天很冷。", "zho"),
    ("c", "I crossed the river in winter.", "eng"),
)
ASKED: Final = ("강", "江 冬天", '"the river"', "없다")
LINES: Final = b"\"'\n"


@cache
def room() -> FlaskClient:
    """A reading room that shows a few testimonies."""
    config = ResearchConfig(FOLDER / "room", ORIGIN, OFFICE.root.public)
    config.write()
    rows = [told(id, text, lang=lang, coding={"year": ["1998"]}) for id, text, lang in TEXTS]
    shelf.publish(config, write(FOLDER / "published", 1, *rows), TODAY)
    return create_app(config).test_client()


@cache
def index() -> Index:
    return Index(_documents())


def _documents() -> list[Document]:
    return [Document(id, lang, "2026-Q4", "event", (("s0001", text),)) for id, text, lang in TEXTS]


def query(data: bytes) -> None:
    """*data* as what somebody looks for: words, the words that nearly stand there, and a date."""
    text = data.decode("utf-8", "replace")
    with refused():
        typed.parse(text)
        assert {index().names[at] for at in index().found(text)} <= {"a", "b", "c"}
    reading = room().application.extensions["shelf"].reading()
    with refused(DateRefused):
        found(reading, Asked.of({"phrase": text, "when": text}))


def address(data: bytes) -> None:
    """*data* as what stands behind the question mark of each page that takes something."""
    for page in ("/", "/concordance", "/looking", "/found.csv", "/api/v1/search", "/oai"):
        answer = room().get(page, environ_overrides={"QUERY_STRING": data.decode("latin-1")})
        assert answer.status_code in (200, 302, 400), answer.status_code


def reading_list(data: bytes) -> None:
    with refused(ListRefused):
        listed, archive = ReadingList.read(data)
        again, same = ReadingList.read(listed.written(archive).encode())
        assert (again, same) == (listed, archive)


@cache
def honest() -> bytes:
    """The arrays of a good index."""
    folders.build(_documents(), FOLDER / "index", lambda done: None)
    return (FOLDER / "index" / ARRAYS).read_bytes()


def index_(data: bytes) -> None:
    """*data* as the arrays of an index, and over the arrays of a good one from where its first bytes say."""
    good = honest()
    at = int.from_bytes(data[:2], "little") % len(good)
    put = good[:at] + data[2:] + good[at + len(data) - 2 :]
    for arrays in (data, MAGIC + data, put):
        _write(ARRAYS, arrays)
        _ask()


def sqlite(data: bytes) -> None:
    """*data* as SQLite's file, and over a good one."""
    good = _good_sqlite()
    at = int.from_bytes(data[:2], "little") % len(good)
    for file in (data, good[:at] + data[2:] + good[at + len(data) - 2 :]):
        _write(SQLITE, file)
        _ask()


@cache
def _good_sqlite() -> bytes:
    folders.build(_documents(), FOLDER / "sqlite", lambda done: None, "fts5")
    return (FOLDER / "sqlite" / SQLITE).read_bytes()


def _write(name: str, content: bytes) -> None:
    shutil.rmtree(FOLDER / "theirs", ignore_errors=True)
    (FOLDER / "theirs").mkdir()
    (FOLDER / "theirs" / name).write_bytes(content)
    (FOLDER / "theirs" / DIGEST).write_text(hashlib.sha256(content).hexdigest())


def _ask() -> None:
    """Everything that is asked of an index: `IndexRefused` at once, or an answer, or one of our errors."""
    try:
        theirs = folders.opened(FOLDER / "theirs")
    except IndexRefused:
        return
    asks: list[Callable[[], Any]] = [lambda: theirs.ids, lambda: theirs.document("a")]
    asks += [partial(theirs.search, text) for text in ASKED]
    asks += [lambda: theirs.search("", order="lang"), lambda: folders.erase(FOLDER / "theirs", ["a"])]
    for ask in asks:
        with refused():
            ask()
    theirs.close()


PARSERS: Final[dict[str, Callable[[bytes], None]]] = {
    "query": query,
    "address": address,
    "reading-list": reading_list,
    "index": index_,
    "sqlite": sqlite,
}
