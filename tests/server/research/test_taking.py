"""Files and the interface hold what the page shows, and nothing more."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from server.research import shelf
from server.research.config import ResearchConfig
from server.research.site import create_app
from tests.people import ORIGIN, TODAY
from tests.server.research.rooms import told, write

ROWS = [
    *(
        told(f"kor{chr(97 + n)}", f"강을 건넜다 {n}.", coding={"place": ["cn-jl"], "year": ["1998"]})
        for n in range(6)
    ),
    told("zhoa", "我過了圖們江。", lang="zho", kind="=1+1"),
    told("hard", "하늘이 맑았다.", "강에서 두들겨 맞았다.", severities={2: 3}),
]


@pytest.fixture
def room(config: ResearchConfig, tmp_path: Path) -> FlaskClient:
    shelf.publish(config, write(tmp_path / "one", 1, told("gone", "강"), *ROWS), TODAY)
    shelf.publish(config, write(tmp_path / "two", 2, *ROWS), TODAY)
    return create_app(config).test_client()


def test_a_table_holds_citations_and_codes_and_no_word(room: FlaskClient) -> None:
    """
    Narrowed as the page is; a cell that a spreadsheet would carry out is text.
    """
    answer = room.get("/found.csv?decade=1990")
    lines = list(csv.DictReader(io.StringIO(answer.text)))

    assert [(line["id"], line["place"], line["decade"]) for line in lines] == [
        (f"kor{chr(97 + n)}", "cn-jl", "1990") for n in range(6)
    ]
    assert lines[0]["cite"] == f"{ORIGIN}/kora@2"
    assert "강" not in answer.text
    assert answer.headers["Content-Disposition"] == 'attachment; filename="release-2.csv"'
    assert "'=1+1" in room.get("/found.csv").text
    assert room.get("/found.xlsx").status_code == 404


def test_lines_of_json_say_what_they_are_and_how_hard(room: FlaskClient) -> None:
    """
    The released words of what was found, each with its notice.
    """
    [line] = [json.loads(each) for each in room.get("/found.jsonl?q=하늘").text.splitlines()]

    assert line["id"] == "hard"
    assert [each["severity"] for each in line["segments"]] == [0, 3]
    assert "not for quoting" in line["notice"]


def test_the_interface_has_the_same_gate_as_the_page(room: FlaskClient) -> None:
    """
    R28, R33: severe excerpts are counted and not sent, small counts are null, what left is gone.
    """
    found = room.get("/api/v1/search?q=강").get_json()
    hard = next(hit for hit in found["hits"] if hit["id"] == "hard")

    assert (hard["excerpts"], hard["closed_excerpts"]) == ([], 1)
    assert found["total"] == 7
    assert room.get("/api/v1/search?lang=zho").get_json()["total"] is None
    assert room.get("/api/v1/search").get_json()["facets"]["lang"] == {"kor": None, "zho": None}
    assert room.get("/api/v1/testimony/kora").get_json()["segments"][0]["text"] == "강을 건넜다 0."
    assert room.get("/api/v1/testimony/gone").status_code == 410
    assert room.get("/api/v1/testimony/nobody").status_code == 404
    assert room.get("/api/v1/search", query_string={"q": "a " * 30}).status_code == 400
    everything = "".join(room.get(path).text for path in ("/found.csv", "/found.jsonl", "/api/v1/search"))
    assert '"gone"' not in everything
    assert "/gone@" not in everything


def test_the_description_names_every_address_of_the_interface(room: FlaskClient) -> None:
    """
    And no address that there is not.
    """
    app = room.application
    rules = {str(rule).replace("<", "{").replace(">", "}") for rule in app.url_map.iter_rules()}
    paths = set(room.get("/api/v1/openapi.json").get_json()["paths"])

    assert paths | {"/api/v1/openapi.json"} == {rule for rule in rules if rule.startswith("/api/")}
