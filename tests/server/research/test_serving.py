"""`onggi research serve`, as somebody runs it for the first time."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from http.client import HTTPConnection
from pathlib import Path

import pytest
from click.testing import CliRunner

from deploy.house import _free
from server.research import shelf
from server.research.commands import research
from server.research.config import ResearchConfig
from tests.people import TODAY
from tests.server.research.rooms import told, write

ROOT = Path(__file__).parents[3]


def test_a_room_that_knows_no_archive_is_not_served(tmp_path: Path) -> None:
    """
    It says what comes first.
    """
    ran = CliRunner().invoke(research, ["serve", "--home", str(tmp_path / "room")])

    assert ran.exit_code == 1
    assert ran.stderr == "research: error: this room knows no archive yet; publish a release first\n"


@pytest.mark.loopback
def test_a_room_is_served_where_onggi_is_not_on_the_path(config: ResearchConfig, tmp_path: Path) -> None:
    """
    As from an environment that nobody activated.
    """
    shelf.publish(config, write(tmp_path / "one", 1, told("kora", "강을 건넜다.")), TODAY)
    port = _free(0)
    command = [sys.executable, "-m", "onggi", "research", "serve", "--home", str(config.home)]
    command += ["--workers", "1", "--port", str(port)]
    running = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PATH": "/nowhere"})
    try:
        status = None
        while status is None and running.poll() is None:
            time.sleep(0.1)
            line = HTTPConnection("127.0.0.1", port, timeout=60)
            try:
                line.request("GET", "/")
                status = line.getresponse().status
            except ConnectionRefusedError:
                pass
            finally:
                line.close()
    finally:
        running.terminate()
        running.wait(60)

    assert status == 200
