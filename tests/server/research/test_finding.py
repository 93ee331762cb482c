"""The list, the concordance and the drawings: what they find, and what they keep back."""

from __future__ import annotations

import io
import re
import zipfile
from collections import defaultdict
from html import unescape
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.release import RedactedTestimony, Segment
from archive.vocabulary.places import place
from server.research import looking, shelf
from server.research.config import ResearchConfig
from server.research.facets import Spread
from server.research.masking import FEWEST, masked, told_by_total
from server.research.site import create_app
from tests.people import ORIGIN, TODAY
from tests.server.research.rooms import told, write

SOLD = {"exploitation": ["x_BrideTrafficking"], "place": ["kp-10", "cn-jl"], "way": ["kp-10>cn-jl"]}
HARD = "강에서 두들겨 맞았다."
ROWS = [
    *(
        told(
            f"kor{chr(97 + n)}",
            f"가{n} 강을 건넜다.",
            coding=SOLD | {"control": ["DebtBondage"], "year": ["1998"]},
        )
        for n in range(6)
    ),
    told("zhoa", "我過了圖們江。", lang="zho", coding={"exploitation": ["ForcedLabour"], "year": ["2004"]}),
    *(
        told(f"eng{chr(97 + n)}", f"She crossed the river {n}.", lang="eng", coding={"year": ["2010"]})
        for n in range(5)
    ),
    told("hard", "하늘이 맑았다.", HARD, severities={2: 3}),
]


@pytest.fixture
def room(config: ResearchConfig, tmp_path: Path) -> FlaskClient:
    shelf.publish(config, write(tmp_path / "stick", 1, *ROWS), TODAY)
    return create_app(config).test_client()


@given(st.dictionaries(st.text("abcdef", min_size=1, max_size=2), st.integers(1, 30), min_size=1, max_size=9))
def test_no_small_count_follows_from_the_others_and_the_total(counts: dict[str, int]) -> None:
    """
    R33: where something is masked, two are at least, together five or more; or the total is masked.
    """
    total = sum(counts.values())
    shown = masked(counts, total, apart=True)
    hidden = [key for key, count in shown.items() if count is None]

    assert not [key for key, count in shown.items() if count is not None and count < FEWEST]
    assert all(count in (None, counts[key]) for key, count in shown.items())
    if hidden and total >= FEWEST:
        assert len(hidden) >= 2
        assert sum(counts[key] for key in hidden) >= FEWEST


@pytest.mark.parametrize(("values", "most"), [(2, 14), (3, 11), (4, 8)])
def test_nobody_who_knows_how_it_is_masked_reckons_a_small_count(values: int, most: int) -> None:
    """
    R33: of all rows that look alike once they are masked, each masked count can be more than one number.
    """
    alike = defaultdict[tuple[int | None, ...], list[tuple[int, ...]]](list)
    for row in product(range(1, most), repeat=values):
        shown = masked({str(n): count for n, count in enumerate(row)}, sum(row), apart=True)
        if sum(row) >= FEWEST:
            alike[sum(row), *shown.values()].append(row)

    for seen, rows in alike.items():
        for at in (at for at, count in enumerate(seen[1:]) if count is None and rows[0][at] < FEWEST):
            assert len({row[at] for row in rows}) > 1, (seen, rows[0])


def test_what_the_total_gives_away_is_left_out() -> None:
    """
    R33: five testimonies with five years between them have one of each; nothing is left to mask it with.
    """
    alone = dict.fromkeys("abcde", 1)

    assert told_by_total(alone, 5)
    assert not told_by_total({**alone, "a": 2}, 6)
    assert not told_by_total({"a": 1}, 1)


def test_facets_say_small_counts_as_fewer_than_five(room: FlaskClient) -> None:
    """
    R33: the one in Chinese, and another language with it so that 13 minus the rest is no answer.
    """
    page = room.get("/?ui=en").text
    facets = dict(re.findall(r"<span>(Korean|Chinese|English)</span></a>\s*<b>(.*?)</b>", page, re.DOTALL))

    assert "fewer than 5" in facets["Chinese"]
    assert "fewer than 5" in facets["English"]
    assert facets["Korean"] == "7"
    assert "Fewer than 5 testimonies" in room.get("/?ui=en&lang=zho").text


def test_what_was_coded_narrows_and_the_words_stay(room: FlaskClient) -> None:
    """
    By exploitation, province, route and decade, in the reader's language; a value nobody has finds nothing.
    """
    for name, value in (("exploitation", "x_BrideTrafficking"), ("place", "cn-jl"), ("way", "kp-10>cn-jl")):
        page = room.get("/", query_string={"q": "강", name: value, "ui": "en"}).text
        assert "<h1>6 testimonies</h1>" in page
        assert 'value="강"' in page
    assert "Sold as a bride" in page
    assert "→" in page
    assert room.get("/?decade=2000&ui=en").text.count("<article") == 1
    assert room.get("/?control=x_nothing").text.count("<article") == 0


@pytest.mark.parametrize(
    "path", ["/?q=맞다", "/?q=강", "/", "/concordance?q=강", "/concordance?q=맞다", "/looking?q=맞다"]
)
def test_severe_words_are_in_no_list_and_a_note_says_so(room: FlaskClient, path: str) -> None:
    """
    R28: the hit counts, its words are shown only where the reader opens the part itself.
    """
    page = room.get(path + ("&" if "?" in path else "?") + "ui=en").text

    assert "두들겨" not in page
    if "맞다" in path and "looking" not in path:
        assert "very hard to read" in page


def test_nobody_sorts_or_narrows_by_how_hard_it_is(room: FlaskClient) -> None:
    """
    R28: an address that asks for it gets what it would have got without.
    """
    for more in ("sort=severity", "severity=3"):
        assert room.get(f"/?ui=en&{more}").text.count("<article") == 10
    told = [room.get(f"/concordance?q=river&sort={each}").text for each in ("severity", "told")]
    assert told[0].replace("sort=severity", "sort=told") == told[1]


def test_a_concordance_is_sorted_outwards_from_the_hit(room: FlaskClient) -> None:
    """
    By the left the nearest word counts first; every line leads to its part.
    """
    left = room.get("/concordance?q=강&sort=left").text
    told_order = re.findall(r'<td class="left">(가\d) </td>', left)

    assert told_order == [f"가{n}" for n in range(6)]
    right = room.get("/concordance?q=river&sort=right").text
    assert re.findall(r"<td> (\d)\.</td>", right) == ["0", "1", "2", "3", "4"]
    assert "/testimony/enga?q=river#s0001" in right


def test_a_concordance_looks_only_as_far_as_it_can_show(
    room: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    A word that stands everywhere keeps no other reader waiting; the page says that there is more.
    """
    whole = room.get("/concordance?q=강&ui=en").text
    monkeypatch.setattr("server.research.concordance.LOOKED_AT", 2)
    part = room.get("/concordance?q=강&ui=en").text

    assert ("Not all lines" in whole, "Not all lines" in part) == (False, True)
    assert (whole.count("<mark>"), part.count("<mark>")) == (6, 2)


def test_every_drawing_has_its_table_and_masks_small_counts(room: FlaskClient) -> None:
    """
    R33: one testimony tells of 2004; no page says so. The places are provinces.
    """
    page = room.get("/looking?ui=en").text

    assert page.count("<svg") == page.count("<summary>As a table</summary>") == 3
    assert "<td>1998</td><td>6</td>" in page
    assert "<td>2004</td><td>fewer than 5</td>" in page
    assert "<td>2010</td><td>fewer than 5</td>" in page
    assert f"<td>{place('cn-jl').label('en')}</td><td>6</td>" in page


@given(st.lists(st.sampled_from(["both", "row", "column"]), min_size=1, max_size=40))
def test_a_cell_is_said_only_when_it_and_what_it_leaves_are_not_small(kinds: list[str]) -> None:
    """
    R33: neither the few who have both, nor the few of a row who do not.
    """
    codes = {
        "both": {"exploitation": ("ForcedLabour",), "control": ("DebtBondage",)},
        "row": {"exploitation": ("ForcedLabour",)},
        "column": {"control": ("DebtBondage",)},
    }
    told = [
        RedactedTestimony(str(n), "kor", "2026-Q4", "event", "T", (Segment("s0001", "x"),), codes[kind])
        for n, kind in enumerate(kinds)
    ]
    spread = Spread(told)
    drawn = looking.Drawn(spread, spread.mask(np.arange(len(told))), len(told))
    cells = [cell for row in looking.together(drawn, "exploitation", "control") for cell in row]
    few = {kind: 0 < kinds.count(kind) < FEWEST for kind in codes}

    for cell in cells:
        assert cell.count == (None if any(few.values()) else kinds.count("both"))


DOORS = (
    "/", "/concordance", "/looking", "/found.csv", "/found.jsonl", "/found.zip", "/api/v1/search", "/list",
    "/testimony/kora", "/testimony/kora@1", "/testimony/korb@1", "/api/v1/testimony/kora", "/how",
    "/testimony/kora/citation.bib", "/oai", "/api/v1/openapi.json",
)  # fmt: skip
"""Every page, file and answer of the room; a test below says so."""


def test_no_door_shows_what_was_not_released(config: ResearchConfig, tmp_path: Path) -> None:
    """
    Whatever words, facets, years, sort, page or verb: neither the testimony that left, nor a word of it.
    """
    secret = "노란 집에서 기다렸다고 했다"
    shelf.publish(config, write(tmp_path / "stick", 1, told("kora", secret, coding=SOLD), *ROWS[1:]), TODAY)
    shelf.publish(config, write(tmp_path / "next", 2, *ROWS[1:]), TODAY)
    room = create_app(config).test_client()
    words = st.sampled_from(["", "강", "river", "노란", "기다리다", "圖們江", '"강을 건넜다"'])
    arguments = st.fixed_dictionaries(
        {},
        optional={
            "q": words,
            "phrase": words,
            "when": st.sampled_from(["1998", "199X/..", "../2004", "x"]),
            "sort": st.sampled_from(["left", "right", "hit", "severity"]),
            "page": st.integers(-1, 3).map(str),
            "start": st.integers(-1, 20).map(str),
            "part": st.sampled_from(["s0001", "s0009"]),
            "search": st.just("q=노란"),
            "testimony": st.sampled_from(["kora@1", "kora"]),
            "verb": st.sampled_from(["ListRecords", "ListIdentifiers", "GetRecord", "Identify"]),
            "metadataPrefix": st.just("oai_dc"),
            "identifier": st.just(f"oai:{ORIGIN}:kora"),
            "exploitation": st.just("x_BrideTrafficking"),
            "lang": st.sampled_from(["kor", "nothing"]),
            "decade": st.sampled_from(["1990", "nothing"]),
        },
    )

    @given(st.sampled_from(DOORS), arguments)
    @settings(max_examples=150, deadline=None)
    def holds(door: str, asked: dict[str, str]) -> None:
        for answer in (room.get(door, query_string=asked), room.post(door, data=asked)):
            shown = re.sub("</?mark>", "", _read(answer.data))
            assert "기다렸다고 했다" not in shown
            assert answer.status_code < 500
            if door in ("/found.csv", "/found.jsonl", "/found.zip", "/api/v1/search"):
                assert not re.search(r"kora\b", shown)

    holds()


def test_every_door_of_the_room_is_tried(room: FlaskClient) -> None:
    """
    A new page is in the list above before it is in the room.
    """
    matched = {room.application.url_map.bind("localhost").match(path, method="GET")[0] for path in DOORS}
    doors = {rule.endpoint for rule in room.application.url_map.iter_rules() if "GET" in (rule.methods or ())}

    assert doors - {"static"} == matched


def _read(content: bytes) -> str:
    """All that is in an answer, also of one that is packed."""
    if content[:2] != b"PK":
        return unescape(content.decode())
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return "\n".join(packed.read(name).decode() for name in packed.namelist())


@pytest.mark.parametrize(
    ("first", "last", "found"),
    [(1990, 1999, True), (1985, None, True), (None, 1999, True), (1998, 1998, False), (1995, None, False)],
    ids=["the decade", "from before", "until its end", "a year", "from its middle"],
)
def test_a_decade_is_found_when_all_of_it_is_asked_for(
    first: int | None, last: int | None, found: bool
) -> None:
    """
    What is told as `199X` may be of any of its years: of one that is asked for nobody says that it is.
    """
    wide = RedactedTestimony("a", "kor", "2026-Q4", "life_history", "T", (), {"year": ("199X",)})

    assert Spread([wide]).between(first, last).tolist() == [found]
