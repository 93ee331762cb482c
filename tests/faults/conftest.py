"""An intake that may fail."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.server.intake.test_courier import INIT, KEY, OFFICE, run


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A new one in a folder of its own."""
    made = run(tmp_path / "home", *INIT, str(OFFICE.notes(tmp_path / "notes", KEY.public)))
    assert made.exit_code == 0, made.output
    return tmp_path / "home"
