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
from archive.search.folder import ARRAYS, DIGEST, SQLITE, IndexRefused
from archive.search.index import Document

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


def _behind(arrays: Arrays, told: dict[str, Any]) -> None:
    listed = int(np.flatnonzero(arrays["text/positions.width"] < 3)[0])
    _put("text/positions.at", listed, 2**31)(arrays, told)


def _told(name: str, value: Any) -> Callable[[Arrays, dict[str, Any]], None]:
    return lambda arrays, told: told.update({name: value})


CHANGES: Final[dict[str, Callable[[Arrays, dict[str, Any]], None]]] = {
    "a term in more testimonies than there are": _put("text/df", 0, 2**31),
    "a term oftener than the file holds": _put("text/cf", 0, 2**40),
    "a list that begins behind the end": _behind,
    "a list of an unknown width": _put("text/gaps.width", 0, 9),
    "a testimony of a high number": _put("text/gaps.at", 0, 77),
    "a term outside the lexicon": _put("text/words", -1, 2**31),
    "words that run backwards": _put("text/words", 1, 2**31),
    "a value that no column has": _put("column0", 0, 200),
    "an id outside the ids": _put("named", -1, 2**31),
    "a number twice": _put("by_id", 0, 1),
    "words kept outside": _put("sizes", -1, 2**31),
    "more testimonies": _told("documents", 10**9),
    "fields that are none": _told("fields", ["text", "os"]),
    "columns that are no lists": _told("columns", {"lang": None}),
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


class _Runs:
    def __reduce__(self) -> tuple[Any, ...]:
        return exec, ("raise SystemExit('an index ran')",)


@pytest.mark.parametrize(
    "kept", [pickle.dumps(_Runs()), zlib.compress(pickle.dumps(_Runs())), zlib.compress(b"[1, 2]"), b""]
)
def test_what_is_kept_of_a_testimony_is_never_unpickled(kept: bytes, good: Path, tmp_path: Path) -> None:
    """
    It is JSON in zlib, or the testimony cannot be shown; the others still can be found.
    """
    arrays, told = parted(memoryview((good / "blocks" / ARRAYS).read_bytes()))
    pieces = [
        kept,
        *(arrays["kept"][a:b].tobytes() for a, b in pairwise(arrays["sizes"][1:])),
    ]
    changed = dict(arrays) | {
        "kept": np.frombuffer(b"".join(pieces), "u1"),
        "sizes": np.cumsum([0, *map(len, pieces)]).astype("<u4"),
    }
    theirs = folders.opened(_lay(tmp_path / "theirs", joined(changed, told)))

    assert theirs.found("river") == ("d2",)
    assert theirs.document("d2") is not None
    with pytest.raises(EngineError, match="damaged"):
        theirs.document("d0")


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
    assert folders.opened(good / "fts5").found("river") == ("d2",)
