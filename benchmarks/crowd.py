"""Many testimonies at once: how fast the intake takes them, and that it loses none.

1. Each client is a process of its own, with envelopes that were sealed before the clock starts.
2. A deposit is all that a page does: begin, send the one part, complete.
3. What was taken is packed, and every envelope in the bundle has the hash of what was sent.
4. A large file goes the client's own way, and the worker's memory is read at its highest.
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
from http.client import HTTPConnection, HTTPException
from io import BytesIO
from multiprocessing.queues import SimpleQueue
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Final

from benchmarks.bars import table
from benchmarks.steps import Cost, gunicorn_of, memory_of, recipient
from crypto import bundle
from crypto.envelope import Sealer
from crypto.keys import IntakePublic, SigningKey
from deploy.house import House, serving

CLIENTS: Final = (1, 4, 16)
EACH: Final = 240
"""Testimonies in one measurement, shared out among the clients."""
TEXT: Final = 5_000
"""Bytes of one testimony: a page and a half."""
MB: Final = 1_000_000
WORKER: Final = 120 * MB
"""Bytes that a worker may take, however large the file is."""
PAGE: Final = """
## Many at once, and large files

{senders}

Testimonies of {text} bytes, each begun, sent and completed; clients are processes on the same machine. Every
part is synced before it is acknowledged. Lost is what was taken and is not in the next bundle, byte for byte.
Beside it, measured earlier and not in this run: Hush Line takes 77 text posts a second with 4 clients;
GlobaLeaks 5.0.15 loses 7 of 12 submissions with 4 clients and peaks at 294 MB.

{large}

One file, sealed and sent by the client; the memory is that of gunicorn's largest process at its highest.
"""


def crowd(house: House) -> dict[int, tuple[float, int, int, int]]:
    """For each number of clients: deposits a second, taken, of these lost, bytes of gunicorn's memory."""
    measured = {}
    for clients in CLIENTS:
        with serving(house, "intake") as port:
            took, sent = _together(clients, port, recipient(house))
            memory = max(map(memory_of, gunicorn_of(house)))
        measured[clients] = len(sent) / took, len(sent), len(sent - _packed(house)), memory
    return measured


def page(house: House, files: dict[str, Path]) -> str:
    """The part of the page about many senders, and about one sender of each of these large *files*."""
    rows = [
        [f"{clients}", f"{rate:.0f}", f"{EACH - taken} of {EACH}", f"{lost}", f"{memory / MB:.0f}"]
        for clients, (rate, taken, lost, memory) in crowd(house).items()
    ]
    senders = table(["clients", "deposits/s", "refused", "lost", "gunicorn, MB"], *rows)
    told = [_large(house, *one) for one in files.items()]
    large = table(["file", "seconds", "gunicorn, MB", "bar", "met"], *told)
    return PAGE.format(text=TEXT, senders=senders, large=large)


def _large(house: House, name: str, file: Path) -> list[str]:
    cost = Cost()
    with serving(house, "intake") as port:
        cost.step(house, "deposit", file, str(port))
        memory = max(map(memory_of, gunicorn_of(house)))
    met = "yes" if memory <= WORKER else "no"
    return [name, f"{cost.seconds['deposit']:.1f}", f"{memory / MB:.0f}", f"≤ {WORKER // MB}", met]


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
    try:
        for method, path, body, media in steps:
            line.request(method, path, body, {"Content-Type": media})
            answer = line.getresponse()
            answer.read()
            if answer.status >= 300:
                return False
    except (OSError, HTTPException):
        line.close()  # the next one begins with a new line
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
