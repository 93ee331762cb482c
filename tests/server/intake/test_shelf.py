"""The shelf on a real disk."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from server.intake.shelf import DiskShelf, room_on

GB = 1_000_000_000


@pytest.mark.parametrize(
    ("total", "free", "room"),
    [
        (20 * GB, 10 * GB, 7.5 * GB),
        (20 * GB, 2 * GB, 0),
        (1000 * GB, 60 * GB, 10 * GB),
        (1000 * GB, 40 * GB, 0),
    ],
)
def test_some_of_the_disk_is_never_given_away(total: int, free: int, room: int) -> None:
    """
    On a small disk enough to pack the largest envelope, on a large one a twentieth of it.
    """
    assert room_on(total, free) == room


def test_a_part_is_not_taken_before_its_names_are_on_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    Its bytes, its name and its folder's name are synced, so that a power cut forgets none of them.
    """
    synced: list[str] = []
    real = os.fsync

    def noted(handle: int) -> None:
        synced.append(os.readlink(f"/proc/self/fd/{handle}"))
        real(handle)

    shelf = DiskShelf(tmp_path / "shelf")
    monkeypatch.setattr(os, "fsync", noted)
    shelf.put("ab" * 16, 0, b"sealed")

    written, *folders = synced
    assert written.endswith(".tmp")
    assert folders == [str(tmp_path / "shelf" / ("ab" * 16)), str(tmp_path / "shelf")]


def test_a_part_that_could_not_be_written_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    A full disk is not filled further by what did not fit.
    """

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    shelf = DiskShelf(tmp_path / "shelf")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        shelf.put("ab" * 16, 0, b"sealed")

    assert list((tmp_path / "shelf" / ("ab" * 16)).iterdir()) == []
