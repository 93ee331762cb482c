"""Many testimonies at once: how fast the intake takes them, and that it loses none.

1. Each client is a process of its own, with envelopes that were sealed before the clock starts.
2. A deposit is all that a page does: begin, send the one part, complete.
3. What was taken is packed, and every envelope in the bundle has the hash of what was sent.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from io import BytesIO
from multiprocessing.queues import SimpleQueue
from multiprocessing.synchronize import Barrier
from typing import Final

from benchmarks.steps import gunicorn_of, memory_of, recipient
from crypto import bundle
from crypto.envelope import Sealer
from crypto.keys import IntakePublic, SigningKey
from deploy.house import House, serving

CLIENTS: Final = (1, 4, 16)
EACH: Final = 240
"""Testimonies in one measurement, shared out among the clients."""
TEXT: Final = 5_000
"""Bytes of one testimony: a page and a half."""


def crowd(house: House) -> dict[int, tuple[float, int, int]]:
    """For each number of clients: deposits a second, how many were lost, bytes of gunicorn's memory."""
    measured = {}
    for clients in CLIENTS:
        with serving(house, "intake") as port:
            took, sent = _together(clients, port, recipient(house))
            memory = max(map(memory_of, gunicorn_of(house)))
        measured[clients] = len(sent) / took, len(sent - _packed(house)), memory
    return measured


def _together(clients: int, port: int, to: IntakePublic) -> tuple[float, set[str]]:
    """Seconds from the first request to the last answer, and the hashes of what the intake said it took."""
    spawn = multiprocessing.get_context("spawn")
    ready = spawn.Barrier(clients + 1)
    told: SimpleQueue[list[str]] = spawn.SimpleQueue()
    arguments = (port, to.bundle, EACH // clients, ready, told)
    senders = [spawn.Process(target=_client, args=arguments) for _ in range(clients)]
    for sender in senders:
        sender.start()
    ready.wait()
    start = time.perf_counter()
    sent = {digest for _ in senders for digest in told.get()}
    took = time.perf_counter() - start
    for sender in senders:
        sender.join()
    return took, sent


def _client(port: int, to: bytes, count: int, ready: Barrier, told: SimpleQueue[list[str]]) -> None:
    sealed = [_testimony(IntakePublic(to)) for _ in range(count)]
    ready.wait()
    with _connected(port) as line:
        taken = [hashlib.sha256(one).hexdigest() for one in sealed if _deposit(line, one)]
    told.put(taken)


def _testimony(to: IntakePublic) -> bytes:
    meta, text, into = {"type": "statement", "v": 1}, secrets.token_bytes(TEXT), BytesIO()
    Sealer([to]).seal(BytesIO(text), len(text), meta, into)
    return into.getvalue()


@contextmanager
def _connected(port: int) -> Iterator[HTTPConnection]:
    line = HTTPConnection("127.0.0.1", port, timeout=120)
    yield line
    line.close()


def _deposit(line: HTTPConnection, sealed: bytes) -> bool:
    deposit = secrets.token_hex(16)
    begin = json.dumps({"deposit": deposit, "size": len(sealed), "erase": secrets.token_hex(32)}).encode()
    steps = (
        ("POST", "/api/deposits", begin, "application/json"),
        ("PUT", f"/api/deposits/{deposit}/0", sealed, "application/octet-stream"),
        ("POST", f"/api/deposits/{deposit}/complete", b"", "application/json"),
    )
    for method, path, body, media in steps:
        line.request(method, path, body, {"Content-Type": media})
        answer = line.getresponse()
        answer.read()
        if answer.status >= 300:
            return False
    return True


def _packed(house: House) -> set[str]:
    """The hashes of all envelopes in a bundle made now; `read` checks its signature and every byte."""
    stick = house.data / "sticks" / secrets.token_hex(4)
    house.onggi("intake", "pack", str(stick))
    courier = SigningKey.from_text((house.home("intake") / "courier.key").read_text("utf-8")).public
    # Each of them is smaller than a bundle's part, which is named by its SHA-256.
    hashes = {entry.parts[0][0] for entry in bundle.read(stick, courier).entries}
    shutil.rmtree(stick)
    return hashes
