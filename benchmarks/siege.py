"""The deposit site as it is deployed, under attack: honest depositors finish, and nothing is lost.

1. nginx with TLS and gunicorn, with the samples of deploy/intake. Whoever attacks is on this machine too.
2. An attacker keeps so many connections busy in one way, and opens a new one for each that is ended.
3. An honest depositor begins, sends and completes, and tries again as her page does: after a second, then
   two, four and so on, eight times.
4. Lost is a deposit that was completed and does not lie on the shelf byte for byte.
5. Memory is what gunicorn's processes have resident together, looked at four times a second.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import os
import secrets
import ssl
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import HTTPException, HTTPSConnection
from io import BytesIO
from pathlib import Path
from typing import Final

from click.testing import CliRunner

from benchmarks.bars import table
from crypto.envelope import Sealer
from crypto.keys import IntakeSecret
from server.intake.commands import intake
from server.intake.config import IntakeConfig
from server.intake.site import open_deposits
from tests.deployed import CONNECTIONS, NGINX, OPENSSL, Door, opened, serving
from tests.people import ORIGIN, Office

MB: Final = 1_000_000
HOST: Final = b"Host: intake.example\r\n"
TRIES: Final = 8
KEY: Final = IntakeSecret.generate()
LIMITS: Final = "deposits_a_day = 1_000_000\nunfinished = 100_000\n"
"""A benchmark of minutes is more than a day of an archive."""
SETTLING: Final = 5.0
"""Seconds before the first honest depositor comes."""
PAGE: Final = """
## Under siege

Measured on {day} with {cores} cores, at a load of {load}; whoever attacks and deposits is on the same machine.

{attacks}

nginx and gunicorn with the samples of `deploy/intake`. Each attack keeps {many} connections, and opens another
for each that is ended; beside it 8 people make 5 deposits of 5,000 bytes each. Finished is who was told that
all is there; again, the tries above one, which her page makes by itself. Lost is what was told so and does not
lie on the shelf byte for byte. Memory is that of gunicorn's processes together, at its highest.

{crowds}
"""
ENDED: Final = (OSError, EOFError, ssl.SSLError, asyncio.IncompleteReadError)

Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Attack = Callable[[Door, "Line"], Awaitable[None]]


@dataclass
class Told:
    """What honest depositors saw: seconds to the last answer, tries above one, hashes by deposit."""

    seconds: list[float] = field(default_factory=list)
    again: int = 0
    failed: int = 0
    taken: dict[str, str] = field(default_factory=dict, repr=False)

    def at(self, share: float) -> float:
        waited = sorted(self.seconds)
        return waited[min(len(waited) - 1, int(share * len(waited)))] if waited else float("nan")


async def say_nothing(door: Door, line: Line) -> None:
    await line[0].read(1)


async def half_a_handshake(door: Door, line: Line) -> None:
    for byte in b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200):
        line[1].write(bytes([byte]))
        await asyncio.sleep(1)


async def drip_headers(door: Door, line: Line) -> None:
    line[1].write(b"GET / HTTP/1.1\r\n" + HOST)
    while True:
        line[1].write(b"X-A: b\r\n")
        await line[1].drain()
        await asyncio.sleep(1)


async def drip_bodies(door: Door, line: Line) -> None:
    """A part of a deposit that nobody began."""
    await _drip(line, secrets.token_hex(16))


async def drip_begun(door: Door, line: Line) -> None:
    """A part of a deposit that did begin."""
    deposit = secrets.token_hex(16)
    await ask(line, "POST", "/api/deposits", _beginning(deposit, len(_sealed(5000))))
    await _drip(line, deposit)


async def _drip(line: Line, deposit: str) -> None:
    size = len(_sealed(5000))
    line[1].write(f"PUT /api/deposits/{deposit}/0 HTTP/1.1\r\nContent-Length: {size}\r\n".encode() + HOST)
    line[1].write(b"\r\n")
    while True:
        line[1].write(b"x")
        await line[1].drain()
        if line[0].at_eof():
            return
        await asyncio.sleep(1)


async def huge_headers(door: Door, line: Line) -> None:
    line[1].write(b"GET / HTTP/1.1\r\n" + HOST + b"X-A: " + b"b" * 100_000 + b"\r\n\r\n")
    await line[1].drain()
    await line[0].read()


async def flood(door: Door, line: Line) -> None:
    while True:
        await ask(line, "GET", "/", b"")


PLAIN: Final = ("say nothing", "half a handshake")
"""Attacks that never get as far as TLS."""
ATTACKS: Final[dict[str, Attack]] = {
    "say nothing": say_nothing,
    "half a handshake": half_a_handshake,
    "headers drip": drip_headers,
    "bodies drip, nobody's": drip_bodies,
    "bodies drip, begun": drip_begun,
    "headers of 100 KB": huge_headers,
    "pages as fast as they come": flood,
}


async def ask(line: Line, method: str, path: str, body: bytes, pace: float = 0) -> int:
    """The status of one request; its body goes out at *pace* bytes a second, or at once."""
    reader, writer = line
    head = f"{method} {path} HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    writer.write(head.encode() + HOST + b"\r\n")
    for at in range(0, len(body), step := int(pace) or len(body) or 1):
        writer.write(body[at : at + step])
        await writer.drain()
        if pace:
            await asyncio.sleep(1)
    answer = await reader.readuntil(b"\r\n\r\n")
    length = answer.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
    if length:
        await reader.readexactly(int(length))
    elif b"chunked" in answer.lower():
        await reader.readuntil(b"0\r\n\r\n")
    return int(answer.split()[1])


@contextmanager
def besieged(door: Door, name: str, connections: int) -> Iterator[list[int]]:
    """*connections* of one attack until the block ends; the list has how many were opened."""
    stop, opened_so_far = threading.Event(), [0]
    trusting = door.trusting()
    trusting.check_hostname = False

    async def keep(attack: Attack) -> None:
        while not stop.is_set():
            with suppress(*ENDED):
                tls = None if name in PLAIN else trusting
                line = await asyncio.open_connection("127.0.0.1", door.port, ssl=tls)
                opened_so_far[0] += 1
                try:
                    await attack(door, line)
                finally:
                    line[1].close()
            await asyncio.sleep(0.1)

    async def attack() -> None:
        tasks = [asyncio.create_task(keep(ATTACKS[name])) for _ in range(connections)]
        while not stop.is_set():
            await asyncio.sleep(0.05)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    thread = threading.Thread(target=lambda: asyncio.run(attack()))
    thread.start()
    try:
        yield opened_so_far
    finally:
        stop.set()
        thread.join()


def honest(door: Door, people: int, each: int, size: int = 5000) -> Told:
    """*people* at once, each with so many deposits of *size* bytes one after another, through the door."""
    told, lock, trusting = Told(), threading.Lock(), door.trusting()

    def person(_: int) -> None:
        for _ in range(each):
            sealed, deposit = _sealed(size), secrets.token_hex(16)
            start = time.monotonic()
            tries = next((n for n in range(TRIES) if _deposited(door, trusting, deposit, sealed, n)), None)
            with lock:
                if tries is None:
                    told.failed += 1
                    continue
                told.seconds.append(time.monotonic() - start)
                told.again += tries
                told.taken[deposit] = hashlib.sha256(sealed).hexdigest()

    with ThreadPoolExecutor(people) as crowd:
        list(crowd.map(person, range(people)))
    return told


def _deposited(door: Door, trusting: ssl.SSLContext, deposit: str, sealed: bytes, tries: int) -> bool:
    if tries:
        time.sleep(min(0.5 * 2**tries, 15))
    line = HTTPSConnection("127.0.0.1", door.port, timeout=60, context=trusting)
    line._context.check_hostname = False  # type: ignore[attr-defined]
    try:
        for method, path, body in (
            ("POST", "/api/deposits", _beginning(deposit, len(sealed))),
            ("PUT", f"/api/deposits/{deposit}/0", sealed),
            ("POST", f"/api/deposits/{deposit}/complete", b""),
        ):
            line.request(method, path, body, {"Host": "intake.example", "Content-Type": "application/json"})
            answer = line.getresponse()
            answer.read()
            if answer.status >= 300:
                return False
    except (OSError, HTTPException):
        return False
    finally:
        line.close()
    return True


def slow(door: Door, phones: int, size: int, pace: int) -> Told:
    """*phones* at once, each with one deposit of *size* bytes at *pace* bytes a second, none tried again."""
    told, trusting = Told(), door.trusting()
    trusting.check_hostname = False

    async def phone() -> None:
        sealed, deposit, start = _sealed(size), secrets.token_hex(16), time.monotonic()
        with suppress(*ENDED):
            line = await asyncio.open_connection("127.0.0.1", door.port, ssl=trusting)
            begun = await ask(line, "POST", "/api/deposits", _beginning(deposit, len(sealed)))
            sent = await ask(line, "PUT", f"/api/deposits/{deposit}/0", sealed, pace)
            whole = await ask(line, "POST", f"/api/deposits/{deposit}/complete", b"")
            line[1].close()
            if (begun, sent, whole) == (201, 204, 200):
                told.seconds.append(time.monotonic() - start)
                told.taken[deposit] = hashlib.sha256(sealed).hexdigest()
                return
        told.failed += 1

    async def all_at_once() -> None:
        await asyncio.gather(*(phone() for _ in range(phones)))

    asyncio.run(all_at_once())
    return told


def _beginning(deposit: str, size: int) -> bytes:
    return json.dumps({"deposit": deposit, "size": size, "erase": secrets.token_hex(32)}).encode()


def _sealed(size: int) -> bytes:
    into = BytesIO()
    Sealer([KEY.public]).seal(BytesIO(bytes(size)), size, {"type": "statement", "v": 1}, into)
    return into.getvalue()


@dataclass
class Site:
    """A deployed intake: its door, its home, and the most memory that was seen."""

    door: Door
    home: Path
    most: int = 0

    def memory(self) -> int:
        """Bytes that gunicorn's processes have resident together."""
        total = 0
        for folder in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if f"application('{self.home}')".encode() in (folder / "cmdline").read_bytes():
                    total += int((folder / "statm").read_text().split()[1]) * 4096
        return total

    def lost(self, told: Told) -> int:
        """How many of those who were told that all is there are not, byte for byte."""
        deposits = open_deposits(IntakeConfig.read(self.home))
        lost, waiting = 0, deposits.waiting()
        for deposit, digest in told.taken.items():
            into = BytesIO()
            if deposit in waiting:
                deposits.copy(deposit, into)
            lost += hashlib.sha256(into.getvalue()).hexdigest() != digest
        deposits.close()
        return lost

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Look at the memory until the block ends."""
        stop, self.most = threading.Event(), self.memory()

        def look() -> None:
            while not stop.wait(0.25):
                self.most = max(self.most, self.memory())

        thread = threading.Thread(target=look)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()


@contextmanager
def deployed(connections: int = CONNECTIONS) -> Iterator[Site]:
    """nginx and gunicorn before a new intake."""
    with opened(connections) as door:
        home, office, notes = door.folder / "home", Office(), door.folder / "notes"
        notes.mkdir()
        made = office.notes(notes, KEY.public)
        options = ["--origin", ORIGIN, "--root", office.root.public.to_text(), "--notes", str(made)]
        if CliRunner().invoke(intake, ["init", "--home", str(home), *options]).exit_code:
            raise SystemExit("siege: error: the intake could not be made")
        (home / "limits.toml").write_text(LIMITS)
        with serving(door, home):
            yield Site(door, home)


def measure(many: int, phones: int, deposits: int) -> str:
    """The page: each attack with *many* connections, *phones* that are slow, and so many small *deposits*."""
    attacks, crowds = [], []
    for name in ATTACKS:
        with deployed() as site:
            with site.watched(), besieged(site.door, name, many):
                time.sleep(SETTLING)
                told = honest(site.door, 8, 5)
            attacks.append([name, *_row(site, told)])
            print(*attacks[-1], sep="; ", file=sys.stderr, flush=True)
    ways: dict[str, Callable[[Door], Told]] = {
        f"{phones} phones at 10 KB/s": lambda door: slow(door, phones, 300_000, 10_000),
        f"{deposits:,} small deposits": lambda door: honest(door, 16, deposits // 16),
    }
    for name, crowd in ways.items():
        with deployed() as site:
            start = time.monotonic()
            with site.watched():
                told = crowd(site.door)
            took = f"{time.monotonic() - start:.0f}"
            crowds.append([name, *_row(site, told), took])
            print(*crowds[-1], sep="; ", file=sys.stderr, flush=True)
    head = ["finished", "again", "median, s", "95 %, s", "lost", "gunicorn, MB"]
    return PAGE.format(
        day=f"{datetime.now(UTC):%Y-%m-%d}",
        cores=len(os.sched_getaffinity(0)),
        load=f"{os.getloadavg()[1]:.0f}",
        many=many,
        attacks=table(["attack", *head], *attacks),
        crowds=table(["crowd", *head, "seconds"], *crowds),
    )


def _row(site: Site, told: Told) -> list[str]:
    finished = f"{len(told.seconds)} of {len(told.seconds) + told.failed}"
    waits = [f"{told.at(share):.1f}" for share in (0.5, 0.95)]
    return [finished, f"{told.again}", *waits, f"{site.lost(told)}", f"{site.most / MB:.0f}"]


def main() -> int:
    asked = argparse.ArgumentParser(description="The deployed deposit site under attack.")
    asked.add_argument("--many", type=int, default=1000, help="connections of an attack")
    asked.add_argument("--phones", type=int, default=200, help="slow phones at once")
    asked.add_argument("--deposits", type=int, default=10_000, help="small deposits")
    options = asked.parse_args()
    if not (NGINX and OPENSSL):
        print("siege: left out: nginx is not installed; apt-get install nginx-light", file=sys.stderr)
        return 0
    print(measure(options.many, options.phones, options.deposits), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
