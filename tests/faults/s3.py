"""A server that speaks as much of S3 as the intake's shelf asks of it, on loopback, and has troubles.

It follows AWS's own documentation of each request. It proves how our shelf bears a bad server, not how any
real one behaves: that is what tests/server/intake tries with Swift.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

BUCKET: Final = "intake"
Trouble = Callable[[str], str]
"""What happens to a request of this method: nothing (""), "500", "lost" (done, and then 500) or "slow"."""


@dataclass
class Store:
    """What lies in the bucket, and what trouble the server has."""

    held: dict[str, bytes] = field(default_factory=dict)
    trouble: Trouble = lambda method: ""
    slow: float = 0
    """Seconds before a slow answer."""
    asked: int = 0
    busy: set[int] = field(default_factory=set)
    """Who is answering: a request goes on here when nobody waits for it any more."""

    def calm(self) -> None:
        """No more trouble, and what was asked before is done."""
        self.trouble = lambda method: ""
        while self.busy:
            time.sleep(0.05)

    def answer(self, method: str, key: str, asked: dict[str, list[str]], body: bytes) -> tuple[int, bytes]:
        """Status and body of the answer to one request."""
        match method:
            case "PUT":
                self.held[key] = body
                return 200, b""
            case "DELETE":
                self.held.pop(key, None)
                return 204, b""
            case "GET" if "versioning" in asked:
                return 200, b"<VersioningConfiguration/>"
            case "GET" if not key:
                return 200, self._listing(asked["prefix"][0], asked.get("delimiter", [""])[0])
            case "GET" if key in self.held:
                return 200, self.held[key]
        return 404, b"<Error><Code>NoSuchKey</Code></Error>"

    def _listing(self, prefix: str, delimiter: str) -> bytes:
        found = sorted(key for key in self.held if key.startswith(prefix))
        if not delimiter:
            told = "".join(f"<Contents><Key>{escape(key)}</Key></Contents>" for key in found)
        else:
            rests = {key.removeprefix(prefix) for key in found}
            folders = sorted({rest.partition(delimiter)[0] for rest in rests if delimiter in rest})
            told = "".join(
                f"<CommonPrefixes><Prefix>{escape(prefix + name + delimiter)}</Prefix></CommonPrefixes>"
                for name in folders
            )
        return f"<ListBucketResult><IsTruncated>false</IsTruncated>{told}</ListBucketResult>".encode()


@contextmanager
def serving(store: Store) -> Iterator[str]:
    """The URL of the bucket, until the block ends."""

    class Answering(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            store.asked += 1
            store.busy.add(threading.get_ident())
            try:
                status, told = self.done(body)
            finally:
                store.busy.discard(threading.get_ident())
            self.send_response(status)
            self.send_header("Content-Length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

        def done(self, body: bytes) -> tuple[int, bytes]:
            trouble = store.trouble(self.command)
            url = urlsplit(self.path)
            key = unquote(url.path).removeprefix(f"/{BUCKET}").removeprefix("/")
            status, told = 500, b"<Error><Code>InternalError</Code></Error>"
            if trouble == "slow":
                time.sleep(store.slow)
            if trouble != "500":
                answered = store.answer(self.command, key, parse_qs(url.query, keep_blank_values=True), body)
                status, told = (status, told) if trouble == "lost" else answered
            return status, told

        do_GET = do_PUT = do_DELETE = answer

        def handle_error(self) -> None:
            """A client that would not wait."""

        def log_message(self, format: str, *arguments: Any) -> None:
            """Nothing: what is asked is nobody's business."""

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            """Of a client that did not wait for a slow answer."""

    with Quiet(("127.0.0.1", 0), Answering) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"s3://{BUCKET}/here?endpoint=http://127.0.0.1:{server.server_port}"
        server.shutdown()
