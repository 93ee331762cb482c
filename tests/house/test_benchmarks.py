"""The bars of `make bench`: what is told of a measurement, beside what was promised."""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest

from benchmarks.arrivals import arrive
from benchmarks.bars import HEAD, Bar, bars, table
from benchmarks.steps import Cost
from deploy.house import House, Refused, found


def test_a_bar_tells_whether_it_is_met() -> None:
    """
    A floor is met from above, a ceiling from below, and a ratio is of the right one to the other.
    """
    speed = Bar("safer", "speed", 0.15, this=0.5, that=0.1, unit="s", least=True)
    slow = Bar("safer", "speed", 0.25, this=0.5, that=0.1, unit="s", least=True)
    time = Bar("board", "time", 15, this=0.3, that=0.01, unit="s")
    size = Bar("client", "size", 40, this=33.2, that=None, unit="KB", peer=False)

    assert speed.row({})[1:] == ["0.500 s", "0.100 s", "0.20", "≥ 0.15", "yes"]
    assert slow.row({})[-1] == "no"
    assert time.row({})[3:] == ["30.00", "≤ 15", "no"]
    assert size.row({})[1:] == ["33.2 KB", "", "33.2 KB", "≤ 40 KB", "yes"]


def test_a_bar_that_was_not_measured_says_why_and_is_not_met() -> None:
    """
    Where a browser or node is missing the table says so in the row, and claims nothing.
    """
    ours = Cost({"open": 0.1})
    theirs = Cost({"to nowhere": 0.1, "opened to nowhere": 0.2})
    missing = {name: f"no {name}" for name in ("safer", "board", "peak", "client")}

    rows = {bar.name: bar.row(missing) for bar in bars([ours], [theirs], None)}

    assert rows.pop("open")[3:] == ["2.00", "≥ 0.8", "yes"]
    assert all((row[3], row[5]) == (f"left out: no {name}", "") for name, row in rows.items())
    assert all(len(row) == len(HEAD) for row in rows.values())
    assert table(HEAD, *rows.values()).count("\n") == len(rows) + 1


def test_a_bundle_that_was_made_to_be_measured_is_taken_in_whole(tmp_path: Path) -> None:
    """
    The real accession takes each testimony and the recording, or nothing is measured.
    """
    house, recording = House(tmp_path / "house"), tmp_path / "recording"
    found(house)
    recording.write_bytes(secrets.token_bytes(300_000))
    cost, size = arrive(house, recording, 3)

    assert cost.seconds["taking in"] > 0
    assert cost.memory["taking in"] > 0
    assert size > recording.stat().st_size
    with pytest.raises(Refused):
        cost.step(house, "accession", house.data / "carried", "3", "1")
