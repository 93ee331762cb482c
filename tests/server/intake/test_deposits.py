"""The intake's rules, over a real database and a real folder, and through HTTP."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from crypto.envelope import seal
from crypto.keys import IntakeSecret
from migrations.run import migrate
from server.intake.config import IntakeConfig
from server.intake.deposits import Deposits, Incomplete, NotAnEnvelope, RefusedSize, UnknownDeposit, WrongPart
from server.intake.shelf import DiskShelf
from server.intake.site import create_app
from server.intake.tables import connect

KEY = IntakeSecret.generate()
ENVELOPE = seal(b"x" * 300_000, {}, [KEY.public])
PART = 65536
PARTS = range(0, len(ENVELOPE), PART)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = connect(tmp_path / "intake.sqlite")
    migrate(engine, "intake")
    yield engine
    engine.dispose()


@pytest.fixture
def deposits(engine: Engine, tmp_path: Path) -> Deposits:
    return Deposits(engine, DiskShelf(tmp_path / "shelf"), PART, 10_000_000)


@pytest.fixture
def browser(engine: Engine, tmp_path: Path) -> Iterator[FlaskClient]:
    (tmp_path / "keycard.note").write_bytes(b"a signed note")
    app = create_app(IntakeConfig(tmp_path, "archive.example", "00" * 32, part_size=PART))
    yield app.test_client()
    app.extensions["deposits"].engine.dispose()


def part(offset: int) -> bytes:
    return ENVELOPE[offset : offset + PART]


def stored(deposits: Deposits, deposit: str) -> bytes:
    return b"".join(deposits.shelf.read(deposit, n) for n in range(len(PARTS)))


@settings(max_examples=20)
@given(order=st.permutations(list(PARTS) * 2))
def test_parts_may_come_in_any_order_and_twice(
    order: list[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """
    A broken line costs a part, never the deposit.
    """
    home = tmp_path_factory.mktemp("intake")
    engine = connect(home / "intake.sqlite")
    migrate(engine, "intake")
    deposits = Deposits(engine, DiskShelf(home / "shelf"), PART, 10_000_000)
    deposit = deposits.begin(len(ENVELOPE))
    for offset in order:
        deposits.put(deposit, offset, part(offset))
    deposits.complete(deposit)

    assert stored(deposits, deposit) == ENVELOPE
    engine.dispose()


def test_many_senders_of_one_deposit_do_not_mix_it(deposits: Deposits) -> None:
    """
    Parallel senders of the same parts leave one whole envelope.
    """
    deposit = deposits.begin(len(ENVELOPE))
    failures: list[Exception] = []

    def send() -> None:
        try:
            for offset in PARTS:
                deposits.put(deposit, offset, part(offset))
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    deposits.complete(deposit)

    assert failures == []
    assert stored(deposits, deposit) == ENVELOPE


def test_an_interrupted_deposit_says_what_is_missing(deposits: Deposits) -> None:
    """
    A client that comes back sends the missing parts only.
    """
    deposit = deposits.begin(len(ENVELOPE))
    deposits.put(deposit, PART, part(PART))
    with pytest.raises(Incomplete):
        deposits.complete(deposit)

    assert deposits.progress(deposit).missing == tuple(o for o in PARTS if o != PART)


@pytest.mark.parametrize("text", [b"my name is", "저는".encode(), b"ONGGIEN1" + bytes(70_000), b"<html>"])
def test_what_is_not_sealed_is_refused(deposits: Deposits, text: bytes) -> None:
    """
    The server takes nothing that it could read, whatever the client claims.
    """
    body = text.ljust(PART, b" ")[:PART]
    deposit = deposits.begin(len(ENVELOPE))
    with pytest.raises(NotAnEnvelope):
        deposits.put(deposit, 0, body)

    assert list(deposits.shelf.names()) == []


def test_an_unpadded_size_is_refused(deposits: Deposits) -> None:
    """
    Padding is checked on the wire: a size that no padded envelope has is turned away.
    """
    deposit = deposits.begin(len(ENVELOPE) - 1)
    with pytest.raises(NotAnEnvelope):
        deposits.put(deposit, 0, part(0))


def test_a_part_never_replaces_another(deposits: Deposits) -> None:
    """
    What was accepted stays as it was.
    """
    deposit = deposits.begin(len(ENVELOPE))
    deposits.put(deposit, PART, part(PART))
    with pytest.raises(WrongPart):
        deposits.put(deposit, PART, bytes(PART))

    assert deposits.shelf.read(deposit, 1) == part(PART)


@pytest.mark.parametrize("offset", [1, -PART, PART * 100, PART // 2])
def test_a_part_out_of_place_is_refused(deposits: Deposits, offset: int) -> None:
    """
    Parts lie on exact multiples of the part size, inside the deposit.
    """
    deposit = deposits.begin(len(ENVELOPE))
    with pytest.raises(WrongPart):
        deposits.put(deposit, offset, part(0))


def test_too_large_a_deposit_is_refused_before_it_is_sent(deposits: Deposits) -> None:
    """
    The limit is told at once, not after two gigabytes.
    """
    for size in (0, -1, 10_000_001):
        with pytest.raises(RefusedSize):
            deposits.begin(size)


def test_old_and_orphaned_bytes_expire(engine: Engine, deposits: Deposits) -> None:
    """
    Nothing waits for ever, and bytes without a row are swept up.
    """
    deposit = deposits.begin(len(ENVELOPE))
    deposits.put(deposit, 0, part(0))
    deposits.shelf.put("ff" * 16, 0, b"left behind")
    later: Callable[[], date] = lambda: date.today() + timedelta(days=40)  # noqa: E731

    assert Deposits(engine, deposits.shelf, PART, 10_000_000, later).expire(30) == 2
    assert list(deposits.shelf.names()) == []
    with pytest.raises(UnknownDeposit):
        deposits.progress(deposit)


def test_migrations_go_up_and_down_with_rows(engine: Engine, deposits: Deposits) -> None:
    """
    A migration is tried on a database in use, both ways.
    """
    deposits.put(deposits.begin(len(ENVELOPE)), 0, part(0))
    migrate(engine, "intake", "base")
    with engine.connect() as connection:
        names = set(connection.execute(text("select name from sqlite_master")).scalars())
    migrate(engine, "intake")

    assert not names & {"deposit", "part", "bundle"}
    assert deposits.begin(len(ENVELOPE))


def test_a_deposit_goes_through_http(browser: FlaskClient) -> None:
    """
    Begin, send, ask, complete, as the page does it.
    """
    begun = browser.post("/api/deposits", json={"size": len(ENVELOPE)})
    deposit = begun.json["deposit"]  # type: ignore[index]
    for offset in PARTS:
        assert browser.put(f"/api/deposits/{deposit}/{offset}", data=part(offset)).status_code == 204
    told = browser.get(f"/api/deposits/{deposit}").json

    assert told == {"size": len(ENVELOPE), "received": len(ENVELOPE), "complete": False, "missing": []}
    assert browser.post(f"/api/deposits/{deposit}/complete").json == {"complete": True}


@pytest.mark.parametrize("path", ["/keycard", "/nothing", "/api/deposits/zz", "/static/nothing.js"])
def test_every_answer_carries_the_headers_and_no_cookie(browser: FlaskClient, path: str) -> None:
    """
    Errors and static files are protected as pages are.
    """
    answer = browser.get(path)

    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers


def test_a_refusal_states_the_fact_and_a_hint(browser: FlaskClient) -> None:
    """
    Bad input gets a clear answer.
    """
    answer = browser.post("/api/deposits", json={"size": True, "name": "x"})

    assert answer.status_code == 400
    assert set(answer.json or {}) == {"error", "hint"}
