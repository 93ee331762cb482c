"""Signed notes: text a person can read and print, with a signature line (C2SP signed-note).

Used for all that the root, the desk and the courier sign. What is signed is the text's
bytes as transmitted: nothing is re-serialised before it is checked. Unknown signers' lines are ignored.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable
from typing import Final

from crypto.errors import NoteError
from crypto.keys import SigningKey, VerifyKey

ED25519: Final = b"\x01"
DASH: Final = "\N{EM DASH} "

_CONTROLS: Final = re.compile(r"[\x00-\x09\x0b-\x1f]")


def sign_note(text: str, name: str, key: SigningKey) -> bytes:
    """*text* (which must end in a line feed) with *name*'s signature line under it."""
    if not text.endswith("\n"):
        raise NoteError("the text of a note ends in a line feed")
    _check_controls(text)
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
    if not _is_signed(text, lines, name, key):
        raise NoteError(f"not signed by the key that is known as {name}")
    return text


def signers(untrusted: bytes, name: str, keys: Iterable[VerifyKey]) -> frozenset[VerifyKey]:
    """Those of *keys* that signed this note as *name*; what `open_note` raises for a line that lies."""
    text, lines = _split(untrusted)
    return frozenset(key for key in keys if _is_signed(text, lines, name, key))


def _split(untrusted: bytes) -> tuple[str, list[str]]:
    try:
        note = untrusted.decode()
    except UnicodeDecodeError:
        raise NoteError("a note is UTF-8 text") from None
    _check_controls(note)
    text, blank, signatures = note.rpartition("\n\n")
    if not blank or not signatures.endswith("\n"):
        raise NoteError("a note is text, an empty line and signature lines, with line feeds only")
    return text + "\n", signatures.removesuffix("\n").split("\n")


def _is_signed(text: str, lines: list[str], name: str, key: VerifyKey) -> bool:
    """Whether a line by this name and key is there; `BadSignature` when any of them lies."""
    signatures = [signature for line in lines if (signature := _signature(line, name, key)) is not None]
    for signature in signatures:
        key.verify(signature, text.encode())
    return bool(signatures)


def unbase64(text: str) -> bytes:
    """The bytes that *text* is the one base64 of (RFC 4648, padded), or `ValueError`."""
    raw = base64.b64decode(text)  # passes over what is no base64, which is missing then
    if base64.b64encode(raw).decode() != text:
        raise ValueError("not the one base64 of these bytes")
    return raw


def _signature(line: str, name: str, key: VerifyKey) -> bytes | None:
    """What a signature line holds when it is by this name and key."""
    who, _, encoded = line.removeprefix(DASH).partition(" ")
    if not line.startswith(DASH) or not encoded:
        raise NoteError("a line under the note is not a signature line")
    _check_name(who)
    try:
        raw = unbase64(encoded)
    except ValueError:
        raise NoteError("a signature line is not base64") from None
    return raw[4:] if who == name and raw[:4] == _key_hash(name, key) else None


def _check_controls(text: str) -> None:
    if _CONTROLS.search(text):
        raise NoteError("a note has no control characters but line feeds")


def _key_hash(name: str, key: VerifyKey) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + ED25519 + key.raw).digest()[:4]


def _check_name(name: str) -> None:
    if not name or "+" in name or any(c.isspace() for c in name):
        raise NoteError("a signer's name has no space and no plus sign")
