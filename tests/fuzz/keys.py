"""Fixed keys, and bytes signed or sealed by them: a signature would otherwise keep every fuzzer out."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import Final

from cryptography.cobblestone import Cobblestone256Encryptor

from archive.errors import ArchiveError
from crypto import mandate
from crypto.errors import CryptoError
from crypto.keys import IntakeSecret, SigningKey
from crypto.notes import countersign, sign_note
from crypto.stanza import wrap

ROOT: Final = SigningKey(bytes(32))
KEY: Final = IntakeSecret(bytes(32), bytes(range(32)))
SENDER: Final = IntakeSecret(bytes([7]) * 32, bytes(32))
"""What replies come from; only its X25519 half is used."""
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


def by_root(data: bytes) -> bytes:
    return sign_note(text_of(data), f"{ORIGIN}/root", ROOT)


def followed(data: bytes) -> bytes:
    """Signed by the root and by one that may follow it."""
    return countersign(by_root(data), f"{ORIGIN}/root", PEOPLE[0])


def by_desk(data: bytes) -> bytes:
    """The desk has the root's key here, and archivists sign too."""
    note = sign_note(text_of(data), f"{ORIGIN}/desk", ROOT)
    for person in PEOPLE:
        note = countersign(note, f"{ORIGIN}/archivist", person)
    return note


def sealed(inside: bytes) -> bytes:
    """An envelope of *inside*, padded or not, under a key that only `KEY` has."""
    encryptor = Cobblestone256Encryptor(FILE_KEY, CONTEXT)
    return HEADER + encryptor.update(inside) + encryptor.finalize()


def lying(name: str, content: bytes) -> Path:
    """*content* as a file of this name."""
    path = FOLDER / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    return path


@contextmanager
def refused(*more: type[Exception]) -> Iterator[None]:
    """What is refused with an error of this house, or one of *more*, is refused well."""
    with suppress(CryptoError, ArchiveError, *more):
        yield
