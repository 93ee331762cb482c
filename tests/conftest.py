"""What every test has: no network, and an archive when it asks for one."""

import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nacl.pwhash.argon2id as argon2id
import pytest

from archive import locks
from archive.root import LOCK as ROOT_LOCK
from archive.vault import LOCK
from deploy.house import PHRASES, House, found
from tests.people import Archive, found_archive, open_archive

LOOPBACK = {"127.0.0.1", "::1", "localhost"}


LONG = ("tests/journeys/", "tests/archive/keeping/")
"""Where single files take minutes: first, so that at the end no worker waits for another."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))


class NetworkRefused(RuntimeError):
    """A test reached for a network it was not given."""


@pytest.fixture(autouse=True)
def _no_network(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every connection; with `@pytest.mark.loopback`, all but this machine's own."""
    may_loop = request.node.get_closest_marker("loopback") is not None
    for name in ("connect", "connect_ex", "bind", "sendto"):
        monkeypatch.setattr(socket.socket, name, _guarded(getattr(socket.socket, name), may_loop))


def _guarded(real: Any, may_loop: bool) -> Any:
    def guarded(self: socket.socket, *arguments: Any) -> Any:
        address = arguments[-1]
        # Unix sockets stay on the machine; asyncio and multiprocessing cannot live without them.
        if self.family != socket.AF_UNIX and not (may_loop and address[0] in LOOPBACK):
            raise NetworkRefused(f"no network in tests, but asked for {address!r}")
        return real(self, *arguments)

    return guarded


@pytest.fixture(autouse=True, scope="session")
def _locks_that_cost_nothing() -> Iterator[None]:
    """A lock says itself what opening it costs, and a run opens some thousand; test_locks has dear ones."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(locks, "PASSES", 1)
        patch.setattr(locks, "MEMORY", argon2id.MEMLIMIT_MIN)
        yield


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive with its people, made once; each test that asks for `archive` gets a copy."""
    home = tmp_path_factory.mktemp("founded") / "archive"
    found_archive(home)
    return home


@pytest.fixture
def archive(founded: Path, tmp_path: Path) -> Iterator[Archive]:
    opened = open_archive(founded, tmp_path)
    yield opened
    opened.vault.close()


@pytest.fixture(scope="session")
def founded_house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The three rooms, founded by the real commands; their locks are dear, and made cheap here."""
    house = House(tmp_path_factory.mktemp("house") / "house")
    found(house)
    home = house.home("archive")
    for folder, name, phrase in ((home, LOCK, PHRASES[""]), (home / "root", ROOT_LOCK, PHRASES["root"])):
        locks.relock(folder, name, locks.unlock(folder, name, phrase), phrase)
    return house.data


@pytest.fixture
def house(founded_house: Path, tmp_path: Path) -> House:
    """A copy of the three rooms."""
    shutil.copytree(founded_house, tmp_path / "house")
    return House(tmp_path / "house")
