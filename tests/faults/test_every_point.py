"""Processes that die, disks that are full and power that fails, at each change: `points` says how.

A sample of the points here, evenly, from a first that is drawn; all of them with `make faults`.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from tests.faults import points
from tests.faults.every import OPERATIONS, answer
from tests.faults.operations import FAULTS, Tried
from tests.faults.platter import CUTS
from tests.faults.points import Fault

DEAR = ("accession", "shred", "draft", "release", "send", "backup", "restore", "verify")
"""Each of these opens the vault several times to look whether all is well."""
FEW, SOME = 3, 10
"""Points that are tried of each fault: of what is dear, and of the others. Of each power cut half as many."""
SECONDS = 600

pytestmark = pytest.mark.skipif(not points.is_possible(), reason="this kernel lets nobody ask at each call")


@pytest.fixture(scope="module")
def asking(founded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    """A process of its own that does what is asked: pytest has threads, and a fork keeps but one."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.faults.every"])
    here, there = context.Pipe()
    folder = tmp_path_factory.mktemp("operations")
    process = context.Process(target=answer, args=(there, founded, folder), daemon=True)
    process.start()
    there.close()
    yield here
    here.close()
    process.join(30)


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", OPERATIONS)
def test_what_is_stopped_at_any_point_goes_on_by_itself(asking: Connection, name: str, fault: Fault) -> None:
    """
    Nothing that was accepted is lost, nothing is there twice or released by half, and run again it comes to
    its end. Whoever finds the disk full is told so in a line.
    """
    most = (FEW if name in DEAR else SOME) // (2 if fault in CUTS else 1)
    asking.send((name, fault, most))
    assert asking.poll(SECONDS)
    told = asking.recv()

    assert isinstance(told, Tried), told
    assert told.points > 3
    assert told.tried == told.points or told.tried >= most // 2
