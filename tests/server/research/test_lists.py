"""Crates and reading lists: what leaves says what it is, and a list is the researcher's own."""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from server.research import shelf
from server.research.config import ResearchConfig
from server.research.lists import FORMAT, SOUGHT, ListRefused, ReadingList
from server.research.site import create_app
from tests.people import ORIGIN, TODAY
from tests.server.research.rooms import told, write

ROWS = [told(f"kor{chr(97 + n)}", f"강을 건넜다 {n}.", coding={"year": ["1998"]}) for n in range(6)]


@pytest.fixture
def room(config: ResearchConfig, tmp_path: Path) -> FlaskClient:
    shelf.publish(config, write(tmp_path / "one", 1, told("gone", "강"), *ROWS), TODAY)
    shelf.publish(config, write(tmp_path / "two", 2, told("kora", "강을 [이름]."), *ROWS[1:]), TODAY)
    return create_app(config).test_client()


def test_a_crate_names_every_file_and_what_may_be_done_with_it(room: FlaskClient) -> None:
    """
    RO-Crate 1.2 on the root, the descriptor and files: each is there, by its name, length and digest.
    """
    answer = room.get("/found.zip?when=1998")
    again = room.get("/found.zip?when=1998")
    crate = zipfile.ZipFile(io.BytesIO(answer.data))
    about = json.loads(crate.read("ro-crate-metadata.json"))
    entities: dict[str, dict[str, Any]] = {each["@id"]: each for each in about["@graph"]}
    descriptor, root = entities["ro-crate-metadata.json"], entities["./"]
    parts = [each["@id"] for each in root["hasPart"]]

    assert answer.data == again.data
    assert about["@context"] == "https://w3id.org/ro/crate/1.2/context"
    assert len(entities) == len(about["@graph"])
    assert (descriptor["about"], descriptor["@type"]) == ({"@id": "./"}, "CreativeWork")
    assert descriptor["conformsTo"] == {"@id": "https://w3id.org/ro/crate/1.2"}
    assert all(root[name] for name in ("name", "description", "license"))
    assert (root["@type"], root["datePublished"], root["version"]) == ("Dataset", TODAY.isoformat(), "2")
    assert sorted(crate.namelist()) == sorted(["ro-crate-metadata.json", *parts])
    for name in parts:
        content = crate.read(name)
        assert entities[name]["@type"] == "File"
        assert entities[name]["sha256"] == hashlib.sha256(content).hexdigest()
        assert entities[name]["contentSize"] == str(len(content))
    for reference in re.findall(r'\{"@id": "([^"]+)"\}', json.dumps(about["@graph"])):
        assert reference in entities or reference.startswith("https://")
    assert len(crate.read("testimonies.jsonl").splitlines()) == 5
    assert b"@misc{korb-2" in crate.read("citations.bib")
    assert b"1998" not in crate.read("ro-crate-metadata.json")


def post(room: FlaskClient, path: str = "/list", **fields: Any) -> TestResponse:
    return room.post(f"{path}?ui=en", data=fields)


def test_a_list_goes_home_in_a_file_and_comes_back(room: FlaskClient, config: ResearchConfig) -> None:
    """
    Searches as links, testimonies with how they stand now; nothing of it is on the disk.
    """
    before = {path: path.read_bytes() for path in config.home.rglob("*") if path.is_file()}
    listed = ["kora@1", "korb@1", "gone@1", "nobody@9"]
    page = post(room, search="q=강&when=1998&page=3&ui=ko", testimony=listed).text
    ticked = {
        name: [unescape(value) for value in re.findall(rf'name="{name}" value="([^"]*)"', page)]
        for name in ("search", "testimony")
    }
    file = post(room, "/list.json", **ticked)
    held = json.loads(file.text)
    back = post(room, testimony="korc@2", file=(io.BytesIO(file.data), "mine.json")).text
    states = re.findall(r'<span translate="no">(.*?)</span></label>.*?class="quiet">(.*?)</span>', back)

    assert held == {
        "format": FORMAT,
        "archive": ORIGIN,
        "searches": [{"q": "강", "when": "1998"}],
        "testimonies": listed,
    }
    assert "attachment" in file.headers["Content-Disposition"]
    assert dict(states) == {
        "korc@2": "as it was listed",
        "kora@1": "changed since it was listed",
        "korb@1": "as it was listed",
        "gone@1": "no longer shown",
        "nobody@9": "never shown here",
    }
    assert 'href="/?q=%EA%B0%95&amp;when=1998&amp;ui=en"' in back
    assert {path: path.read_bytes() for path in config.home.rglob("*") if path.is_file()} == before


def test_the_pages_offer_to_keep_what_they_show(room: FlaskClient) -> None:
    """
    A search by its address, a testimony by its name and release.
    """
    found = room.get("/?q=강&when=1998&ui=en").text
    one = room.get("/testimony/korb?ui=en").text

    assert re.search(r'name="search" value="q=[^"]*when=1998', found)
    assert 'name="testimony" value="korb@2"' in one


def file_of(**told_of: object) -> bytes:
    held = {"format": FORMAT, "archive": ORIGIN, "searches": [], "testimonies": []}
    return json.dumps(held | told_of).encode()


@pytest.mark.parametrize(
    "file",
    [
        b"", b"\xff", b"[]", b"{}", b'{"format": "another"}', b"[" * 3000,
        file_of(searches=[1]),
        file_of(testimonies=["<b>"]),
        file_of(testimonies=[f"a{n}" for n in range(501)]),
        file_of(archive="other.example", testimonies=["kora"]),
    ],
    ids=["empty", "no text", "a list", "nothing in it", "another format", "deep", "a number", "mark-up",
         "too many", "another archive"],
)  # fmt: skip
def test_a_file_that_is_no_list_of_ours_changes_nothing(room: FlaskClient, file: bytes) -> None:
    """
    What was on the page stays; nothing of the file is shown.
    """
    answer = post(room, testimony="korb@2", file=(io.BytesIO(file), "mine.json"))

    assert answer.status_code == 400
    assert "Nothing of it was taken" in answer.text
    assert re.findall(r'name="testimony" value="([^"]*)"', answer.text) == ["korb@2"]


def test_a_list_that_is_too_large_is_not_read(room: FlaskClient) -> None:
    """
    So that nothing of it comes to lie in a temporary file either.
    """
    answer = post(room, file=(io.BytesIO(b" " * 70_000), "mine.json"))

    assert answer.status_code == 413
    assert "That is too large" in answer.text


searched = st.dictionaries(st.sampled_from(SOUGHT), st.text(min_size=1, max_size=20), min_size=1)


@given(
    st.lists(searched, max_size=4), st.lists(st.from_regex(r"[a-z]{1,10}@[1-9]", fullmatch=True), max_size=4)
)
def test_every_list_comes_back_as_it_went(searches: list[dict[str, str]], testimonies: list[str]) -> None:
    """
    Whatever letters a search has; each entry once.
    """
    given_list = {"format": FORMAT, "archive": ORIGIN, "searches": searches, "testimonies": testimonies}
    found, archive = ReadingList.read(json.dumps(given_list).encode())

    assert ReadingList.read(found.written(archive).encode()) == (found, ORIGIN)
    assert found.with_more(found) == found
    assert list(found.testimonies) == list(dict.fromkeys(testimonies))
    with pytest.raises(ListRefused):
        ReadingList.of([], ["not a name"])
