"""Through the samples of deploy/intake as an operator deploys them (`tests.deployed`)."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from crypto.envelope import parse_header
from server.intake.config import PART_SIZE
from tests.deployed import NGINX, OPENSSL, Door, everything, opened, serving
from tests.journeys.survivor import ROOT, SENTINEL, Site, make_site

HERS = b"127.0.0.1"
"""The address that whoever comes has here."""
LARGE = 24 << 20
pytestmark = [
    pytest.mark.loopback,
    pytest.mark.skipif(not (NGINX and OPENSSL), reason="nginx is not installed; apt-get install nginx-light"),
]


@pytest.fixture(scope="module")
def door() -> Iterator[Door]:
    """The whole: nginx before gunicorn before an intake."""
    with opened() as door:
        home = door.folder / "home"
        home.mkdir()
        config = make_site(home, ROOT.public)
        (home / "root.pub").write_text(config.root.to_text(), "utf-8")
        (home / "origin").write_text(config.origin, "utf-8")
        with serving(door, home):
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
