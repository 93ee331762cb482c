"""The intake's operations: a deposit is uploaded, packed, acknowledged; the archive's stick is received."""

from __future__ import annotations

import io
import secrets
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Final

from click.testing import CliRunner, Result
from flask.testing import FlaskClient
from sqlalchemy import select

from crypto import board, bundle, outgoing
from crypto.envelope import seal
from crypto.keys import IntakeSecret, SigningKey, VerifyKey
from server.intake.commands import intake
from server.intake.config import IntakeConfig
from server.intake.site import create_app, open_deposits
from server.intake.tables import BundleRow, DepositRow, HeldRow, PartRow, connect
from tests.faults.operations import Case
from tests.faults.points import Run
from tests.people import ORIGIN, TODAY, Office

OFFICE: Final = Office()
KEY: Final = IntakeSecret.generate()
PART: Final = 65_536


def upload(_: Path, folder: Path) -> Case:
    """A page sends an envelope in three parts: begin, parts, whole."""
    _client(_found(folder))  # its first start makes what lies there from then on
    envelope, name = seal(b"x" * 140_000, {}, [KEY.public]), secrets.token_hex(16)

    def act(copy: Path) -> None:
        print(*_send(_client(copy / "home"), name, envelope), sep="\n", flush=True)

    def check(copy: Path, done: Run) -> None:
        # What the client was told is so, although she hears nothing more; and she may go on from there.
        kept = {int(line.split()[1]) for line in done.said.splitlines() if line.startswith("kept")}
        with closing(open_deposits(_config(copy / "home"))) as deposits:
            begun = deposits.knows(name)
            assert begun or "begun" not in done.said
            assert kept.isdisjoint(deposits.progress(name).missing if begun else ())
            assert name in deposits.waiting() or "whole" not in done.said
            client = _client(copy / "home")
            assert _send(client, name, envelope)[-1] == "whole"
            client.application.extensions["deposits"].close()
            assert list(deposits.waiting()) == [name] == list(deposits.shelf.names())
            deposits.copy(name, into := io.BytesIO())
            assert into.getvalue() == envelope

    return Case(act, check)


def pack(_: Path, folder: Path) -> Case:
    """A courier packs two deposits; the stick lies in the copy too."""
    home = _found(folder)
    names = {_deposit(home, words) for words in ("one", "two")}

    def check(copy: Path, _: Run) -> None:
        stick, home = copy / "stick", copy / "home"
        whole = {path.name: path.stat().st_ino for path in stick.glob("*") if len(path.name) == 64}
        again = _run(home, "pack", str(stick))
        found = bundle.read(stick, _courier(home))
        assert [found.hash] == _packed(home), again.output
        assert ({entry.id for entry in found.entries}, found.damaged, found.foreign) == (names, (), 0)
        assert all((stick / name).stat().st_ino == kept for name, kept in whole.items())
        assert not (home / "packing").exists()
        assert _run(home, "pack", str(copy / "next")).exit_code == 0
        assert bundle.read(copy / "next", _courier(home)).previous == found.hash

    return Case(lambda copy: intake(["pack", "--home", str(copy / "home"), str(copy / "stick")]), check)


def acknowledge(_: Path, folder: Path) -> Case:
    """Two of three deposits are acknowledged and deleted."""
    home = _found(folder)
    gone, kept, note = _collected(home, folder / "stick")[:3]
    (folder / "note").write_bytes(note)

    def check(copy: Path, _: Run) -> None:
        _require_all_or_nothing(copy / "home", {*gone, kept}, kept)
        assert _run(copy / "home", "acknowledge", str(copy / "note")).exit_code == 0
        assert _run(copy / "home", "expire").exit_code == 0
        _require_only(copy / "home", kept, gone)

    return Case(lambda copy: intake(["acknowledge", "--home", str(copy / "home"), str(copy / "note")]), check)


def receive(_: Path, folder: Path) -> Case:
    """The archive's stick brings notes, a board and the word to delete; run again it is as never stopped."""
    home = _found(folder)
    gone, kept, note, number = _collected(home, folder / "in")
    newer = OFFICE.notes(folder / "newer", KEY.public, serial=2)
    files = {path.name: path.read_bytes() for path in newer.iterdir()}
    files |= {outgoing.acknowledgement_name(number): note, "board": _board()}
    outgoing.lay(folder / "stick", ORIGIN, files)
    outgoing.finish(folder / "stick", outgoing.sign(ORIGIN, 1, bundle.FIRST, files, OFFICE.desk))

    def check(copy: Path, _: Run) -> None:
        home = copy / "home"
        assert IntakeConfig.read(home).desk(TODAY) == OFFICE.desk.public
        _require_all_or_nothing(home, {*gone, kept}, kept)
        assert _run(home, "receive", str(copy / "stick")).exit_code == 0
        assert {name: (home / name).read_bytes() for name in files if not name.startswith("ack")} == {
            name: content for name, content in files.items() if not name.startswith("ack")
        }
        _require_only(home, kept, gone)

    return Case(lambda copy: intake(["receive", "--home", str(copy / "home"), str(copy / "stick")]), check)


def _collected(home: Path, stick: Path) -> tuple[set[str], str, bytes, int]:
    """Two deposits that the archive has, one that it has not, its note of that, and the bundle's number."""
    gone, kept = {_deposit(home, words) for words in ("one", "two")}, _deposit(home, "three")
    assert _run(home, "pack", str(stick)).exit_code == 0
    found = bundle.read(stick, _courier(home))
    note = bundle.acknowledge(found.number, found.hash, gone, origin=ORIGIN, desk=OFFICE.desk)
    return gone, kept, note, found.number


def _found(folder: Path) -> Path:
    """A new intake in *folder*; its home."""
    notes = OFFICE.notes(folder / "notes", KEY.public)
    root = OFFICE.root.public.to_text()
    made = _run(folder / "home", "init", "--origin", ORIGIN, "--root", root, "--notes", str(notes))
    assert made.exit_code == 0, made.output
    return folder / "home"


def _run(home: Path, command: str, *words: str) -> Result:
    return CliRunner().invoke(intake, [command, "--home", str(home), *words])


def _config(home: Path) -> IntakeConfig:
    return replace(IntakeConfig.read(home), part_size=PART)


@cache
def _client(home: Path) -> FlaskClient:
    return create_app(_config(home)).test_client()


def _send(client: FlaskClient, name: str, envelope: bytes) -> list[str]:
    """Send what is missing, as the page does; what it was told on the way. No room is a 503 and no other."""
    asked = {"deposit": name, "size": len(envelope), "erase": "5e" * 32}
    answer, told = client.post("/api/deposits", json=asked), []
    if answer.status_code in (200, 201):
        told.append("begun")
        for offset in (answer.json or {})["missing"]:
            answer = client.put(f"/api/deposits/{name}/{offset}", data=envelope[offset : offset + PART])
            if answer.status_code != 204:
                break
            told.append(f"kept {offset}")
        else:
            answer = client.post(f"/api/deposits/{name}/complete")
            told += ["whole"] if answer.status_code == 200 else []
    assert answer.status_code in (200, 503), answer.text
    return told


def _deposit(home: Path, words: str) -> str:
    envelope, name = seal(words.encode(), {}, [KEY.public]), secrets.token_hex(16)
    with closing(open_deposits(IntakeConfig.read(home))) as deposits:
        deposits.begin(name, len(envelope), secrets.token_hex(32))
        deposits.put(name, 0, envelope)
        deposits.complete(name)
    return name


def _courier(home: Path) -> VerifyKey:
    return SigningKey.from_text((home / "courier.key").read_text()).public


def _board() -> bytes:
    until = TODAY + timedelta(days=30)
    key = OFFICE.desk
    return board.issue([], origin=ORIGIN, serial=1, issued=TODAY, expires=until, size=256, desk=key)


def _packed(home: Path) -> list[str]:
    engine = connect(home / "intake.sqlite")
    with engine.connect() as connection:
        found = connection.scalars(select(BundleRow.hash).order_by(BundleRow.number)).all()
    engine.dispose()
    return [each.hex() for each in found]


def _rows(home: Path) -> tuple[set[str], set[str], set[str]]:
    """The deposits, those that have parts, and those that are held, as the database knows them."""
    engine = connect(home / "intake.sqlite")
    with engine.connect() as connection:
        columns = (DepositRow.id, PartRow.deposit, HeldRow.id)
        whole, parts, held = (set(connection.scalars(select(column))) for column in columns)
    engine.dispose()
    return whole, parts, held


def _require_all_or_nothing(home: Path, all_of_them: set[str], kept: str) -> None:
    """Each is here with all its bytes, or the archive holds it and no row of it is left."""
    whole, parts, held = _rows(home)
    assert kept in whole == parts
    assert whole.isdisjoint(held)
    assert whole | held == all_of_them
    with closing(open_deposits(IntakeConfig.read(home))) as deposits:
        for name in whole:
            deposits.copy(name, io.BytesIO())


def _require_only(home: Path, kept: str, gone: set[str]) -> None:
    assert _rows(home) == ({kept}, {kept}, gone)
    assert [path.name for path in (home / "shelf").iterdir()] == [kept]
