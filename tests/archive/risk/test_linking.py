"""The nearest texts to a redacted one, and the words that gave it away."""

from __future__ import annotations

from archive.risk.linking import Link, Ranks, links, ranks

HERS = "She kept bees behind the brewery and sold honey to the ferryman every autumn."
REDACTED = "She kept bees behind the [place] and sold honey to the ferryman every autumn."
OTHERS = {
    "market": "They carried cabbages to the market before the frost and came home late.",
    "mine": "The mine closed and the miners walked north along the railway in the snow.",
    "letter": "An old letter told of a brewery, of bees and honey, and of a ferryman who drank.",
}


def test_a_text_of_the_same_life_is_the_nearest_and_its_words_are_told() -> None:
    """
    The words that link are those that both have and few others do; not `the`, not what is hidden.
    """
    [first, *_] = links({"hers": REDACTED}, OTHERS)["hers"]

    assert first.holding == "letter"
    assert {"bees", "honey", "ferryman"} <= set(first.words)
    assert "brewery" not in first.words
    assert first.near > 0
    assert first.ahead > 0


def test_her_own_words_as_they_were_told_are_no_link() -> None:
    """
    What the archive holds of the same testimony is left out; in another language nothing is shared.
    """
    found = links({"hers": REDACTED, "far": "나는 그해 겨울에 떠났다."}, {**OTHERS, "hers": HERS})

    assert found["hers"][0].holding == "letter"
    assert "hers" not in [link.holding for link in found["hers"]]
    assert found["far"] == []


def test_ranks_count_the_pairs_that_are_known() -> None:
    """
    First place and the best five are counted apart; a pair that is not found counts against.
    """
    found = {
        "a": [Link("x", 0.9, 0.5, ()), Link("y", 0.4, 0.4, ())],
        "b": [Link("x", 0.9, 0.5, ()), Link("y", 0.4, 0.4, ())],
        "c": [],
    }

    assert ranks(found, [("a", "x"), ("b", "y"), ("c", "x")]) == Ranks(1, 2, 3)


def test_no_word_is_in_a_repr() -> None:
    """
    A link in a traceback tells nobody's words.
    """
    assert "honey" not in repr(links({"hers": REDACTED}, OTHERS))


def test_it_tells_how_far_it_is() -> None:
    """
    Every text that was read is told, of all.
    """
    seen: list[tuple[int, int]] = []
    links({"hers": REDACTED}, OTHERS, lambda done, all: seen.append((done, all)))

    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]
