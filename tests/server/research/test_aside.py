"""What publishes stands aside for readers, and only where there are some."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from server.research import ahead, aside, shelf
from server.research.config import ResearchConfig
from tests.people import TODAY
from tests.server.research.rooms import told, write

ROOT = Path(__file__).parents[3]
ROWS = told("kora", "강을 건넜다."), told("korb", "산을 넘었다.")


def onggi(*words: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "onggi", "research", *words]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def threads(process: subprocess.Popen[str]) -> list[int]:
    """Those that were begun last stand behind: the ones that analyse."""
    return sorted(int(each.name) for each in Path(f"/proc/{process.pid}/task").iterdir())


@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="one core cannot be left to readers")
def test_publishing_leaves_half_of_the_cores_to_readers(config: ResearchConfig, tmp_path: Path) -> None:
    """
    The command and its analysis, while a worker reads in this room; it is nicer than that one, too.
    """
    shelf.publish(config, write(tmp_path / "one", 1, ROWS[0]), TODAY)
    with ahead._held(config.home, fcntl.LOCK_SH):  # as a worker that has still to open what comes
        running = onggi("publish", str(write(tmp_path / "two", 2, *ROWS)), "--home", str(config.home))
        while not (config.home / ahead.NEXT).exists():
            assert running.poll() is None, running.communicate()
            time.sleep(0.05)
        ids = threads(running)
        cores = [len(os.sched_getaffinity(each)) for each in (ids[0], ids[-1])]
        nice = [os.getpriority(os.PRIO_PROCESS, each) for each in (ids[0], ids[-1])]
    said, _ = running.communicate(timeout=120)

    here = len(os.sched_getaffinity(0))
    assert len(ids) > 1
    assert cores == [here - here // 2] * 2
    assert nice == [os.getpriority(os.PRIO_PROCESS, 0) + aside.NICER] * 2
    assert said == "release 2 is verified and shown\n"


NOBODY = """
import os, sys
from pathlib import Path
from server.research.aside import stand_aside
before = os.sched_getaffinity(0), os.nice(0)
stand_aside(Path(sys.argv[1]))
print(before == (os.sched_getaffinity(0), os.nice(0)))
"""


@pytest.mark.parametrize("kind", ["is not served", "is not there"])
def test_where_nobody_reads_nobody_is_left_a_core(config: ResearchConfig, kind: str) -> None:
    """
    A release is then published with all there is.
    """
    if kind == "is not there":
        shutil.rmtree(config.home)
    ran = subprocess.run(
        [sys.executable, "-c", NOBODY, str(config.home)], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert ran.stdout == "True\n"


@pytest.mark.parametrize("lacks", ["sched_setaffinity", "sched_getaffinity", "may not"])
def test_where_a_process_may_not_stand_aside_it_works_on(
    config: ResearchConfig, monkeypatch: pytest.MonkeyPatch, lacks: str
) -> None:
    """
    A system without these calls, or a sandbox that forbids them.
    """

    def forbidden(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "nice", lambda steps: 0)
    monkeypatch.setattr(os, "sched_setaffinity", forbidden)
    if lacks != "may not":
        monkeypatch.delattr(os, lacks)
    with ahead._held(config.home, fcntl.LOCK_SH):
        aside.stand_aside(config.home)
