"""An intake with small parts, over SQLite and a folder, and over PostgreSQL and a bucket. All real."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, create_engine, text

from migrations.run import migrate
from server.intake.config import IntakeConfig
from server.intake.deposits import Deposits
from server.intake.shelf import Shelf
from server.intake.site import create_app, open_shelf
from server.intake.tables import connect
from tests import servers
from tests.server.intake.sealed import LARGEST, PART
from tests.server.intake.shelves import Places, bucket_client

BUCKET = "intake"


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server with one migrated database, `template`, of which each test gets a copy."""
    if servers.postgres_programs() is None:
        pytest.skip("PostgreSQL is not installed; as root, apt-get install postgresql")
    with servers.folder_for_anybody() as folder, servers.postgres(folder) as url:
        _sql(url, "CREATE DATABASE template")
        engine = connect(url.replace("/postgres?", "/template?"))
        migrate(engine, "intake")
        engine.dispose()
        yield url


@pytest.fixture(scope="session")
def s3() -> Iterator[servers.S3]:
    """A server with one bucket, in which each test gets a prefix."""
    if not servers.swift_is_here():
        pytest.skip(f"Swift is not installed; as root, apt-get install {servers.SWIFT_PACKAGES}")
    with servers.folder_for_anybody() as folder, servers.swift(folder) as server:
        with pytest.MonkeyPatch.context() as patch:
            for name, value in server.environment.items():
                patch.setenv(name, value)
            with bucket_client(f"s3://{BUCKET}/?endpoint={server.endpoint}") as client:
                client.create_bucket(Bucket=BUCKET)
        yield server


@pytest.fixture
def postgres_url(postgres: str) -> str:
    name = f"t{secrets.token_hex(8)}"
    _sql(postgres, f"CREATE DATABASE {name} TEMPLATE template")
    return postgres.replace("/postgres?", f"/{name}?")


@pytest.fixture
def bucket_url(s3: servers.S3, monkeypatch: pytest.MonkeyPatch) -> str:
    for name, value in s3.environment.items():
        monkeypatch.setenv(name, value)
    return f"s3://{BUCKET}/{secrets.token_hex(8)}?endpoint={s3.endpoint}"


@pytest.fixture(params=["here", pytest.param("shared", marks=pytest.mark.loopback)])
def places(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Places:
    """Where the intake of this test keeps things; its commands find them in the environment."""
    if request.param == "here":
        home = tmp_path / "home"
        home.mkdir()
        return Places(f"sqlite:///{home / 'intake.sqlite'}", (home / "shelf").as_uri())
    found = Places(request.getfixturevalue("postgres_url"), request.getfixturevalue("bucket_url"))
    monkeypatch.setenv("ONGGI_INTAKE_DATABASE", found.database)
    monkeypatch.setenv("ONGGI_INTAKE_STORAGE", found.storage)
    return found


@pytest.fixture
def engine(places: Places) -> Iterator[Engine]:
    engine = connect(places.database)
    migrate(engine, "intake")
    yield engine
    engine.dispose()


@pytest.fixture
def shelf(engine: Engine, places: Places) -> Iterator[Shelf]:
    shelf = open_shelf(places.storage, engine)
    shelf.claim()
    yield shelf
    shelf.close()


@pytest.fixture
def deposits(engine: Engine, shelf: Shelf) -> Deposits:
    return Deposits(engine, shelf, PART, LARGEST)


@pytest.fixture
def browser(deposits: Deposits, tmp_path: Path) -> Iterator[FlaskClient]:
    home = tmp_path / "home"
    home.mkdir(exist_ok=True)
    (home / "keycard.note").write_bytes(b"a signed note")
    app = create_app(IntakeConfig(home, "archive.example", "00" * 32, part_size=PART).with_places())
    yield app.test_client()
    app.extensions["deposits"].close()


def _sql(url: str, statement: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
