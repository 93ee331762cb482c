"""What may die at any point, or find the disk full: each operation with what must hold afterwards.

An operation prepares a folder once and says what is done in a copy of it, and how a copy is looked at
after that was stopped: nothing accepted is lost, nothing is twice or half, and run again it comes to its end.
"""

from __future__ import annotations

import random
import shutil
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.faults.platter import CUTS
from tests.faults.points import Fault, Run, run

FAULTS: Final[tuple[Fault, ...]] = ("kill", "torn", "full", "lost", "hollow")


@dataclass(frozen=True)
class Case:
    """What is done in a copy of the prepared folder, and what must hold in it afterwards."""

    act: Callable[[Path], object]
    check: Callable[[Path, Run], None]


Operation = Callable[[Path, Path], Case]
"""Of the home of a founded archive and an empty folder, which it fills."""


@dataclass(frozen=True)
class Tried:
    """How many points there are, and at how many of them the fault struck."""

    points: int
    tried: int


class Broken(AssertionError):
    """After a fault something does not hold that must."""


def strike(case: Case, folder: Path, fault: Fault, most: int = 0) -> Tried:
    """Let the fault strike at every point, or at about *most* of them, evenly, from a first that is drawn.

    `Broken` names the point after which something did not hold.
    """
    straight = _once(case, folder, fault, 0)
    if not straight.ended or straight.code:
        raise Broken(f"without a fault it ends with {straight.code}: {straight.said}")
    points = len(straight.points)
    step = max(1, -(-points // most)) if most else 1
    # The power may fail after the end as well: what was said to be done has to be there.
    last = points + (fault in CUTS)
    chosen = {*range(random.randint(1, step), last + 1, step), *range(points + 1, last + 1)}
    for at in sorted(chosen):
        _once(case, folder, fault, at)
    return Tried(last, len(chosen))


def _once(case: Case, folder: Path, fault: Fault, at: int) -> Run:
    copy = folder.with_name(f"{folder.name}-copy")
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(folder, copy)
    done = run(lambda: case.act(copy), copy, fault, at)
    where = f"{fault} at {at}, {done.points[at - 1] if 0 < at <= len(done.points) else 'nowhere'}"
    try:
        # Whoever finds the disk full is told so, and not by a page of our code.
        assert "Traceback" not in done.said, done.said
        assert done.code in (0, -9) or "error:" in done.said, done.said
        case.check(copy, done)
    except Exception as error:
        line = traceback.extract_tb(error.__traceback__)[-1].line
        raise Broken(f"{where}: {line}: {type(error).__name__}: {error}\n{done.said}") from error
    return done
