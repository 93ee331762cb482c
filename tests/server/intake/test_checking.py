"""The intake looks at itself and tells its operator: what it finds, and what it leaves behind."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from crypto.keys import IntakeSecret
from server.intake.checking import check
from server.intake.commands import intake
from server.intake.config import IntakeConfig
from server.intake.notice import SIZE, State, counts, notice, rounded, write
from server.intake.site import open_deposits
from tests.people import ORIGIN, TODAY, Office
from tests.server.intake.sealed import begun

OFFICE = Office()
KEY = IntakeSecret.generate()


def run(home: Path, *arguments: str) -> Result:
    return CliRunner().invoke(intake, [arguments[0], "--home", str(home), *arguments[1:]])


@pytest.fixture
def home(tmp_path: Path) -> Path:
    notes = OFFICE.notes(tmp_path / "notes", KEY.public)
    options = ["--origin", ORIGIN, "--root", OFFICE.root.public.to_text(), "--notes", str(notes)]
    assert run(tmp_path / "home", "init", *options).exit_code == 0
    return tmp_path / "home"


def found(home: Path, today: date = TODAY) -> dict[str, bool]:
    config = IntakeConfig.read(home)
    deposits = open_deposits(config)
    told = {finding.name: finding.good for finding in check(config, deposits, today)}
    deposits.engine.dispose()
    return told


def test_a_sound_intake_is_found_sound_and_left_as_it_was(home: Path) -> None:
    """
    The canary goes in and out; no row, no byte and no folder of it stays, and no bundle was counted.
    """
    open_deposits(IntakeConfig.read(home)).engine.dispose()
    before = sorted(path.relative_to(home) for path in home.rglob("*"))
    told = run(home, "check")
    deposits = open_deposits(IntakeConfig.read(home))
    left = (deposits.load(), deposits.waiting(), list(deposits.shelf.names()))
    deposits.engine.dispose()

    assert told.exit_code == 0, told.output
    assert "good  canary: went in, came out of a bundle as it was, and is gone" in told.output
    assert before == sorted(path.relative_to(home) for path in home.rglob("*"))
    assert (left[0].begun, left[1], left[2]) == (0, {}, [])
    assert "nothing is waiting" in run(home, "pack", str(home / "stick")).output


@pytest.mark.parametrize(
    ("harm", "bad"),
    [
        ("keycard.note", {"keycard", "clock", "canary"}),
        ("mandate.note", {"mandate", "clock"}),
        ("shelf", {"canary"}),
        ("intake.sqlite", {"room", "canary"}),
    ],
)
def test_what_is_broken_is_named_and_the_rest_is_looked_at(home: Path, harm: str, bad: set[str]) -> None:
    """
    One failure keeps no other look back, and the exit code says that something is wrong.
    """
    open_deposits(IntakeConfig.read(home)).engine.dispose()
    if harm == "shelf":
        (home / harm).rmdir()
        (home / harm).symlink_to("/proc")  # a disk that takes nothing
    else:
        (home / harm).write_bytes(b"broken")

    assert {name for name, good in found(home).items() if not good} >= bad
    assert found(home)["board"] or harm == "mandate.note"
    assert run(home, "check").exit_code == 1


def test_a_clock_before_the_newest_note_and_an_end_that_is_near_are_said(home: Path) -> None:
    """
    An operator has a week to ask for new notes, and learns that the machine lives in the past.
    """
    assert not found(home, TODAY - timedelta(days=1))["clock"]
    late = found(home, TODAY + timedelta(days=26))
    assert not late["keycard"]


STATE = State(ORIGIN, TODAY, 0, 0, 0, 10**10, TODAY + timedelta(days=30), TODAY + timedelta(days=30))


def test_every_notice_has_one_length() -> None:
    """
    Who sees notices pass learns nothing from their size, and a number of people is never in them.
    """
    states = [
        dataclasses.replace(
            STATE, origin=origin, waiting=waiting, room=room, keycard_ends=ends, mandate_ends=ends
        )
        for origin in ("a.example", "é" * 400)
        for waiting in (0, 7, 7777)
        for room in (0, 200_000, 10**10)
        for ends in (None, TODAY, TODAY + timedelta(days=300))
    ]
    told = [notice(state) for state in states]

    assert {len(one) for one in told} == {SIZE}
    assert not any(b"7777" in one for one in told)
    assert len(set(told)) == len(states)


def test_counts_are_rounded_up_and_stay_for_their_day(tmp_path: Path) -> None:
    """
    Eleven are a hundred, and writing twice in a day does not show who came between.
    """
    assert [rounded(n) for n in (0, 1, 10, 11, 100, 101)] == [0, 10, 10, 100, 100, 1000]
    places = (tmp_path / "notice", tmp_path / "counts")
    write(dataclasses.replace(STATE, waiting=11), *places)
    write(dataclasses.replace(STATE, waiting=5000), *places)
    kept = places[1].read_bytes()
    tomorrow = dataclasses.replace(STATE, waiting=5000, today=TODAY + timedelta(days=1))
    write(tomorrow, *places)

    assert b"onggi_intake_waiting 100\n" in kept
    assert b"onggi_intake_waiting 10000\n" in places[1].read_bytes() == counts(tomorrow)


def test_the_notice_of_the_day_is_written_by_its_command(home: Path) -> None:
    """
    What waits unfinished is counted, and what a courier has to fetch is said.
    """
    deposits = open_deposits(IntakeConfig.read(home))
    begun(deposits)
    deposits.engine.dispose()
    told = run(home, "notice")

    assert told.exit_code == 0, told.output
    assert len((home / "notice.txt").read_bytes()) == SIZE
    assert "waiting   nothing" in (home / "notice.txt").read_text()
    assert "onggi_intake_unfinished 10\n" in (home / "counts.prom").read_text()
