"""What `make coverage` measures is all there is, by tests that are there."""

from __future__ import annotations

from fnmatch import fnmatch
from pathlib import Path

import pytest

from tests.bars import PARTS, TRAINING, main

ROOT = Path(__file__).parents[2]
ROOMS = ("crypto", "archive", "server")


def test_every_module_is_under_one_bar() -> None:
    """
    A module that no pattern names could be tested by nothing, and nobody would see it.
    """
    modules = [
        path.relative_to(ROOT).as_posix()
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        if "node_modules" not in path.parts
    ]
    bars = {
        module: [
            name
            for name, part in PARTS.items()
            if any(fnmatch(module, pattern) for pattern in part.files)
            and not any(fnmatch(module, pattern) for pattern in part.but)
        ]
        for module in modules
    }

    assert len(modules) > 200
    assert {module: names for module, names in bars.items() if len(names) != 1} == {
        module: [] for module in modules if fnmatch(module, TRAINING[0])
    }


def test_what_guards_her_is_under_the_highest_bar() -> None:
    """
    Every branch of what seals, of the gate, of what hides, and of what lets out.
    """
    assert {name for name, part in PARTS.items() if part.bar == 100} == {
        "crypto",
        "consent",
        "release",
        "redaction",
    }
    assert [test for part in PARTS.values() for test in part.tests if not (ROOT / test).exists()] == []


def test_a_part_that_is_not_there_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """
    A slip in a name does not pass for a bar that was reached.
    """
    assert main(["crypt"]) == 2
    assert "no such part: crypt" in capsys.readouterr().err
