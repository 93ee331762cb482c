"""A little is left out of the list to learn what is found by reading; none is lost, and numbers are kept."""

from __future__ import annotations

import json
import re
from random import Random
from typing import Any

import pytest

from archive import review
from archive.redaction import seeds
from archive.redaction.choices import Choice
from archive.redaction.seeds import MOST, OF, Planted, plant
from archive.redaction.worklist import worklist
from tests.archive.redaction.test_choices import decide, reread, rows_of
from tests.archive.test_workbench import Desk
from tests.people import MINJIS, SORAS, Archive

PHONES = "\n".join(f"전화는 138-4527-99{number}였습니다." for number in range(10, 40))


@pytest.fixture
def told(archive: Archive) -> str:
    return archive.told(PHONES)


@pytest.fixture
def desk(archive: Archive) -> Desk:
    desk = Desk(archive).opened()
    desk.post("/sign-in", name="minji", passphrase=MINJIS)
    return desk


def left_out(desk: Desk, told: str) -> list[list[Any]]:
    """What a person who has not signed in finds in the list, and she who has does not."""
    hers = rows_of(desk, told)
    plain = [[row.start, row.end] for row in worklist(parts(PHONES), [])]
    return [span for span in plain if span not in [row[:2] for row in hers]]


def parts(text: str) -> list[tuple[int, str]]:
    return [(text.index(line), line) for line in text.split("\n")]


def hide(spans: list[list[Any]]) -> list[list[Any]]:
    return [[start, end, "contact", "hide"] for start, end in spans]


def test_of_a_long_list_a_little_is_left_out_that_is_certain_and_said_once() -> None:
    """
    At most three and one in ten; never what stands twice, for there the other place would tell.
    """
    rows = worklist(parts(PHONES), [])
    planted = plant(PHONES, rows, Random(1))
    assert len(planted.spans) == MOST
    assert set(planted.spans) <= {(row.start, row.end) for row in rows}
    assert len(planted.without(rows)) == len(rows) - MOST
    few = worklist(parts(PHONES)[: OF - 1], [])
    assert plant(PHONES, few, Random(1)).spans == ()
    twice = PHONES + "\n" + PHONES
    assert plant(twice, rows, Random(1)).spans == ()
    assert repr(planted).count("(") == 1


def test_what_was_left_out_is_found_when_it_is_hidden_whole() -> None:
    """
    By one choice or by two; a choice to leave it, or half of it, is not enough.
    """
    planted = Planted("", ((3, 6), (8, 10)))
    assert planted.missed([Choice(3, 5, "name", True), Choice(8, 10, "name", False)]) == ((3, 6), (8, 10))
    assert planted.missed([Choice(2, 5, "name", True), Choice(5, 7, "name", True)]) == ((8, 10),)
    assert planted.revealed().missed([]) == ()


def test_nothing_is_proposed_before_she_was_shown_what_she_did_not_find(
    desk: Desk, archive: Archive, told: str
) -> None:
    """
    It stands first in the list then; what she decided is kept, and the next try is not held up again.
    """
    away = left_out(desk, told)
    assert len(away) == 3
    assert left_out(desk, told) == away
    once_more = desk.get(f"/testimony/{told}/hide/once-more").text
    underlined = set(re.findall(r"<u [^>]+>([^<]+)</u>", once_more))
    assert underlined
    assert not underlined & {PHONES[start:end] for start, end in away}
    reread(desk, told)
    decide(desk, told, "keep", hide(away[:1]))
    assert "left out of the list" in decide(desk, told, "propose", [])
    assert archive.vault.testimony(told).workflow_status == "received"
    assert [row[:2] for row in rows_of(desk, told)][:2] == away[1:]
    assert decide(desk, told, "propose", hide(away)).startswith("Proposed")

    assert len(review.reading(archive.vault, told).marks) == 3
    kept = archive.vault.json("seeds", told)
    assert (kept["planted"], kept["caught"], kept["by"]) == (3, 1, "minji")
    assert seeds.counted(archive.vault, told) == [("minji", 3, 1)]


def test_whoever_finds_it_all_is_not_held_up(desk: Desk, archive: Archive, told: str) -> None:
    """
    The count says three of three; another person has a list of her own, and another count.
    """
    reread(desk, told)
    assert decide(desk, told, "propose", hide(left_out(desk, told))).startswith("Proposed")
    desk.post("/sign-in", name="sora", passphrase=SORAS)
    away = left_out(desk, told)
    reread(desk, told)
    decide(desk, told, "propose", [])

    assert seeds.counted(archive.vault, told) == [("minji", 3, 3), ("sora", len(away), 0)]
    assert archive.vault.json("seeds", told)["planted"] == 3 + len(away)


def test_on_the_page_of_her_words_nothing_is_proposed_unseen_either(
    desk: Desk, archive: Archive, told: str
) -> None:
    """
    Once she is sent to the list, which has it now; that try is not counted, and the next goes on.
    """
    left_out(desk, told)
    answer = desk.post(f"/testimony/{told}/mark", surface="전화", category="other")
    assert answer.headers["Location"].endswith("/hide")
    assert archive.vault.testimony(told).workflow_status == "received"
    assert left_out(desk, told) == []
    desk.post(f"/testimony/{told}/mark", surface="전화", category="other")

    assert archive.vault.testimony(told).workflow_status == "proposed"
    assert seeds.counted(archive.vault, told) == []


def test_of_what_was_left_out_numbers_are_kept_and_go_with_the_testimony(
    desk: Desk, archive: Archive, told: str
) -> None:
    """
    R36: no span and no word, in the record, the journal or the next page.
    """
    away = left_out(desk, told)
    reread(desk, told)
    decide(desk, told, "propose", [])
    kept = json.dumps(archive.vault.json("seeds", told))
    assert not any(str(start) in re.findall(r"\d+", kept) for start, _ in away if start > 3)
    assert not any("138-4527" in str(each) for each in archive.vault.journal.events())
    archive.vault.shred_testimony(told, "minji")

    assert not archive.vault.holds("seeds", told)


def test_who_has_not_signed_in_sees_all_of_the_list(archive: Archive, told: str) -> None:
    """
    There is nobody to be counted.
    """
    assert left_out(Desk(archive).opened(), told) == []
