"""Databases and buckets that fail while she sends: she is told to come again, and all of it arrives once."""

from __future__ import annotations

import io
import secrets
import subprocess
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

import pytest
from botocore.config import Config
from flask.testing import FlaskClient

from migrations.run import migrate
from server.intake import bucket
from server.intake.config import IntakeConfig
from server.intake.deposits import Deposits
from server.intake.site import create_app
from server.intake.tables import connect
from tests import servers
from tests.faults.s3 import Store, serving
from tests.server.intake.sealed import ENVELOPE, LARGEST, PART, PARTS, part

pytestmark = pytest.mark.loopback
NAME = secrets.token_hex(16)
ROOT = "00" * 32


def site(home: Path, database: str, storage: str) -> FlaskClient:
    home.mkdir(exist_ok=True)
    config = IntakeConfig(home, "archive.example", ROOT, LARGEST, PART, rows_at=database, bytes_at=storage)
    return create_app(config).test_client()


def deposits_of(browser: FlaskClient) -> Deposits:
    deposits = browser.application.extensions["deposits"]
    assert isinstance(deposits, Deposits)
    return deposits


def begin(browser: FlaskClient) -> int:
    asked = {"deposit": NAME, "size": len(ENVELOPE), "erase": "5e" * 32}
    return browser.post("/api/deposits", json=asked).status_code


def send(browser: FlaskClient, offset: int) -> int:
    return browser.put(f"/api/deposits/{NAME}/{offset}", data=part(offset)).status_code


def require_whole(browser: FlaskClient) -> None:
    """What she sent is here, once, byte for byte; and goes without a rest."""
    assert browser.post(f"/api/deposits/{NAME}/complete").status_code == 200
    deposits = deposits_of(browser)
    assert list(deposits.waiting()) == [NAME] == list(deposits.shelf.names())
    deposits.copy(NAME, into := io.BytesIO())
    assert into.getvalue() == ENVELOPE
    deposits.remove(NAME)
    assert list(deposits.shelf.names()) == []


def test_postgresql_that_is_restarted_in_the_middle_loses_no_part(tmp_path: Path) -> None:
    """
    While it is away she is told to come again; what was acknowledged before is there, the rest is sent.
    """
    if (programs := servers.postgres_programs()) is None:
        pytest.skip("PostgreSQL is not installed; as root, apt-get install postgresql")
    with servers.folder_for_anybody() as folder, servers.postgres(folder) as url:
        engine = connect(url)
        migrate(engine, "intake")
        engine.dispose()
        browser = site(tmp_path / "home", url, (tmp_path / "shelf").as_uri())
        assert begin(browser) == 201
        assert [send(browser, offset) for offset in PARTS[:2]] == [204, 204]
        stop = [str(programs / "pg_ctl"), "-D", str(folder / "data"), "-m", "immediate", "-w", "stop"]
        subprocess.run(stop, check=True, capture_output=True, user=servers.nobody(), cwd="/")
        assert [send(browser, offset) for offset in PARTS[2:4]] == [503, 503]
        assert browser.get(f"/api/deposits/{NAME}").status_code == 503
        with servers.postgres_again(folder):
            told = browser.get(f"/api/deposits/{NAME}").json
            assert told is not None
            assert set(PARTS[:2]).isdisjoint(told["missing"])
            assert {send(browser, offset) for offset in told["missing"]} == {204}
            require_whole(browser)
            deposits_of(browser).close()


@pytest.fixture
def bucket_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Store, FlaskClient]]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "onggi-tests")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    # A real one waits half a minute before it takes a server for gone.
    quick = bucket._SETTINGS.merge(Config(read_timeout=1))
    monkeypatch.setattr(bucket, "_SETTINGS", quick)
    store = Store()
    with serving(store) as url:
        database = f"sqlite:///{tmp_path / 'intake.sqlite'}"
        engine = connect(database)
        migrate(engine, "intake")
        engine.dispose()
        browser = site(tmp_path / "home", database, url)
        deposits_of(browser).shelf.claim()
        yield store, browser
        deposits_of(browser).close()


@pytest.mark.parametrize("trouble", ["500", "lost", "slow"])
def test_a_bucket_that_fails_each_second_time_is_asked_again(
    bucket_site: tuple[Store, FlaskClient], trouble: str
) -> None:
    """
    Refused, done but answered with an error, or slow: she never hears of it, and nothing is kept twice.
    """
    store, browser = bucket_site
    turns = cycle([trouble, ""])
    store.trouble, store.slow = lambda method: next(turns), 0.2
    assert begin(browser) == 201
    assert {send(browser, offset) for offset in PARTS} == {204}
    require_whole(browser)

    assert set(store.held) == {"here/ONGGI-INTAKE"} or set(store.held) == {"ONGGI-INTAKE"}


@pytest.mark.parametrize("trouble", ["500", "lost", "slow"])
def test_a_bucket_that_is_gone_for_a_while_is_said_and_loses_nothing(
    bucket_site: tuple[Store, FlaskClient], trouble: str
) -> None:
    """
    What was kept before stays, what comes meanwhile is not taken for kept, and afterwards all of it arrives.
    """
    store, browser = bucket_site
    assert begin(browser) == 201
    assert send(browser, 0) == 204
    store.trouble, store.slow = lambda method: trouble, 1.5
    assert send(browser, PARTS[1]) == 503
    store.calm()
    told = browser.get(f"/api/deposits/{NAME}").json

    assert told is not None
    assert told["missing"] == list(PARTS[1:])
    assert {send(browser, offset) for offset in PARTS} == {204}
    require_whole(browser)
    assert len(store.held) == 1
