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
import os
import secrets
import ssl
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import HTTPException, HTTPSConnection
from io import BytesIO
from pathlib import Path
from typing import Final

from click.testing import CliRunner

from benchmarks.attackers import ATTACKS, ENDED, KEY, ask, beginning, besieged, connected, sealed_of
from benchmarks.bars import table
from server.intake.commands import intake
from server.intake.config import IntakeConfig
from server.intake.site import open_deposits
from tests.deployed import CONNECTIONS, NGINX, OPENSSL, Door, opened, serving
from tests.people import ORIGIN, Office

MB: Final = 1_000_000
TRIES: Final = 8
LIMITS: Final = "deposits_a_day = 1_000_000\nunfinished = 100_000\n"
"""A benchmark of minutes is more than a day of an archive."""
SETTLING: Final = 5.0
"""Seconds before the first honest depositor comes."""
PAGE: Final = """
## Under siege

Measured on {day} with {cores} cores at a load of {load}; whoever attacks and deposits is on this machine too.

{attacks}

nginx and gunicorn with the samples of `deploy/intake`. Each attack keeps {many} connections, and opens one
for each that is ended. Beside it 8 people make 5 deposits of 5,000 bytes each. Finished is who was told that
all is there; again, the tries above one, which her page makes by itself. Lost is what was told so and does
not lie on the shelf byte for byte. Memory is that of gunicorn's processes together, at its highest.

{crowds}
"""


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


def honest(door: Door, people: int, each: int, size: int = 5000) -> Told:
    """*people* at once, each with so many deposits of *size* bytes one after another, through the door."""
    told, lock, trusting = Told(), threading.Lock(), door.trusting()

    def person(_: int) -> None:
        for _ in range(each):
            sealed, deposit = sealed_of(size), secrets.token_hex(16)
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
            ("POST", "/api/deposits", beginning(deposit, len(sealed))),
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
    told = Told()

    async def phone() -> None:
        sealed, deposit, start = sealed_of(size), secrets.token_hex(16), time.monotonic()
        with suppress(*ENDED):
            async with connected(door) as line:
                begun = await ask(line, "POST", "/api/deposits", beginning(deposit, len(sealed)))
                sent = await ask(line, "PUT", f"/api/deposits/{deposit}/0", sealed, pace)
                whole = await ask(line, "POST", f"/api/deposits/{deposit}/complete", b"")
            if (begun, sent, whole) == (201, 204, 200):
                told.seconds.append(time.monotonic() - start)
                told.taken[deposit] = hashlib.sha256(sealed).hexdigest()
                return
        told.failed += 1

    async def all_at_once() -> None:
        await asyncio.gather(*(phone() for _ in range(phones)))

    asyncio.run(all_at_once())
    return told


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
            with site.watched(), besieged(site.door, {name: many}):
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
