"""Slow senders, against the real gunicorn: they get an end, and keep nobody else out."""

from __future__ import annotations

import os
import re
import runpy
import secrets
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from crypto.envelope import seal
from crypto.keys import IntakeSecret
from server.intake.coming import MOST
from server.intake.config import IntakeConfig
from server.intake.site import open_deposits
from server.patience import Connection, Worker
from tests.server.hasty import Hasty
from tests.server.intake.sealed import begun

ROOT = Path(__file__).parents[2]
KEY = IntakeSecret.generate()
ENVELOPE = seal(b"words", {}, [KEY.public])
SLOW = 15
"""Seconds after which a test gives up: far above what `Hasty` waits, far below what gunicorn would."""


THREADS = int(runpy.run_path(str(ROOT / "deploy" / "intake" / "gunicorn.conf.py"))["threads"])


@dataclass(frozen=True)
class Site:
    """A running intake: where it lives, where it listens, what it wrote down."""

    home: Path
    at: Path
    log: Path

    def connect(self) -> socket.socket:
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(SLOW)
        connection.connect(str(self.at))
        return connection

    def put(self) -> bytes:
        """The head of a request that brings a part."""
        deposits = open_deposits(IntakeConfig.read(self.home))
        path = f"/api/deposits/{begun(deposits, len(ENVELOPE))}/0"
        deposits.engine.dispose()
        return f"PUT {path} HTTP/1.1\r\nHost: i\r\nContent-Length: {len(ENVELOPE)}\r\n\r\n".encode()


@contextmanager
def running(command: list[str], log: Path, ready: Path) -> Iterator[None]:
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ.get('PATH', '')}"}
    with log.open("w") as into:
        process = subprocess.Popen(command, cwd=ROOT, stdout=into, stderr=into, env=environment)
    try:
        end = time.monotonic() + SLOW
        while not ready.exists():
            assert time.monotonic() < end
            assert process.poll() is None, log.read_text()
            time.sleep(0.02)
        yield
    finally:
        process.terminate()
        process.wait(SLOW)


@pytest.fixture(scope="module")
def site(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The deployed configuration, with a worker that has less patience."""
    folder = tmp_path_factory.mktemp("g")
    at, log = folder / "s", folder / "log"
    command = [sys.executable, "-m", "gunicorn", f"server.intake.site:application({str(home)!r})"]
    command += ["--config", "deploy/intake/gunicorn.conf.py", "--bind", f"unix:{at}", "--workers", "1"]
    command += ["--worker-class", "tests.server.hasty.Hasty", "--no-control-socket"]
    with running(command, log, at):
        yield Site(home, at, log)


def answer(connection: socket.socket) -> bytes:
    """Everything until the other side closes."""
    told = b""
    try:
        while piece := connection.recv(4096):
            told += piece
    except ConnectionResetError:
        pass
    return told


def drip(connection: socket.socket, content: bytes) -> float:
    """Send byte by byte, each in time, until the other side ends it; return the seconds that took."""
    start = time.monotonic()
    try:
        for byte in content:
            connection.sendall(bytes([byte]))
            time.sleep(0.2)
            assert time.monotonic() < start + SLOW, "it may go on for ever"
    except (BrokenPipeError, ConnectionResetError):
        pass
    return time.monotonic() - start


@pytest.mark.parametrize("sent", [b"PU", b"PUT / HTTP/1.1\r\nHost: i\r\n"])
def test_a_request_that_stops_in_its_head_is_ended(site: Site, sent: bytes) -> None:
    """
    Whoever opens a connection and says nothing more does not keep a thread.
    """
    with site.connect() as connection:
        connection.sendall(sent)

        assert b"200" not in answer(connection)


def test_a_part_that_stops_is_ended_and_may_be_sent_again(site: Site) -> None:
    """
    Half a part and then silence is answered 408, on which the page tries again; nothing of it is kept.
    """
    head = site.put()
    with site.connect() as connection:
        connection.sendall(head + ENVELOPE[:1000])
        told = answer(connection)
    with site.connect() as connection:
        connection.sendall(head.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n") + ENVELOPE)
        again = answer(connection)

    assert told.startswith(b"HTTP/1.1 408 ")
    assert b"Content-Security-Policy" in told
    assert again.startswith(b"HTTP/1.1 204 ")


@pytest.mark.parametrize("part", ["head", "body"])
def test_a_request_that_drips_is_ended(site: Site, part: str) -> None:
    """
    A byte now and then is not silence, and still no reason to wait for ever.
    """
    head = site.put()
    with site.connect() as connection:
        if part == "body":
            connection.sendall(head)

        assert drip(connection, head if part == "head" else ENVELOPE) < SLOW


def test_a_slow_line_that_goes_on_is_waited_for(site: Site) -> None:
    """
    Pauses that are shorter than the limit cost nothing.
    """
    head = site.put().replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    with site.connect() as connection:
        for piece in (head[:20], head[20:] + ENVELOPE[:1000], ENVELOPE[1000:50_000], ENVELOPE[50_000:]):
            connection.sendall(piece)
            time.sleep(0.3)

        assert answer(connection).startswith(b"HTTP/1.1 204 ")


def test_slow_senders_leave_no_line_in_a_log(site: Site) -> None:
    """
    A line would hold a time of day, and times of day point at people.
    """
    for sent in (b"PU", site.put() + ENVELOPE[:1000]):
        with site.connect() as connection:
            connection.sendall(sent)
            answer(connection)

    assert site.log.read_text() == ""


def test_the_proxy_may_use_the_socket_and_nobody_else(site: Site) -> None:
    """
    nginx runs as another user and comes through the socket's group.
    """
    assert stat.S_IMODE(site.at.stat().st_mode) == 0o770


def test_whoever_does_not_hang_up_holds_up_nobody(site: Site) -> None:
    """
    Thirty are ended for their silence and leave their end open: whoever comes meanwhile is answered at once.
    """
    with ExitStack() as open_ends:
        silent = [open_ends.enter_context(site.connect()) for _ in range(30)]
        for connection in silent:
            connection.sendall(b"PUT /")
        waited = 0.0
        for _ in range(30):
            start = time.monotonic()
            with site.connect() as she:
                she.sendall(b"GET /keycard HTTP/1.1\r\nHost: i\r\nConnection: close\r\n\r\n")
                assert she.recv(4096).startswith(b"HTTP/1.1 200 ")
            waited = max(waited, time.monotonic() - start)
            time.sleep(0.1)

    assert waited < 10, "gunicorn's own way takes 2 seconds for each of the thirty"


def test_who_says_nothing_has_no_thread(site: Site) -> None:
    """
    With more silent connections than threads a page comes at once; the silent ones are ended all the same.
    """
    with ExitStack() as open_ends:
        silent = [open_ends.enter_context(site.connect()) for _ in range(THREADS + 50)]
        start = time.monotonic()
        with site.connect() as she:
            she.sendall(b"GET /keycard HTTP/1.1\r\nHost: i\r\nConnection: close\r\n\r\n")
            assert she.recv(4096).startswith(b"HTTP/1.1 200 ")
        waited = time.monotonic() - start

        assert waited < 4, "gunicorn's own way lets each keep a thread for 5 seconds"
        assert all(answer(connection) == b"" for connection in silent)


def test_a_part_that_nobody_waits_for_is_refused_before_it_comes(site: Site) -> None:
    """
    Of a deposit that never began, or too long for its place: not a byte of it is read, no thread waits.
    """
    head = site.put()
    for refused, status in (
        (re.sub(rb"deposits/\w+", b"deposits/" + b"0" * 32, head), b"404"),
        (re.sub(rb"Length: \d+", b"Length: 7", head), b"400"),
    ):
        with site.connect() as connection:
            start = time.monotonic()
            connection.sendall(refused)
            assert connection.recv(4096).startswith(b"HTTP/1.1 " + status)
            assert time.monotonic() < start + Hasty.silences[0]


def test_one_deposit_takes_a_few_threads_and_no_more(site: Site) -> None:
    """
    Whoever paid for one beginning cannot have all threads with it. Once the others have ended, it goes on.
    """
    head = site.put()
    with ExitStack() as open_ends:
        many = [open_ends.enter_context(site.connect()) for _ in range(MOST + 4)]
        for connection in many:
            connection.sendall(head + ENVELOPE[:1000])
        told = [answer(connection).split(b" ", 2)[1] for connection in many]
    with site.connect() as connection:
        connection.sendall(head.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n") + ENVELOPE)
        assert answer(connection).startswith(b"HTTP/1.1 204 ")

    assert sorted(told) == [b"408"] * MOST + [b"429"] * 4


@dataclass
class Waiting:
    """How patient a worker is, and whether others wait for its threads."""

    crowded: bool
    whole = 10.0

    @property
    def silence(self) -> float:
        return 0.3 if self.crowded else 1.0


@pytest.mark.parametrize(
    ("crowded", "bytes_at_once", "ended"), [(True, 1, True), (False, 1, False), (True, 400, False)]
)
def test_while_others_wait_who_drips_gives_way(crowded: bool, bytes_at_once: int, ended: bool) -> None:
    """
    A byte each tenth of a second: 10 a second are too few then. 4,000 are enough, and 10 while there is room.
    """
    phone, taken = socket.socketpair()
    with phone, Connection(taken.detach(), Waiting(crowded)) as line:
        line.setblocking(True)
        told = []
        try:
            for _ in range(8):
                time.sleep(0.1)
                phone.sendall(bytes(bytes_at_once))
                told.append(line.recv(4096))
        except ConnectionResetError:
            told.append(b"")

    assert (told[-1] == b"") == ended
    assert len(told) > 2, "but not before it had time to begin"


@pytest.mark.parametrize("crowded", [True, False])
def test_while_others_wait_a_silence_is_shorter(crowded: bool) -> None:
    """
    10 seconds for the next bytes instead of 30, or 2, as the worker says.
    """
    phone, taken = socket.socketpair()
    with phone, Connection(taken.detach(), Waiting(crowded)) as line:
        line.setblocking(True)
        start = time.monotonic()
        with pytest.raises(ConnectionResetError):
            line.recv(4096)
        waited = time.monotonic() - start

    assert (waited < 0.9) == crowded


@pytest.mark.loopback
def test_thirty_slow_senders_keep_nobody_out(home: Path, tmp_path: Path) -> None:
    """
    `onggi intake serve` answers a page while many parts are on their way and none moves.
    """
    # Below the ports that a system hands out: who knocks too early on one of those may meet itself.
    port = 10_000 + secrets.randbelow(20_000)
    (tmp_path / "up").touch()
    command = [sys.executable, "-m", "onggi", "intake", "serve", "--home", str(home), "--port", str(port)]
    with running(command, tmp_path / "log", tmp_path / "up"):
        head = Site(home, tmp_path, tmp_path).put()
        slow = [_when_up(port) for _ in range(30)]
        for connection in slow:
            connection.sendall(head + ENVELOPE[:1000])
        time.sleep(1)
        with _when_up(port) as she:
            she.sendall(b"GET /keycard HTTP/1.1\r\nHost: i\r\nConnection: close\r\n\r\n")
            told = answer(she)
        for connection in slow:
            connection.close()

    assert told.startswith(b"HTTP/1.1 200 ")


def _when_up(port: int) -> socket.socket:
    end = time.monotonic() + SLOW
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=SLOW)
        except ConnectionRefusedError:
            assert time.monotonic() < end
            time.sleep(0.05)


def test_both_sites_wait_half_a_minute_and_no_part_takes_longer_than_five() -> None:
    """
    The numbers that the manuals and the page's own limits count on.
    """
    assert (Worker.silences, Worker.whole) == ((30, 10, 2), 300)
