"""`make faults`: every operation, struck by every fault at every point. The tests ask the same at a sample.

Everything happens in one prepared process with one thread: importing us takes a second, forking it takes
milliseconds, and each passphrase is stretched once.
"""

from __future__ import annotations

import functools
import os
import sys
import tempfile
import time
from collections.abc import Mapping
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

import kiwipiepy
import nacl.pwhash.argon2id as argon2id
from kiwipiepy import Kiwi

from tests.faults import at_archive, at_intake, at_room
from tests.faults.operations import FAULTS, Broken, Case, Operation, Tried, strike
from tests.faults.points import Fault
from tests.people import found_archive

OPERATIONS: Final[Mapping[str, Operation]] = {
    "upload": at_intake.upload,
    "pack": at_intake.pack,
    "acknowledge": at_intake.acknowledge,
    "receive": at_intake.receive,
    "accession": at_archive.accession,
    "shred": at_archive.shred,
    "draft": at_archive.draft,
    "release": at_archive.release,
    "send": at_archive.send,
    "backup": at_archive.backup,
    "restore": at_archive.restoring,
    "verify": at_archive.verification,
    "publish": at_room.publish,
    "reindex": at_room.reindex,
    "withdraw": at_room.withdraw,
}
Asked = tuple[str, Fault, int]
"""An operation, a fault, and at how many points at most."""


class _KiwiOfOneThread(Kiwi):  # type: ignore[misc]
    """The same answers without threads of its own: a fork would wait for them for ever."""

    def __init__(self, num_workers: int) -> None:
        super().__init__(num_workers=0)

    def tokenize(self, text: Any) -> Any:
        return super().tokenize(text) if isinstance(text, str) else map(super().tokenize, text)


class Prepared:
    """Operations that are prepared in a folder when they are first asked for."""

    def __init__(self, founded: Path, folder: Path) -> None:
        argon2id.kdf = functools.cache(argon2id.kdf)
        vars(kiwipiepy)["Kiwi"] = _KiwiOfOneThread
        self._founded, self._folder = founded, folder
        self._cases: dict[str, Case] = {}

    def strike(self, name: str, fault: Fault, most: int) -> Tried:
        """What `operations.strike` says of this operation."""
        folder = self._folder / name
        if name not in self._cases:
            folder.mkdir(parents=True)
            self._cases[name] = OPERATIONS[name](self._founded, folder)
        return strike(self._cases[name], folder, fault, most)


def answer(link: Connection, founded: Path, folder: Path) -> None:
    """Do what is asked over *link* until it closes; what broke is told in words."""
    prepared = Prepared(founded, folder)
    while True:
        try:
            name, fault, most = link.recv()
        except EOFError:
            return
        try:
            link.send(prepared.strike(name, fault, most))
        except Broken as broken:
            link.send(str(broken))


def main(names: list[str]) -> int:
    """Print a table of the operations that are named, or of all; how many rows did not hold."""
    broken, most = 0, int(os.environ.get("ONGGI_FAULTS_MOST", "0"))
    with tempfile.TemporaryDirectory() as folder:
        founded = Path(folder) / "founded" / "archive"
        founded.parent.mkdir()
        found_archive(founded)
        prepared = Prepared(founded, Path(folder) / "operations")
        print(f"{'operation':12} {'fault':6} {'points':>6} {'held':>6} {'seconds':>8}", flush=True)
        for name in names or OPERATIONS:
            for fault in FAULTS:
                began = time.perf_counter()
                try:
                    tried = prepared.strike(name, fault, most)
                    told = f"{tried.points:6} {tried.tried:6}"
                except Broken as error:
                    broken += 1
                    told = f"BROKEN: {error}"
                print(f"{name:12} {fault:6} {told} {time.perf_counter() - began:8.1f}", flush=True)
    return broken


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
