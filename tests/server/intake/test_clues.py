"""What can identify her or others is pointed at while she writes, in the page alone."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest

HERE = Path(__file__).parent
KINDS = {"email", "id", "account", "phone", "card", "name", "address"}
ROWS = [row.split("\t") for row in (HERE / "clues.tsv").read_text("utf-8").splitlines()]
"""Invented lines, each with the one kind that a careful reader would point at, or "-"."""

pytestmark = pytest.mark.skipif(not shutil.which("node"), reason="node is not installed")


def found(texts: list[str]) -> list[list[tuple[str, str]]]:
    """For each text, kind and words of every clue."""
    asked = "\n".join(json.dumps(text) for text in texts)
    told = subprocess.run(
        ["node", str(HERE / "clues.mjs")], input=asked, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert len(told) == len(texts)
    units = [text.encode("utf-16-le") for text in texts]
    return [
        [
            (clue["kind"], unit[2 * clue["start"] : 2 * clue["end"]].decode("utf-16-le"))
            for clue in json.loads(line)
        ]
        for unit, line in zip(units, told, strict=True)
    ]


def test_each_clue_is_seen_and_plain_words_are_let_be() -> None:
    """
    Four languages, seven kinds: no line with a clue is missed, and none without one is pointed at.
    """
    wrong = [
        (kind, text, clues)
        for (kind, text), clues in zip(ROWS, found([text for _, text in ROWS]), strict=True)
        if {seen for seen, _ in clues} != ({kind} - {"-"})
    ]

    assert wrong == []
    counted = Counter(kind for kind, _ in ROWS)
    assert set(counted) == KINDS | {"-"}
    assert counted["-"] >= 60 <= sum(counted.values()) - counted["-"]


@pytest.mark.parametrize(
    ("text", "clue"),
    [
        ("제 번호는 010-1234-5678이에요.", "010-1234-5678"),
        ("동생 이름은 박철수이고 열두 살", "이름은 박철수"),
        ("😀 발신 １３９４４３３１２３４!", "１３９４４３３１２３４"),
        ("我的微信号是 lanlan_88", "微信号是 lanlan_88"),
    ],
)
def test_a_clue_is_the_words_themselves_and_not_what_is_glued_to_them(text: str, clue: str) -> None:
    """
    A particle stays outside, a wide digit and an emoji before it move nothing.
    """
    [[(_, words)]] = found([text])

    assert words == clue


def test_whatever_is_typed_clues_stand_in_order_and_apart() -> None:
    """
    A thousand heaps of pieces from all kinds: no error, and no place is claimed twice.
    """
    chance = random.Random(4)
    pieces = [*(text for _, text in ROWS), "\n", "+", "0", "이름은 ", "微信 ", "@", "\ud83d", "-", "9" * 30]
    texts = ["".join(chance.choices(pieces, k=chance.randrange(8))) for _ in range(1000)]
    asked = "\n".join(json.dumps(text) for text in texts)
    told = subprocess.run(
        ["node", str(HERE / "clues.mjs")], input=asked, capture_output=True, text=True, check=True
    )

    for text, line in zip(texts, told.stdout.splitlines(), strict=True):
        ends = [place for clue in json.loads(line) for place in (clue["start"], clue["end"])]
        assert ends == sorted(ends)
        assert all(0 <= end <= 2 * len(text) for end in ends)
