"""What stays of a reader, against the real server: not what she looked for, opened or typed wrongly."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Final

import pytest

from deploy.house import House, serving
from server.research import shelf
from server.research.config import ResearchConfig
from tests.people import ORIGIN, TODAY
from tests.server.research.readers import vetted
from tests.server.research.rooms import OFFICE, told, write

pytestmark = pytest.mark.loopback
MARK: Final = b"sentinel7461"
HEAD: Final = (
    b"Host: i\r\nConnection: close\r\nUser-Agent: " + MARK + b"\r\nX-Forwarded-For: " + MARK + b"\r\n"
)
FORM: Final = b"name=" + MARK + b"&phrase=" + MARK + b"&number=" + MARK
ASKED: Final = [
    b"GET /?q=" + MARK + b" HTTP/1.1\r\n" + HEAD + b"\r\n",
    b"GET /testimony/" + MARK + b" HTTP/1.1\r\n" + HEAD + b"\r\n",
    b"GET /testimony/kora?q=" + MARK + b" HTTP/1.1\r\n" + HEAD + b"\r\n",
    b"GET /found.zip?phrase=" + MARK + b" HTTP/1.1\r\n" + HEAD + b"\r\n",
    b"GET /oai?verb=" + MARK + b" HTTP/1.1\r\n" + HEAD + b"\r\n",
    b"GET /?q=" + MARK * 300 + b" HTTP/1.1\r\n" + HEAD + b"\r\n",
    b"G\x00T /" + MARK + b" HTTP/1.1\r\n" + HEAD + b"\r\n",
    MARK + b"\r\n\r\n",
    *(
        b"POST /"
        + path
        + b" HTTP/1.1\r\n"
        + HEAD
        + b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: "
        + str(len(FORM)).encode()
        + b"\r\n\r\n"
        + FORM
        for path in (b"sign-in", b"join", b"list")
    ),
]


@pytest.mark.parametrize("kind", ["open", "vetted"])
def test_no_file_and_no_line_tells_what_a_reader_did(tmp_path: Path, kind: str) -> None:
    """
    Searches, names that are none, forms, broken requests, and one that meets a broken room.
    """
    house = House(tmp_path)
    config = ResearchConfig(house.home("research"), ORIGIN, OFFICE.root.public)
    shelf.publish(config, write(tmp_path / "stick", 1, told("kora", "강을 건넜다.")), TODAY)
    if kind == "vetted":
        vetted(config)
    with serving(house, "research") as port:
        answers = [ask(port, sent) for sent in ASKED]
        (config.home / "current").rename(config.home / "elsewhere")
        (config.home / "current").mkdir()
        broken = ask(port, ASKED[0])
        (config.home / "current").rmdir()
        (config.home / "elsewhere").rename(config.home / "current")
    written = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}

    assert [answer.split(b" ")[1] for answer in answers[:3]] == (
        [b"200", b"404", b"200"] if kind == "open" else [b"302"] * 3
    )
    assert broken.split(b" ")[1] == (b"500" if kind == "open" else b"302")
    assert [
        path.name for path, content in written.items() if MARK in content or b"127.0.0.1" in content
    ] == []
    log = (tmp_path / "research.log").read_text("utf-8")
    assert ("IsADirectoryError in " in log) == (kind == "open")
    assert "/testimony" not in log


def ask(port: int, sent: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=120) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        return connection.recv(1 << 16)
