"""gunicorn's threads, with an end to their patience: who stops sending gives the thread back.

1. A connection that has said nothing yet has no thread; of very many such the oldest is ended.
2. A request whose next bytes do not come for 30 seconds is ended.
3. So is one that drips, at the first wait after 5 minutes, and one whose answer nobody takes.
4. While more than half of the threads are taken the silence is 10 seconds, and 2 while nearly all are. Who
   has brought less than 1,000 bytes a second by then is ended: a part of 1 MiB would take 17 minutes.
5. The thread that accepts connections waits for nobody.
6. An ended connection leaves no line in a log: it would hold a time of day.

gunicorn itself waits for ever once the first byte of a request is there, and each wait takes a thread: with
eight threads, eight connections that send nothing would keep everyone else out. It closes connections in the
thread that accepts, and waits up to 2 seconds for the other side to close too: twenty that do not held up
everybody for 40 seconds.
"""

from __future__ import annotations

import errno
import selectors
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, Protocol

from gunicorn.util import close_graceful  # type: ignore[import-untyped]
from gunicorn.workers.gthread import ThreadWorker  # type: ignore[import-untyped]


class Patience(Protocol):
    """Seconds that a connection may be silent now, and a request take; and whether others wait."""

    whole: float

    @property
    def silence(self) -> float: ...

    @property
    def crowded(self) -> bool: ...


class Connection(socket.socket):
    """A connection that waits for the next bytes, and for a whole request, as its worker has patience."""

    pace = 1000
    """Bytes a second that a request has to bring while others wait."""

    def __init__(self, fileno: int, patience: Patience) -> None:
        super().__init__(fileno=fileno)
        self._patience, self._begun, self._came = patience, 0.0, 0

    def setblocking(self, flag: bool, /) -> None:
        if self.fileno() < 0:
            return  # gunicorn says so once more of one that is closed already
        super().setblocking(flag)
        if flag:
            # gunicorn says so when a thread takes up a request: from here it is timed.
            self._begun, self._came = time.monotonic(), 0

    def recv(self, *arguments: Any) -> bytes:
        with self._timed():
            if self._dawdles(time.monotonic() - self._begun):
                raise TimeoutError
            self.settimeout(self._patience.silence)
            piece = super().recv(*arguments)
            self._came += len(piece)
            return piece

    def sendall(self, *arguments: Any) -> None:
        # Python's limit for `sendall` is on the whole answer.
        self.settimeout(self._patience.whole)
        with self._timed():
            super().sendall(*arguments)

    def sendfile(self, *arguments: Any, **options: Any) -> int:
        self.settimeout(self._patience.silence)
        with self._timed():
            return super().sendfile(*arguments, **options)

    def _dawdles(self, seconds: float) -> bool:
        patience = self._patience
        if seconds > patience.whole:
            return True
        return patience.crowded and seconds > patience.silence and self._came < self.pace * seconds

    @contextmanager
    def _timed(self) -> Iterator[None]:
        try:
            yield
        except TimeoutError:
            # The one error about which gunicorn writes nothing down.
            raise ConnectionResetError(errno.ECONNRESET, "ended: too slow") from None


class Worker(ThreadWorker):  # type: ignore[misc]
    """The worker of both sites: `gunicorn --worker-class server.patience.Worker`."""

    silences = 30.0, 10.0, 2.0
    """Seconds: a phone that changes cells is back by the first. The others while more than half of the
    threads are taken, and more than seven of eight."""
    whole = 300.0
    """Seconds: a part of 1 MiB at 4 KB a second."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._taken, self._counting = 0, threading.Lock()

    @property
    def crowded(self) -> bool:
        """Whether more than half of the threads are taken."""
        return bool(2 * self._taken > self.cfg.threads)

    @property
    def silence(self) -> float:
        """Seconds that a connection may be silent now."""
        nearly_all = 8 * self._taken > 7 * self.cfg.threads
        return self.silences[self.crowded + nearly_all]

    def enqueue_req(self, conn: Any) -> None:
        if not isinstance(conn.sock, Connection):
            conn.sock = Connection(conn.sock.detach(), self)
        if conn.initialized or conn.data_ready:
            super().enqueue_req(conn)
        else:
            self._wait_for_a_word(conn)

    def handle(self, conn: Any) -> Any:
        with self._seated():
            more = super().handle(conn)
            if more is False:
                # Here, and not in the thread that accepts. Nobody is waited for while others wait.
                close_graceful(conn.sock, timeout=0.0 if self.crowded else 2.0)
        return more

    def _wait_for_a_word(self, conn: Any) -> None:
        """Let the poller look after who has said nothing yet, without a thread."""
        if len(self.pending_conns) >= self.worker_connections // 2:
            self.pending_conns[0].timeout = 0
            self.murder_pending()
        conn.sock.setblocking(False)
        conn.timeout = time.monotonic() + self.silences[0]
        self.pending_conns.append(conn)
        readable = partial(self.on_pending_socket_readable, conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, readable)

    def _cap_keepalive(self, deadline: float) -> None:
        # gunicorn says this when it stops: who has said nothing by then keeps it no longer than who did.
        super()._cap_keepalive(deadline)
        for conn in self.pending_conns:
            conn.timeout = min(conn.timeout, deadline)

    @contextmanager
    def _seated(self) -> Iterator[None]:
        with self._counting:
            self._taken += 1
        try:
            yield
        finally:
            with self._counting:
                self._taken -= 1
