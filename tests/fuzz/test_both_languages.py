"""What Python takes of the kept inputs the page takes, and what Python refuses the page refuses."""

from __future__ import annotations

import base64
import io
import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from crypto import board, keycard, mandate, resume, words
from crypto.capsule import container
from crypto.envelope import parse_header, unseal
from crypto.errors import CryptoError
from crypto.notes import open_note, sign_note
from crypto.receipt import Receipt
from crypto.reply import read_replies
from tests.fuzz.keys import KEY, ORIGIN, ROOT, SENDER, TODAY, by_root, followed, sealed
from tests.fuzz.sealed import ENTRIES, FRONT, entry_of, fronted

ROOM: Final = Path(__file__).parents[2]
KEPT: Final = ROOM / "tests" / "vectors" / "fuzz"
CLIENT: Final = ROOM / "server" / "intake" / "client"
SIGNED: Final = sign_note("text\n", f"{ORIGIN}/root", ROOT)
Case = tuple[str, bytes]


def _capsule(data: bytes) -> list[Any]:
    found = container.read(io.BytesIO(data))
    return [[each.size for each in found.entries], found.cut]


def _envelope(data: bytes) -> list[str]:
    meta, body = unseal(data, KEY, "reply")
    return [json.dumps(meta, ensure_ascii=False, separators=(",", ":")), body.hex()]


def _reply(data: bytes) -> str | None:
    found = read_replies([data], KEY, SENDER.public.x25519)
    return next((part for each in found for part in each.parts if part is not None), None)


def _of(read: Callable[..., Any]) -> Callable[[bytes], Any]:
    return lambda data: read(data, origin=ORIGIN, root=ROOT.public, today=TODAY).serial


READ: Final[dict[str, Callable[[bytes], Any]]] = {
    "note": lambda data: open_note(data, f"{ORIGIN}/root", ROOT.public),
    "keycard": _of(keycard.verify),
    "mandate": _of(mandate.verify),
    "rotation": lambda data: mandate.verify_rotation(data, origin=ORIGIN, root=ROOT.public).raw.hex(),
    "board": lambda data: board.verify(data + ENTRIES, origin=ORIGIN, desk=ROOT.public, today=TODAY).serial,
    "header": lambda data: parse_header(data).digest.hex(),
    "envelope": _envelope,
    "reply": _reply,
    "receipt": lambda data: Receipt.parse(data.decode("utf-8", "replace")).code.hex(),
    "arrived": lambda data: "read" if resume.parse_arrivals(data) is not None else "",
    "capsule": _capsule,
}
MADE: Final[dict[str, Callable[[bytes], list[Case]]]] = {
    "note": lambda data: [("note", each) for each in (data, SIGNED + data, SIGNED[:6] + data)],
    "keycard": lambda data: [("keycard", each) for each in (data, by_root(data))],
    "mandate": lambda data: [("mandate", by_root(data)), ("rotation", followed(data))],
    "board": lambda data: [("board", fronted(data))],
    "header": lambda data: [("header", data)],
    "envelope": lambda data: [("envelope", sealed(data))],
    "reply": lambda data: [("reply", entry_of(data))],
    "receipt": lambda data: [("receipt", data)],
    "arrived": lambda data: [("arrived", each) for each in (data, resume.MAGIC + data)],
    "capsule": lambda data: [("capsule", each) for each in (data, FRONT + data)],
}
"""By the folder of kept inputs, the cases that one of them makes: as the parser of its name makes them."""


def cases() -> Iterator[Case]:
    for name, made in MADE.items():
        for path in sorted((KEPT / name).iterdir()):
            yield from made(path.read_bytes())


def read_in_python(kind: str, data: bytes) -> Any:
    try:
        return {"is": READ[kind](data)}
    except CryptoError as error:
        return {"refused": type(error).__name__}


def read_by_the_page(found: list[Case]) -> list[Any]:
    """What the client's own modules say, in node."""
    known = {
        "root": ROOT.public.raw.hex(),
        "secret": (bytes(32) + bytes(range(32))).hex(),
        "reply": SENDER.public.x25519.hex(),
        "origin": ORIGIN,
        "today": str(TODAY),
        "entries": len(ENTRIES),
        "lists": [list(words.lines(each)) for each in ("ko", "zh-Hans", "en")],
    }
    given = "".join(json.dumps([kind, base64.b64encode(data).decode()]) + "\n" for kind, data in found)
    told = subprocess.run(
        ["node", "tests/fuzz/replay.mjs", json.dumps(known)],
        cwd=ROOM,
        input=given,
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    return [json.loads(line) for line in told.stdout.splitlines()]


@pytest.mark.skipif(
    not shutil.which("node") or not (CLIENT / "node_modules" / "@noble").exists(),
    reason="node or the client's packages are not here; run `make client` first",
)
def test_both_languages_take_and_refuse_the_same() -> None:
    """
    Of every kept input the page reads what Python reads, or refuses it with an error of its own.
    """
    found = list(cases())
    photos = [("hidden", path.read_bytes()) for path in sorted(KEPT.glob("sniffed/*"))]
    mine = [read_in_python(*each) for each in found]
    theirs = read_by_the_page(found + photos)
    differing = [
        (kind, data[:200], python, page)
        for (kind, data), python, page in zip(found, mine, theirs, strict=False)
        if (page != python if "is" in python else not _is_a_refusal(page))
    ]

    assert differing == []
    assert theirs[len(found) :] == [{"is": "read"}] * len(photos)
    assert {kind for (kind, _), told in zip(found, mine, strict=True) if told.get("is")} == set(READ)


def _is_a_refusal(told: dict[str, Any]) -> bool:
    return "refused" in told and not told["refused"].startswith("not ours")
