"""The steps that `make bench` measures, each in a process of its own.

1. An `onggi` command is timed from start to end, as its user waits for it.
2. The client and secretstream time themselves, without the start of Python, and say what it cost as JSON.
3. They say their own highest memory too: what `wait4` says of a child is never less than its parent's.
4. secretstream reads and writes files as Onggi does, in pieces of 1 MiB, and syncs them.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from nacl.bindings import crypto_secretstream as stream

from crypto import keycard
from crypto.envelope import Sealer, unseal_stream
from crypto.keys import IntakePublic, IntakeSecret
from deploy.depositor import File, Intake, tell
from deploy.house import HERE, ORIGIN, PHRASES, House, Refused

MB = 1_000_000
MESSAGE = 1 << 20
FINAL = stream.crypto_secretstream_xchacha20poly1305_TAG_FINAL


@dataclass
class Cost:
    """Seconds, and bytes of memory at the highest, of each step of one turn."""

    seconds: dict[str, float] = field(default_factory=dict)
    memory: dict[str, int] = field(default_factory=dict)

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self.seconds[name] = time.perf_counter() - start

    def command(self, name: str, house: House, *words: str) -> str:
        """Run and measure an `onggi` command; what it printed."""
        with self.timed(name):
            told, self.memory[name] = _run(house, "onggi", *words)
        return told

    def step(self, house: House, step: str, file: Path, *more: str) -> None:
        """Run one of `STEPS` below, which measures itself."""
        told = json.loads(_run(house, "benchmarks.steps", step, str(house.data), str(file), *more)[0])
        self.seconds |= told["seconds"]
        self.memory |= told["memory"]


def _run(house: House, module: str, *words: str) -> tuple[str, int]:
    arguments, environment = [sys.executable, "-m", module, *words], {**os.environ, **house.environment()}
    # In a session of its own, so that Ctrl-C reaches us alone and we end it.
    with subprocess.Popen(
        arguments, cwd=HERE, stdout=subprocess.PIPE, env=environment, start_new_session=True
    ) as process:
        assert process.stdout is not None
        try:
            told = process.stdout.read().decode()
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            process.kill()
            raise
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise Refused(f"{module} {words[0]} stopped with {process.returncode}")
    return told, usage.ru_maxrss * 1024


def memory_of(pid: int | str) -> int:
    """The most memory that a running process has had resident so far."""
    status = Path(f"/proc/{pid}/status").read_text("utf-8")
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) * 1024


def gunicorn_of(house: House) -> Iterator[int]:
    """The processes of the intake that serves *house*."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if f"application('{house.home('intake')}')".encode() in (folder / "cmdline").read_bytes():
                yield int(folder.name)
        except OSError:
            continue  # it ended while we looked


def seal(cost: Cost, house: House, recording: Path) -> None:
    with recording.open("rb") as source, open(os.devnull, "wb") as nowhere, cost.timed("seal"):
        file = _file(source, recording)
        Sealer([recipient(house)]).seal(file.source, file.length, file.meta, nowhere)
    cost.memory["seal"] = memory_of("self")


def deposit(cost: Cost, house: House, recording: Path, port: str) -> None:
    intake = Intake(int(port))
    with recording.open("rb") as source, cost.timed("deposit"):
        tell(intake, "invented", "eng", house.root, recipient(house), files=[_file(source, recording)])
    intake.close()
    cost.memory["deposit"] = memory_of("self")


def accession(cost: Cost, house: House, stick: Path, taken: str = "1", files: str = "1") -> None:
    """What the command does, with opening the vault told apart; it has to take in so many."""
    from archive.accession import accession as take_in  # here, for the client must not carry its memory
    from archive.vault import Vault

    with Vault.open(house.home("archive"), PHRASES[""]) as vault:
        opening = memory_of("self")
        Path("/proc/self/clear_refs").write_text("5")  # Linux's word for: begin the highest anew
        with cost.timed("taking in"):
            report = take_in(vault, stick)
    cost.memory["taking in"] = memory_of("self")
    cost.memory["accession"] = max(opening, cost.memory["taking in"])
    if (len(report.taken), report.files) != (int(taken), int(files)):
        raise Refused("the accession did not take in what was packed")
    (stick / "ACKNOWLEDGEMENT").write_bytes(report.acknowledgement)


def opening(cost: Cost, house: House, recording: Path) -> None:
    """What the archive opens an envelope with, once it has the key."""
    key, sealed = IntakeSecret.generate(), house.data / "sealed"
    with recording.open("rb") as source, sealed.open("wb") as into:
        file = _file(source, recording)
        Sealer([key.public]).seal(file.source, file.length, file.meta, into)
        _sync(into)
    with sealed.open("rb") as source, open(os.devnull, "wb") as nowhere, cost.timed("open"):
        opened = unseal_stream(source, key, nowhere)
    if opened.length != recording.stat().st_size:
        raise Refused("the envelope lost a part of the recording")
    sealed.unlink()


def secretstream(cost: Cost, house: House, recording: Path) -> None:
    key = stream.crypto_secretstream_xchacha20poly1305_keygen()
    sealed, opened = house.data / "secretstream", house.data / "opened"
    with recording.open("rb") as source, open(os.devnull, "wb") as nowhere, cost.timed("to nowhere"):
        _encrypt(key, source, nowhere)
    with recording.open("rb") as source, sealed.open("wb") as into, cost.timed("encrypt"):
        _encrypt(key, source, into)
        _sync(into)
    with sealed.open("rb") as source, open(os.devnull, "wb") as nowhere, cost.timed("opened to nowhere"):
        _decrypt(key, source, nowhere)
    with sealed.open("rb") as source, opened.open("wb") as into, cost.timed("decrypt"):
        _decrypt(key, source, into)
        _sync(into)
    cost.memory["secretstream"] = memory_of("self")
    if opened.stat().st_size != recording.stat().st_size:
        raise Refused("secretstream lost a part of the recording")
    sealed.unlink()
    opened.unlink()


def _file(source: BinaryIO, recording: Path) -> File:
    return File(source, recording.stat().st_size, "audio/ogg")


def recipient(house: House) -> IntakePublic:
    """The key that the intake's card names today."""
    today, note = datetime.now(UTC).date(), (house.data / "notes" / "keycard.note").read_bytes()
    return keycard.verify(note, origin=ORIGIN, root=house.root, today=today).current(today)


def _encrypt(key: bytes, source: BinaryIO, into: BinaryIO) -> None:
    state = stream.crypto_secretstream_xchacha20poly1305_state()
    into.write(stream.crypto_secretstream_xchacha20poly1305_init_push(state, key))
    while piece := source.read(MESSAGE):
        tag = FINAL if len(piece) < MESSAGE else 0
        into.write(stream.crypto_secretstream_xchacha20poly1305_push(state, piece, tag=tag))


def _decrypt(key: bytes, source: BinaryIO, into: BinaryIO) -> None:
    state = stream.crypto_secretstream_xchacha20poly1305_state()
    header = source.read(stream.crypto_secretstream_xchacha20poly1305_HEADERBYTES)
    stream.crypto_secretstream_xchacha20poly1305_init_pull(state, header, key)
    while piece := source.read(MESSAGE + stream.crypto_secretstream_xchacha20poly1305_ABYTES):
        into.write(stream.crypto_secretstream_xchacha20poly1305_pull(state, piece)[0])


def _sync(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


STEPS: dict[str, Callable[..., None]] = {
    "seal": seal,
    "deposit": deposit,
    "accession": accession,
    "opening": opening,
    "secretstream": secretstream,
}

if __name__ == "__main__":
    _, name, data, path, *more = sys.argv
    STEPS[name](measured := Cost(), House(Path(data)), Path(path), *more)
    print(json.dumps({"seconds": measured.seconds, "memory": measured.memory}))
