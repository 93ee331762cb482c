"""A whole house in one folder: its rooms founded, their commands run, their sites served on loopback.

For the demonstration, the load script, the benchmark and the tests. All three rooms and their passphrases lie
on one machine here, which on real ones an air gap forbids.
"""

from __future__ import annotations

import os
import secrets
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from crypto import keycard
from crypto.keys import IntakePublic, VerifyKey

HERE = Path(__file__).parents[1]
ORIGIN = "demo.onggi.example"
PHRASES = {
    "": "demo phrase of the archive",
    "root": "demo phrase of the root",
    "minji": "demo phrase of minji",
    "sora": "demo phrase of sora",
}
PORTS = {"intake": 8461, "archive": 8462, "research": 8463}


class Refused(Exception):
    """A step of the demonstration did not go as it must."""


@dataclass(frozen=True)
class House:
    """The three rooms of the demonstration, in one folder."""

    data: Path

    def home(self, room: str) -> Path:
        return self.data / room

    def environment(self, person: str = "") -> dict[str, str]:
        homes = {f"ONGGI_{room.upper()}_HOME": str(self.home(room)) for room in PORTS}
        homes |= {"ONGGI_PASSPHRASE": PHRASES[""], "ONGGI_PERSON_PASSPHRASE": PHRASES[person]}
        return homes | {"ONGGI_ROOT_PASSPHRASE": PHRASES["root"]}

    def onggi(self, *words: str, person: str = "", given: str = "") -> str:
        """Run the onggi command, *given* its input; `Refused` with its own message when it refuses."""
        ran = subprocess.run(
            [sys.executable, "-m", "onggi", *words],
            cwd=HERE,
            capture_output=True,
            text=True,
            input=given,
            env={**os.environ, **self.environment(person)},
        )
        if ran.returncode:
            raise Refused(f"onggi {' '.join(words[:2])}: {ran.stderr.strip() or ran.stdout.strip()}")
        return ran.stdout.strip()

    @property
    def root(self) -> VerifyKey:
        return VerifyKey.from_text((self.home("intake") / "root.pub").read_text("utf-8"))


def found(house: House) -> None:
    """Make the archive, its people, the intake and their trust in each other: once, then only the notes."""
    house.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not (house.data / "founded").exists():
        root = house.onggi("archive", "init", "--origin", ORIGIN).splitlines()[0]
        for name in ("minji", "sora"):
            house.onggi("archive", "person", "add", name, person=name)
        (house.data / "root").write_text(root, "utf-8")
    notes, root = str(house.data / "notes"), (house.data / "root").read_text("utf-8")
    house.onggi("archive", "keys", "publish", notes, "--yes")
    made = house.onggi("intake", "init", "--origin", ORIGIN, "--root", root, "--notes", notes)
    courier = made.splitlines()[0]
    house.onggi("archive", "courier", "trust", courier)
    (house.data / "founded").touch()
    lines = [f"export {name}={shlex.quote(value)}" for name, value in house.environment().items()]
    lines += [f"export PATH={shlex.quote(str(Path(sys.executable).parent))}:$PATH"]
    lines = [line for line in lines if "PERSON" not in line]
    (house.data / "env").write_text("\n".join(lines) + "\n", "utf-8")


def recipient(house: House, card: bytes) -> IntakePublic:
    """To whom is sealed today, by the keycard that the intake shows, which the root must have signed."""
    today = datetime.now(UTC).date()
    return keycard.verify(card, origin=ORIGIN, root=house.root, today=today).current(today)


@contextmanager
def serving(house: House, room: str, wished: int = 0) -> Iterator[int]:
    """A room's site on the loopback port that is *wished*, or a free one, until the block ends."""
    port, verb = _free(wished), ["workbench"] if room == "archive" else ["serve"]
    command = [sys.executable, "-m", "onggi", room, *verb, "--port", str(port)]
    environment = {**os.environ, **house.environment(), "PYTHONUNBUFFERED": "1"}
    log = house.data / f"{room}.log"
    with log.open("w", encoding="utf-8") as into:
        process = subprocess.Popen(
            command, cwd=HERE, stdout=into, stderr=into, env=environment, start_new_session=True
        )
    try:
        _wait(process, port, log, "http://" if room == "archive" else "")
        yield port
    finally:
        process.send_signal(signal.SIGINT if room == "archive" else signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(15)


def _free(wished: int) -> int:
    # Below the ports that a system hands out: a client that tries again on one of those may meet itself.
    others = (10_000 + secrets.randbelow(20_000) for _ in range(50))
    for port in (wished, *others) if wished else others:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise Refused("no free port on 127.0.0.1")


def _wait(process: subprocess.Popen[bytes], port: int, log: Path, says: str) -> None:
    for _ in range(300):
        if process.poll() is not None:
            raise Refused(f"a site stopped at once: {log.read_text('utf-8').strip()[-400:]}")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0 and says in log.read_text("utf-8"):
                return
        time.sleep(0.1)
    raise Refused("a site did not answer within thirty seconds")
