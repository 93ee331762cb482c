"""The walls of the house: who may import whom."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
LINTER = Path(sys.executable).with_name("lint-imports")


def test_every_import_keeps_the_contracts() -> None:
    """
    No room reaches through a wall: pyproject.toml lists the contracts.
    """
    here = {**os.environ, "PYTHONPATH": str(ROOT)}
    linted = subprocess.run([LINTER, "--no-cache"], cwd=ROOT, capture_output=True, text=True, env=here)

    assert linted.returncode == 0, linted.stdout + linted.stderr


def test_every_room_is_under_contract() -> None:
    """
    A room that is built but not named in pyproject.toml would have no walls.
    """
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    built = {room for room in ("crypto", "server", "archive") if (ROOT / room).is_dir()}

    assert built == set(settings["tool"]["importlinter"]["root_packages"])


def test_every_init_file_is_one_docstring() -> None:
    """
    An `__init__.py` that re-exports is where import circles begin.
    """
    talkative = [
        str(path.relative_to(ROOT))
        for room in ("crypto", "server", "archive")
        for path in (ROOT / room).rglob("__init__.py")
        if len(path.read_text(encoding="utf-8").strip().splitlines()) > 1
    ]

    assert talkative == []
