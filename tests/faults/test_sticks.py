"""A stick that is really full: a small file system of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.server.intake.test_courier import deposit

HERE = Path(__file__).parents[2]


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
