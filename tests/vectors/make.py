"""Makes the vectors once: `python tests/vectors/make.py`. Vectors that exist are never written again.

Each file tests one thing and says which (`expect`, `comment`). Keys in them are for tests only.
"""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

from crypto import envelope, keycard
from crypto.keys import IntakePublic, IntakeSecret, SigningKey
from crypto.notes import sign_note

HERE = Path(__file__).parent
PYTHON_ONLY = {"acknowledgement", "bundle", "custody"}
"""Folders whose parsers the browser has no use for."""
NODE_ONLY = {"board"}
"""Folders that node alone reads (tests/crypto/node_board.mjs)."""
BODY = "그 밤에 강을 건넜습니다. 夜里过了江。 I crossed the river that night.".encode()
TODAY = date(2026, 11, 24)


def save(folder: str, name: str, vector: dict[str, object]) -> None:
    path = HERE / folder / f"{name}.json"
    path.parent.mkdir(exist_ok=True)
    if not path.exists():
        path.write_text(json.dumps(vector, ensure_ascii=False, indent=1) + "\n", "utf-8")


def make_envelopes() -> None:
    key, other = IntakeSecret.generate(), IntakeSecret.generate()
    meta: dict[str, object] = {"type": "statement", "v": 1}

    def vector(name: str, expect: str, comment: str, sealed: bytes, **changes: object) -> None:
        known: dict[str, object] = {
            "expect": expect,
            "comment": comment,
            "purpose": "intake",
            "secret_hex": key.to_bytes().hex(),
            "envelope_b64": base64.b64encode(sealed).decode(),
            "meta": meta,
            "body_b64": base64.b64encode(BODY).decode(),
        }
        save("envelope", name, known | changes)

    one = envelope.seal(BODY, meta, [key.public])
    two = envelope.seal(BODY, meta, [other.public, key.public])
    reply = envelope.seal(BODY, meta, [key.public], "reply")
    vector("opens-one-recipient", "opens", "one recipient", one)
    vector("opens-second-of-two", "opens", "our stanza is the second of two", two)
    empty = {"body_b64": "", "meta": {}}
    vector(
        "opens-empty-body",
        "opens",
        "an empty body, padded to the floor",
        envelope.seal(b"", {}, [key.public]),
        **empty,
    )
    vector("opens-reply", "opens", "a reply: key id of zeros, 3,407 bytes", reply, purpose="reply")

    def flawed(
        name: str, expect: str, comment: str, change: Callable[[bytearray], object], of: bytes = one
    ) -> None:
        changed = bytearray(of)
        change(changed)
        vector(name, expect, comment, bytes(changed))

    def flip(at: int) -> Callable[[bytearray], None]:
        def change(b: bytearray) -> None:
            b[at] ^= 1

        return change

    def swap_chunks(b: bytearray) -> None:
        first = 1287 + 56
        second = first + 16400
        b[first:second], b[second : second + 16400] = b[second : second + 16400], b[first:second]

    flawed("magic", "MalformedEnvelope", "the first letter of the magic is changed", flip(0))
    flawed("suite", "MalformedEnvelope", "an unknown suite", flip(8))
    flawed("no-recipients", "MalformedEnvelope", "zero recipients", lambda b: b.__setitem__(9, 0))
    flawed("kind", "MalformedEnvelope", "a stanza of unknown kind", flip(10))
    flawed("stanza-length", "MalformedEnvelope", "a stanza length that is one off", flip(19))
    flawed(
        "cut-header",
        "MalformedEnvelope",
        "cut in the middle of the header",
        lambda b: b.__delitem__(slice(600, None)),
    )
    flawed("key-id", "WrongKey", "the key id is another's", flip(11))
    flawed("x-wing", "WrongKey", "one bit of the X-Wing ciphertext is changed", flip(100))
    flawed("sealed-box", "WrongKey", "one bit of the sealed box is changed", flip(1286))
    flawed("salt", "DamagedEnvelope", "one bit of the salt is changed", flip(1287))
    flawed("commitment", "DamagedEnvelope", "one bit of the commitment is changed", flip(1287 + 24))
    flawed("first-chunk", "DamagedEnvelope", "one bit of the first chunk is changed", flip(1287 + 60))
    flawed("last-tag", "DamagedEnvelope", "one bit of the last tag is changed", flip(-1))
    flawed("swapped-chunks", "DamagedEnvelope", "the first two chunks change places", swap_chunks)
    flawed(
        "no-last-chunk",
        "DamagedEnvelope",
        "the short last chunk is missing: cut at a chunk's edge",
        lambda b: b.__delitem__(slice(-16, None)),
    )
    flawed("other-stanza-edited", "DamagedEnvelope", "a stanza for someone else is changed", flip(500), two)
    vector(
        "other-purpose",
        "WrongKey",
        "sealed as a capsule, opened as intake",
        envelope.seal(BODY, meta, [key.public], "capsule"),
    )
    vector("other-key", "WrongKey", "sealed to somebody else", envelope.seal(BODY, meta, [other.public]))


def make_keycards() -> None:
    root, stranger, key = SigningKey.generate(), SigningKey.generate(), IntakeSecret.generate()
    dated = keycard.DatedKey(date(2026, 11, 16), date(2026, 11, 30), key.public)
    good = keycard.Keycard("archive.example", 42, date(2026, 11, 21), date(2026, 12, 21), 1, (dated,))

    def vector(name: str, expect: str, comment: str, note: bytes, **changes: object) -> None:
        known: dict[str, object] = {
            "expect": expect,
            "comment": comment,
            "origin": good.origin,
            "root_hex": root.public.raw.hex(),
            "today": TODAY.isoformat(),
            "floor": 40,
            "note": note.decode(),
        }
        save("keycard", name, known | changes)

    card = keycard.issue(good, root)
    text = card.decode().rpartition("\n\n")[0] + "\n"

    def resigned(changed: str) -> bytes:
        return sign_note(changed, "archive.example/root", root)

    vector("good", "opens", "within its dates, signed by the pinned root", card)
    both = card + sign_note(text, "witness.example", stranger).rpartition(b"\n\n")[2]
    vector("unknown-signer", "opens", "a second line by an unknown signer is ignored", both)
    vector("rollback", "RolledBackKeycard", "the serial is below the client's floor", card, floor=43)
    vector("expired", "ExpiredKeycard", "two days after it expired", card, today="2026-12-23")
    vector("future", "ExpiredKeycard", "issued two days after this device's date", card, today="2026-11-19")
    late = dataclasses.replace(good, keys=(dataclasses.replace(dated, last=date(2026, 11, 23)),))
    vector("no-key-today", "ExpiredKeycard", "no key is dated for today", keycard.issue(late, root))
    vector("foreign-root", "NoteError", "signed by another root", keycard.issue(good, stranger))
    vector(
        "edited",
        "BadSignature",
        "the serial was edited after signing",
        card.replace(b"serial 42", b"serial 43"),
    )
    vector("crlf", "MalformedKeycard", "lines end in CR LF", card.replace(b"\n", b"\r\n"))
    other = base64.b64encode(IntakePublic(IntakeSecret.generate().public.bundle).bundle).decode()
    swapped = " ".join([*text.splitlines()[6].split(" ")[:5], other])
    vector(
        "swapped-key",
        "MalformedKeycard",
        "well signed, but a key is not the one its id names",
        resigned("\n".join([*text.splitlines()[:6], swapped]) + "\n"),
    )
    vector("other-origin", "NoteError", "a card of another archive", card, origin="other.example")
    vector(
        "newer-client",
        "MalformedKeycard",
        "asks for a newer client",
        resigned(text.replace("min-client 1", "min-client 9")),
    )
    long = text.replace("expires 2026-12-21", "expires 2027-12-21")
    vector(
        "lives-too-long", "MalformedKeycard", "expires more than 31 days after it was issued", resigned(long)
    )
    # The identity point as a key: with it, one signature is valid for any message in lenient verifiers.
    small = bytes([1]) + bytes(31)
    name_hash = hashlib.sha256(b"archive.example/root\n\x01" + small).digest()[:4]
    forged = base64.b64encode(name_hash + small + bytes(32)).decode()
    vector(
        "small-order-root",
        "BadSignature",
        "the pinned root is a small-order point",
        f"{text}\n\N{EM DASH} archive.example/root {forged}\n".encode(),
        root_hex=small.hex(),
    )


if __name__ == "__main__":
    make_envelopes()
    make_keycards()
