"""A room whose index lies elsewhere finds the same, and lets go of the same words, whichever engine it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from click.testing import CliRunner

from server.research import indexed, shelf
from server.research.commands import research
from server.research.config import ResearchConfig
from server.research.engine import ENGINES, Choice, EngineRefused
from server.research.site import create_app
from tests import servers
from tests.engines import FORGETS, needs_postgres, url
from tests.opensearch import opensearch
from tests.people import TODAY
from tests.server.research import rooms

pytestmark = pytest.mark.loopback
SAID = "퀘찰코아틀루스"
FIRST = [("aaaaaaaaaa", f"혜산에서 {SAID} 보았다."), ("bbbbbbbbbb", "혜산을 떠났다.")]


def write(folder: Path, number: int, told: list[tuple[str, str]]) -> Path:
    return rooms.write(folder, number, *(rooms.told(id, text) for id, text in told))


@pytest.fixture(params=ENGINES)
def choice(request: pytest.FixtureRequest) -> Iterator[Choice]:
    with ExitStack() as stack:
        place = ""
        if request.param == "opensearch":
            place = stack.enter_context(opensearch())
        elif request.param == "postgresql":
            needs_postgres()
            folder = stack.enter_context(servers.folder_for_anybody())
            stack.enter_context(servers.postgres(folder, *FORGETS))
            place = url(folder)
        yield Choice(request.param, place)


def found(config: ResearchConfig, words: str) -> list[str]:
    page = create_app(config).test_client().get("/api/v1/search", query_string={"q": words})
    assert page.status_code == 200, page.text
    return [each["id"] for each in page.json["hits"]]  # type: ignore[index]


def held(choice: Choice) -> list[str]:
    engine = choice.connect()
    try:
        return engine.ids()
    finally:
        engine.close()


def test_a_room_moves_there_and_back(config: ResearchConfig, tmp_path: Path, choice: Choice) -> None:
    """
    What is published, withdrawn or left behind is in the new place, or gone from the old one, at once.
    """
    shelf.publish(config, write(tmp_path / "one", 1, FIRST), TODAY)
    runner = CliRunner(env={"ONGGI_RESEARCH_HOME": str(config.home), "ONGGI_RESEARCH_ENGINE_URL": choice.url})
    moved = runner.invoke(research, ["reindex", "--engine", choice.name])
    assert (moved.exit_code, moved.output) == (0, f"2 testimonies are searched through {choice.name}\n")
    assert (config.home / "engine").stat().st_mode & 0o77 == 0
    assert sorted(found(config, "혜산")) == ["aaaaaaaaaa", "bbbbbbbbbb"]
    if choice.is_server:
        assert not list((config.home / "1").glob("index*"))
        assert held(choice) == ["aaaaaaaaaa", "bbbbbbbbbb"]

    shelf.publish(config, write(tmp_path / "two", 2, FIRST[1:]), TODAY)
    assert found(config, SAID) == []
    assert found(config, "떠나다") == ["bbbbbbbbbb"]
    if choice.is_server:
        assert held(choice) == ["bbbbbbbbbb"]
        indexed.lay_rest(config.home / "2", "release.jsonl", "rest.jsonl", ["bbbbbbbbbb"])
        assert held(choice) == []
        assert found(config, "떠나다") == [
            "bbbbbbbbbb"
        ]  # the release itself still has it, and it is made again
    back = CliRunner().invoke(research, ["reindex", "--home", str(config.home), "--engine", "blocks"])
    assert back.exit_code == 0, back.output
    assert found(config, "떠나다") == ["bbbbbbbbbb"]
    if choice.is_server:
        assert held(choice) == []


def test_an_engine_that_does_not_answer_is_said_plainly(config: ResearchConfig, tmp_path: Path) -> None:
    """
    Moving there changes nothing; and a room that lies there shows no page with some of the hits.
    """
    shelf.publish(config, write(tmp_path / "one", 1, FIRST), TODAY)
    nowhere = f"http://127.0.0.1:{servers.free_port()}/onggi"
    refused = CliRunner().invoke(
        research, ["reindex", "--home", str(config.home), "--engine", "opensearch", "--url", nowhere]
    )
    assert (refused.exit_code, "does not answer" in refused.output) == (1, True)
    assert len(found(config, "혜산")) == 2
    Choice("opensearch", nowhere).write(config.home)

    page = create_app(config).test_client().get("/", query_string={"q": "혜산", "ui": "en"})
    assert (page.status_code, "No search is possible just now" in page.text) == (503, True)


@pytest.mark.parametrize(
    ("name", "place", "shards"),
    [("nonsense", "", ()), ("postgresql", "", ()), ("fts5", "x", ()), ("opensearch", "x", (("y",),))],
    ids=["unknown", "no URL", "a URL too many", "shards of another"],
)
def test_what_is_no_engine_is_refused(name: str, place: str, shards: tuple[tuple[str, ...], ...]) -> None:
    """
    Before anything is made.
    """
    with pytest.raises(EngineRefused):
        Choice(name, place, shards)
