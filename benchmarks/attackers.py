"""Who keeps an intake's connections busy: so many at once, each in one way, a new one for each that ends."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import secrets
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from io import BytesIO
from multiprocessing.synchronize import Event
from typing import Final
from weakref import WeakKeyDictionary

from crypto.envelope import Sealer
from crypto.keys import IntakeSecret
from tests.deployed import Door

HOST: Final = b"Host: intake.example\r\n"
KEY: Final = IntakeSecret.generate()
BEGUN: Final[WeakKeyDictionary[object, str]] = WeakKeyDictionary()
"""The deposit that each attacker began."""
MUSTERING: Final = 120.0
"""Seconds until all attackers have to be there."""
ENDED: Final = (OSError, EOFError, ssl.SSLError, asyncio.IncompleteReadError)

Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Attack = Callable[[Line], Awaitable[None]]


async def say_nothing(line: Line) -> None:
    await line[0].read(1)


async def half_a_handshake(line: Line) -> None:
    for byte in b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200):
        line[1].write(bytes([byte]))
        await asyncio.sleep(1)


async def drip_headers(line: Line) -> None:
    line[1].write(b"GET / HTTP/1.1\r\n" + HOST)
    while True:
        line[1].write(b"X-A: b\r\n")
        await line[1].drain()
        await asyncio.sleep(1)


async def drip_bodies(line: Line) -> None:
    """A part of a deposit that nobody began."""
    await _drip(line, secrets.token_hex(16))


async def drip_begun(line: Line) -> None:
    """A part of a deposit that did begin: each attacker begins one, and drips it again and again."""
    me = asyncio.current_task()
    deposit = BEGUN.get(me) or secrets.token_hex(16)
    if me not in BEGUN:
        await ask(line, "POST", "/api/deposits", beginning(deposit, len(sealed_of(5000))))
        BEGUN[me] = deposit
    await _drip(line, deposit)


async def _drip(line: Line, deposit: str) -> None:
    size = len(sealed_of(5000))
    line[1].write(f"PUT /api/deposits/{deposit}/0 HTTP/1.1\r\nContent-Length: {size}\r\n".encode() + HOST)
    line[1].write(b"\r\n")
    while True:
        line[1].write(b"x")
        await line[1].drain()
        if line[0].at_eof():
            return
        await asyncio.sleep(1)


async def huge_headers(line: Line) -> None:
    line[1].write(b"GET / HTTP/1.1\r\n" + HOST + b"X-A: " + b"b" * 100_000 + b"\r\n\r\n")
    await line[1].drain()
    await line[0].read()


async def flood(line: Line) -> None:
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


@asynccontextmanager
async def connected(door: Door, tls: bool = True) -> AsyncIterator[Line]:
    """A connection, which is closed when the block ends."""
    trusting = door.trusting()
    trusting.check_hostname = False
    line = await asyncio.open_connection("127.0.0.1", door.port, ssl=trusting if tls else None)
    try:
        yield line
    finally:
        line[1].close()
        with suppress(*ENDED):
            await line[1].wait_closed()


@contextmanager
def besieged(door: Door, attacks: Mapping[str, int]) -> Iterator[None]:
    """So many connections of each of these attacks until the block ends, in a process of their own."""
    spawn = multiprocessing.get_context("spawn")
    there = spawn.Event()
    attackers = spawn.Process(target=_besiege, args=(door, attacks, there))
    attackers.start()
    try:
        if not there.wait(MUSTERING):
            raise SystemExit("siege: error: the attackers do not get as far as the door")
        yield
    finally:
        attackers.kill()
        attackers.join()


def _besiege(door: Door, attacks: Mapping[str, int], there: Event) -> None:
    came = set[object]()

    async def keep(name: str) -> None:
        while True:
            with suppress(*ENDED):
                async with connected(door, tls=name not in PLAIN) as line:
                    came.add(asyncio.current_task())
                    if len(came) == sum(attacks.values()):
                        there.set()
                    await ATTACKS[name](line)
            await asyncio.sleep(0.1)

    async def all_at_once() -> None:
        await asyncio.gather(*(keep(name) for name, count in attacks.items() for _ in range(count)))

    asyncio.run(all_at_once())


def beginning(deposit: str, size: int) -> bytes:
    """What a page asks before the first part."""
    return json.dumps({"deposit": deposit, "size": size, "erase": secrets.token_hex(32)}).encode()


def sealed_of(size: int) -> bytes:
    """An envelope of so many bytes of nothing."""
    into = BytesIO()
    Sealer([KEY.public]).seal(BytesIO(bytes(size)), size, {"type": "statement", "v": 1}, into)
    return into.getvalue()
