"""The archive's machine has no network, and its code never asks for one."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(not (ROOT / "archive").exists(), reason="the archive room is not built yet")

WATCH = """
import importlib, pkgutil, sys

def refuse(event, arguments):
    if event.removeprefix("socket.") in {"connect", "bind", "getaddrinfo", "sendto", "gethostbyname"}:
        raise SystemExit(f"{event} {arguments!r}")

sys.addaudithook(refuse)
import archive
for module in pkgutil.walk_packages(archive.__path__, "archive."):
    importlib.import_module(module.name)
"""


def test_loading_the_whole_archive_opens_no_socket() -> None:
    """
    R22: Python's own audit hook sees no connection, no listening and no name looked up.
    """
    loaded = subprocess.run([sys.executable, "-c", WATCH], cwd=ROOT, capture_output=True, text=True)

    assert loaded.returncode == 0, loaded.stderr


def test_the_watch_itself_would_notice() -> None:
    """
    A watch that sees nothing proves nothing: a bound socket must end it.
    """
    caught = WATCH + "import socket; socket.socket().bind(('127.0.0.1', 0))"

    assert subprocess.run([sys.executable, "-c", caught], cwd=ROOT, capture_output=True).returncode != 0


def test_no_test_reaches_a_network() -> None:
    """
    R22: connections are refused; the marker `loopback` gives this machine's own and no other.
    """
    for address in (("192.0.2.1", 80), ("127.0.0.1", 80)):
        with socket.socket() as asked, pytest.raises(RuntimeError, match="no network in tests"):
            asked.connect(address)


@pytest.mark.loopback
def test_a_test_that_may_loop_reaches_no_further() -> None:
    """
    R22: the documentation address of RFC 5737 is refused to it as well.
    """
    with socket.socket() as asked, pytest.raises(RuntimeError, match="no network in tests"):
        asked.connect(("192.0.2.1", 80))
