"""Through the samples of deploy/intake as an operator deploys them: nginx with TLS before gunicorn.

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

import pytest
from playwright.sync_api import Browser

from crypto.envelope import parse_header
from server.intake.config import PART_SIZE
from tests.journeys.survivor import ROOT, SENTINEL, Site, make_site
from tests.servers import free_port, listens, running, wait_for

NGINX = shutil.which("nginx", path="/usr/sbin:/usr/bin")
OPENSSL = shutil.which("openssl")
SAMPLES = Path(__file__).parents[2] / "deploy" / "intake"
HERS = b"127.0.0.1"
"""The address that whoever comes has here."""
LARGE = 24 << 20
pytestmark = [
    pytest.mark.loopback,
    pytest.mark.skipif(not (NGINX and OPENSSL), reason="nginx is not installed; apt-get install nginx-light"),
]
MAIN = """
{user}
worker_processes 1;
pid {folder}/pid;
error_log {folder}/error.log;
events {{}}
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
"""As Debian's: it writes everybody down, unless the sample forbids it."""


@dataclass(frozen=True)
class Door:
    """A running nginx: its folder, its two ports."""

    folder: Path
    port: int
    plain: int

    @property
    def written(self) -> bytes:
        return b"".join(path.read_bytes() for path in self.folder.glob("*.log"))

    def connect(self) -> ssl.SSLSocket:
        trusting = ssl.create_default_context(cafile=str(self.folder / "cert.pem"))
        raw = socket.create_connection(("127.0.0.1", self.port), 20)
        return trusting.wrap_socket(raw, server_hostname="intake.example")

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
def opened() -> Iterator[Door]:
    """nginx with the sample, before a socket that is not there yet."""
    assert NGINX
    assert OPENSSL
    with tempfile.TemporaryDirectory(prefix="onggi-") as name:  # a socket's path has 100 letters at most
        folder, port, plain = Path(name), free_port(), free_port()
        made = [
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-days",
            "2",
        ]
        made += ["-subj", "/CN=intake.example", "-addext", "subjectAltName=DNS:intake.example"]
        made += ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
        subprocess.run([OPENSSL, *made], check=True, capture_output=True)
        (folder / "onggi.conf").write_text(adapted(folder, {"443 ssl": port, "80": plain}), "utf-8")
        user = "user root;" if Path("/root").owner() == folder.owner() else ""
        (folder / "nginx.conf").write_text(MAIN.format(folder=folder, user=user), "utf-8")
        command = [NGINX, "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")]
        with running([*command, "-g", "daemon off;"], folder / "said", None) as process:
            wait_for(process, folder / "said", lambda: listens(port))
            yield Door(folder, port, plain)


@pytest.fixture(scope="module")
def door() -> Iterator[Door]:
    """The whole: nginx before gunicorn before an intake."""
    with opened() as door:
        home, at = door.folder / "home", door.folder / "intake.sock"
        home.mkdir()
        config = make_site(home, ROOT.public)
        (home / "root.pub").write_text(config.root.to_text(), "utf-8")
        (home / "origin").write_text(config.origin, "utf-8")
        command = [sys.executable, "-m", "gunicorn", f"server.intake.site:application({str(home)!r})"]
        command += [
            "--config",
            "deploy/intake/gunicorn.conf.py",
            "--bind",
            f"unix:{at}",
            "--no-control-socket",
        ]
        with running(command, door.folder / "site.log") as process:
            wait_for(process, door.folder / "site.log", at.exists)
            yield door


def headers(answer: bytes) -> list[str]:
    """Its lines, without what the connection itself needs."""
    own = ("Server:", "Date:", "Connection:", "Transfer-Encoding:", "Content-Length:", "Keep-Alive:")
    head = answer.partition(b"\r\n\r\n")[0].decode("latin-1")
    return sorted(line for line in head.split("\r\n")[1:] if not line.startswith(own))


def straight(door: Door, sent: bytes) -> bytes:
    """What the site itself answers."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(20)
        connection.connect(str(door.folder / "intake.sock"))
        connection.sendall(sent)
        return everything(connection)


PATHS = [
    "/",
    "/?lang=en",
    "/cover",
    "/keycard",
    "/arrived",
    "/static/app.js",
    "/nowhere",
    "/api/deposits/none",
]


@pytest.mark.parametrize("path", PATHS)
def test_what_the_site_says_goes_through_unchanged_and_once(door: Door, path: str) -> None:
    """
    Every header comes once and as the site set it, the microphone of her page included; TLS adds its own.
    """
    sent = f"GET {path} HTTP/1.1\r\nHost: intake.example\r\nConnection: close\r\n\r\n".encode()
    through, own = headers(door.ask(sent)), headers(straight(door, sent))
    names = [line.partition(":")[0].lower() for line in through]

    assert len(names) == len(set(names))
    assert [line for line in through if not line.startswith("Strict-Transport-Security: ")] == own
    assert ("microphone=(self)" in " ".join(through)) == (path in ("/", "/?lang=en"))


def test_nginxs_own_refusals_are_protected_as_the_pages_are(door: Door) -> None:
    """
    Too large, and no HTTP at all: answered by nginx, with the headers of the site, each once.
    """
    large = b"POST /api/erase HTTP/1.1\r\nHost: intake.example\r\nContent-Length: 9000000\r\n\r\n"
    for sent, status in ((large, b" 413 "), (b"GET / HTTP/1.1\r\nHost: a b\r\n\r\n", b" 400 ")):
        told = door.ask(sent)
        lines = headers(told)

        assert status in told.partition(b"\r\n")[0]
        assert sum(line.startswith("Content-Security-Policy: default-src 'none'") for line in lines) == 1
        assert [line for line in lines if "microphone" in line] == [
            "Permissions-Policy: camera=(), geolocation=(), microphone=(), payment=(), usb=()"
        ]
        assert "Cache-Control: no-store" in lines


def test_nothing_tells_who_came_whatever_was_asked(door: Door) -> None:
    """
    Pages, refusals, no HTTP, no TLS, a broken handshake, and the plain port: no log has an address or a path.
    """
    for path in ("/", "/sentinel7461", "/api/deposits/sentinel7461"):
        door.ask(f"GET {path} HTTP/1.1\r\nHost: intake.example\r\nConnection: close\r\n\r\n".encode())
    door.ask(b"sentinel7461\r\n\r\n")
    for port, sent in (
        (door.port, b"GET /sentinel7461 HTTP/1.1\r\nHost: intake.example\r\n\r\n"),
        (door.port, b"\x16\x03\x01\x00\x05sentinel7461"),
        (door.plain, b"GET /sentinel7461 HTTP/1.1\r\nHost: elsewhere.example\r\nConnection: close\r\n\r\n"),
        (door.plain, b"sentinel7461\r\n\r\n"),
    ):
        with socket.create_connection(("127.0.0.1", port), 20) as connection:
            connection.sendall(sent)
            connection.shutdown(socket.SHUT_WR)
            told = everything(connection)

        if b"elsewhere" in sent:
            assert b"\r\nLocation: https://intake.example/sentinel7461\r\n" in told
    for sign in (HERS, b"sentinel7461"):
        assert sign not in door.written


def test_a_stopped_intake_has_nobody_written_down() -> None:
    """
    While there is no site behind it, nginx answers 502, protected as its pages are, and writes no line.
    """
    with opened() as door:
        told = door.ask(b"GET /sentinel7461 HTTP/1.1\r\nHost: intake.example\r\nConnection: close\r\n\r\n")

        assert b" 502 " in told.partition(b"\r\n")[0]
        assert any(line.startswith("Content-Security-Policy: ") for line in headers(told))
        assert door.written == b""


def test_a_part_passes_as_it_comes_and_lies_in_no_file_on_its_way() -> None:
    """
    Half a part is at the site before the other half was sent, and so with an answer: nginx gathers nothing.
    """
    with opened() as door, socket.socket(socket.AF_UNIX) as behind:
        behind.bind(str(door.folder / "intake.sock"))
        behind.listen()
        behind.settimeout(20)
        with door.connect() as phone:
            head = (
                f"PUT /api/deposits/x/0 HTTP/1.1\r\nHost: i\r\nContent-Length: {PART_SIZE}\r\n\r\n".encode()
            )
            phone.sendall(head + bytes(PART_SIZE // 2))
            site, _ = behind.accept()
            with site:
                site.settimeout(20)
                came = b""
                while len(came) < PART_SIZE // 2:
                    came += site.recv(1 << 16)
                phone.sendall(bytes(PART_SIZE // 2))
                while len(came) - came.index(b"\r\n\r\n") - 4 < PART_SIZE:
                    came += site.recv(1 << 16)
                asked = came.partition(b"\r\n\r\n")[0]
                site.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 400000\r\n\r\n" + bytes(100_000))
                told = b""
                while len(told) < 100_000:
                    told += phone.recv(1 << 16)
                site.sendall(bytes(300_000))

    assert HERS not in asked
    assert b"X-Forwarded-For" not in asked


def test_she_tells_through_it_with_a_large_file(door: Door, chromium: Browser) -> None:
    """
    Her page works behind TLS: she may allow the microphone, the largest parts pass, and all is whole.
    """
    context = chromium.new_context(locale="ko-KR", ignore_https_errors=True)
    phone = context.new_page()
    (door.folder / "film").write_bytes(bytes(range(256)) * (LARGE // 256))
    site = Site(door.folder / "home", f"https://127.0.0.1:{door.port}")
    phone.goto(site.address)
    allowed = phone.evaluate("() => document.featurePolicy.allowsFeature('microphone')")
    refused: list[int] = []
    phone.on("response", lambda answer: refused.extend([answer.status] * (not answer.ok)))
    phone.wait_for_selector("#words:enabled")
    phone.set_input_files("#photos", door.folder / "film")
    phone.wait_for_selector("#files li")
    phone.fill("#words", SENTINEL)
    phone.click("#to-choices")
    phone.check("[data-grant=keep]")
    phone.click("#to-receipt")
    phone.click("#send")
    phone.wait_for_selector("#done:visible", timeout=120_000)
    context.close()
    sizes = sorted(len(body) for _, body, _ in site.opened())

    assert allowed is True
    assert refused == []
    assert sizes[-1] >= LARGE
    assert len({parse_header(each).digest for each in site.envelopes()}) == 2
    assert HERS not in door.written
