"""A bad line between her phone and the intake: a proxy on loopback that cuts, delays and slows what passes.

It decides by the bytes that went by, and by a seeded dice, so that a run can be had again.
"""

from __future__ import annotations

import random
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

PIECE = 16_384


@dataclass
class Line:
    """How bad it is: a connection is cut after some bytes, each piece waits, and each tells what it saw."""

    to: int
    cut_after: tuple[int, int] | None = None
    """A connection ends after so many bytes towards the intake, drawn between these two."""
    delay: float = 0.0
    """Seconds that a piece waits, drawn up to this: pieces of two connections overtake each other."""
    deaf: float = 0.0
    """The share of connections whose answers never come back."""
    dice: random.Random = field(default_factory=lambda: random.Random(7))
    cuts: int = 0
    sent: int = 0

    def carry(self, phone: socket.socket) -> None:
        """One connection, until either side or the dice ends it."""
        left = self.dice.randint(*self.cut_after) if self.cut_after else None
        deaf = self.dice.random() < self.deaf
        with phone, socket.create_connection(("127.0.0.1", self.to)) as intake:
            back = threading.Thread(target=self._answers, args=(intake, phone, deaf))
            back.start()
            with suppress(OSError):
                while piece := phone.recv(PIECE):
                    time.sleep(self.dice.random() * self.delay)
                    if left is not None and (left := left - len(piece)) < 0:
                        self.cuts += 1
                        break
                    self.sent += len(piece)
                    intake.sendall(piece)
            for end in (phone, intake):
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
            back.join()

    def _answers(self, intake: socket.socket, phone: socket.socket, deaf: bool) -> None:
        with suppress(OSError):
            while piece := intake.recv(PIECE):
                if deaf:
                    self.cuts += 1
                    phone.shutdown(socket.SHUT_RDWR)
                    return
                phone.sendall(piece)


@contextmanager
def bad(line: Line) -> Iterator[str]:
    """The address of an intake behind this *line*, until the block ends."""
    door = socket.create_server(("127.0.0.1", 0))
    threads: list[threading.Thread] = []

    def open_to_all() -> None:
        with suppress(OSError):
            while True:
                phone, _ = door.accept()
                threads.append(threading.Thread(target=line.carry, args=(phone,)))
                threads[-1].start()

    waiting = threading.Thread(target=open_to_all)
    waiting.start()
    yield f"http://127.0.0.1:{door.getsockname()[1]}"
    # A thread that waits in `accept` wakes only for a caller.
    with suppress(OSError):
        door.shutdown(socket.SHUT_RDWR)
    door.close()
    for thread in [waiting, *threads]:
        thread.join(10)
