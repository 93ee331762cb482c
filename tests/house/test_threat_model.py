"""The threat model is tested: each line that says what somebody cannot do names a test, which is there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "threat-model.md").read_text("utf-8")
NAMED = re.compile(r"`(tests/[a-z0-9_/]+\.py)::(test_[a-z0-9_]+)`")
ROW = re.compile(r"^\| (?!\||cannot|-|promise)(.+?) \| (.+) \|$", re.MULTILINE)
PROMISE = re.compile(r"^\| (R\d+) \| [^|]+ \| (.+) \|$", re.MULTILINE)
ADVERSARIES = (
    "network censor",
    "takes her phone",
    "takes the intake's disk",
    "malicious operator",
    "captures the courier's stick",
    "malicious attachment",
    "curious archivist",
    "researcher who combines releases",
    "custodian who is compelled",
)


def _named_in(path: str) -> set[str]:
    file = ROOT / path
    tree = ast.parse(file.read_text("utf-8")) if file.exists() else ast.Module([], [])
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_test_that_the_threat_model_names_exists() -> None:
    """
    A promise whose test was renamed or thrown away fails here.
    """
    named = NAMED.findall(PAGE)

    assert len(named) > 60
    assert [f"{path}::{name}" for path, name in named if name not in _named_in(path)] == []


def test_every_line_that_says_cannot_names_a_test() -> None:
    """
    In each adversary's table; what no test can show stands under what we do not defend.
    """
    rows = [(told, shown) for told, shown in ROW.findall(PAGE) if not told.startswith("R")]

    assert len(rows) > 40
    assert [told for told, shown in rows if not NAMED.search(shown)] == []


def test_each_promise_is_shown_or_said_to_be_open() -> None:
    """
    R1 to R40, each once.
    """
    found = PROMISE.findall(PAGE)

    assert [name for name, _ in found] == [f"R{number}" for number in range(1, 41)]
    assert [name for name, shown in found if not NAMED.search(shown) and not shown.startswith("open")] == []


def test_each_adversary_has_a_section() -> None:
    """
    Nine whom anybody would ask about first.
    """
    titles = [line for line in PAGE.splitlines() if line.startswith("## ")]

    assert [each for each in ADVERSARIES if not any(each in title for title in titles)] == []
