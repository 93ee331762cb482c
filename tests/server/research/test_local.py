"""`onggi read`: the room from a release's folder, and nothing left behind."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from functools import partial
from pathlib import Path

import pytest

from crypto.keys import SigningKey
from tests.people import ORIGIN
from tests.server.research.rooms import OFFICE, told, write

ROOT = Path(__file__).parents[3]


def command(folder: Path, root: str) -> list[str]:
    return [sys.executable, "-m", "onggi", "read", str(folder), "--root", root, "--origin", ORIGIN]


@pytest.mark.loopback
def test_a_release_is_read_on_a_laptop_and_nothing_stays(tmp_path: Path) -> None:
    """
    On loopback, under no other name, without a line about what is looked for; the copy ends with it.
    """
    stick = write(tmp_path / "stick", 3, told("aaaaaaaaaa", "She crossed the river.", lang="eng"))
    here = {**os.environ, "PYTHONUNBUFFERED": "1"}
    running = subprocess.Popen(
        command(stick, OFFICE.root.public.to_text()),
        cwd=ROOT,
        env=here,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        # Begun in the background of a shell, it would not heed Ctrl-C.
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
    )
    assert running.stdout
    try:
        first = running.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+/", first)
        assert found, first
        address = found[0]
        with urllib.request.urlopen(f"{address}?q=river", timeout=60) as answer:
            assert "<mark>river</mark>" in answer.read().decode()
        other = urllib.request.Request(address, headers={"Host": "elsewhere.example"})
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(other, timeout=60)
        refused.value.close()
        assert refused.value.code == 400
    finally:
        running.send_signal(signal.SIGINT)
        rest, _ = running.communicate(timeout=60)

    assert running.returncode == 0, rest
    assert rest.strip() == ""
    assert not [path for path in Path("/dev/shm").glob("onggi-read-*") if (path / "room" / "3").exists()]


def test_what_does_not_verify_is_not_opened(tmp_path: Path) -> None:
    """
    Another archive's key: the fact, exit code 1, and no address.
    """
    stick = write(tmp_path / "stick", 3, told("aaaaaaaaaa", "x"))
    ran = subprocess.run(
        command(stick, SigningKey.generate().public.to_text()),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 1
    assert "http" not in ran.stdout + ran.stderr
