"""`onggi research serve`, as somebody runs it for the first time."""

from __future__ import annotations

from http.client import HTTPConnection
from pathlib import Path

import pytest
from click.testing import CliRunner

from deploy.house import House, serving
from server.research import shelf
from server.research.commands import research
from server.research.config import ResearchConfig
from tests.people import ORIGIN, TODAY
from tests.server.research.rooms import OFFICE, told, write


def test_a_room_that_knows_no_archive_is_not_served(tmp_path: Path) -> None:
    """
    It says what comes first.
    """
    ran = CliRunner().invoke(research, ["serve", "--home", str(tmp_path / "room")])

    assert ran.exit_code == 1
    assert ran.stderr == "research: error: this room knows no archive yet; publish a release first\n"


@pytest.mark.loopback
def test_a_room_is_served_where_onggi_is_not_on_the_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    As from an environment that nobody activated.
    """
    house = House(tmp_path / "house")
    config = ResearchConfig(house.home("research"), ORIGIN, OFFICE.root.public)
    shelf.publish(config, write(tmp_path / "one", 1, told("kora", "강을 건넜다.")), TODAY)
    monkeypatch.setenv("PATH", "/nowhere")
    with serving(house, "research") as port:
        line = HTTPConnection("127.0.0.1", port, timeout=60)
        line.request("GET", "/")
        status = line.getresponse().status
        line.close()

    assert status == 200
