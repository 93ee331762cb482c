"""A citation leads to the words it cites, after newer releases too, and to a tombstone once they are gone."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from server.research import shelf
from server.research.citation import Source
from server.research.config import ResearchConfig
from server.research.site import create_app
from tests.people import ORIGIN, TODAY
from tests.server.research.rooms import Told, told, write

FIRST = (
    told("aaaaaaaaaa", "강을 건넜다.", "말하기 어려운 일이 있었다.", severities={2: 3}),
    told("bbbbbbbbbb", "我逃到長白。", lang="zho"),
)


def publish(config: ResearchConfig, folder: Path, number: int, *rows: Told) -> None:
    shelf.publish(config, write(folder / f"stick {number}", number, *rows), TODAY)


@pytest.fixture
def room(config: ResearchConfig, tmp_path: Path) -> FlaskClient:
    publish(config, tmp_path, 1, *FIRST)
    return create_app(config).test_client()


def test_a_citation_of_an_older_release_says_whether_the_words_are_the_same(
    room: FlaskClient, config: ResearchConfig, tmp_path: Path
) -> None:
    """
    `id@1` still answers in release 3: one text is as it was, in the other more was hidden in release 2.
    """
    changed = told("aaaaaaaaaa", "[강]을 건넜다.", "말하기 어려운 일이 있었다.")
    publish(config, tmp_path, 2, changed, FIRST[1])
    publish(config, tmp_path, 3, changed, FIRST[1])

    assert "The words were changed in release 2" in room.get("/testimony/aaaaaaaaaa@1?ui=en").text
    for version in ("aaaaaaaaaa@2", "bbbbbbbbbb@1"):
        assert "These words are the same in release 3" in room.get(f"/testimony/{version}?ui=en").text
    assert 'role="status"' not in room.get("/testimony/bbbbbbbbbb@3").text


def test_a_link_to_a_paragraph_holds_in_later_releases(
    room: FlaskClient, config: ResearchConfig, tmp_path: Path
) -> None:
    """
    It leads to the same paragraph, cited in the release that is shown; one that a release leaves out is told.
    """
    link = "/testimony/aaaaaaaaaa@1?part=s0002&ui=en"
    before = room.get(link).text
    publish(config, tmp_path, 2, told("aaaaaaaaaa", "[강]을 건넜다.", "말하기 어려운 일이 있었다."), FIRST[1])
    after = room.get(link).text
    publish(config, tmp_path, 3, told("aaaaaaaaaa", "[강]을 건넜다."), FIRST[1])
    gone = room.get(link)

    assert 'id="s0002"' in before
    assert re.search(r'id="s0002".*?말하기 어려운', after, re.DOTALL)
    assert f"{ORIGIN}/aaaaaaaaaa@2#s0002" in after
    assert (gone.status_code, "not in release 3" in gone.text) == (200, True)
    assert room.get("/testimony/aaaaaaaaaa@3?part=s0002").status_code == 404


def test_a_testimony_that_left_has_a_tombstone_and_no_word(
    room: FlaskClient, config: ResearchConfig, tmp_path: Path
) -> None:
    """
    410 for every page of it, in whatever version; what never was here is 404. The home keeps ids and numbers.
    """
    publish(config, tmp_path, 2, FIRST[1])
    for path in ("aaaaaaaaaa", "aaaaaaaaaa@1", "aaaaaaaaaa@1/citation.bib"):
        answer = room.get(f"/testimony/{path}", query_string={"ui": "en"})
        assert answer.status_code == 410
        assert "last shown in release 1" in answer.text
        assert "강을" not in answer.text
    for path in ("zzzzzzzzzz", "bbbbbbbbbb@9", "bbbbbbbbbb@0", "bbbbbbbbbb@1/citation.pdf", "%40", "b@1@2"):
        assert room.get(f"/testimony/{path}").status_code == 404

    kept = json.loads((config.home / "shown").read_text("ascii"))
    assert kept["aaaaaaaaaa"] == {"first": 1, "changed": 1, "last": 1}


def test_every_way_to_cite_names_the_part_and_the_release(room: FlaskClient) -> None:
    """
    On the page and in the three files; a part that there is not is no page.
    """
    address = f"{ORIGIN}/aaaaaaaaaa@1#s0002"
    page = room.get("/testimony/aaaaaaaaaa@1?part=s0002").text

    assert page.count(address) == 2  # Chicago and APA
    assert '<details class="cite" id="cite" open>' in page
    [item] = json.loads(room.get("/testimony/aaaaaaaaaa/citation.json?part=s0002").text)
    assert (item["archive_location"], item["locator"], item["version"]) == (address, "s0002", "1")
    bib = room.get("/testimony/aaaaaaaaaa/citation.bib?part=s0002")
    assert r"aaaaaaaaaa@1\#s0002" in bib.text
    assert bib.headers["Content-Disposition"] == 'attachment; filename="aaaaaaaaaa-1.bib"'
    ris = room.get("/testimony/aaaaaaaaaa/citation.ris?part=s0002").text
    assert f"AN  - {address}\r\n" in ris
    assert all(re.fullmatch(r"[A-Z0-9]{2}  - .*", row) for row in ris.splitlines())
    assert room.get("/testimony/aaaaaaaaaa?part=s0009").status_code == 404


def test_a_title_cannot_speak_to_tex_or_end_a_line() -> None:
    """
    BibTeX is run by TeX, and RIS is read by lines.
    """
    source = Source(ORIGIN, "aaaaaaaaaa", 1, "}\\input{x}\nER  - % T", "2026-Q4", "eng")

    assert "\\input" not in source.bibtex()
    assert source.ris().count("\nER  - ") == 1


def test_a_part_that_is_hard_to_read_is_closed_until_the_reader_opens_it(room: FlaskClient) -> None:
    """
    With a note before the words, without JavaScript; it says when what was looked for is in it (R28).
    """
    page = room.get("/testimony/aaaaaaaaaa", query_string={"q": "어려운", "ui": "en"}).text
    closed = re.search(r"<details><summary[^>]*>(.*?)</summary><p>(.*?)</p></details>", page, re.DOTALL)

    assert closed
    assert "What you look for is in it." in closed[1]
    assert "<mark>어려운</mark>" in closed[2]
    assert "말하기" not in page.replace(closed[2], "")


def test_a_translation_stands_beside_the_words_it_was_made_of(
    room: FlaskClient, config: ResearchConfig, tmp_path: Path
) -> None:
    """
    By choice, paragraph by paragraph, each with its name and its citation; a severe one is closed in both.
    """
    english = {1: "She crossed the river.", 2: "Something hard to tell."}
    said = ("강을 건넜다.", "말하기 어려운 일이 있었다.", "겨울이었다.")
    row = told("aaaaaaaaaa", *said, severities={2: 3}, translations={"eng": english})
    publish(config, tmp_path, 2, row)
    alone = room.get("/testimony/aaaaaaaaaa?ui=en").text
    beside = room.get("/testimony/aaaaaaaaaa?ui=en&beside=eng&part=s0001&cite=eng").text
    [line] = room.get("/found.jsonl").text.splitlines()

    assert "Original and English" in alone
    assert "She crossed" not in alone
    assert re.search(
        r'<p id="s0001">.*?강을 건넜다.*?<p id="s0001-en" lang="en">.*?She crossed', beside, re.DOTALL
    )
    assert re.search(r"<details><summary.*?어려운.*?hard to tell.*?</details>", beside, re.DOTALL)
    assert beside.count("Not translated.") == 1
    assert "s0001. Translation into English. Received" in beside
    assert [part["text"] for part in json.loads(line)["translations"]["eng"]] == list(english.values())
    assert json.loads(line)["translations"]["eng"][1]["severity"] == 3
    citation = room.get("/testimony/aaaaaaaaaa@2/citation.ris?part=s0001&cite=eng").text
    assert "LA  - en" in citation
    assert "beside" not in room.get("/testimony/aaaaaaaaaa?beside=zho").text.split("<section")[1][:40]


def test_what_stands_in_translation_can_be_found(
    room: FlaskClient, config: ResearchConfig, tmp_path: Path
) -> None:
    """
    The list says so, narrows to it, and a decade is called one.
    """
    row = told(
        "aaaaaaaaaa", "강을 건넜다.", coding={"year": ["1998"]}, translations={"eng": {1: "The river."}}
    )
    publish(config, tmp_path, 2, row, FIRST[1])
    everything, narrowed = (room.get(f"/?ui=en{more}").text for more in ("", "&translation=eng"))

    assert (everything.count("<article"), narrowed.count("<article")) == (2, 1)
    assert "translation: English" in narrowed
    assert "1990s" in narrowed
