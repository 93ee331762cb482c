"""Limits for everybody together: what they hold back, and that nothing of what is refused is kept."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from server.intake.deposits import Deposits
from server.intake.limits import Limits, LimitsError, Load, step
from server.intake.refusals import DepositError, NoRoom, TooMany
from server.intake.shelf import DiskShelf
from tests.server.intake.sealed import ENVELOPE, LARGEST, PART, PARTS, begun, part

SIZE = len(ENVELOPE)


class Narrow(DiskShelf):
    """A shelf with room for as much as *free* says, whatever lies on it."""

    free = 3 * SIZE

    def room(self) -> int:
        return self.free


def limited(deposits: Deposits, **numbers: int) -> Deposits:
    return replace(deposits, limits=Limits(**numbers))  # type: ignore[arg-type]


def days_later(deposits: Deposits, days: int) -> Deposits:
    later: Callable[[], date] = lambda: date.today() + timedelta(days=days)  # noqa: E731
    return replace(deposits, today=later)


def test_what_has_begun_keeps_its_room(engine: Engine, tmp_path: Path) -> None:
    """
    A flood of beginnings is refused before it can fill the disk; what began can be finished.
    """
    narrow = Deposits(engine, Narrow(tmp_path / "shelf"), PART, LARGEST)
    names = [begun(narrow, SIZE) for _ in range(3)]
    with pytest.raises(NoRoom):
        begun(narrow, SIZE)

    assert narrow.load() == Load(3, 3 * SIZE, 3, 3 * SIZE)
    assert narrow.room() == 0
    for name in names:
        for offset in PARTS:
            narrow.put(name, offset, part(offset))
        narrow.complete(name)
    assert narrow.load() == Load(3, 3 * SIZE)


def test_parallel_beginnings_do_not_share_one_room(engine: Engine, tmp_path: Path) -> None:
    """
    Of many at once exactly as many begin as there is room for.
    """
    narrow = Deposits(engine, Narrow(tmp_path / "shelf"), PART, LARGEST)
    told: list[type[DepositError] | None] = []

    def one() -> None:
        try:
            begun(narrow, SIZE)
            told.append(None)
        except DepositError as error:
            told.append(type(error))

    threads = [threading.Thread(target=one) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (told.count(None), told.count(NoRoom)) == (3, 5)


@pytest.mark.parametrize("limit", ["deposits_a_day", "unfinished"])
def test_a_day_takes_so_many_and_the_next_takes_more(deposits: Deposits, limit: str) -> None:
    """
    The one too many is told to come back and leaves no row; tomorrow there is place for her.
    """
    few = limited(deposits, **{limit: 2})
    names = [begun(few, SIZE) for _ in range(2)]
    with pytest.raises(TooMany):
        begun(few, SIZE)

    assert few.load().begun == 2
    assert few.room() == 0
    tomorrow = days_later(few, 1)
    if limit == "unfinished":
        few.remove(names[0])
    assert begun(tomorrow, SIZE)


def test_a_day_takes_so_many_bytes(deposits: Deposits) -> None:
    """
    Large deposits count by their size, from their beginning.
    """
    few = limited(deposits, bytes_a_day=2 * SIZE)
    begun(few, SIZE)
    with pytest.raises(TooMany):
        begun(few, SIZE + 1)

    assert few.load().bytes == SIZE


def test_unfinished_and_empty_deposits_go_and_whole_ones_stay(deposits: Deposits) -> None:
    """
    What never came keeps no room for long, what was left waits two weeks, what is whole a month.
    """
    empty, half, whole = (begun(deposits, SIZE) for _ in range(3))
    deposits.put(half, 0, part(0))
    for offset in PARTS:
        deposits.put(whole, offset, part(offset))
    deposits.complete(whole)
    left = []
    for days in (1, 2, 14, 15, 30, 31):
        days_later(deposits, days).expire(30)
        left.append([name for name in (empty, half, whole) if deposits.knows(name)])

    assert left == [[empty, half, whole], [half, whole], [half, whole], [whole], [whole], []]
    assert list(deposits.shelf.names()) == []


@pytest.mark.parametrize(
    "text",
    ["deposits_a_day = -1", "deposits = 1", 'unfinished = "2"', "onion = 1", "unfinished = true", "x", "\0"],
)
def test_a_limit_that_is_none_is_said_and_not_guessed(tmp_path: Path, text: str) -> None:
    """
    A slip of the operator's pen stops the start instead of opening or closing the door.
    """
    (tmp_path / "limits.toml").write_text(text)
    with pytest.raises(LimitsError, match=r"limits\.toml"):
        Limits.read(tmp_path)


def test_named_limits_hold_and_the_others_stay(tmp_path: Path) -> None:
    """
    A home without the file has the numbers of the manual.
    """
    assert Limits.read(tmp_path) == Limits()
    (tmp_path / "limits.toml").write_text("puzzle_bits = 12\nonion = true\n")
    assert Limits.read(tmp_path) == Limits(puzzle_bits=12, onion=True)


def test_room_is_told_in_steps() -> None:
    """
    Nobody learns from the room that is told how much has come since yesterday.
    """
    assert [step(room) for room in (0, 199_999, 200_000, 9_999_999, 10**10)] == [
        0,
        0,
        200_000,
        200_000,
        2_200_000_000,
    ]
