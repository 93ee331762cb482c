"""Sealed files in the vault's folder, as files to seek in."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.objects import DamagedObject, Objects
from crypto.errors import DamagedMessage

CONTENT = bytes(i % 251 for i in range(100_000))


@pytest.fixture
def kept(tmp_path: Path) -> tuple[Objects, str, bytes]:
    objects = Objects(tmp_path / "objects")
    with objects.stage() as staged:
        staged.write(CONTENT)
    return objects, staged.place, staged.key


def test_a_recording_plays_from_the_middle(kept: tuple[Objects, str, bytes]) -> None:
    """
    Seek and read give what reading from the front gives.
    """
    objects, place, key = kept
    with objects.open(place, key) as file:
        file.seek(70_000)

        assert file.read(5_000) == CONTENT[70_000:75_000]
        assert (file.seek(0), file.read()) == (0, b"".join(objects.read(place, key)))


def test_a_recording_that_was_cut_or_is_gone_does_not_open(
    kept: tuple[Objects, str, bytes], tmp_path: Path
) -> None:
    """
    A missing end, a missing file and another file's key are noticed before the first sound.
    """
    objects, place, key = kept
    path = tmp_path / "objects" / place
    path.write_bytes(path.read_bytes()[:-1])
    for name, other in ((place, key), ("absent", key), (place, bytes(32))):
        with pytest.raises(DamagedObject):
            objects.open(name, other)


def test_a_changed_chunk_stops_the_recording_there(kept: tuple[Objects, str, bytes], tmp_path: Path) -> None:
    """
    What lies before the damage plays; not one wrong byte does.
    """
    objects, place, key = kept
    path = tmp_path / "objects" / place
    changed = bytearray(path.read_bytes())
    changed[40_000] ^= 1
    path.write_bytes(changed)
    with objects.open(place, key) as file:
        assert file.read(16_384) == CONTENT[:16_384]
        with pytest.raises(DamagedMessage):
            file.read(30_000)
