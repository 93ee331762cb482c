"""The puzzle: what counts as work, for whom, and for how long."""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from server.intake.deposits import Deposits
from server.intake.limits import Limits, Load
from server.intake.puzzle import WINDOW, Puzzles, StalePuzzle, UnsolvedPuzzle, key_in, solve
from tests.crypto.test_browser_half import ROOT, needs_node, needs_packages
from tests.server.intake.sealed import ENVELOPE

ID, OTHER = "ab" * 16, "cd" * 16
BITS = 8


def puzzles(bits: int = BITS, now: Callable[[], float] = lambda: 5 * WINDOW) -> Puzzles:
    return Puzzles(b"k" * 32, lambda: bits, now)


def test_a_solved_puzzle_counts_for_its_deposit_and_for_no_other() -> None:
    """
    Who wants to begin a thousand deposits works a thousand times; who sends one again works once.
    """
    known = puzzles()
    solution = solve(*known.ask(), ID)
    known.check(solution, ID)
    known.check(solution, ID)
    with pytest.raises(UnsolvedPuzzle):
        known.check(solution, OTHER)


def test_a_puzzle_counts_for_half_an_hour_at_most() -> None:
    """
    In its own window and the next; not later, and not before it was made.
    """
    solution = solve(*puzzles().ask(), ID)
    puzzles(now=lambda: 7 * WINDOW - 1).check(solution, ID)
    for elsewhen in (7 * WINDOW, 5 * WINDOW - 1):
        with pytest.raises(StalePuzzle, match="old"):
            puzzles(now=lambda at=elsewhen: at).check(solution, ID)  # type: ignore[misc]


@pytest.mark.parametrize("at", range(32))
def test_a_changed_puzzle_was_not_made_here(at: int) -> None:
    """
    Neither its difficulty nor its time can be chosen by who solves it.
    """
    text, _ = puzzles().ask()
    changed = text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :]
    with pytest.raises(StalePuzzle, match="not made here"):
        puzzles().check(f"{changed}.{0:016x}", ID)


@pytest.mark.parametrize("sent", [None, "", "x", "A" * 32, "A" * 32 + ".1", "é" * 49, "A" * 100_000])
def test_what_is_no_solution_is_said_to_be_none(sent: str | None) -> None:
    """
    Missing, cut or rubbish: the same refusal, and the hint says where to begin.
    """
    with pytest.raises(UnsolvedPuzzle) as refused:
        puzzles().check(sent, ID)

    assert "/api/puzzle" in refused.value.hint


def test_easy_puzzles_are_worth_nothing_once_it_is_busy() -> None:
    """
    A store of puzzles from a quiet hour does not carry a flood.
    """
    solution = solve(*puzzles(4).ask(), ID)
    puzzles(6).check(solution, ID)
    with pytest.raises(StalePuzzle, match="more to do"):
        puzzles(7).check(solution, ID)


def test_a_quiet_intake_asks_for_nothing() -> None:
    """
    Off, nobody's phone is made to work.
    """
    assert puzzles(0).ask() == ("", 0)
    puzzles(0).check(None, ID)


def test_the_more_there_is_the_harder_it_gets() -> None:
    """
    From half of the nearest limit on, whichever that is; never on an onion service, never when it is off.
    """
    limits = Limits(deposits_a_day=100, bytes_a_day=100, unfinished=100, puzzle_bits=10, puzzle_more=6)
    quiet, busy, full = (
        [limits.bits(load, 100) for load in (Load(n), Load(0, n), Load(0, 0, n), Load(0, 0, 0, n))]
        for n in (50, 75, 150)
    )

    assert (quiet, busy, full) == ([10] * 4, [13] * 4, [16] * 4)
    assert replace(limits, onion=True).bits(Load(100), 100) == 0
    assert Limits().bits(Load(10**6), 0) == 0


def test_all_workers_of_a_home_make_one_key(tmp_path: Path) -> None:
    """
    What one worker gives another one checks; the key is nobody else's to read.
    """
    found: list[bytes] = []
    threads = [threading.Thread(target=lambda: found.append(key_in(tmp_path))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 8
    assert len(set(found)) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["puzzle.key"]
    assert (tmp_path / "puzzle.key").stat().st_mode & 0o077 == 0


def test_a_busy_intake_lets_nobody_begin_without_work(
    browser: FlaskClient,
) -> None:
    """
    428 and a hint, and nothing is kept; with the work done the same request is taken, and again for nothing.
    """
    begin = {"deposit": ID, "size": len(ENVELOPE), "erase": "00" * 32}
    app = browser.application
    app.extensions["puzzles"] = Puzzles(b"k" * 32, lambda: BITS)
    refused = browser.post("/api/deposits", json=begin)
    deposits: Deposits = app.extensions["deposits"]
    kept = deposits.load().begun
    asked = browser.get("/api/puzzle").json
    assert asked is not None
    solution = solve(asked["puzzle"], asked["bits"], ID)
    taken = browser.post("/api/deposits", json=begin, headers={"Onggi-Puzzle": solution})
    other = browser.post(
        "/api/deposits", json={**begin, "deposit": OTHER}, headers={"Onggi-Puzzle": solution}
    )
    again = browser.post("/api/deposits", json=begin)

    assert (refused.status_code, set(refused.json or {})) == (428, {"error", "hint"})
    assert kept == 0
    assert (taken.status_code, other.status_code, again.status_code) == (201, 428, 200)
    assert len(ENVELOPE) <= asked["room"]


@needs_node
@needs_packages
def test_what_the_page_solves_is_solved() -> None:
    """
    The browser's half finds the number that this half counts, without waiting for it all at once.
    """
    known = puzzles(12)
    text, bits = known.ask()
    asked = json.dumps({"puzzle": text, "bits": bits})
    module = (ROOT / "server" / "intake" / "client" / "puzzle.js").as_uri()
    script = f'import {{ solve }} from "{module}";'
    script += f'let turns = 0; const told = await solve({asked}, "{ID}", () => turns++); console.log(told);'
    node = shutil.which("node")
    assert node
    told = subprocess.run(
        [node, "--input-type=module", "-e", script], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert told.stdout.strip() == solve(text, bits, ID)
    known.check(told.stdout.strip(), ID)
