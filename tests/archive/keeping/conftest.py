"""A vault with things worth keeping, and the two media of its backup."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.archive.keeping.media import Media, Told
from tests.people import Archive, seal_file, statement


@pytest.fixture
def media(archive: Archive, tmp_path: Path) -> Media:
    return Media(archive, tmp_path / "boxes", tmp_path / "keyring")


@pytest.fixture
def told(archive: Archive) -> Told:
    photo = bytes(range(256)) * 400
    envelope, row = seal_file(archive, photo)
    report = archive.take(envelope, statement(archive, files=[row]), b"noise" * 20_000)
    return Told(report.taken[0], photo, report.quarantined[0])
