"""What stays of a request, against the real gunicorn: nothing that names who sent it, or what."""

from __future__ import annotations

import secrets
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from crypto.envelope import seal
from crypto.keys import IntakeSecret
from server.intake.config import IntakeConfig
from server.intake.site import open_deposits
from tests.server.test_patience import SLOW, Site, answer, running

KEY = IntakeSecret.generate()
ENVELOPE = seal(b"words", {}, [KEY.public])
MARK = b"sentinel7461"
"""In every odd request: in its path, its agent, its address as a proxy tells it, its body."""
HEAD = b"Host: i\r\nUser-Agent: " + MARK + b"\r\nX-Forwarded-For: " + MARK + b"\r\n"
ODD = [
    MARK + b"\r\n\r\n",
    b"GET /" + MARK + b" HTTP/9.9\r\n" + HEAD + b"\r\n",
    b"G\x00T /" + MARK + b" HTTP/1.1\r\n" + HEAD + b"\r\n",
    b"GET /" + MARK * 400 + b" HTTP/1.1\r\n" + HEAD + b"\r\n",
    b"GET /" + MARK + b" HTTP/1.1\r\n" + HEAD + (MARK + b": " + MARK + b"\r\n") * 60 + b"\r\n",
    b"GET / HTTP/1.1\r\n" + HEAD + MARK + b" : bad\r\n\r\n",
    b"GET / HTTP/1.1\r\n" + HEAD + b"X: " + MARK + b"\r\n folded " + MARK + b"\r\n\r\n",
    b"POST /api/deposits HTTP/1.1\r\n" + HEAD + b"Content-Length: -5\r\n\r\n" + MARK,
    b"POST /api/deposits HTTP/1.1\r\n" + HEAD + b"Content-Length: 5\r\nContent-Length: 9\r\n\r\n" + MARK,
    b"POST /api/deposits HTTP/1.1\r\n" + HEAD + b"Transfer-Encoding: " + MARK + b"\r\n\r\n",
    b"POST /api/deposits HTTP/1.1\r\n" + HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + MARK + b"\r\n",
    b"POST /api/deposits HTTP/1.1\r\n"
    + HEAD
    + b"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
    b"PUT /api/deposits/" + MARK + b"/0 HTTP/1.1\r\n" + HEAD + b"Content-Length: 99999999999\r\n\r\n",
    b"GET /api/deposits/" + MARK + b"?" + MARK + b" HTTP/1.1\r\n" + HEAD + b"Connection: close\r\n\r\n",
    b"GET /keycard?" + MARK + b" HTTP/1.1\r\n" + HEAD + b"Connection: close\r\n\r\n",
    b"PROXY TCP4 203.0.113.7 203.0.113.8 1 2\r\nGET / HTTP/1.1\r\n" + HEAD + b"\r\n",
    b"GET / HTTP/1.1\r\n" + HEAD + b"Expect: " + MARK + b"\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + MARK,
    bytes(range(256)) + MARK + b"\r\n\r\n",
]


@pytest.fixture(scope="module")
def at(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Path]]:
    """The deployed configuration on a port, where a sender has an address, and what it wrote."""
    folder = tmp_path_factory.mktemp("g")
    port, log = 10_000 + secrets.randbelow(20_000), folder / "log"
    (folder / "up").touch()
    command = [sys.executable, "-m", "gunicorn", f"server.intake.site:application({str(home)!r})"]
    command += ["--config", "deploy/intake/gunicorn.conf.py", "--bind", f"127.0.0.1:{port}"]
    with running([*command, "--workers", "1", "--no-control-socket"], log, folder / "up"):
        yield port, folder


def ask(port: int, sent: bytes) -> bytes:
    end = time.monotonic() + SLOW
    while True:
        try:
            connection = socket.create_connection(("127.0.0.1", port), timeout=SLOW)
            break
        except ConnectionRefusedError:
            assert time.monotonic() < end
            time.sleep(0.05)
    with connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        return answer(connection)


@pytest.mark.loopback
def test_no_file_and_no_line_tells_who_came_or_with_what(home: Path, at: tuple[int, Path]) -> None:
    """
    Odd requests, broken ones and one that meets a broken intake: no address, agent, path or piece is kept.
    """
    port, folder = at
    deposits = open_deposits(IntakeConfig.read(home))
    hers = Site(home, folder, folder).put().replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    told = [ask(port, sent) for sent in ODD]
    (home / "keycard.note").rename(home / "elsewhere")
    (home / "keycard.note").mkdir()
    broken = ask(port, b"GET /keycard?" + MARK + b" HTTP/1.1\r\n" + HEAD + b"Connection: close\r\n\r\n")
    (home / "keycard.note").rmdir()
    (home / "elsewhere").rename(home / "keycard.note")
    kept = ask(port, hers + ENVELOPE)
    deposits.engine.dispose()
    written = {
        path: path.read_bytes() for root in (home, folder) for path in root.rglob("*") if path.is_file()
    }

    assert [answer for answer in told if answer.startswith((b"HTTP/1.1 2", b"HTTP/1.1 500"))] == told[14:15]
    assert broken.startswith(b"HTTP/1.1 500 ")
    assert kept.startswith(b"HTTP/1.1 204 ")
    for sign in (MARK, b"127.0.0.1", b"203.0.113", b"/keycard"):
        assert [path.name for path, content in written.items() if sign in content] == []
    line = (folder / "log").read_text()
    assert "IsADirectoryError in " in line
    assert len(line.splitlines()) == 1


@pytest.mark.loopback
def test_a_parts_time_is_its_day(home: Path, at: tuple[int, Path]) -> None:
    """
    Neither file nor folder on the shelf says at what hour somebody was here.
    """
    port, folder = at
    hers = Site(home, folder, folder).put().replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    assert ask(port, hers + ENVELOPE).startswith(b"HTTP/1.1 204 ")
    found = list((home / "shelf").rglob("*"))

    assert len(found) >= 2
    assert {path.stat().st_mtime_ns % 86_400_000_000_000 for path in found} == {0}
