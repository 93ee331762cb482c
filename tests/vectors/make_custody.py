"""Makes the vectors of custody, once: `python -m tests.vectors.make_custody`. Old ones stay as they are."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable

from crypto import custody
from crypto.custody import KEY, Slip, Table
from tests.vectors.make import save


def make_custody() -> None:
    key = secrets.token_bytes(KEY)
    table, slips = custody.split(key, 2, 3)
    whole, texts = table.to_bytes(), [slip.text() for slip in slips]

    def vector(name: str, expect: str, comment: str, given: list[str], of: bytes = whole) -> None:
        opens = {"key_hex": key.hex()} if expect == "opens" else {}
        save(
            "custody",
            name,
            {"expect": expect, "comment": comment, "table_hex": of.hex(), "slips": given, **opens},
        )

    vector("opens-first-two", "opens", "slips 1 and 2 of a set of which 2 of 3 are needed", texts[:2])
    vector("opens-in-any-order", "opens", "slips 3 and 1", [texts[2], texts[0]])
    typed = texts[0].lower().replace(" ", "-").replace("0", "o").replace("1", "l")
    vector("opens-as-typed", "opens", "small letters, hyphens, O for zero and l for one", [typed, texts[1]])
    forged = Slip(table.set, 2, bytes(KEY)).text()
    vector(
        "opens-beside-a-forged-slip", "opens", "a forged slip 2 beside 1 and 3", [texts[0], forged, texts[2]]
    )
    all_seven, seven = custody.split(key, 4, 7)
    vector(
        "opens-four-of-seven",
        "opens",
        "the largest table: 35 boxes",
        [seven[n].text() for n in (1, 2, 4, 6)],
        all_seven.to_bytes(),
    )

    vector("one-slip", "TooFewSlips", "one slip where two are needed", texts[:1])
    vector("one-slip-twice", "TooFewSlips", "the same slip twice", [texts[0], texts[0]])
    vector("forged", "FalseSlip", "a well-formed slip 2 of another share", [texts[0], forged])
    relabelled = Slip(table.set, 3, slips[1].share).text()
    vector("relabelled", "FalseSlip", "slip 2 that says it is slip 3, checked anew", [texts[0], relabelled])
    foreign = Slip("0000" if table.set != "0000" else "1111", 2, slips[1].share).text()
    vector("foreign", "ForeignSlip", "slip 2 under the name of another set", [texts[0], foreign])
    newer, replaced = custody.replace(table, key, 2)
    vector(
        "opens-replaced",
        "opens",
        "the new slip 2, with the new table",
        [texts[0], replaced.text()],
        newer.to_bytes(),
    )
    vector("replaced", "FalseSlip", "the old slip 2, with the new table", texts[:2], newer.to_bytes())

    last = "0" if texts[0][-1] != "0" else "1"
    vector("misread", "MisreadSlip", "the last sign is another", [texts[0][:-1] + last, texts[1]])
    vector("one-sign-short", "MisreadSlip", "the last sign is missing", [texts[0][:-1], texts[1]])
    vector("version", "MisreadSlip", "the first sign is 2", ["2" + texts[0][1:], texts[1]])
    vector("not-a-sign", "MisreadSlip", "a sign that is in no slip", ["?" + texts[0][1:], texts[1]])

    def flawed(name: str, expect: str, comment: str, change: Callable[[bytearray], object]) -> None:
        body = bytearray(whole[:-32])
        change(body)
        vector(name, expect, comment, texts[:2], bytes(body) + hashlib.sha256(body).digest())

    flawed("magic", "MalformedTable", "another version of the table", lambda b: b.__setitem__(7, ord("2")))
    flawed("set-name", "MalformedTable", "a letter that no set has", lambda b: b.__setitem__(8, ord("O")))
    flawed("need-above-of", "MalformedTable", "four of three", lambda b: b.__setitem__(12, 4))
    flawed("no-need", "MalformedTable", "none of three", lambda b: b.__setitem__(12, 0))
    flawed("longer", "MalformedTable", "one byte more than its numbers say", lambda b: b.append(0))
    flawed(
        "box",
        "WrongTable",
        "the box of slips 1 and 2 is another",
        lambda b: b.__setitem__(14 + 3 * 16, b[14 + 48] ^ 1),
    )
    damaged = whole[:-1] + bytes([whole[-1] ^ 1])
    vector("checksum", "MalformedTable", "the checksum is another", texts[:2], damaged)
    vector("cut-short", "MalformedTable", "the last byte is missing", texts[:2], whole[:-1])
    assert Table.parse(whole).to_bytes() == whole


if __name__ == "__main__":
    make_custody()
