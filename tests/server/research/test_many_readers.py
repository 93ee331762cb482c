"""Readers go on reading while a release comes: no error, and nothing of what the new one leaves out."""

from __future__ import annotations

import re
import threading
from http.client import HTTPConnection
from pathlib import Path
from typing import Final
from urllib.parse import quote

import pytest
from werkzeug.serving import make_server

from server.research import shelf
from server.research.config import ResearchConfig
from server.research.site import create_app
from tests.people import TODAY
from tests.server.research.rooms import told, write

pytestmark = pytest.mark.loopback
READERS: Final = 4
RELEASES: Final = 4
ROWS = [told(f"kor{chr(97 + n)}", f"강을 건넜다 {n}.") for n in range(9)]
PATHS = [f"/?q={quote('강')}", "/looking", f"/concordance?q={quote('강')}", "/api/v1/search", "/found.csv"]


def test_nobody_sees_an_error_while_releases_come(config: ResearchConfig, tmp_path: Path) -> None:
    """
    Each release leaves one more out. What is shown after it was published has none of it, in any reader.
    """
    shelf.publish(config, write(tmp_path / "stick-1", 1, *ROWS), TODAY)
    server = make_server("127.0.0.1", 0, create_app(config), threaded=True)
    serving = threading.Thread(target=server.serve_forever)
    done, published = threading.Event(), [1]
    wrong: list[str] = []
    pages = [0] * READERS

    def read(reader: int) -> None:
        while not done.is_set() or not pages[reader]:
            since, path = published[0], PATHS[pages[reader] % len(PATHS)]
            line = HTTPConnection("127.0.0.1", server.server_port, timeout=60)
            line.request("GET", path, headers={"Accept-Language": "en"})
            answer = line.getresponse()
            page = answer.read().decode()
            line.close()
            left_out = {f"kor{chr(97 + n)}" for n in range(since - 1)}
            shown = set(re.findall(r"kor[a-i]", page))
            if answer.status != 200 or shown & left_out:
                wrong.append(f"{path}: {answer.status}, {sorted(shown & left_out)}")
            pages[reader] += 1

    people = [threading.Thread(target=read, args=(reader,)) for reader in range(READERS)]
    serving.start()
    for each in people:
        each.start()
    try:
        for number in range(2, RELEASES + 1):
            shelf.publish(config, write(tmp_path / f"stick-{number}", number, *ROWS[number - 1 :]), TODAY)
            published[0] = number
    finally:
        done.set()
        for each in people:
            each.join()
        server.shutdown()
        serving.join()
        server.server_close()

    assert wrong == []
    assert min(pages) > 0
