"""What the tests of both sites share: an intake as its operator makes it."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from crypto.keys import IntakeSecret
from server.intake.commands import intake
from tests.people import ORIGIN, Office

OFFICE, KEY = Office(), IntakeSecret.generate()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    notes = OFFICE.notes(tmp_path_factory.mktemp("notes"), KEY.public)
    options = ["--origin", ORIGIN, "--root", OFFICE.root.public.to_text(), "--notes", str(notes)]
    assert CliRunner().invoke(intake, ["init", "--home", str(home), *options]).exit_code == 0
    return home
