"""Whoever types a code that nobody has makes the page do what hers makes it do: counted, not timed."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from crypto import board as boards
from crypto import mandate as mandates
from crypto import reply as replies
from crypto import resume, words
from crypto.keys import IntakeSecret, SigningKey
from crypto.receipt import Receipt
from tests.people import ORIGIN, TODAY, Office

HERE = Path(__file__).parent
CLIENT = HERE.parents[2] / "server" / "intake" / "client" / "node_modules"
SIZE = 256
TIMES = 16
"""That a page takes back, to see in which order it does."""
pytestmark = [
    pytest.mark.skipif(not shutil.which("node"), reason="node is not installed"),
    pytest.mark.skipif(not CLIENT.exists(), reason="run `make client` first"),
]


def worked(
    typed: dict[str, str], files: dict[str, bytes], office: Office, rotations: bytes = b""
) -> dict[str, Any]:
    """What the page does for each of these."""
    lists = [words.packed(language) for language in ("ko", "zh-Hans", "en")]
    common: dict[str, object] = {
        "lists": lists,
        "origin": ORIGIN,
        "root": office.root.public.raw.hex(),
        "rotations": rotations.decode(),
        "bundle": IntakeSecret.generate().public.bundle.hex(),
        "times": TIMES if rotations else 1,
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
    begun = ["/api/deposits", 134, "/api/deposits/ID/0", 66959, "/api/deposits/ID/complete", 0]
    assert work["asked"][:-1] == ["/arrived", "/board", "/mandate", *begun, "/api/erase"]
    assert len(work["shares"]) == SIZE // 16


def test_words_of_an_older_root_find_what_is_theirs_and_cost_what_all_others_cost() -> None:
    """
    The archive's root changed twice. Words of each of the three days find their telling and their answer, and
    for each the page asks, computes and takes back as for the others and for a stranger: once for each root,
    in an order that is drawn, so that what vanishes at which request tells nothing.
    """
    office, reply = Office(), IntakeSecret.generate()
    roots = [SigningKey.generate(), SigningKey.generate(), office.root]
    chain = b"".join(mandates.issue_rotation(ORIGIN, TODAY, *pair) for pair in pairwise(roots))
    hers = [Receipt.generate() for _ in roots]
    bound = [(receipt, root.public) for receipt, root in zip(hers, roots, strict=True)]
    first = resume.first(datetime.now(UTC).date())
    written = replies.compose(1, TODAY, "kor", "잘 받았습니다.")
    entries = [
        replies.seal_reply(written, receipt.keys(root).sealing.public, reply.x25519)[0]
        for receipt, root in bound
    ]
    life = {"issued": TODAY, "expires": TODAY + timedelta(days=30)}
    named = mandates.read(office.mandate(), origin=ORIGIN, root=office.root.public)
    files = {
        "/board": boards.issue(entries, origin=ORIGIN, serial=1, size=SIZE, desk=office.desk, **life),
        "/mandate": mandates.issue(replace(named, reply=reply.public.x25519), office.root),
        "/arrived": resume.arrivals(
            sorted((resume.statement_id(receipt, root, first), resume.HELD) for receipt, root in bound)
        ),
    }
    typed = {str(at): receipt.digits() for at, receipt in enumerate([*hers, Receipt.generate()], 1)}
    told = worked(typed, files, office, chain)

    assert [(told[name]["found"], told[name]["replies"]) for name in typed] == [(1, 1)] * 3 + [(0, 0)]
    works = [told[name]["work"] for name in typed]
    assert len({json.dumps((work["asked"], work["shares"])) for work in works}) == 1
    times = [works[0]["asked"].count(path) for path in ("/arrived", "/board", "/api/deposits", "/api/erase")]
    assert times == [1, 1, 3, 3]
    orders = [told["1"]["order"][at : at + 3] for at in range(0, 3 * TIMES, 3)]
    assert {tuple(sorted(order)) for order in orders} == {(0, 1, 2)}
    assert len({tuple(order) for order in orders}) > 1
    assert worked({"1": hers[0].digits()}, files, office)["1"]["found"] == 0
