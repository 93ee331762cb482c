"""`onggi read`: the room from a release's folder, and nothing left behind however it ends."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from crypto.keys import SigningKey
from tests.people import ORIGIN
from tests.server.research.rooms import OFFICE, told, write

ROOT = Path(__file__).parents[3]


def command(folder: Path, root: str) -> list[str]:
    return [sys.executable, "-m", "onggi", "read", str(folder), "--root", root, "--origin", ORIGIN]


@contextmanager
def reading(folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The running command, and the address that it says; ended when the block ends."""
    running = subprocess.Popen(
        command(folder, OFFICE.root.public.to_text()),
        cwd=ROOT,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert running.stdout
        first = running.stdout.readline(), running.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+/", first[1])
        assert found, first
        yield running, found[0]
    finally:
        running.kill()
        running.communicate()


def left() -> set[Path]:
    """The copies that lie in memory."""
    return {path.parents[1] for path in Path("/dev/shm").glob("onggi-read-*/room/3")}


@pytest.mark.loopback
def test_a_release_is_read_on_a_laptop(tmp_path: Path) -> None:
    """
    On loopback, under no other name, without a line about what is looked for.
    """
    stick = write(tmp_path / "stick", 3, told("aaaaaaaaaa", "She crossed the river.", lang="eng"))
    with reading(stick) as (running, address):
        with urllib.request.urlopen(f"{address}?q=river", timeout=60) as answer:
            assert "<mark>river</mark>" in answer.read().decode()
        other = urllib.request.Request(address, headers={"Host": "elsewhere.example"})
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(other, timeout=60)
        refused.value.close()
        running.send_signal(signal.SIGINT)
        rest, _ = running.communicate(timeout=60)

    assert refused.value.code == 400
    assert (running.returncode, rest) == (0, "")


@pytest.mark.loopback
@pytest.mark.skipif(not Path("/dev/shm").is_dir(), reason="there is no such place")
@pytest.mark.parametrize("ends", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_the_copy_ends_with_the_command(tmp_path: Path, ends: signal.Signals) -> None:
    """
    By Ctrl-C, and also when the session or the terminal is closed: no word stays in memory.
    """
    stick, before = write(tmp_path / "stick", 3, told("aaaaaaaaaa", "She crossed.", lang="eng")), left()
    with reading(stick) as (running, _):
        copies = left() - before
        running.send_signal(ends)
        rest, _ = running.communicate(timeout=60)

    assert len(copies) == 1
    assert not copies & left()
    assert (running.returncode, rest) == (0, "")


@pytest.mark.loopback
def test_a_port_that_is_taken_is_said_before_the_release_is_read(tmp_path: Path) -> None:
    """
    A large release takes minutes.
    """
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        given = [*command(tmp_path, OFFICE.root.public.to_text()), "--port", port]
        ran = subprocess.run(given, cwd=ROOT, capture_output=True, text=True, check=False)

    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr.splitlines() == [
        f"Error: port {port} cannot be had: Address already in use",
        "hint: without --port, a free one is taken",
    ]


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
    assert "are root and origin what stands on its paper?" in ran.stderr
