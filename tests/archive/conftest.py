"""An archive for each test: a copy of one that was founded once."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.people import Archive, found_archive, open_archive


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("founded") / "archive"
    found_archive(home)
    return home


@pytest.fixture
def archive(founded: Path, tmp_path: Path) -> Iterator[Archive]:
    opened = open_archive(founded, tmp_path)
    yield opened
    opened.vault.close()
