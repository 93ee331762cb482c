"""Signed notes: text a person can read and print, with a signature line (C2SP signed-note).

Used for all that the root, the desk and the courier sign. What is signed is the text's
bytes as transmitted: nothing is re-serialised before it is checked. Unknown signers' lines are ignored.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable
from typing import Final

from crypto.errors import BadSignature, NoteError
from crypto.keys import SigningKey, VerifyKey

ED25519: Final = b"\x01"
DASH: Final = "\N{EM DASH} "


def sign_note(text: str, name: str, key: SigningKey) -> bytes:
    """*text* (which must end in a line feed) with *name*'s signature line under it."""
    if not text.endswith("\n"):
        raise NoteError("the text of a note ends in a line feed")
    _check_name(name)
    signature = _key_hash(name, key.public) + key.sign(text.encode())
    return f"{text}\n{DASH}{name} {base64.b64encode(signature).decode()}\n".encode()


def countersign(note: bytes, name: str, key: SigningKey) -> bytes:
    """*note* with one more signature line over the same text."""
    text, _ = _split(note)
    return note + sign_note(text, name, key)[len(text.encode()) + 1 :]


def open_note(untrusted: bytes, name: str, key: VerifyKey) -> str:
    """The text that *key* signed as *name*.

    Raises `NoteError` when it is no note or has no line by this name and key; `BadSignature` when it lies.
    """
    text, lines = _split(untrusted)
    key.verify(_signature_of(lines, name, key), text.encode())
    return text


def signers(untrusted: bytes, name: str, keys: Iterable[VerifyKey]) -> frozenset[VerifyKey]:
    """Those of *keys* that signed this note as *name*; what `open_note` raises for a line that lies."""
    text, lines = _split(untrusted)
    found = set()
    for key in keys:
        try:
            signature = _signature_of(lines, name, key)
        except NoteError:
            continue
        key.verify(signature, text.encode())
        found.add(key)
    return frozenset(found)


def _split(untrusted: bytes) -> tuple[str, list[str]]:
    try:
        note = untrusted.decode()
    except UnicodeDecodeError:
        raise NoteError("a note is UTF-8 text") from None
    text, blank, signatures = note.rpartition("\n\n")
    if not blank or "\r" in note or not signatures.endswith("\n"):
        raise NoteError("a note is text, an empty line and signature lines, with line feeds only")
    return text + "\n", signatures.removesuffix("\n").split("\n")


def _signature_of(lines: list[str], name: str, key: VerifyKey) -> bytes:
    found = None
    for line in lines:
        who, _, encoded = line.removeprefix(DASH).partition(" ")
        if not line.startswith(DASH) or not encoded:
            raise NoteError("a line under the note is not a signature line")
        try:
            raw = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            raise NoteError("a signature line is not base64") from None
        if who == name and raw[:4] == _key_hash(name, key):
            found = raw[4:]
    if found is None:
        raise NoteError(f"not signed by the key that is known as {name}")
    if len(found) != 64:
        raise BadSignature("an Ed25519 signature has 64 bytes")
    return found


def _key_hash(name: str, key: VerifyKey) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + ED25519 + key.raw).digest()[:4]


def _check_name(name: str) -> None:
    if not name or "+" in name or any(c.isspace() for c in name):
        raise NoteError("a signer's name has no space and no plus sign")
