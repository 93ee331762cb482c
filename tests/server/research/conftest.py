"""A reading room that knows its archive and shows nothing yet."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.research.config import ResearchConfig
from tests.people import ORIGIN
from tests.server.research.rooms import OFFICE


@pytest.fixture
def config(tmp_path: Path) -> ResearchConfig:
    config = ResearchConfig(tmp_path / "room", ORIGIN, OFFICE.root.public)
    config.write()
    return config
