"""Two hosts with a home each, on one PostgreSQL and one bucket: real gunicorns, senders through both."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from crypto import bundle
from crypto.envelope import seal
from deploy.depositor import Intake
from server.intake.config import PART_SIZE
from tests import servers
from tests.people import ORIGIN
from tests.server.intake.shelves import left
from tests.server.intake.test_courier import INIT, KEY, OFFICE, courier_of, deposit, run

SENDERS, EACH = 4, 4


@contextmanager
def gunicorn(home: Path) -> Iterator[int]:
    port, log = servers.free_port(), home.with_suffix(".log")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    command = [sys.executable, "-m", "onggi", "intake", "serve", "--home", str(home), "--port", str(port)]
    with servers.running(command, log, {**os.environ, "PATH": path}) as process:
        servers.wait_for(process, log, lambda: servers.listens(port))
        yield port


@pytest.fixture
def homes(postgres_url: str, bucket_url: str, tmp_path: Path) -> list[Path]:
    notes = OFFICE.notes(tmp_path / "notes", KEY.public)
    homes = [tmp_path / name for name in ("seoul", "incheon")]
    for home in homes:
        places = ["--database", postgres_url, "--storage", bucket_url]
        made = run(home, *INIT, str(notes), *places)
        assert made.exit_code == 0, made.output
    return homes


def send(ports: list[int], envelope: bytes, turn: int, names: dict[str, str]) -> None:
    """Deposit an envelope, each part through the next host, and every one of them twice."""
    hosts = [Intake(port) for port in ports[turn % 2 :] + ports[: turn % 2]]
    begun, asked = secrets.token_hex(16), {"size": len(envelope), "erase": secrets.token_hex(32)}
    for host in hosts:
        host.ask("POST", "/api/deposits", json.dumps(asked | {"deposit": begun}).encode())
    parts = range(0, len(envelope), PART_SIZE)
    for number, offset in enumerate((0, *parts, *parts)):
        body = envelope[offset : offset + PART_SIZE]
        hosts[number % 2].ask("PUT", f"/api/deposits/{begun}/{offset}", body, "application/octet-stream")
    hosts[1].ask("POST", f"/api/deposits/{begun}/complete")
    names[begun] = hashlib.sha256(envelope).hexdigest()
    for host in hosts:
        host.close()


@pytest.mark.loopback
def test_what_either_of_two_hosts_accepted_is_in_the_next_bundle(homes: list[Path], tmp_path: Path) -> None:
    """
    Senders in parallel through both: every deposit is packed by one of them, byte for byte, and none lost.
    """
    names: dict[str, str] = {}
    failures: list[BaseException] = []

    def sender(turn: int, ports: list[int]) -> None:
        try:
            for number in range(EACH):
                content = os.urandom(1_500_000 if number == 0 else 5_000)
                send(ports, seal(content, {}, [KEY.public]), turn + number, names)
        except BaseException as error:
            failures.append(error)

    with ExitStack() as stack:
        ports = [stack.enter_context(gunicorn(home)) for home in homes]
        threads = [threading.Thread(target=sender, args=(turn, ports)) for turn in range(SENDERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        packed = run(homes[0], "pack", str(tmp_path / "stick"))
    assert (failures, packed.exit_code) == ([], 0), packed.output
    found = bundle.read(tmp_path / "stick", courier_of(homes[0]))
    out = {entry.id: _hash(found, entry.id, tmp_path / "one") for entry in found.entries}

    assert len(names) == SENDERS * EACH
    assert out == names


@pytest.mark.loopback
def test_what_one_host_received_is_deleted_for_both(homes: list[Path], tmp_path: Path) -> None:
    """
    Rows and sealed bytes are shared, so an acknowledgement counts wherever the courier comes; again is fine.
    """
    name = deposit(homes[1], "one")
    run(homes[0], "pack", str(tmp_path / "stick"))
    packed = bundle.read(tmp_path / "stick", courier_of(homes[0]))
    note = bundle.acknowledge(packed.number, packed.hash, [name], origin=ORIGIN, desk=OFFICE.desk)
    (tmp_path / "ack").write_bytes(note)
    told = [run(home, "acknowledge", str(tmp_path / "ack")).output for home in homes]

    assert ["deleted 1" in told[0], "deleted 0" in told[1]] == [True, True]
    assert [left(home) for home in homes] == [[], []]


def _hash(found: bundle.Bundle, name: str, into: Path) -> str:
    with into.open("wb") as file:
        found.copy(name, file)
    return hashlib.sha256(into.read_bytes()).hexdigest()
