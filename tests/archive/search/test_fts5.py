"""SQLite's engine in a file: sealed with a key, and as the index of a folder."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from archive.search import folder as folders
from archive.search.backend import EngineError, Repeated
from archive.search.document import Document
from archive.search.fts5 import Fts5
from tests.engines import entry

KEY, OTHER = bytes(range(32)), bytes(32)
TOLD = [
    Document("a", "kor", "2026-Q4", "event", (("s0001", "혜산에서 도망쳤다."),)),
    Document("b", "zho", "2026-Q4", "event", (("s0001", "我从惠山逃到长白。"),)),
]


@pytest.mark.parametrize("key", [OTHER, None], ids=["another key", "no key"])
def test_a_sealed_index_opens_with_its_key_only(tmp_path: Path, key: bytes | None) -> None:
    """
    And a file that is no index is refused in the same way.
    """
    path = tmp_path / "index.sqlite"
    with closing(Fts5(path, KEY)) as engine:
        engine.replace([entry("one", [[["word"]]])], [], {})
    sealed = path.read_bytes()

    with pytest.raises(EngineError):
        Fts5(path, key)
    assert path.read_bytes() == sealed
    with closing(Fts5(path, KEY)) as engine:
        assert engine.ids() == ["one"]
    path.write_bytes(b"dear diary, " * 100)
    with pytest.raises(EngineError):
        Fts5(path, key)


@pytest.mark.parametrize(
    "sql",
    [
        "create view other as select 1",
        "create trigger other after insert on documents begin select 1; end",
        "drop table told",
    ],
)
def test_an_index_with_anything_that_is_not_ours_is_not_read(tmp_path: Path, sql: str) -> None:
    """
    A view or a trigger could run for ever; the folder it lies in says so too.
    """
    path = tmp_path / folders.SQLITE
    with closing(Fts5(path)) as engine:
        engine.replace([entry("one", [[["word"]]])], [], {})
    with closing(sqlite3.connect(path)) as base:
        base.execute(sql)
    with pytest.raises(EngineError):
        Fts5(path)
    with pytest.raises(folders.IndexRefused):
        folders.opened(tmp_path)


def test_two_documents_of_one_id_are_no_index(tmp_path: Path) -> None:
    """
    Only one of them could be found; what was there before stays.
    """
    with closing(Fts5(tmp_path / folders.SQLITE)) as engine:
        engine.replace([entry("one", [[["word"]]])], [], {})
        with pytest.raises(Repeated):
            engine.replace([entry("two", [[["word"]]])] * 2, [], {})
        assert engine.ids() == ["one"]


def test_an_index_that_cannot_be_made_is_told_in_a_line(tmp_path: Path) -> None:
    """
    SQLite opens no file where none can be: on a full disk, or in a folder that is gone.
    """
    with pytest.raises(EngineError, match="cannot be written"):
        Fts5(tmp_path / "gone" / folders.SQLITE)


def test_a_folder_holds_one_engine_after_the_other(tmp_path: Path) -> None:
    """
    The index of one engine takes the place of the other's, and is searched and erased in the same way.
    """
    home = tmp_path / "index"
    for engine, file in (("blocks", folders.ARRAYS), ("fts5", folders.SQLITE), ("blocks", folders.ARRAYS)):
        assert folders.build(TOLD, home, lambda done: None, engine) == 2
        assert (folders.SQLITE in {path.name for path in home.iterdir()}) == (engine == "fts5")
        assert (home / file).is_file()
        with closing(folders.opened(home)) as index:
            assert {hit.document.id for hit in index.search("Hyesan").hits} == {each.id for each in TOLD}
            assert index.documents([each.id for each in TOLD]) == TOLD
        assert folders.erase(home, ["a", "nobody"]) == 1
        with closing(folders.opened(home)) as index:
            assert index.ids == ["b"]


def test_an_index_of_another_analyzer_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Its words would be cut otherwise than what is looked for.
    """
    with monkeypatch.context() as other:
        other.setattr(folders, "made_by", lambda: {"analyzer": "another"})
        folders.build(TOLD, tmp_path / "index", lambda done: None, "fts5")

    with pytest.raises(folders.IndexRefused, match="another version"):
        folders.opened(tmp_path / "index")
