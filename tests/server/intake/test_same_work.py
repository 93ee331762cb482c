"""Whoever types a code that nobody has makes the page do what hers makes it do: counted, not timed."""

from __future__ import annotations

import json
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from crypto import board as boards
from crypto import resume, words
from crypto.receipt import Receipt
from tests.people import ORIGIN, TODAY, Office

HERE = Path(__file__).parent
CLIENT = HERE.parents[2] / "server" / "intake" / "client" / "node_modules"
SIZE = 256
pytestmark = [
    pytest.mark.skipif(not shutil.which("node"), reason="node is not installed"),
    pytest.mark.skipif(not CLIENT.exists(), reason="run `make client` first"),
]


def worked(typed: dict[str, str], files: dict[str, bytes], office: Office) -> dict[str, Any]:
    """What the page does for each of these."""
    lists = [words.packed(language) for language in ("ko", "zh-Hans", "en")]
    common: dict[str, object] = {
        "lists": lists,
        "origin": ORIGIN,
        "root": office.root.public.raw.hex(),
        "today": TODAY.isoformat(),
    }
    common["files"] = {path: content.hex() for path, content in files.items()}
    asked = "\n".join(json.dumps(common | {"typed": each}) for each in typed.values())
    told = subprocess.run(
        ["node", str(HERE / "returning.mjs")], input=asked, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    return {name: json.loads(line) for name, line in zip(typed, told, strict=True)}


def test_a_wrong_code_costs_what_an_unknown_one_and_hers_cost() -> None:
    """
    R8: as many boxes are tried, as many digests taken, the same asked for in the same lengths and order.
    """
    office, hers, stranger = Office(), Receipt.generate(), Receipt.generate()
    life = {"issued": TODAY, "expires": TODAY + timedelta(days=30)}
    board = boards.issue([], origin=ORIGIN, serial=1, size=SIZE, desk=office.desk, **life)
    sent = resume.statement_id(hers, office.root.public, resume.first(datetime.now(UTC).date()))
    files = {
        "/board": board,
        "/mandate": office.mandate(),
        "/arrived": resume.arrivals([(sent, resume.WAITING)]),
    }
    digits = stranger.digits()
    wrong = digits[:-1] + str((int(digits[-1]) + 1) % 10)
    typed = {
        "hers": hers.digits(),
        "unknown": digits,
        "wrong": wrong,
        "too large": "9" * 34,
        "in words": " ".join(stranger.words("ko")),
    }
    told = worked(typed, files, office)

    assert [told[name]["found"] for name in typed] == [1, 0, 0, 0, 0]
    assert {told[name]["replies"] for name in typed} == {0}
    assert told["unknown"]["code"] == told["in words"]["code"] == stranger.code.hex()
    assert len({told[name]["code"] for name in typed}) == 4
    assert len({json.dumps(told[name]["work"]) for name in typed}) == 1
    work = told["wrong"]["work"]
    # One more than there are entries: the browser's own X25519 is tried on a known point first.
    assert work["deriveBits"] == SIZE + 1
    assert work["asked"][:4] == ["/arrived", "/board", "/mandate", "/api/erase"]
    assert len(work["shares"]) == SIZE // 16
