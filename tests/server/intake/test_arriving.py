"""A deposit that goes on, is looked for, and is erased, with nothing but what her words derive."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import secrets
import threading
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, insert, text
from sqlalchemy.event import listen, remove

from crypto import resume
from migrations.run import migrate
from server.intake.config import IntakeConfig
from server.intake.deposits import HELD_DAYS, TOKENS, Deposits
from server.intake.refusals import Malformed, Taken, UnknownDeposit
from server.intake.shelf import DiskShelf
from server.intake.site import create_app
from server.intake.tables import DepositRow, connect
from tests.server.intake.sealed import ENVELOPE, LARGEST, PART, PARTS, part

ID, ERASE = "0d" * 16, "5e" * 32
ASKED = {"deposit": ID, "size": len(ENVELOPE), "erase": ERASE}


def whole(deposits: Deposits, deposit: str = ID, erase: str = ERASE) -> str:
    deposits.begin(deposit, len(ENVELOPE), erase)
    for offset in PARTS:
        deposits.put(deposit, offset, part(offset))
    deposits.complete(deposit)
    return deposit


def test_a_deposit_begun_again_says_what_is_missing(browser: FlaskClient) -> None:
    """
    Another phone that knows the name learns what to send, in order, and sends no more.
    """
    assert browser.post("/api/deposits", json=ASKED).status_code == 201
    for offset in (0, 2 * PART):
        browser.put(f"/api/deposits/{ID}/{offset}", data=part(offset))
    again = browser.post("/api/deposits", json=ASKED | {"erase": "aa" * 32})
    missing = [offset for offset in PARTS if offset not in (0, 2 * PART)]

    assert again.status_code == 200
    assert again.json == {"part_size": PART, "missing": missing, "complete": False}


def test_a_name_that_is_taken_changes_nothing(browser: FlaskClient) -> None:
    """
    Another size or another part is 409, and what is here stays.
    """
    browser.post("/api/deposits", json=ASKED)
    browser.put(f"/api/deposits/{ID}/0", data=part(0))
    other_part = part(0)[:-1] + bytes([part(0)[-1] ^ 1])
    refused = (
        browser.post("/api/deposits", json=ASKED | {"size": len(ENVELOPE) + 1}),
        browser.put(f"/api/deposits/{ID}/0", data=other_part),
    )

    assert [(answer.status_code, set(answer.json or {})) for answer in refused] == [
        (409, {"error", "hint"})
    ] * 2
    assert (browser.get(f"/api/deposits/{ID}").json or {})["received"] == PART


def test_two_phones_that_begin_at_once_begin_one_deposit(deposits: Deposits) -> None:
    """
    One of them is told that it is new, the others that it is there, and none fails.
    """
    for _ in range(10):
        name = secrets.token_hex(16)
        told: list[bool] = []

        def act(name: str = name, told: list[bool] = told) -> None:
            told.append(deposits.begin(name, len(ENVELOPE), ERASE))

        phones = [threading.Thread(target=act) for _ in range(6)]
        for phone in phones:
            phone.start()
        for phone in phones:
            phone.join()

        assert sorted(told) == [False] * 5 + [True]


BAD = [{"deposit": "0D" * 16}, {"deposit": "0d" * 15}, {"deposit": 7}, {"erase": "5e" * 31}, {"erase": None}]


@pytest.mark.parametrize("change", [*BAD, {"name": "x"}, {"deposit": f"{'0d' * 16}\n"}])
def test_a_name_that_no_deposit_can_have_is_refused(browser: FlaskClient, change: dict[str, object]) -> None:
    """
    Signs, lengths and kinds are as written down, and nothing else is asked for.
    """
    answer = browser.post("/api/deposits", json=ASKED | change)

    assert (answer.status_code, set(answer.json or {})) == (400, {"error", "hint"})
    assert browser.get(f"/api/deposits/{ID}").status_code == 404


def test_what_the_archive_holds_is_complete_and_sent_no_more(deposits: Deposits) -> None:
    """
    A late phone learns that it has nothing to send; a part that comes all the same is not kept.
    """
    deposits.hold(whole(deposits))
    begun, here = deposits.begin(ID, 5, ERASE), deposits.progress(ID)
    deposits.complete(ID)
    with pytest.raises(Taken):
        deposits.put(ID, 0, part(0))

    assert (begun, here.complete, here.missing) == (False, True, ())
    assert list(deposits.shelf.names()) == []
    assert deposits.waiting() == {}


def test_what_has_arrived_is_listed_in_one_order(deposits: Deposits, browser: FlaskClient) -> None:
    """
    Whole ones and held ones, by their names; begun ones are nobody's to see.
    """
    names = [secrets.token_hex(16) for _ in range(5)]
    for name in names:
        whole(deposits, name)
    deposits.hold(names[2])
    deposits.begin(ID, len(ENVELOPE), ERASE)
    expected = dict.fromkeys(names, resume.WAITING) | {names[2]: resume.HELD}

    assert resume.parse_arrivals(deposits.arrived()) == expected
    assert browser.get("/arrived").data == deposits.arrived()


def test_everybody_gets_the_same_list(deposits: Deposits, browser: FlaskClient) -> None:
    """
    No condition, range, parameter or cookie makes another answer: the intake does not learn who returned.
    """
    whole(deposits)
    headers = [
        {},
        {"Range": "bytes=8-24"},
        {"If-None-Match": "*"},
        {"Accept-Language": "ko", "Cookie": "a=b"},
    ]
    answers = [browser.get(path, headers=h) for h in headers for path in ("/arrived", f"/arrived?id={ID}")]

    assert len({(a.status_code, a.data, str(a.headers)) for a in answers}) == 1
    assert answers[0].headers["Cache-Control"] == "no-store"
    assert browser.post("/arrived").status_code == 405


def test_a_token_erases_its_telling_and_nothing_else(deposits: Deposits, browser: FlaskClient) -> None:
    """
    Statement and files, whole or begun, go from rows, shelf and list; another telling's stay.
    """
    token, other = secrets.token_bytes(32), secrets.token_bytes(32)
    for index in (0, 1, 200):
        whole(deposits, f"{index:032x}", resume.erasure(token, index))
    deposits.begin("aa" * 16, len(ENVELOPE), resume.erasure(token, 2))
    deposits.put("aa" * 16, 0, part(0))
    kept = whole(deposits, "bb" * 16, resume.erasure(other, 0))
    held = whole(deposits, "cc" * 16, resume.erasure(token, 3))
    deposits.hold(held)
    tokens = [secrets.token_hex(32) for _ in range(639)]
    answer = browser.post("/api/erase", json={"tokens": [*tokens, token.hex()]})

    assert (answer.status_code, answer.data) == (204, b"")
    assert resume.parse_arrivals(deposits.arrived()) == {kept: resume.WAITING, held: resume.HELD}
    assert list(deposits.shelf.names()) == [kept]
    with pytest.raises(UnknownDeposit):
        deposits.progress("aa" * 16)


def test_erasing_tells_nothing(deposits: Deposits, browser: FlaskClient) -> None:
    """
    Known tokens, unknown ones and none at all have one answer.
    """
    token = secrets.token_bytes(32)
    whole(deposits, erase=resume.erasure(token, 0))
    asked: list[list[str]] = [[], ["00" * 32], [token.hex()], [token.hex()] * 2]
    answers = [browser.post("/api/erase", json={"tokens": tokens}) for tokens in asked]

    assert len({(a.status_code, a.data, str(a.headers)) for a in answers}) == 1


@contextmanager
def asked_of(engine: Engine) -> Iterator[list[tuple[str, object]]]:
    """What the database is asked meanwhile: each statement and what is in it."""
    told: list[tuple[str, object]] = []

    def note(*event: Any) -> None:
        told.append((event[2], event[3]))

    listen(engine, "before_cursor_execute", note)
    yield told
    remove(engine, "before_cursor_execute", note)


def test_a_code_that_nobody_has_costs_the_same_whatever_it_is(deposits: Deposits) -> None:
    """
    R8: a wrong code's tokens and an unknown code's make the same statements, with nothing of them in any.
    """
    whole(deposits)
    unknown = [secrets.token_bytes(32) for _ in range(resume.WINDOW)]
    wrong = [hashlib.sha256(token).digest() for token in unknown]
    work = []
    for tokens in (unknown, wrong, []):
        with asked_of(deposits.engine) as told:
            deposits.erase(tokens)
            deposits.arrived()
        work.append(told)

    assert work[0] == work[1] == work[2]
    assert len(work[0]) == 2
    assert list(deposits.waiting()) == [ID]


def test_what_is_read_of_all_rows_is_not_kept(tmp_path: Path) -> None:
    """
    However much lies here, the list takes its own length, and an erasure the hashes that were asked for.
    """
    engine = connect(tmp_path / "many.sqlite")
    migrate(engine, "intake")
    rows, day = 20_000, date.today()
    some = (
        {"id": f"{n:032x}", "size": 70_000, "day": day, "complete": True, "erase": ERASE} for n in range(rows)
    )
    with engine.begin() as connection:
        connection.execute(insert(DepositRow), list(some))
    deposits = Deposits(engine, DiskShelf(tmp_path / "shelf"), PART, LARGEST)
    deposits.arrived()
    for act in (deposits.arrived, lambda: deposits.erase([bytes(32)])):
        tracemalloc.start()
        act()
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()

        assert peak < 2 * resume.RECORD * rows + 1_000_000
    assert len(deposits.arrived()) == len(resume.MAGIC) + resume.RECORD * rows
    engine.dispose()


def test_a_list_out_of_its_order_is_never_told() -> None:
    """
    A page searches the list by halves: one that a database ordered by other rules is an error, not a silence.
    """
    with pytest.raises(ValueError, match="ascend"):
        resume.arrivals([("0b" * 16, resume.WAITING), ("0a" * 16, resume.HELD)])


@pytest.mark.parametrize(
    "asked",
    [{}, [], *({"tokens": tokens} for tokens in ("00" * 32, [7], ["0" * 63], ["G" * 64])), ASKED],
)
def test_what_is_no_token_erases_nothing(deposits: Deposits, browser: FlaskClient, asked: object) -> None:
    """
    A clear refusal, and every deposit stays.
    """
    whole(deposits)
    answer = browser.post("/api/erase", json=asked)

    assert (answer.status_code, set(answer.json or {})) == (400, {"error", "hint"})
    assert list(deposits.waiting()) == [ID]


def test_more_tokens_than_a_page_sends_are_refused(deposits: Deposits, tmp_path: Path) -> None:
    """
    One request cannot make the intake count for ever; what a page sends fits.
    """
    app = create_app(IntakeConfig(tmp_path / "home", "archive.example", "00" * 32).with_places())
    asked = [{"tokens": ["00" * 32] * count} for count in (resume.WINDOW, TOKENS, TOKENS + 1)]
    told = [app.test_client().post("/api/erase", json=tokens).status_code for tokens in asked]
    app.extensions["deposits"].close()

    assert told == [204, 204, 400]


def test_a_held_deposit_is_forgotten_in_time(deposits: Deposits) -> None:
    """
    Ninety days after the archive's word nothing of it is here, and a page looks no longer.
    """
    deposits.hold(whole(deposits))
    for days, listed in ((HELD_DAYS, 1), (HELD_DAYS + 1, 0)):
        later = date.today() + timedelta(days=days)
        dataclasses.replace(deposits, today=partial(date.fromordinal, later.toordinal())).expire(30)
        assert len(resume.parse_arrivals(deposits.arrived())) == listed

    assert resume.BACK >= 30 + HELD_DAYS


def test_rows_survive_the_migration_both_ways(tmp_path: Path) -> None:
    """
    A deposit that waited before goes on after, with its parts, and after a way back too.
    """
    engine = connect(tmp_path / "old.sqlite")
    migrate(engine, "intake", "0001")
    with engine.begin() as connection:
        connection.execute(text("insert into deposit values (:id, :size, :day, 1)"), _old())
        connection.execute(text("insert into part values (:id, 0, :size)"), _old())
    shelf = DiskShelf(tmp_path / "shelf")
    counts = []
    for to in ("head", "-1", "-1", "head"):
        migrate(engine, "intake", to)
        with engine.connect() as connection:
            counts.append([connection.scalar(text(f"select count(*) from {t}")) for t in ("deposit", "part")])
    deposits = Deposits(engine, shelf, PART, LARGEST)
    deposits.erase([bytes(32)])

    assert counts == [[1, 1]] * 4
    assert deposits.waiting() == {ID: 66_959}
    assert resume.parse_arrivals(deposits.arrived()) == {ID: resume.WAITING}
    engine.dispose()


def _old() -> dict[str, object]:
    return {"id": ID, "size": 66_959, "day": date.today().isoformat()}


def test_no_row_tells_which_deposits_belong_together(engine: Engine, deposits: Deposits) -> None:
    """
    Whoever takes the intake's disk finds hashes: a telling's statement and files share nothing.
    """
    token = secrets.token_bytes(32)
    erasures = [resume.erasure(token, index) for index in range(201)]

    assert len(set(erasures)) == 201
    assert erasures[7] == hashlib.sha256(token + b"\x07").hexdigest()
    whole(deposits, erase=erasures[7])
    with engine.connect() as connection:
        row = connection.execute(text("select * from deposit")).one()
    assert token.hex() not in json.dumps([str(value) for value in row])


def test_a_deposit_names_itself_in_no_other_way(deposits: Deposits) -> None:
    """
    A name is 32 signs: whatever else would lie on the shelf as a path is refused.
    """
    for name in ("../" * 10 + "aa", "0d" * 17, "", "0D" * 16):
        with pytest.raises(Malformed):
            deposits.begin(name, len(ENVELOPE), ERASE)
