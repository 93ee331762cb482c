"""Sticks whose other end dies: packing and receiving, killed at every change they make, and full sticks."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from crypto import bundle
from server.intake.config import IntakeConfig
from server.intake.tables import BundleRow, DepositRow, PartRow, connect
from tests.people import TODAY
from tests.server.intake.test_courier import INIT, KEY, OFFICE, courier_of, deposit, run
from tests.server.intake.test_receiving import board, held, notes, send, state

HERE = Path(__file__).parents[2]
STOPPING = Path(__file__).with_name("stopping.py")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    made = run(tmp_path / "home", *INIT, str(OFFICE.notes(tmp_path / "notes", KEY.public)))
    assert made.exit_code == 0, made.output
    return tmp_path / "home"


def dies_at(change: int, folder: Path, *words: str) -> bool:
    """Run the command in a process of its own, killed at this change; False when it came to its end."""
    ran = subprocess.run(
        [sys.executable, str(STOPPING), str(change), str(folder), *words],
        cwd=HERE,
        capture_output=True,
        env={**os.environ, "PYTHONPATH": str(HERE)},
    )
    assert ran.returncode in (0, -signal.SIGKILL), ran.stderr.decode()
    return ran.returncode != 0


def rows(home: Path) -> tuple[set[str], set[str], list[str]]:
    """The deposits and the parts' deposits that the database knows, and the hashes of its bundles."""
    engine = connect(home / "intake.sqlite")
    with engine.connect() as connection:
        whole, parts = (set(connection.scalars(select(c))) for c in (DepositRow.id, PartRow.deposit))
        hashes = connection.scalars(select(BundleRow.hash).order_by(BundleRow.number))
        found = [each.hex() for each in hashes]
    engine.dispose()
    return whole, parts, found


def every_change(
    of: Path, begins: Callable[[Path], tuple[Path, list[str]]], check: Callable[[Path], None]
) -> int:
    """Kill the command at its first change, its second, ... until it comes to its end; how many there are."""
    for change in range(1, 200):
        copy = of.with_name(f"copy-{change}")
        shutil.copytree(of, copy)
        watched, words = begins(copy)
        died = dies_at(change, watched, *words)
        check(copy)
        shutil.rmtree(copy)
        if not died:
            return change - 1
    raise AssertionError("it never came to its end")


def test_receiving_may_be_killed_at_any_moment(home: Path, tmp_path: Path) -> None:
    """
    Wherever it died, settings and notes are whole, what was not acknowledged is kept, and run again it ends
    as if it had never been stopped.
    """
    gone, kept = [deposit(home, words) for words in ("one", "two")], deposit(home, "three")
    run(home, "pack", str(tmp_path / "in"))
    found = bundle.read(tmp_path / "in", courier_of(home))
    stick = tmp_path / "stick"
    send(stick, notes(tmp_path / "newer") | held(found, *gone) | {"board": board()})
    straight = tmp_path / "straight"
    shutil.copytree(home, straight)
    assert run(straight, "receive", str(stick)).exit_code == 0
    expected = state(straight)

    def begins(copy: Path) -> tuple[Path, list[str]]:
        return copy, ["intake", "receive", "--home", str(copy), str(stick)]

    def check(copy: Path) -> None:
        config = IntakeConfig.read(copy)
        assert config.desk(TODAY) == OFFICE.desk.public
        whole, parts, _ = rows(copy)
        assert kept in whole == parts
        assert whole <= {path.name for path in (copy / "shelf").iterdir()}
        assert run(copy, "receive", str(stick)).exit_code == 0
        left = {name: content for name, content in state(copy).items() if not name.endswith(".tmp")}
        assert left == expected
        assert rows(copy)[:2] == ({kept}, {kept})

    assert every_change(home, begins, check) > 15


def test_packing_may_be_killed_at_any_moment(home: Path, tmp_path: Path) -> None:
    """
    Run again into the same folder it writes one whole bundle, keeps what was whole, and the chain goes on.
    """
    names = {deposit(home, words) for words in ("one", "two")}

    def begins(copy: Path) -> tuple[Path, list[str]]:
        return tmp_path, ["intake", "pack", "--home", str(copy), str(copy / "stick")]

    def check(copy: Path) -> None:
        stick = copy / "stick"
        whole = {path.name: path.stat().st_ino for path in stick.glob("*") if len(path.name) == 64}
        again = run(copy, "pack", str(stick))
        _, _, packed = rows(copy)
        found = bundle.read(stick, courier_of(copy))
        assert [found.hash] == packed, again.output
        assert ({entry.id for entry in found.entries}, found.damaged, found.foreign) == (names, (), 0)
        assert all((stick / name).stat().st_ino == kept for name, kept in whole.items())
        assert not (copy / "packing").exists()
        assert run(copy, "pack", str(copy / "next")).exit_code == 0
        assert bundle.read(copy / "next", courier_of(copy)).previous == found.hash

    assert every_change(home, begins, check) > 10


def test_a_full_stick_says_so_and_takes_less_next_time(home: Path, tmp_path: Path) -> None:
    """
    What is whole on it stays; with a smaller --at-most the same folder becomes a bundle.
    """
    for words in ("one", "two", "three"):
        deposit(home, words)
    stick, onggi = tmp_path / "stick", f"{sys.executable} -m onggi intake pack --home {home}"
    stick.mkdir()
    script = f"""
        mount -t tmpfs -o size=200k stick {stick} || exit 77
        {onggi} {stick}
        {onggi} --at-most 0.00015 {stick}
        ls {stick}"""
    command = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script]
    ran = subprocess.run(command, cwd=HERE, capture_output=True, text=True)
    if ran.returncode:
        pytest.skip("nobody may mount a small disk here")
    told, *names = ran.stdout.splitlines()

    assert "the stick is full" in ran.stderr
    assert "packed bundle 1: 2 sealed envelopes" in told
    assert [len(name) for name in names if name != "MANIFEST"] == [64, 64]
