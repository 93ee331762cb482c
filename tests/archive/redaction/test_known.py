"""The names that the archive knows are found in a text in every spelling, however many they are."""

from __future__ import annotations

import re

import pytest

from archive.redaction.known import KNOWN, known_in
from archive.redaction.plain import plain
from archive.redaction.spreading import spread
from tests.archive.redaction.test_likeness import ALIASES, STRANGERS, pairs

AROUND = ("그날 {}가 왔습니다.", "那天{}没有回来。", "That day {} wrote to us from the river.")
ALONE = re.compile("[A-Za-z]+|[가-힣]{2}")
"""What is a given name in another script, or a word."""
EVERY = [pair for row in (*ALIASES.values(), STRANGERS) for pair in pairs(row)]


@pytest.mark.parametrize("around", AROUND, ids=["Korean", "Chinese", "English"])
def test_whatever_spreading_finds_is_found_among_many_names(around: str) -> None:
    """
    The quick look at letters leaves nothing out: every fourth of two hundred names, in three languages.
    """
    aliases = {(name, "PER") for pair in EVERY for name in pair}
    for name, _ in sorted(aliases)[::4]:
        text = around.format(name)
        [slow] = spread([plain(text)], [()], aliases)
        [quick] = known_in([text], aliases)
        missed = {(s.start, s.end) for s in slow} - {(s.start, s.end) for s in quick}
        assert {(s.start, s.end) for s in quick} <= {(s.start, s.end) for s in slow}
        assert all(ALONE.fullmatch(text[start:end]) for start, end in missed), name


def test_a_known_name_says_why_it_is_suggested() -> None:
    """
    A place, a handle and a name that were hidden elsewhere; of one sign nothing is looked for.
    """
    texts = ["위챗 yongsuk_79로 왔다.", "박순이", "王"]
    found = known_in(texts, [("yongsuk_79", "HANDLE"), ("박순이", "PER"), ("王", "PER")])

    assert [[text[s.start : s.end] for s in row] for text, row in zip(texts, found, strict=True)] == [
        ["yongsuk_79"],
        ["박순이"],
        [],
    ]
    assert {s.reason for row in found for s in row} == {KNOWN}
    assert known_in(["박순이"], []) == [()]


def test_a_name_of_hangul_is_not_looked_for_in_small_latin_letters() -> None:
    """
    What is left out to be quick, and is said so.
    """
    assert known_in(["she wrote to kim yong-suk"], [("김영숙", "PER")]) == [()]
    assert known_in(["she wrote to Kim Yong-suk"], [("김영숙", "PER")]) != [()]


@pytest.mark.parametrize(
    ("text", "alias", "found"),
    [
        ("영숙이가 왔다.", "김영숙", "영숙"),
        ("In June we left.", "박준희", ""),
        ("Park Jun-hee left.", "박준희", "Park Jun-hee"),
        ("태국이 멀었다.", "金泰国", ""),
        ("김태국이 왔다.", "金泰国", "김태국"),
        ("秀兰走了。", "王秀兰", "秀兰"),
    ],
    ids=lambda each: each or "nothing",
)
def test_a_given_name_alone_is_looked_for_in_its_own_script_only(text: str, alias: str, found: str) -> None:
    """
    In another script it is a word as often.
    """
    [row] = known_in([text], [(alias, "PER")])

    assert found in {text[s.start : s.end] for s in row} if found else not row
