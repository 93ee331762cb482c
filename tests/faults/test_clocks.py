"""Clocks that are wrong by days: nothing that was accepted goes, and with the right day all goes on."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from archive.accession import accession
from crypto.errors import CryptoError
from server.intake import board as boards
from server.intake import notes
from server.intake.config import KEYCARD, MANDATE, IntakeConfig
from server.intake.deposits import Deposits
from server.intake.site import open_deposits
from tests.people import TODAY, Archive, statement
from tests.server.intake.test_courier import KEY, OFFICE, deposit, run
from tests.server.intake.test_receiving import board

YEARS = timedelta(days=1000)
WRONG = pytest.mark.parametrize("off", [-YEARS, -timedelta(days=40), timedelta(days=40), YEARS], ids=str)
LATER = timedelta(days=31)
"""Longer than an intake keeps what is whole."""


def on(deposits: Deposits, day: date) -> Deposits:
    return replace(deposits, today=lambda: day)


@WRONG
def test_what_is_whole_is_kept_whatever_the_clock_says(home: Path, off: timedelta) -> None:
    """
    A night's round with a wrong clock removes nothing that came since the archive's newest note; with newer
    notes and the right day, what is old goes.
    """
    kept = deposit(home, "one")
    config = IntakeConfig.read(home)
    with closing(open_deposits(config)) as deposits:
        on(deposits, TODAY + off).expire(config.keep_days)
        assert list(deposits.waiting()) == [kept]
        newer = OFFICE.notes(home.with_name("newer"), KEY.public, serial=2, today=TODAY + LATER)
        notes.take(config, newer, TODAY + LATER)
        gone = on(deposits, TODAY + LATER).expire(config.keep_days)

        assert (gone.old, dict(deposits.waiting())) == (1, {})


def test_what_came_while_the_clock_was_behind_is_not_taken_for_old(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    No day lies before the archive's newest note: so the round after the clock was set right keeps it.
    """
    monkeypatch.setattr("server.intake.site.today_by_clock", lambda: TODAY - YEARS)
    kept = deposit(home, "one")
    monkeypatch.undo()
    assert run(home, "expire").exit_code == 0

    with closing(open_deposits(IntakeConfig.read(home))) as deposits:
        assert list(deposits.waiting()) == [kept]


@WRONG
def test_notes_and_a_board_that_a_wrong_clock_refuses_are_taken_with_the_right_one(
    home: Path, off: timedelta
) -> None:
    """
    Until then those from before stay as they are, and no floor was raised.
    """
    config, fresh = IntakeConfig.read(home), board()
    before = {name: (home / name).read_bytes() for name in (KEYCARD, MANDATE)}
    newer = OFFICE.notes(home.with_name("newer"), KEY.public, serial=2)
    with pytest.raises(CryptoError):
        notes.take(config, newer, TODAY + off)
    with pytest.raises(CryptoError):
        boards.take(config, fresh, OFFICE.desk.public, TODAY + off)
    assert {name: (home / name).read_bytes() for name in before} == before
    assert boards.content(config) is None

    notes.take(config, newer, TODAY)
    boards.take(config, fresh, OFFICE.desk.public, TODAY)
    assert (home / KEYCARD).read_bytes() == (newer / KEYCARD).read_bytes()


@WRONG
def test_accession_takes_everything_in_on_any_day(archive: Archive, off: timedelta) -> None:
    """
    No key is refused for its day: what was sealed is opened, and what was acknowledged stays so.
    """
    stick = archive.pack([statement(archive, "강을 건넜다."), b"?" * 9000])
    wrong = accession(archive.vault, stick, today=lambda: TODAY + off)
    right = accession(archive.vault, stick, today=lambda: TODAY)

    assert (len(wrong.taken), len(wrong.quarantined), right.taken, right.again) == (1, 1, [], 2)
    assert right.acknowledgement == wrong.acknowledgement
    assert archive.vault.testimony(wrong.taken[0]).text == "강을 건넜다."
