"""Who reads another language finds a testimony by the words of its translation, under the same rules."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from server.research import shelf
from server.research.config import ResearchConfig
from server.research.finding import Asked, found, named
from server.research.site import create_app
from tests.people import TODAY
from tests.server.research.rooms import told, write

SAID = "강을 건넜다.", "말하기 어려운 일이 있었다.", "겨울이었다."
ENGLISH = {1: "She crossed the river at night.", 2: "Soldiers caught her by the river."}
ROW = told("aaaaaaaaaa", *SAID, severities={2: 3}, translations={"eng": ENGLISH})
OTHER = told("bbbbbbbbbb", "我逃到長白。", lang="zho")


@pytest.fixture
def room(config: ResearchConfig, tmp_path: Path) -> FlaskClient:
    shelf.publish(config, write(tmp_path / "one", 1, ROW, OTHER), TODAY)
    return create_app(config).test_client()


def test_a_testimony_is_found_by_the_words_of_its_translation(room: FlaskClient) -> None:
    """
    The list says that they are of the translation, and leads to it beside the original, marked.
    """
    page = room.get("/?q=crossed&ui=en").text
    link = re.search(
        r'<p lang="en">She <mark>crossed</mark> the river.*?<a class="part" href="([^"]*)#s0001-en"', page
    )

    assert page.count("<article") == 1
    assert link
    assert "s0001 · translation: English" in page
    beside = room.get(link[1].replace("&amp;", "&")).text
    assert '<p id="s0001">' in beside
    assert re.search(r'id="s0001-en" lang="en">.*She <mark>crossed</mark> the river', beside)


def test_her_own_words_are_shown_first(room: FlaskClient) -> None:
    """
    Words that stand in both are shown in the original, and it is one testimony that is found.
    """
    page = room.get("/", query_string={"q": "강 crossed", "ui": "en"}).text

    assert page.count("<article") == 1
    assert page.index("<mark>강</mark>") < page.index("<mark>crossed</mark>")


@pytest.mark.parametrize("path", ["/", "/concordance", "/looking", "/api/v1/search"])
def test_the_translation_of_a_hard_part_is_in_no_list(room: FlaskClient, path: str) -> None:
    """
    R28: it is as hard to read as what it was made of, and closed with it.
    """
    for words in ("soldiers", "river", "caught river"):
        answer = room.get(path, query_string={"q": words, "ui": "en"})
        assert answer.status_code == 200
        assert "her by" not in answer.text.replace("</mark>", "").replace("<mark>", "")
    page = room.get("/testimony/aaaaaaaaaa?q=soldiers&beside=eng&ui=en").text
    closed = re.search(r"<details><summary[^>]*>(.*?)</summary>(.*?)</details>", page, re.DOTALL)
    assert closed
    assert "What you look for is in it." in closed[1]
    assert "<mark>Soldiers</mark> caught" in closed[2]
    assert "caught" not in page.replace(closed[2], "")


def test_a_concordance_and_the_interface_say_which_language_a_line_is_in(room: FlaskClient) -> None:
    """
    Her words and the archive's are not taken for each other.
    """
    lines = room.get("/concordance?q=crossed&ui=en").text
    [hit] = room.get("/api/v1/search?q=crossed").json["hits"]  # type: ignore[index]
    [own] = room.get("/api/v1/search?q=강을").json["hits"]  # type: ignore[index]

    assert re.search(r'<tr lang="en"><td class="left">She </td><td><mark>crossed</mark>', lines)
    assert "aaaaaaaaaa s0001 · translation: English" in lines
    assert [(each["segment"], each["lang"]) for each in hit["excerpts"]] == [("s0001", "eng")]
    assert [(each["segment"], each["lang"]) for each in own["excerpts"]] == [("s0001", "kor")]


def test_a_translation_that_is_not_released_any_more_is_in_no_index(
    room: FlaskClient, config: ResearchConfig, tmp_path: Path
) -> None:
    """
    The next release holds it back: its words find nothing, and the original is found as before.
    """
    shelf.publish(config, write(tmp_path / "two", 2, told("aaaaaaaaaa", *SAID), OTHER), TODAY)
    shown = shelf.Shelf(config).reading()

    assert [named(shown, found(shown, Asked(words))) for words in ("crossed", "건너다")] == [
        [],
        ["aaaaaaaaaa"],
    ]
    assert all(b"crossed" not in path.read_bytes() for path in config.home.rglob("*") if path.is_file())
    assert room.get("/?q=crossed").text.count("<article") == 0
