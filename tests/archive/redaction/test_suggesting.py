"""The command reads lines and writes them back with spans; a bad line is told by its number only."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner, Result

from archive.commands.group import archive


def run(untrusted: bytes, *options: str) -> Result:
    return CliRunner().invoke(archive, ["redaction", "suggest", *options], input=untrusted)


def lines(*told: dict[str, Any]) -> bytes:
    return b"\n".join(json.dumps(each, ensure_ascii=False).encode() for each in told)


def test_a_line_comes_back_with_spans_and_all_else_as_it_was() -> None:
    """Spans are code points of the text as it was given; older spans are replaced."""
    told = {"id": "x", "text": "🙂 010-1234-5678", "n": [1, {"k": None}], "spans": [[0, 1, "PER"]]}
    answer = run(lines(told))

    assert answer.exit_code == 0, answer.output
    back = json.loads(answer.stdout)
    assert back["spans"] == [[2, 15, "PHONE", 0.99, "korean mobile"]]
    assert {key: back[key] for key in ("id", "text", "n")} == {key: told[key] for key in ("id", "text", "n")}


def test_lines_of_one_doc_help_each_other_wherever_they_stand() -> None:
    """What is found in one is looked for in all; another doc is left alone."""
    looked, named = (
        {"text": "Then sunflower wrote again."},
        {"text": "She wrote on WeChat as sunflower.", "doc": 1},
    )
    answer = run(lines({**looked, "doc": 1}, looked, named), "--theta", "0")
    found = [json.loads(line)["spans"] for line in answer.stdout.splitlines()]

    assert [span[:3] for span in found[0]] == [[5, 14, "HANDLE"]]
    assert found[1] == []


@pytest.mark.parametrize(
    ("second", "says"),
    [
        (b'{"text": "secret', "line 2 is not JSON"),
        (b'["secret"]', "line 2 is no object with a text"),
        (b'{"text": 7, "secret": 1}', "line 2 is no object with a text"),
        (b'{"text": "secret \xff"}', "line 2 is not UTF-8"),
        (b'{"text": "secret \\ud800"}', "line 2 holds half a sign"),
        (b'{"text": "secret", "doc": []}', "line 2: doc is neither"),
        (b"[" * 100_000, "line 2 is not JSON"),
    ],
)
def test_a_bad_line_is_told_by_its_number_and_nothing_of_it(second: bytes, says: str) -> None:
    """R36: no content in an error; nothing was written."""
    answer = run(b'{"text": "fine"}\n' + second + b"\n")

    assert answer.exit_code == 1
    assert says in answer.stderr
    assert "secret" not in answer.output
    assert answer.stdout == ""


def test_no_lines_give_no_lines() -> None:
    """An empty input is no error, nor is an empty text."""
    assert run(b"\n\n").stdout == ""
    assert json.loads(run(lines({"text": ""})).stdout)["spans"] == []
