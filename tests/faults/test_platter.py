"""What a power cut leaves: the fault that `every` strikes with does take away what nobody synced."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.faults.platter import CUTS, Cut, Platter


def sync(platter: Platter, path: Path) -> None:
    """As the process that is watched does it, and the platter is told."""
    handle = os.open(path, os.O_RDONLY)
    os.fsync(handle)
    os.close(handle)
    platter.synced(path)


def cut(platter: Platter, how: Cut) -> dict[str, bytes]:
    """What lies in the folder after the power failed."""
    platter.cut(how)
    platter.close()
    files = (path for path in platter.folder.rglob("*") if path.is_file())
    return {str(path.relative_to(platter.folder)): path.read_bytes() for path in files}


@pytest.mark.parametrize("how", CUTS)
def test_what_lay_there_and_what_was_synced_with_its_name_is_there(tmp_path: Path, how: Cut) -> None:
    """
    With its bytes, its mode, and the folders above it.
    """
    (tmp_path / "old").write_bytes(b"old")
    platter = Platter(tmp_path)
    new = tmp_path / "one" / "two"
    new.parent.mkdir()
    new.write_bytes(b"new")
    new.chmod(0o600)
    for path in (new, new.parent, tmp_path):
        sync(platter, path)

    assert cut(platter, how) == {"old": b"old", "one/two": b"new"}
    assert new.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(("how", "left"), [("lost", {"a": b"old"}), ("hollow", {"a": b""})])
def test_a_name_that_was_given_before_its_bytes_were_synced_is_lost_or_leads_to_nothing(
    tmp_path: Path, how: Cut, left: dict[str, bytes]
) -> None:
    """
    The mistake that a kill never shows: write, rename, and no fsync.
    """
    (tmp_path / "a").write_bytes(b"old")
    platter = Platter(tmp_path)
    (tmp_path / "b").write_bytes(b"new")
    (tmp_path / "b").replace(tmp_path / "a")

    assert cut(platter, how) == left


@pytest.mark.parametrize(("how", "left"), [("lost", {"a": b"a"}), ("hollow", {})])
def test_what_was_removed_may_come_back(tmp_path: Path, how: Cut, left: dict[str, bytes]) -> None:
    """
    A removal is a change of the folder like another: SQLite's journal is such a file.
    """
    (tmp_path / "a").write_bytes(b"a")
    platter = Platter(tmp_path)
    (tmp_path / "a").unlink()

    assert cut(platter, how) == left
