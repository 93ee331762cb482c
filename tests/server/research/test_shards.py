"""An index over two shards, of which one has a replica: what is answered when a server has stopped."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from whoosh import query

from archive.search.backend import Asked, EngineError
from tests.engines import Shards, entry, shards


@pytest.fixture
def running() -> Iterator[Shards]:
    with shards() as made:
        yield made


def test_a_replica_answers_for_its_shard_and_nothing_answers_in_part(running: Shards) -> None:
    """
    With one server gone all hits are found by its replica; with one gone that has none, the search says so.
    """
    given = [entry(f"t{n:02d}", [[["river"], [f"w{n}"]]], {"lang": "kor"}) for n in range(40)]
    running.engine.replace(given, ["lang"], {})
    held = [sorted(_ids(running, at)) for at in (0, 1)]
    assert all(held)
    assert sorted([*held[0], *held[1]]) == [each.id for each in given]

    running.first.close()
    found = running.engine.find(query.Term("text", "river"), Asked(size=50))
    assert {id for id, _ in found.hits} == {each.id for each in given}
    assert found.facets == {"lang": (("kor", 40),)}
    with pytest.raises(EngineError):
        running.engine.erase([held[0][0]])
    assert running.engine.find(query.Term("text", "river"), Asked()).total == 40

    running.second.close()
    with pytest.raises(EngineError, match="a part of the index does not answer"):
        running.engine.find(query.Term("text", "river"), Asked())


def _ids(running: Shards, shard: int) -> list[str]:
    with running.engine._shards[shard].primary.open() as base:
        return [id for (id,) in base.run("select id from onggi_1.documents")]
