"""What `make bench` asks of browsers: the client in the slowest of them, and memory in the commonest.

1. Firefox has the preferences of Tor Browser's level "Safer": no JIT and no WebAssembly.
2. Chromium runs without a driver, which would keep what the page sends: the page begins by itself.
3. What was sealed is counted and dropped. A part that was lost is an error, not a number.
4. Profiles lie in temporary folders, and both browsers are ended, also on Ctrl-C.
"""

from __future__ import annotations

import re
import secrets
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import Flask, Response, request
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, SealedBox
from werkzeug.serving import WSGIRequestHandler, make_server

from benchmarks.steps import Cost
from crypto.board import FRONT, issue
from crypto.keys import IntakeSecret, SigningKey
from crypto.reply import ENTRY, compose, seal_reply
from deploy.house import Refused
from server.headers import protect
from tests.journeys.marionette import SAFER, Firefox, FirefoxError

CLIENT = Path(__file__).parents[1] / "server" / "intake" / "client"
ESBUILD = CLIENT / "node_modules" / ".bin" / "esbuild"
APP = CLIENT.parent / "static" / "app.js"
FIREFOX, CHROMIUM, NODE = map(shutil.which, ("firefox-esr", "chromium", "node"))
PART = 1 << 20
ENTRIES = 512
BOX = slice(1141, 1287)
"""The sealed box in an entry: after magic, counts, key id and X-Wing."""
SETTLED, LONG = 8, 600  # seconds: until a browser that started is idle; for a large file
PAGE = '<!doctype html><link rel="icon" href="data:,"><script type="module" src="/page.js"></script>'
BROTLI = "process.stdin.pipe(require('zlib').createBrotliCompress({params:{1:11}})).pipe(process.stdout)"
ALONE = ("--headless", "--no-sandbox", "--no-first-run", "--disable-background-networking")


def missing() -> dict[str, str]:
    """What cannot be measured here, with the reason."""
    bundler = (
        None if NODE and ESBUILD.exists() else "node or esbuild is missing; `make client` brings esbuild"
    )
    firefox = bundler or (None if FIREFOX else "firefox-esr is missing")
    chromium = bundler or (None if CHROMIUM else "chromium is missing")
    lacks = {
        "safer": firefox,
        "board": firefox,
        "peak": chromium,
        "client": None if NODE else "node is missing",
    }
    return {name: reason for name, reason in lacks.items() if reason}


def versions() -> dict[str, str]:
    """How the two browsers call themselves."""
    return {"firefox": _version(FIREFOX, "Firefox"), "chromium": _version(CHROMIUM, "Chromium")}


class _Silent(WSGIRequestHandler):
    """Two thousand lines of a log would hide the table."""

    def log(self, *_: object) -> None:
        pass


class Loopback:
    """A page with the client's modules, and a server that counts what it seals."""

    def __init__(self, source: bytes = b"", board: bytes = b"") -> None:
        self.source, self.board, self.received = source, board, 0
        self.idle, self.begin, self.done = threading.Event(), threading.Event(), threading.Event()
        self.address = ""

    def app(self) -> Flask:
        app, script = Flask(__name__), _script()
        protect(app, forms=False, trusted_types="onggi")
        app.add_url_rule("/", view_func=lambda: PAGE)
        app.add_url_rule("/page.js", "script", lambda: Response(script, mimetype="text/javascript"))
        app.add_url_rule("/source", "source", lambda: Response(self.source))
        app.add_url_rule("/board", "board", lambda: Response(self.board))
        app.add_url_rule("/piece", "piece", lambda: Response(secrets.token_bytes(1_000_000)))
        app.add_url_rule(
            "/api/deposits",
            "new",
            lambda: {"part_size": PART, "missing": [], "complete": False},
            methods=["POST"],
        )

        @app.get("/idle")
        def idle() -> tuple[str, int]:
            self.idle.set()
            self.begin.wait(LONG)
            return "", 204

        @app.put("/api/deposits/new/<int:offset>")
        def take(offset: int) -> tuple[str, int]:
            self.received = offset + len(request.get_data())
            return "", 204

        @app.post("/api/deposits/new/complete")
        def complete() -> tuple[str, int]:
            self.done.set()
            return "", 204

        return app

    @contextmanager
    def served(self) -> Iterator[Loopback]:
        server = make_server("127.0.0.1", 0, self.app(), threaded=True, request_handler=_Silent)
        self.address = f"http://127.0.0.1:{server.server_port}/"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield self
        finally:
            self.begin.set()
            server.shutdown()
            thread.join()
            server.server_close()


def safer(ours: Cost, theirs: Cost, source: bytes) -> None:
    """Sealing *source* and trying a board in Firefox at "Safer"; the board by PyNaCl too."""
    key = IntakeSecret.generate()
    loopback = Loopback(source, _board(key))
    with loopback.served(), _firefox() as firefox:
        firefox.goto(loopback.address)
        sealed = firefox.evaluate("(bundle) => bench.seal(bundle)", key.public.bundle.hex())
        opened = firefox.evaluate("(secret) => bench.open(secret)", key.x25519.hex())
        without = firefox.evaluate("() => typeof WebAssembly")
    with theirs.timed("board"):
        hits = _tried(loopback.board, key)
    if sealed["told"] <= len(source) or (opened["told"], hits, without) != (1, 1, "undefined"):
        raise Refused("Firefox did not seal or open what it was given")
    ours.seconds |= {"safer": sealed["seconds"], "board": opened["seconds"]}


def peak(size: int) -> int:
    """Bytes that Chromium takes above idle, at the highest, to seal and send a file of *size*."""
    with Loopback().served() as loopback, TemporaryDirectory(prefix="bench-") as profile:
        address = f"{loopback.address}?size={size}&bundle={IntakeSecret.generate().public.bundle.hex()}"
        silent = subprocess.DEVNULL
        chromium = subprocess.Popen(
            [str(CHROMIUM), *ALONE, f"--user-data-dir={profile}", address], stdout=silent, stderr=silent
        )
        try:
            if not loopback.idle.wait(60):
                raise Refused("Chromium did not start")
            time.sleep(SETTLED)
            idle = highest = _resident(chromium.pid)
            end = time.monotonic() + LONG
            loopback.begin.set()
            while not loopback.done.wait(0.2):
                highest = max(highest, _resident(chromium.pid))
                if time.monotonic() > end:
                    raise Refused("Chromium did not come to an end")
        finally:
            chromium.terminate()
            chromium.wait(30)
    if loopback.received <= size:
        raise Refused("Chromium did not seal the whole file")
    return highest - idle


def brotli() -> int:
    """Bytes of the built client as brotli -11 sends it."""
    told = subprocess.run([str(NODE), "-e", BROTLI], input=APP.read_bytes(), capture_output=True, check=True)
    return len(told.stdout)


@contextmanager
def _firefox() -> Iterator[Firefox]:
    with TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True) as profile:
        try:
            firefox = Firefox(str(FIREFOX), Path(profile), SAFER)
            try:
                yield firefox
            finally:
                firefox.quit()
        except FirefoxError as error:
            raise Refused(str(error)) from None


def _version(executable: str | None, name: str) -> str:
    if not executable:
        return f"{name} (missing)"
    told = subprocess.run([executable, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.search(rf"{name} (\d+)", told)
    return found[0] if found else name


def _script() -> bytes:
    command = [
        str(ESBUILD),
        str(Path(__file__).with_name("page.mjs")),
        "--bundle",
        "--format=esm",
        "--minify",
    ]
    return subprocess.run(command, cwd=CLIENT, capture_output=True, check=True).stdout


def _board(key: IntakeSecret) -> bytes:
    """A board with one reply to *key* somewhere."""
    today, sender = datetime.now(UTC).date(), PrivateKey.generate()
    entries = seal_reply(compose(1, today, "eng", "invented"), key.public, bytes(sender))
    life: dict[str, Any] = {"serial": 1, "issued": today, "expires": today + timedelta(days=30)}
    return issue(entries, origin="bench.example", size=ENTRIES, desk=SigningKey.generate(), **life)


def _tried(board: bytes, key: IntakeSecret) -> int:
    """How many sealed boxes of *board* PyNaCl opens."""
    opener, hits = SealedBox(PrivateKey(key.x25519)), 0
    for at in range(FRONT, len(board), ENTRY):
        try:
            hits += bool(opener.decrypt(board[at : at + ENTRY][BOX]))
        except CryptoError:
            continue  # a dummy
    return hits


def _resident(root: int) -> int:
    """The proportional set size of *root* and all that it started: what is shared counts once."""
    parents, total = {}, 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue  # it ended while we looked
    for pid in parents:
        above = pid
        while above not in (root, 0):
            above = parents.get(above, 0)
        if above:
            try:
                rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
            except OSError:
                continue
            found = re.search(r"^Pss: +(\d+) kB", rollup, re.MULTILINE)
            total += int(found[1]) * 1024 if found else 0
    return total
