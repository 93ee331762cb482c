"""Writing so that a power cut leaves all of it or what was there before."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from crypto import durable


def test_a_file_and_its_name_are_on_the_disk_when_it_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    First the bytes, while they have no name yet, then the folder with the name.
    """
    synced, real = list[list[str]](), os.fsync

    def noted(handle: int) -> None:
        synced.append(os.listdir(tmp_path))
        real(handle)

    monkeypatch.setattr(os, "fsync", noted)

    durable.write(tmp_path / "floor", b"7")

    assert synced == [["floor.tmp"], ["floor"]]
    assert (tmp_path / "floor").read_bytes() == b"7"


def test_a_disk_that_fails_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    What cannot be written whole does not take the place of the one before it.
    """

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    durable.write(tmp_path / "floor", b"7")
    monkeypatch.setattr(os, "fsync", full)

    with pytest.raises(OSError, match="No space left"):
        durable.write(tmp_path / "floor", b"8")

    assert (tmp_path / "floor").read_bytes() == b"7"


def test_a_secret_is_nobody_elses_from_its_first_byte(tmp_path: Path) -> None:
    """
    The mode is given when the file is made, and not when others have seen it.
    """
    durable.write(tmp_path / "key", b"secret", 0o600)

    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
