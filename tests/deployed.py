"""The samples of deploy/intake as an operator deploys them: nginx with TLS before gunicorn, in one folder.

Only what an operator changes is changed: ports, the certificate, and where socket and log lie.
"""

from __future__ import annotations

import re
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.servers import HERE, free_port, listens, running, wait_for

NGINX: Final = shutil.which("nginx", path="/usr/sbin:/usr/bin")
OPENSSL: Final = shutil.which("openssl")
SAMPLES: Final = HERE / "deploy" / "intake"
MAIN: Final = """
{user}
worker_processes auto;
worker_rlimit_nofile 20000;
pid {folder}/pid;
error_log {folder}/error.log;
events {{ worker_connections {connections}; }}
http {{
    access_log {folder}/access.log;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    scgi_temp_path {folder}/scgi;
    uwsgi_temp_path {folder}/uwsgi;
    include {folder}/onggi.conf;
}}
"""
"""As Debian's, with the two numbers that the operator's manual names: it writes everybody down, unless the
sample forbids it."""
CONNECTIONS: Final = 8192
CERTIFICATE: Final = (
    "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 "
    "-subj /CN=intake.example -addext subjectAltName=DNS:intake.example"
)


@dataclass(frozen=True)
class Door:
    """A running nginx: its folder, its two ports."""

    folder: Path
    port: int
    plain: int

    @property
    def written(self) -> bytes:
        return b"".join(path.read_bytes() for path in self.folder.glob("*.log"))

    def trusting(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.folder / "cert.pem"))

    def connect(self) -> ssl.SSLSocket:
        raw = socket.create_connection(("127.0.0.1", self.port), 20)
        return self.trusting().wrap_socket(raw, server_hostname="intake.example")

    def ask(self, sent: bytes) -> bytes:
        with self.connect() as connection:
            connection.sendall(sent)
            return everything(connection)


def everything(connection: socket.socket) -> bytes:
    told = b""
    while piece := connection.recv(1 << 16):
        told += piece
    return told


def adapted(folder: Path, ports: dict[str, int]) -> str:
    """The sample, with what an operator changes."""
    sample = (SAMPLES / "nginx.conf").read_text("utf-8")
    sample = re.sub(r"listen \[::\].*;", "", sample)
    for listened, port in ports.items():
        sample = sample.replace(f"listen {listened};", f"listen 127.0.0.1:{port}{listened[3:]};")
    for theirs, ours in {
        "/etc/letsencrypt/live/intake.example/fullchain.pem": "cert.pem",
        "/etc/letsencrypt/live/intake.example/privkey.pem": "key.pem",
        "/run/onggi/intake.sock": "intake.sock",
        "/var/log/nginx/onggi.log": "onggi.log",
    }.items():
        assert theirs in sample
        sample = sample.replace(theirs, str(folder / ours))
    return sample


@contextmanager
def opened(connections: int = CONNECTIONS) -> Iterator[Door]:
    """nginx with the sample, before a socket that is not there yet."""
    assert NGINX
    assert OPENSSL
    with tempfile.TemporaryDirectory(prefix="onggi-") as name:  # a socket's path has 100 letters at most
        folder, port, plain = Path(name), free_port(), free_port()
        made = [*CERTIFICATE.split(), "-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
        subprocess.run([OPENSSL, *made], check=True, capture_output=True)
        (folder / "onggi.conf").write_text(adapted(folder, {"443 ssl": port, "80": plain}), "utf-8")
        user = "user root;" if Path("/root").owner() == folder.owner() else ""
        main = MAIN.format(folder=folder, user=user, connections=connections)
        (folder / "nginx.conf").write_text(main, "utf-8")
        command = [NGINX, "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")]
        with running([*command, "-g", "daemon off;"], folder / "said", None) as process:
            wait_for(process, folder / "said", lambda: listens(port))
            yield Door(folder, port, plain)


@contextmanager
def serving(door: Door, home: Path) -> Iterator[None]:
    """gunicorn behind *door*, with the intake in *home*."""
    at = door.folder / "intake.sock"
    command = [sys.executable, "-m", "gunicorn", f"server.intake.site:application({str(home)!r})"]
    command += ["--config", "deploy/intake/gunicorn.conf.py", "--bind", f"unix:{at}", "--no-control-socket"]
    with running(command, door.folder / "site.log") as process:
        wait_for(process, door.folder / "site.log", at.exists)
        yield
