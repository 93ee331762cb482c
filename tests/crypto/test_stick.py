"""A folder on a stick, which may change, fill up or be pulled out at any moment."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import shutil
from pathlib import Path

import pytest

from crypto.errors import DamagedPart
from crypto.stick import HALF, MANIFEST, Stick

TEXT = b"what was carried" * 1000
DIGEST = hashlib.sha256(TEXT).hexdigest()


def _fails(*_: object, **__: object) -> None:
    raise OSError(errno.EIO, "input/output error")


def test_what_cannot_be_read_is_damaged_and_no_other_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    A stick that answers no more, at a small file and in the middle of a large one.
    """
    Stick(tmp_path).write("part", TEXT)
    stick = Stick(tmp_path)
    monkeypatch.setattr(Path, "open", _fails)

    with pytest.raises(DamagedPart, match="missing or cannot be read"):
        stick.read("part", 100)
    with pytest.raises(DamagedPart, match="missing or cannot be read"):
        list(stick.pieces("part", DIGEST, len(TEXT)))
    assert not stick.is_whole("part", DIGEST, len(TEXT))


def test_a_small_file_has_the_size_it_may_have_at_most(tmp_path: Path) -> None:
    """
    One byte more is refused, before anybody parses it.
    """
    stick = Stick(tmp_path)
    stick.write("note", b"12345")

    assert stick.read("note", 5) == b"12345"
    with pytest.raises(DamagedPart, match="longer than it may be"):
        stick.read("note", 4)


def test_what_has_another_hash_is_noticed_at_the_end(tmp_path: Path) -> None:
    """
    The size can be right, and the content another: then the last piece is followed by an error.
    """
    stick = Stick(tmp_path)
    stick.write("part", TEXT)
    (tmp_path / "part").write_bytes(b"W" + TEXT[1:])
    pieces = stick.pieces("part", DIGEST, len(TEXT))

    assert next(pieces) == b"W" + TEXT[1:]
    with pytest.raises(DamagedPart, match="is not what the manifest names"):
        next(pieces)


def test_a_full_stick_keeps_no_half_of_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    The room is given back, the file that was there before stays, and the error is told.
    """
    stick = Stick(tmp_path)
    stick.write("part", b"before")
    monkeypatch.setattr("os.fsync", _fails)

    with pytest.raises(OSError, match="input/output"):
        stick.write("part", TEXT)
    assert [path.name for path in tmp_path.iterdir()] == ["part"]
    assert (tmp_path / "part").read_bytes() == b"before"
    monkeypatch.setattr(Path, "unlink", _fails)
    with pytest.raises(OSError, match="input/output"):
        stick.write("part", TEXT)


def test_what_a_source_does_not_give_is_not_waited_for(tmp_path: Path) -> None:
    """
    A source that ends before its size is written as far as it went; its hash is somebody else's check.
    """
    stick = Stick(tmp_path)
    stick.write("part", io.BytesIO(b"short"), 100)

    assert (tmp_path / "part").read_bytes() == b"short"
    assert not (tmp_path / f"part{HALF}").exists()


def test_a_name_is_found_in_any_case_and_the_exact_one_first(tmp_path: Path) -> None:
    """
    Where a stick has both, the name that was asked for is meant.
    """
    (tmp_path / "PART").write_bytes(b"capitals")
    assert Stick(tmp_path).read("part", 99) == b"capitals"
    (tmp_path / "part").write_bytes(b"exact")
    assert Stick(tmp_path).read("part", 99) == b"exact"


def test_a_folder_that_is_not_there_holds_nothing(tmp_path: Path) -> None:
    """
    And is made when something is written into it.
    """
    stick = Stick(tmp_path / "gone" / "deeper")

    assert stick.others([]) == []
    assert not stick.holds("part")
    stick.remove("part")
    stick.write("part", b"first")
    stick.finish(b"manifest")
    assert (tmp_path / "gone" / "deeper" / "MANIFEST").read_bytes() == b"manifest"


def test_nothing_is_named_before_all_of_it_has_reached_the_stick(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    Pulled out early it has no name with half a file behind it, and no manifest of what is not there.
    """
    synced: list[tuple[str, int]] = []
    handles, named, sync = set[int](), list[list[str]](), os.fsync

    def watch(handle: int) -> None:
        told = os.fstat(handle)
        [name] = [each.name for each in (tmp_path, *tmp_path.iterdir()) if each.stat().st_ino == told.st_ino]
        synced.append((name, 0 if name == tmp_path.name else told.st_size))
        named.append(sorted(each.name for each in tmp_path.iterdir() if each.suffix != HALF))
        handles.add(handle)
        sync(handle)

    monkeypatch.setattr("os.fsync", watch)
    stick = Stick(tmp_path)
    stick.write("part", b"carried")
    stick.finish(b"manifest")

    folder = (tmp_path.name, 0)
    assert synced == [(f"part{HALF}", 7), folder, (f"{MANIFEST}{HALF}", 8), folder]
    assert named == [[], ["part"], ["part"], [MANIFEST, "part"]]
    for each in handles:
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(each)


def test_a_stick_that_was_pulled_out_is_not_made_anew(tmp_path: Path) -> None:
    """
    A folder of its name on this machine's own disk would be taken for the stick, and stay behind.
    """
    stick = Stick(tmp_path / "stick")
    stick.write("part", TEXT)
    shutil.rmtree(tmp_path / "stick")

    with pytest.raises(OSError, match="No such file"):
        stick.write("next", TEXT)
    with pytest.raises(OSError, match="No such file"):
        stick.finish(b"manifest")
    assert list(tmp_path.iterdir()) == []
