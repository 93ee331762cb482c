"""An index that somebody else made: it is refused at once, or it answers, and nothing of it ever runs."""

from __future__ import annotations

import hashlib
import pickle
import shutil
import tracemalloc
import zlib
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import apsw
import numpy as np
import pytest

from archive.search import folder as folders
from archive.search.backend import EngineError
from archive.search.blocks.arrays import Arrays, joined, parted
from archive.search.blocks.kept import EFFORT, packed
from archive.search.blocks.small import bounds, small
from archive.search.blocks.texts import lexicon
from archive.search.document import Document
from archive.search.folder import ARRAYS, DIGEST, SQLITE, IndexRefused
from archive.search.index import Index

TEXTS: Final = ("강을 건넜다. 강은 얼어 있었다.", "我過了圖們江。江很寬。", "The river and the river again.")


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("good")
    documents = [
        Document(f"d{at}", "kor", "2026-Q4", "event", (("s0001", text),)) for at, text in enumerate(TEXTS)
    ]
    for engine in folders.ENGINES:
        folders.build(documents, home / engine, lambda done: None, engine)
    return home


def _lay(folder: Path, arrays: bytes) -> Path:
    folder.mkdir()
    (folder / ARRAYS).write_bytes(arrays)
    (folder / DIGEST).write_text(hashlib.sha256(arrays).hexdigest())
    return folder


def _put(name: str, at: int, value: int) -> Callable[[Arrays, dict[str, Any]], None]:
    def change(arrays: Arrays, told: dict[str, Any]) -> None:
        if value > 255:
            arrays[name] = arrays[name].astype("<u8")
        arrays[name][at] = value

    return change


def _nowhere(arrays: Arrays, told: dict[str, Any]) -> None:
    arrays["text/places"][:] = 0


def _longer(arrays: Arrays, told: dict[str, Any]) -> None:
    arrays["text/place"][:2] += np.array([1, 255], "u1")


def _lists(*terms: tuple[int, int, int, bytes], places: bytes, bits: int) -> Callable[..., None]:
    """Other lists in place of those of the words: of each term df, cf, its kind and its list."""

    def change(arrays: Arrays, told: dict[str, Any]) -> None:
        df, cf, kinds, lists = zip(*terms, strict=True)
        sizes = [1 if at < len(places) else 0 for at in range(len(terms))]
        made = {
            **small("df", np.array(df)),
            "kinds": np.array(kinds, "u1"),
            **lexicon([b"%d" % at for at in range(len(terms))]),
            **bounds("list", np.array([len(each) for each in lists])),
            "lists": np.frombuffer(b"".join(lists) + bytes(8), "u1"),
            **bounds("place", np.array(sizes)),
            "places": np.frombuffer(places + bytes(8), "u1"),
            "bits": np.full(len(TEXTS), bits, "u1"),
        }
        arrays |= {f"text/{name}": value for name, value in made.items()}
        told["totals"]["text"] = sum(cf)

    return change


OFTEN: Final = 1 << 24
_in_no_room = _lists((1, OFTEN + 1, 6 << 2, OFTEN.to_bytes(4, "little") + b"\x01"), places=b"", bits=0)
"""One term that stands sixteen million times in a testimony of one place, and takes five bytes."""
_twice = _lists((2, 2, 1, bytes([1, 0])), places=b"\x02", bits=1)
_borrowed = _lists((1, 1, 1, bytes([0, 1])), (2, 2, 1, bytes([2, 255])), places=b"\0\x02", bits=1)
"""The first list names two testimonies and counts one, the second the other way round: together it fits."""


def _told(name: str, value: Any) -> Callable[[Arrays, dict[str, Any]], None]:
    return lambda arrays, told: told.update({name: value})


CHANGES: Final[dict[str, Callable[[Arrays, dict[str, Any]], None]]] = {
    "a term in more testimonies than there are": _put("text/df", 0, 2**31),
    "a number that is in no list beside": _put("text/df", 0, 255),
    "a list that begins behind the end": _put("text/list_from", 0, 2**31),
    "a list that ends behind the end": _put("text/list", -1, 254),
    "a list of an unknown kind": _put("text/kinds", 0, 3),
    "a list of an unknown width": _put("text/kinds", 0, 7 << 2),
    "other testimonies than are counted": _put("text/lists", 0, 7),
    "positions that are wider than any": _put("text/bits", 0, 60),
    "positions that begin behind the end": _put("text/place_from", 0, 2**31),
    "a term twice in one place": _nowhere,
    "more positions than the list has": _longer,
    "a term oftener than a testimony has places": _in_no_room,
    "a testimony twice in one list": _twice,
    "a testimony of one list counted in another": _borrowed,
    "starts outside": _put("text/starts_at", -1, 2**31),
    "a term outside the lexicon": _put("text/words", -1, 2**31),
    "words that run backwards": _put("text/words", 0, 2**31),
    "more words than terms": _put("text/lexicon", 1, 3),
    "words that are no text": _put("text/lexicon", 1, 255),
    "a value that no column has": _put("column0", 0, 200),
    "an id outside the ids": _put("named", -1, 2**31),
    "a number twice": _put("by_id", 0, 1),
    "words kept outside": _put("sizes", -1, 2**31),
    "more testimonies": _told("documents", 10**9),
    "fields that are none": _told("fields", ["text", "os"]),
    "columns that are no lists": _told("columns", {"lang": None}),
    "other totals than the lists have": _told("totals", {"text": 10**6, "pairs": 10**6}),
    "totals of another kind": _told("totals", {"text": "1", "pairs": -1}),
    "an analyzer that is a list": _told("about", ["analyzer"]),
}


@pytest.mark.parametrize("what", CHANGES)
def test_numbers_that_lead_outside_are_refused_before_anything_is_asked(
    what: str, good: Path, tmp_path: Path
) -> None:
    """
    Each with a right hash beside it, as its maker would have; and no memory is taken on its word.
    """
    arrays, told = parted(memoryview((good / "blocks" / ARRAYS).read_bytes()))
    arrays = {name: np.array(array) for name, array in arrays.items()}
    CHANGES[what](arrays, told)
    theirs = _lay(tmp_path / "theirs", joined(arrays, told))
    tracemalloc.start()
    with pytest.raises(IndexRefused):
        folders.opened(theirs)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 8 << 20


def _with_pieces(good: Path, into: Path, names: tuple[str, str], at: int, piece: bytes) -> Index:
    """The good index with another piece in the place of one of those that *names* hold, and their bounds."""
    arrays, told = parted(memoryview((good / "blocks" / ARRAYS).read_bytes()))
    pieces = [arrays[names[0]][a:b].tobytes() for a, b in pairwise(arrays[names[1]])]
    pieces[at] = piece
    changed = dict(arrays) | {
        names[0]: np.frombuffer(b"".join(pieces), "u1"),
        names[1]: np.cumsum([0, *map(len, pieces)]).astype("<u4"),
    }
    return folders.opened(_lay(into, joined(changed, told)))


class _Runs:
    def __reduce__(self) -> tuple[Any, ...]:
        return exec, ("raise SystemExit('an index ran')",)


BODY: Final = ["kor", "2026-Q4", "event", [["s0001", 9]], []]
_good = packed(BODY, "나는 강을 건넜다")


@pytest.mark.parametrize(
    "kept",
    [
        pickle.dumps(_Runs()),
        packed([1, 2], "text"),
        packed([*BODY[:3], [["s0001", 10**9]], []], "too short"),
        packed([*BODY[:3], [["s0001", -9]], []], "too long"),
        packed([*BODY[:3], [["s0001", True]], []], "no number"),
        _good[:-20],
        _good.replace(zlib.compress("나는 강을 건넜다".encode(), EFFORT), zlib.compress(b"\xff" * 99)),
        _good.replace(zlib.compress("나는 강을 건넜다".encode(), EFFORT), pickle.dumps(_Runs())),
        b"",
    ],
)
def test_what_is_kept_of_a_testimony_is_never_unpickled(kept: bytes, good: Path, tmp_path: Path) -> None:
    """
    It is JSON and text in zlib, or the testimony cannot be shown; the others still can be found.
    """
    theirs = _with_pieces(good, tmp_path / "theirs", ("kept", "sizes"), 0, kept)

    assert [theirs.names[at] for at in theirs.found("river")] == ["d2"]
    assert theirs.document("d2") is not None
    with pytest.raises(EngineError, match="damaged"):
        theirs.document("d0")


def _pressed(starts: bytes) -> bytes:
    pressed = zlib.compressobj(wbits=-15)
    return pressed.compress(starts) + pressed.flush()


@pytest.mark.parametrize(
    "starts", [b"", b"no deflate", *map(_pressed, [bytes(3), bytes(4), b"\1" + bytes(9), b"\xff" * 64])]
)
def test_where_words_begin_is_no_guess(starts: bytes, good: Path, tmp_path: Path) -> None:
    """
    Numbers cut short, fewer than there are words, and large ones that are not there.
    """
    theirs = _with_pieces(good, tmp_path / "theirs", ("text/starts", "text/starts_at"), 2, starts)
    with pytest.raises(EngineError, match="damaged"):
        theirs.search("river")


def test_nothing_is_unpacked_further_than_it_is_shown(good: Path, tmp_path: Path) -> None:
    """
    64 MiB of starts, and of text, in as few bytes as they take.
    """
    long = packed([*BODY[:3], [["s0001", 64 << 20]], []], "river " + "x" * (64 << 20))
    shown = [
        _with_pieces(good, tmp_path / "text", ("kept", "sizes"), 2, long),
        _with_pieces(
            good, tmp_path / "starts", ("text/starts", "text/starts_at"), 2, _pressed(bytes(64 << 20))
        ),
    ]
    tracemalloc.start()
    for theirs in shown:
        assert [hit.document.id for hit in theirs.search("river").hits] == ["d2"]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 8 << 20


@pytest.mark.parametrize(
    "planted",
    [
        "create view more as with recursive n(i) as (select 1 union all select i + 1 from n) select i from n",
        "create trigger late after delete on documents begin select 1; end",
        "create table another (a)",
        "drop table told",
    ],
)
def test_a_file_of_sqlite_has_our_tables_and_no_others(planted: str, good: Path, tmp_path: Path) -> None:
    """
    A view or a trigger could run for ever; one that is there is not asked.
    """
    shutil.copytree(good / "fts5", tmp_path / "theirs")
    base = apsw.Connection(str(tmp_path / "theirs" / SQLITE))
    base.execute(planted)
    base.close()

    with pytest.raises(IndexRefused):
        folders.opened(tmp_path / "theirs")
    assert [hit.document.id for hit in folders.opened(good / "fts5").search("river").hits] == ["d2"]
