"""An intake over a real database and a real folder, with small parts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from migrations.run import migrate
from server.intake.config import IntakeConfig
from server.intake.deposits import Deposits
from server.intake.shelf import DiskShelf
from server.intake.site import create_app
from server.intake.tables import connect
from tests.server.intake.sealed import LARGEST, PART


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = connect(tmp_path / "intake.sqlite")
    migrate(engine, "intake")
    yield engine
    engine.dispose()


@pytest.fixture
def deposits(engine: Engine, tmp_path: Path) -> Deposits:
    return Deposits(engine, DiskShelf(tmp_path / "shelf"), PART, LARGEST)


@pytest.fixture
def browser(engine: Engine, tmp_path: Path) -> Iterator[FlaskClient]:
    (tmp_path / "keycard.note").write_bytes(b"a signed note")
    app = create_app(IntakeConfig(tmp_path, "archive.example", "00" * 32, part_size=PART))
    yield app.test_client()
    app.extensions["deposits"].engine.dispose()
