"""What a researcher types: words with a slip of the finger, a phrase, years; and what an error says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from server.research import shelf
from server.research.config import ResearchConfig
from server.research.masking import FEWEST
from server.research.page import texts
from server.research.site import create_app
from server.research.spelling import Spelling, letters, mistakes
from tests.people import TODAY
from tests.server.research.rooms import told, write

ROWS = [
    *(told(f"kor{n}", f"혜산에서 강을 건넜다 {n}.", coding={"year": ["1998", "2001"]}) for n in "abcde"),
    *(told(f"eng{n}", "She was hungry at the border.", coding={"year": ["2004"]}) for n in "abcde"),
    *(told(f"few{n}", "무산에서 기다렸다. Chongjin.", coding={"year": ["2010"]}) for n in "abcd"),
    told("none", "하늘이 맑았다."),
]  # fmt: skip


@pytest.fixture
def room(config: ResearchConfig, tmp_path: Path) -> FlaskClient:
    shelf.publish(config, write(tmp_path / "stick", 1, *ROWS), TODAY)
    return create_app(config).test_client()


def found(room: FlaskClient, **asked: str) -> set[str]:
    return {hit["id"] for hit in room.get("/api/v1/search", query_string=asked).get_json()["hits"]}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("해산", "혜산"),
        ("혜산 게", None),
        ("hugnry", "hungry"),
        ("bordr 혜산", None),
        ("강 hungyr", None),
        ('"she was" hungri', None),
        ("무선", None),
        ("Chongjni", None),
        ("zzzzzz", None),
        ("惠川", None),
    ],
    ids=["Hangul", "one letter", "a swap", "no testimony has both", "nor these", "found by its stem",
         "four have it", "four have it, Latin", "nothing near", "Han"],
)  # fmt: skip
def test_a_slip_is_told_when_five_testimonies_have_the_word(
    room: FlaskClient, typed: str, meant: str | None
) -> None:
    """
    R33: a word of fewer is never suggested, nor words that find nothing together.
    """
    page = room.get("/", query_string={"q": typed, "ui": "en"}).text
    told_in = re.search(r'Did you mean: <a href="([^"]*)">(.*?)</a>', page)

    assert (told_in[2] if told_in else None) == meant
    assert room.get("/api/v1/search", query_string={"q": typed}).get_json()["meant"] == meant
    if told_in:
        assert "<article" in room.get(told_in[1].replace("&amp;", "&")).text


@given(st.text("abㅎ혜산", max_size=6), st.text("abㅎ혜산", max_size=6))
def test_mistakes_are_counted_alike_from_both_sides(one: str, other: str) -> None:
    """
    None between a word and itself; at most the letters of the longer, at least as many as they differ by.
    """
    a, b = letters(one), letters(other)
    off = mistakes(a, b)

    assert off == mistakes(b, a)
    assert (off == 0) == (a == b)
    assert abs(len(a) - len(b)) <= off <= max(len(a), len(b))


@given(
    st.dictionaries(st.sampled_from(["혜산", "무산", "회령", "단동"]), st.integers(1, 9)),
    st.text("혜해산무헤회령", min_size=2, max_size=3),
)
def test_no_word_of_fewer_than_five_is_ever_near(terms: dict[str, int], typed: str) -> None:
    """
    R33: whatever is typed.
    """
    near = Spelling(terms, [], FEWEST).near(typed)

    assert near is None or terms[near] >= FEWEST


@pytest.mark.parametrize(
    ("when", "ids"),
    [
        ("1998", "kor"), ("199X", "kor"), ("20XX", "kor eng few"), ("1999/2003", "kor"), ("2002/2003", ""),
        ("2004/..", "eng few"), ("../1998", "kor"), ("2004~", "eng"), ("2010?/", "few"), ("/2004", "kor eng"),
        ("1998-05", "kor"), ("[1998,2010]", "kor eng few"),
    ],
)  # fmt: skip
def test_years_narrow_what_was_coded(room: FlaskClient, when: str, ids: str) -> None:
    """
    EDTF: open ends, decades, intervals, doubts; what tells of no coded year is not found by one.
    """
    assert {id[:3] for id in found(room, when=when)} == set(ids.split())
    if "few" in ids and ids != "few":
        assert found(room, when=when, q="border") == {id for id in found(room, when=when) if id[:3] == "eng"}


@pytest.mark.parametrize(
    "when", ["yesterday", "1998-02-29", "2003/1998", "1998/2000/2003", "x" * 500, "../.."]
)
def test_a_date_that_is_none_is_told_and_the_words_stay(room: FlaskClient, when: str) -> None:
    """
    With an example; the form still holds what was typed, and the interface says what is wrong.
    """
    answer = room.get("/", query_string={"q": "강", "when": when, "ui": "en"})

    assert answer.status_code == 400
    assert "The years are not understood" in answer.text
    assert 'value="강"' in answer.text
    assert room.get("/api/v1/search", query_string={"when": when}).status_code == 400
    assert room.get("/found.csv", query_string={"when": when}).status_code == 400


def test_a_phrase_is_a_field_of_its_own(room: FlaskClient) -> None:
    """
    As if it were typed in quotation marks, whatever marks stand in it; links on the page keep it.
    """
    assert found(room, q="border", phrase="was hungry") == {f"eng{c}" for c in "abcde"}
    assert found(room, phrase='"hungry was"') == set()
    page = room.get("/", query_string={"phrase": "was hungry", "when": "2004", "ui": "en"}).text
    assert "phrase=was+hungry" in page.split("Language</h2>")[1]
    assert "when=2004" in page.split("Language</h2>")[1]


@pytest.mark.parametrize("language", ["ko", "zh", "en"])
def test_the_page_on_how_to_search_gives_examples_that_work(room: FlaskClient, language: str) -> None:
    """
    Every example is a link to what it finds, and none is refused.
    """
    page = room.get(f"/how?ui={language}").text
    links = re.findall(r'<td><a href="([^"]+)"><code', page)

    assert len(links) == 19
    shown = [room.get(link.replace("&amp;", "&"), follow_redirects=True).status_code for link in links]
    assert set(shown) == {200}


@pytest.mark.parametrize("language", ["ko", "zh", "en"])
def test_the_page_on_how_to_search_says_how_a_hit_in_a_translation_is_marked(
    room: FlaskClient, language: str
) -> None:
    """
    In the very words with which a list marks it.
    """
    told = texts(language)

    assert told["translated_into"].format(told["value_eng"]) in room.get(f"/how?ui={language}").text
