"""gunicorn's threads, with an end to their patience: who stops sending gives the thread back.

1. A request whose next bytes do not come for 30 seconds is ended.
2. So is one that drips, at the first wait after 5 minutes, and one whose answer nobody takes.
3. An ended connection leaves no line in a log: it would hold a time of day.

gunicorn itself waits for ever once the first byte of a request is there, and each wait takes a thread: with
eight threads, eight connections that send nothing would keep everyone else out.
"""

from __future__ import annotations

import errno
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from gunicorn.workers.gthread import ThreadWorker  # type: ignore[import-untyped]


class Connection(socket.socket):
    """A connection that waits *silence* seconds for the next bytes, and *whole* seconds for a request."""

    def __init__(self, fileno: int, silence: float, whole: float) -> None:
        super().__init__(fileno=fileno)
        self._silence, self._whole, self._end = silence, whole, 0.0

    def setblocking(self, flag: bool, /) -> None:
        super().setblocking(flag)
        if flag:
            # gunicorn says so when a thread takes up a request: from here it is timed.
            self._end = time.monotonic() + self._whole
            self.settimeout(self._silence)

    def recv(self, *arguments: Any) -> bytes:
        with self._timed():
            if time.monotonic() > self._end:
                raise TimeoutError
            return super().recv(*arguments)

    def sendall(self, *arguments: Any) -> None:
        # Python's limit for `sendall` is on the whole answer.
        self.settimeout(self._whole)
        with self._timed():
            super().sendall(*arguments)
        self.settimeout(self._silence)

    def sendfile(self, *arguments: Any, **options: Any) -> int:
        with self._timed():
            return super().sendfile(*arguments, **options)

    @contextmanager
    def _timed(self) -> Iterator[None]:
        try:
            yield
        except TimeoutError:
            # The one error about which gunicorn writes nothing down.
            raise ConnectionResetError(errno.ECONNRESET, "ended: too slow") from None


class Worker(ThreadWorker):  # type: ignore[misc]
    """The worker of both sites: `gunicorn --worker-class server.patience.Worker`."""

    silence = 30.0
    """Seconds: a phone that changes cells is back by then."""
    whole = 300.0
    """Seconds: a part of 1 MiB at 4 KB a second."""

    def enqueue_req(self, conn: Any) -> None:
        if not isinstance(conn.sock, Connection):
            conn.sock = Connection(conn.sock.detach(), self.silence, self.whole)
        super().enqueue_req(conn)
