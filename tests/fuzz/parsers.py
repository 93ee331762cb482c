"""Every parser of bytes from outside, as a function of bytes that must raise nothing but our own errors.

What is signed or sealed is also signed or sealed here, by fixed keys, around the bytes: a signature would
otherwise keep every fuzzer out. `python -m tests.fuzz.parsers` lists the names.
"""

from __future__ import annotations

import hashlib
import io
import json
import tempfile
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any, Final

from cryptography.cobblestone import Cobblestone256Encryptor

from archive import release, requests, statement
from archive.testimony import MalformedTestimony
from archive.versions import webvtt
from archive.versions.segments import MalformedVersion
from crypto import bundle, keycard, mandate
from crypto.envelope import check_size, parse_header, unseal, unseal_seekable
from crypto.errors import CryptoError
from crypto.keys import IntakeSecret, SigningKey
from crypto.notes import countersign, open_note, sign_note
from crypto.receipt import Receipt
from crypto.stanza import wrap
from crypto.stick import MANIFEST

OURS: Final = (CryptoError, MalformedTestimony, MalformedVersion, release.ReleaseError)
LARGEST: Final = 4096
"""Bytes of one input. All parsers are linear in it, so this also bounds the time and memory of a replay."""

ROOT: Final = SigningKey(bytes(32))
KEY: Final = IntakeSecret(bytes(32), bytes(range(32)))
FILE_KEY: Final = bytes(range(32))
HEADER: Final = b"ONGGIEN1\x01\x01" + wrap(KEY.public, "reply", FILE_KEY)
CONTEXT: Final = b"onggi-env1|reply|" + hashlib.sha512(HEADER).digest()
ORIGIN: Final = "archive.example"
TODAY: Final = date(2026, 11, 24)
PEOPLE: Final = (SigningKey(bytes([1]) * 32), SigningKey(bytes([2]) * 32))
MANDATE: Final = mandate.issue(
    mandate.Mandate(ORIGIN, 1, TODAY, TODAY, ROOT.public, bytes(32), tuple(p.public for p in PEOPLE)), ROOT
)

_HOME: Final = tempfile.TemporaryDirectory()
FOLDER: Final = Path(_HOME.name)
"""One for all runs: making a folder costs more than reading what is in it."""


def text_of(data: bytes) -> str:
    """A text that a signer would sign."""
    return "".join(c for c in data.decode("utf-8", "replace") if c >= " " or c == "\n") + "\n"


def header(data: bytes) -> None:
    with suppress(*OURS):
        check_size(parse_header(data), len(data) + 2120)


def envelope(data: bytes) -> None:
    """*data* as an envelope, and as what is sealed in one; both ways of opening must agree."""
    encryptor = Cobblestone256Encryptor(FILE_KEY, CONTEXT)
    for sealed in (data, HEADER + encryptor.update(data) + encryptor.finalize()):
        try:
            whole = unseal(sealed, KEY, "reply")
        except CryptoError:
            with suppress(CryptoError):
                opened, body = unseal_seekable(io.BytesIO(sealed), KEY, "reply")
                # Only padding that is not zeros is left to the stream.
                assert opened.length < len(data)
                body.read()
        else:
            opened, body = unseal_seekable(io.BytesIO(sealed), KEY, "reply")
            assert whole == (opened.meta, body.read())


def message(data: bytes) -> None:
    """A sealed stream whose reader looks where *data* says."""
    encryptor = Cobblestone256Encryptor(FILE_KEY, CONTEXT)
    sealed = HEADER + encryptor.update(PLAIN) + encryptor.finalize()
    opened, body = unseal_seekable(io.BytesIO(sealed), KEY, "reply")
    for at in range(0, len(data) - 3, 4):
        start, size = (
            int.from_bytes(data[at : at + 2], "little"),
            int.from_bytes(data[at + 2 : at + 4], "little"),
        )
        body.seek(start)
        assert body.read(size) == BODY[start : start + size]
    assert opened.length == len(BODY)


BODY: Final = bytes(range(256)) * 150
INSIDE: Final = b"pt1\0" + (2).to_bytes(4, "little") + len(BODY).to_bytes(8, "little") + b"{}" + BODY
PLAIN: Final = INSIDE + bytes(38912 - len(INSIDE))


def note(data: bytes) -> None:
    signed = sign_note("text\n", f"{ORIGIN}/root", ROOT)
    for candidate in (data, signed + data, signed[:6] + data):
        with suppress(*OURS):
            open_note(candidate, f"{ORIGIN}/root", ROOT.public)


def keycard_(data: bytes) -> None:
    for candidate in (data, sign_note(text_of(data), f"{ORIGIN}/root", ROOT)):
        with suppress(*OURS):
            keycard.verify(candidate, origin=ORIGIN, root=ROOT.public, today=TODAY)


def manifest(data: bytes) -> None:
    with suppress(*OURS):
        (FOLDER / MANIFEST).write_bytes(sign_note(text_of(data), "onggi-courier", ROOT))
        bundle.read(FOLDER, ROOT.public)


def acknowledgement(data: bytes) -> None:
    for candidate in (data, sign_note(text_of(data), f"{ORIGIN}/desk", ROOT)):
        with suppress(*OURS):
            bundle.read_acknowledgement(candidate, origin=ORIGIN, desk=ROOT.public)


def mandate_(data: bytes) -> None:
    """*data* as what the root signs of other keys, and as what it is asked to."""
    for candidate in (data, sign_note(text_of(data), f"{ORIGIN}/root", ROOT)):
        with suppress(*OURS):
            mandate.verify(candidate, origin=ORIGIN, root=ROOT.public, today=TODAY)
        with suppress(*OURS):
            mandate.verify_rotation(candidate, origin=ORIGIN, root=ROOT.public)
    with suppress(*OURS):
        requests.parse(text_of(data), ORIGIN)


def receipt(data: bytes) -> None:
    with suppress(*OURS):
        Receipt.parse(data.decode("utf-8", "replace"))


def statement_(data: bytes) -> None:
    """*data* as it came, and signed anew when it is an object that could be."""
    candidates = [data]
    with suppress(ValueError, RecursionError):
        row: Any = json.loads(data)
        if isinstance(row, dict) and type(row.get("seq")) is int:
            row["signature"] = ROOT.sign(statement.signed(ROOT.public, row["seq"], bytes(64))).hex()
            candidates.append(json.dumps(row).encode())
    for candidate in candidates:
        with suppress(*OURS):
            statement.parse(candidate, statement.META, bytes(64), (ROOT.public,))


def release_(data: bytes) -> None:
    """*data* as the body of a signed release, and as its note."""
    lines = data.count(b"\n")
    signed = f"{ORIGIN}/release\nv1\n1\n{'0' * 64}\n{hashlib.sha256(data).hexdigest()}\n{lines}\n"
    (FOLDER / "release.jsonl").write_bytes(data)
    (FOLDER / "mandate.note").write_bytes(MANDATE)
    for candidate in (signed, text_of(data)):
        note = sign_note(candidate, f"{ORIGIN}/desk", ROOT)
        for person in PEOPLE:
            note = countersign(note, f"{ORIGIN}/archivist", person)
        (FOLDER / "release.note").write_bytes(note)
        with suppress(*OURS):
            release.verify(FOLDER, ROOT.public, ORIGIN)


def webvtt_(data: bytes) -> None:
    """*data* as a file, and as what follows a whole cue; what was read goes out and comes in the same."""
    for candidate in (data, b"WEBVTT\n\ns0001\n00:00.000 --> 00:01.000\n<v narrator>" + data):
        with suppress(*OURS):
            found = webvtt.parse(candidate, {"s0001", "s0002"}, 3)
            again = webvtt.parse(webvtt.write(found).encode(), {each.id for each in found}, 9)
            assert again == found


PARSERS: Final[dict[str, Callable[[bytes], None]]] = {
    "header": header,
    "envelope": envelope,
    "message": message,
    "note": note,
    "keycard": keycard_,
    "mandate": mandate_,
    "manifest": manifest,
    "acknowledgement": acknowledgement,
    "receipt": receipt,
    "statement": statement_,
    "release": release_,
    "webvtt": webvtt_,
}

if __name__ == "__main__":
    print(*PARSERS)
