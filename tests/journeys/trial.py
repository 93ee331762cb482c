"""The client's modules on a page of their own, served on loopback under the intake's own policy."""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flask import Flask, Response, request
from werkzeug.serving import make_server

from server.headers import protect
from tests.vectors.make import NODE_ONLY, PYTHON_ONLY

ROOT = Path(__file__).parents[2]
ESBUILD = ROOT / "server" / "intake" / "client" / "node_modules" / ".bin" / "esbuild"
PAGE = """<!doctype html>
<link rel="icon" href="data:,">
<script type="module" src="/trial.js"></script>"""


class Trial:
    """A running page at `port`, what it may read as `/source`, and what it sealed."""

    def __init__(self, source: bytes) -> None:
        self.source, self.sealed = source, bytearray()
        self.port = 0

    def address(self, path: str = "", host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}/{path}"

    def taken(self) -> bytes:
        """What was sealed since it was last asked for."""
        sealed, self.sealed = bytes(self.sealed), bytearray()
        return sealed


def vectors() -> list[tuple[str, str, Any]]:
    paths = sorted((ROOT / "tests" / "vectors").glob("*/*.json"))
    return [
        (path.parent.name, path.name, json.loads(path.read_text("utf-8")))
        for path in paths
        if path.parent.name not in PYTHON_ONLY | NODE_ONLY
    ]


def _lists() -> dict[str, list[str]]:
    folder = ROOT / "crypto" / "wordlists"
    return {name: (folder / f"{name}.txt").read_text("utf-8").split("\n")[:-1] for name in ("ko", "zh", "en")}


def _script() -> bytes:
    command = [str(ESBUILD), "trial.mjs", "--bundle", "--format=esm", "--target=es2022", "--charset=utf8"]
    return subprocess.run(command, cwd=Path(__file__).parent, capture_output=True, check=True).stdout


def _app(trial: Trial) -> Flask:
    app, script = Flask(__name__), _script()

    @app.after_request
    def refuse_workers(response: Response) -> Response:
        if request.path == "/without-workers":
            response.headers["Content-Security-Policy"] += "; worker-src 'none'"
        return response

    protect(app, forms=False, trusted_types="onggi", speaking="/")
    app.add_url_rule("/", view_func=lambda: PAGE)
    app.add_url_rule("/without-workers", "without", view_func=lambda: PAGE)
    app.add_url_rule("/trial.js", "script", lambda: Response(script, mimetype="text/javascript"))
    app.add_url_rule("/source", "source", lambda: Response(trial.source))
    app.json.sort_keys = False  # type: ignore[attr-defined]  # the order of a meta's keys is part of a vector
    app.add_url_rule("/vectors", "vectors", lambda: {"vectors": vectors(), "lists": _lists()})

    @app.post("/sealed")
    def sealed() -> tuple[str, int]:
        trial.sealed += request.get_data()
        return "", 204

    return app


def served(source: bytes) -> Iterator[Trial]:
    trial = Trial(source)
    server = make_server("127.0.0.1", 0, _app(trial), threaded=True)
    trial.port = server.server_port
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield trial
    server.shutdown()
    thread.join()
    server.server_close()


def can_be_built() -> bool:
    return ESBUILD.exists() and shutil.which("node") is not None
