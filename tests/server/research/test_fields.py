"""Fields among the words of a query narrow what is found, in whatever language they are written."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from server.research import shelf
from server.research.config import ResearchConfig
from server.research.fields import taken_out
from server.research.site import create_app
from tests.people import TODAY
from tests.server.research.rooms import told, write

JILIN = {"place": ["cn-jl"], "way": ["kp-10>cn-jl"], "year": ["1998"], "exploitation": ["ForcedLabour"]}
ROWS = [
    *(told(f"kor{n}", f"강을 건넜다 {n}.", coding=JILIN) for n in "abcdef"),
    *(told(f"eng{n}", f"She crossed the river {n}.", lang="eng") for n in "abcde"),
]


@pytest.fixture
def room(config: ResearchConfig, tmp_path: Path) -> FlaskClient:
    shelf.publish(config, write(tmp_path / "stick", 1, *ROWS), TODAY)
    return create_app(config).test_client()


@pytest.mark.parametrize(
    ("typed", "words", "fields"),
    [
        ("강 place:cn-jl", "강", {"place": "cn-jl"}),
        ("place:Jilin 강", "강", {"place": "cn-jl"}),
        ("지역:지린 lang:한국어", "", {"place": "cn-jl", "lang": "kor"}),
        ("地区:吉林", "", {"place": "cn-jl"}),
        ('exploitation:"Forced labour"', "", {"exploitation": "ForcedLabour"}),
        ("길:량강도→지린", "", {"way": "kp-10>cn-jl"}),
        ("decade:1990s", "", {"decade": "1990"}),
        ("year:1998 quarter:2026-Q1", "", {"when": "1998", "quarter": "2026-Q1"}),
        ("place:cn-ln place:cn-jl", "", {"place": "cn-jl"}),
    ],
)
def test_a_field_is_known_by_its_names(typed: str, words: str, fields: dict[str, str]) -> None:
    """
    The code, or what the pages call it in any of their languages.
    """
    assert taken_out(typed) == (words, fields)


@pytest.mark.parametrize(
    "typed", ["place:nowhere", "12:30", "name:value", '"place:cn-jl"', "-place:cn-jl", "lang:", ":kor", "강 "]
)
def test_what_is_no_field_stays_the_words_it_is(typed: str) -> None:
    """
    As it was typed, blanks too.
    """
    assert taken_out(typed) == (typed, {})


@given(st.text(alphabet='가place:cn-jl" lang', max_size=40))
def test_taking_out_leaves_nothing_to_take_out(typed: str) -> None:
    """
    Else a page would send its reader on for ever.
    """
    rest, found = taken_out(typed)

    assert found == {} or taken_out(rest)[1] == {}


def test_a_field_goes_into_the_address_and_can_be_taken_away_there(room: FlaskClient) -> None:
    """
    Like a facet that was pressed; the interface and what is taken away understand it as well.
    """
    sent = room.get("/", query_string={"q": "강 place:Jilin", "ui": "en"})
    page = room.get(sent.location)

    assert (sent.status_code, page.status_code) == (302, 200)
    assert 'value="강"' in page.text
    assert "6 testimonies" in page.text
    assert 'class="on" href="/?q=%EA%B0%95&amp;ui=en"' in page.text
    assert room.get("/api/v1/search", query_string={"q": "place:Jilin"}).get_json()["total"] == 6
    assert room.get("/found.csv", query_string={"q": "place:Jilin"}).text.count("\n") == 7


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"any": "강 river"}, 11),
        ({"any": "강 river", "without": "건너다"}, 5),
        ({"q": "강", "phrase": "강을 건넜다"}, 6),
        ({"without": "강"}, None),
        ({"any": '( "', "q": "river"}, 5),
    ],
)
def test_the_form_asks_what_could_be_typed(
    room: FlaskClient, asked: dict[str, str], found: int | None
) -> None:
    """
    For those who like fields better than signs; only what is not wanted finds nothing, and says why.
    """
    page = room.get("/", query_string={**asked, "ui": "en"})

    assert page.status_code == (200 if found else 400)
    assert (f"{found} testimonies" if found else "only what is not wanted") in page.text
