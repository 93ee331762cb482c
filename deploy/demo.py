"""`make demo`: the way of one testimony, on this machine, with the real components and nothing else.

What is not built yet is named and ends the round trip with exit code 1: this program never pretends.
Everything lies in one folder, kept between runs; `make clean-demo` removes it. Its keys are for trying only:
the archive's root lies beside the intake here, which on real machines an air gap forbids.
"""

import argparse
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path

from crypto import keycard
from crypto.envelope import seal
from crypto.keycard import DatedKey, Keycard
from crypto.keys import IntakeSecret, SigningKey

HERE = Path(__file__).parent
ORIGIN = "demo.onggi.example"
NOT_BUILT = ("taken in", "redacted", "approved", "released", "verified", "indexed", "found")
SENTINEL = "노란 집에서 겨울을 났다"


class Refused(Exception):
    """A step of the demonstration did not go as it must."""


def prepare(data: Path) -> tuple[SigningKey, Path]:
    """The archive's root and an intake home with a keycard of today: made once, then kept."""
    home, kept = data / "intake", data / "archive-keys"
    for folder in (data, kept):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    root = SigningKey.from_text(_kept(kept / "root.key", lambda: SigningKey.generate().to_text()))
    intake = bytes.fromhex(_kept(kept / "intake.key", lambda: IntakeSecret.generate().to_bytes().hex()))
    card = kept / "keycard.note"
    card.write_bytes(_issue(root, IntakeSecret.from_bytes(intake)))
    named = ("--home", str(home), "--origin", ORIGIN, "--root", root.public.to_text())
    onggi("intake", "init", *named, "--keycard", str(card))
    return root, home


def onggi(*words: str) -> str:
    """Run the onggi command; `Refused` with its own message when it refuses."""
    command = [sys.executable, "-m", "onggi", *words]
    ran = subprocess.run(command, cwd=HERE.parent, capture_output=True, text=True)
    if ran.returncode:
        raise Refused(f"onggi {' '.join(words[:2])}: {ran.stderr.strip()}")
    return ran.stdout.strip()


def _kept(path: Path, make: Callable[[], str]) -> str:
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(make(), encoding="utf-8")
    return path.read_text(encoding="utf-8")


def _issue(root: SigningKey, intake: IntakeSecret) -> bytes:
    today = _today()
    last = today + timedelta(days=7)
    card = Keycard(ORIGIN, int(time.time()), today, last, 1, (DatedKey(today, last, intake.public),))
    return keycard.issue(card, root)


def _today() -> date:
    return datetime.now(UTC).date()


@contextmanager
def intake_running(home: Path) -> Iterator[int]:
    """gunicorn on a free loopback port, until the block ends."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    here = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    command = [sys.executable, "-m", "onggi", "intake", "serve", "--home", str(home), "--port", str(port)]
    running = subprocess.Popen(command, env=here, cwd=HERE.parent)
    try:
        _wait_for(port, running)
        yield port
    finally:
        running.terminate()
        running.wait(timeout=30)


def _wait_for(port: int, running: subprocess.Popen[bytes]) -> None:
    for _ in range(100):
        if running.poll() is not None:
            raise Refused("the intake stopped before it answered")
        try:
            ask(port, "GET", "/keycard")
            return
        except OSError:
            time.sleep(0.1)
    raise Refused("the intake did not answer within ten seconds")


def ask(port: int, method: str, path: str, body: bytes = b"", media: str = "application/json") -> bytes:
    """One request to the intake; `Refused` unless it was done."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, path, body, {"Content-Type": media, "Content-Length": str(len(body))})
        answer = connection.getresponse()
        content = answer.read()
    finally:
        connection.close()
    if answer.status >= 300:
        raise Refused(f"{method} {path} was answered {answer.status}")
    return content


def deposit(port: int, envelope: bytes) -> str:
    """Send one envelope in parts and complete it."""
    begun = json.loads(ask(port, "POST", "/api/deposits", json.dumps({"size": len(envelope)}).encode()))
    path, size = f"/api/deposits/{begun['deposit']}", begun["part_size"]
    for offset in range(0, len(envelope), size):
        part = envelope[offset : offset + size]
        ask(port, "PUT", f"{path}/{offset}", part, "application/octet-stream")
    ask(port, "POST", f"{path}/complete")
    return str(begun["deposit"])


def round_trip(port: int, root: SigningKey, home: Path) -> None:
    """Seal with the keycard the intake serves, deposit it, and look for the words on the intake's disk."""
    card = keycard.verify(ask(port, "GET", "/keycard"), origin=ORIGIN, root=root.public, today=_today())
    photo = secrets.token_bytes(2_500_000)
    for kind, body in (("file", photo), ("statement", SENTINEL.encode())):
        sealed = seal(body, {"type": kind}, [card.current(_today())])
        print(f"  sealed       {kind}: {len(body)} bytes became {len(sealed)}")
        print(f"  deposited    {kind}: {deposit(port, sealed)}")
    disk = [path for path in home.rglob("*") if path.is_file()]
    if any(SENTINEL.encode() in path.read_bytes() for path in disk):
        raise Refused("the words are on the intake's disk")
    print(f"  unreadable   the words are in none of the intake's {len(disk)} files")
    stick = home.parent / "stick" / secrets.token_hex(4)
    print(f"  packed       {onggi('intake', 'pack', '--home', str(home), str(stick))}")
    for step in NOT_BUILT:
        print(f"  {step:<12} NOT BUILT YET")
    raise Refused(f"{len(NOT_BUILT)} steps of the way are not built yet")


def main() -> int:
    asked = argparse.ArgumentParser(description="one testimony's way, on this machine")
    asked.add_argument("--data", type=Path, default=Path("demo-data"))
    asked.add_argument("--once", action="store_true", help="make the round trip without a person, then stop")
    options = asked.parse_args()
    data: Path = options.data.resolve()
    print(f"Onggi demonstration. Everything it keeps is in {data}; `make clean-demo` removes it.\n")
    try:
        root, home = prepare(data)
        with intake_running(home) as port:
            if options.once:
                round_trip(port, root, home)
                return 0
            print(f"  intake        http://127.0.0.1:{port}/   her page: write something and send it")
            print("  workbench     NOT BUILT YET\n  reading room  NOT BUILT YET\n\nCtrl-C stops.", flush=True)
            signal.pause()
    except KeyboardInterrupt:
        print("\nstopped")
    except Refused as refused:
        print(f"\ndemo: error: {refused}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
