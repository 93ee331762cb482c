"""The drawings of what was found: what is written on them."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from archive.vocabulary.places import place, places
from server.research import looking, shelf
from server.research.config import ResearchConfig
from server.research.finding import label
from server.research.site import create_app
from tests.people import TODAY
from tests.server.research.rooms import told, write

STOPS = [each.id for each in places().values() if each.level in ("country", "province", "region")]
HIGH = looking.APART


@pytest.fixture
def room(config: ResearchConfig, tmp_path: Path) -> FlaskClient:
    """Six women of the border region who were taken to the north-east, in the 1990s."""
    coding = {"place": ["kp-border", "cn-north-east"], "way": ["kp-border>cn-north-east"], "year": ["199X"]}
    rows = [told(f"kor{chr(97 + n)}", f"가{n} 강을 건넜다.", coding=coding) for n in range(6)]
    shelf.publish(config, write(tmp_path / "stick", 1, *rows), TODAY)
    return create_app(config).test_client()


def test_the_map_has_the_names_of_its_places_and_a_decade_is_said_in_words(room: FlaskClient) -> None:
    """
    In the reader's language; `199X` is how a release writes it.
    """
    page = room.get("/looking?ui=ko").text

    assert f">{place('cn-north-east').label('ko')}</text>" in page
    assert ">1990년대</text>" in page
    assert ">199X<" not in page


@given(st.lists(st.sampled_from(STOPS), unique=True, max_size=30))
def test_no_name_on_the_map_stands_on_another_or_far_from_its_place(ids: list[str]) -> None:
    """
    However many places there are, and however near to each other; one that has no room is left out.
    """
    stops = [(*_at(id), id, 5, 12.0) for id in ids]
    where = {id: (x, y) for x, y, id, *_ in stops}
    found = list(looking._beside(stops))

    assert len(found) >= min(1, len(ids))
    for x, y, id in found:
        assert abs(y - where[id][1]) < 3 * HIGH
        assert abs(x - where[id][0]) == pytest.approx(17, abs=0.2)
    for side in (True, False):
        rows = sorted(y for x, y, id in found if (where[id][0] > looking.WIDTH / 2) == side)
        assert all(below - above >= HIGH - 0.2 for above, below in pairwise(rows))


def _at(id: str) -> tuple[float, float]:
    west, _, east, north = looking.FAR
    each = place(id)
    scale = looking.WIDTH / (east - west)
    return (each.longitude - west) * scale, (north - each.latitude) * scale


@pytest.mark.parametrize(
    ("facet", "value", "shown"),
    [("year", "199X", "1990s"), ("year", "1998", "1998"), ("decade", "1990", "1990s")],
)
def test_a_year_is_said_as_it_was_released(facet: str, value: str, shown: str) -> None:
    """
    A year as a year, a decade as one.
    """
    assert label(facet, value, "en") == shown
