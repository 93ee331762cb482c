"""One envelope of a bundle or a capsule becomes what the archive keeps: a testimony, a file, or her new word.

1. It is kept whole with its journal event, or not at all.
2. One that was taken in before is recognised by its header and not taken twice.
3. What cannot be unsealed or believed raises, and nothing of it is kept; `accession` puts it in quarantine.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import date
from pathlib import Path
from typing import BinaryIO, Literal

from archive import keyring, notices
from archive.objects import Staged
from archive.standing import hear
from archive.statement import LARGEST, META, parse
from archive.testimony import Testimony, TestimonyId, quarter_of
from archive.vault import Vault
from crypto.capsule.telling import MEDIA
from crypto.envelope import MAX_HEADER, Header, Opened, Sink, padded_size, parse_header, unseal_stream
from crypto.keycard import Kind
from crypto.keys import IntakeSecret

Keys = dict[bytes, tuple[Kind, IntakeSecret]]
Came = TestimonyId | Literal["file", "consent", "withdrawal", "again"]
"""What was in an envelope: a testimony, by its id, or what else. `again` is what is here already."""


class Unreadable(Exception):
    """This envelope goes to quarantine; the message is the reason that is shown."""


def unseal(vault: Vault, envelope: Path, keys: Keys, today: date) -> Came:
    """Keep what is sealed in the file *envelope*, and say what it was.

    `Unreadable`, `EnvelopeError` or `MalformedTestimony` for what belongs in quarantine.
    """
    with envelope.open("rb") as file:
        header = parse_header(file.read(MAX_HEADER))
        if vault.holds("envelope", header.digest.hex()):
            return "again"
        key = next((keys[k] for k in header.key_ids if k in keys), None)
        if key is None:
            raise Unreadable("sealed to a key that this archive does not hold")
        file.seek(0)
        return _keep(vault, file, header, key, envelope.stat().st_size, today)


def _keep(
    vault: Vault,
    file: BinaryIO,
    header: Header,
    key: tuple[Kind, IntakeSecret],
    size: int,
    today: date,
) -> Came:
    purpose, secret = key
    with vault.stage() as staged:
        counted = _Counted(staged)
        opened = unseal_stream(file, secret, counted, purpose)
    name = secrets.token_hex(16)
    try:
        with vault.together():
            vault.adopt("original", name, staged)
            came = _record(vault, staged, opened, padded_size(header, size), name, today)
            vault.put_json(
                "original", name, {"sha256": counted.digest, "length": opened.length, "purpose": purpose}
            )
            vault.put_json("envelope", header.digest.hex(), name)
            vault.journal.append("der", "archive", [f"original:{name}"])
            vault.journal.append("mes", "archive", [f"original:{name}"])
    except BaseException:
        # A Ctrl-C can come after the commit: what a record names by now is kept.
        if not vault.holds("original", name):
            vault.discard(staged)
        raise
    return came


def _record(vault: Vault, staged: Staged, opened: Opened, padded: int, original: str, today: date) -> Came:
    """The testimony that came, or what else it was."""
    meta = opened.meta
    if meta == META:
        if opened.length > LARGEST:
            raise Unreadable("a statement longer than any that is written by hand")
        return _testify(vault, vault.staged(staged), opened, original, today)
    if set(meta) != {"type", "media", "name"} or meta["type"] != "file":
        raise Unreadable("neither a statement nor a file of version 1")
    if not isinstance(meta["media"], str) or not MEDIA.fullmatch(meta["media"]):
        raise Unreadable("a file without a media type")
    vault.put_json("file", opened.digest.hex(), [padded, meta["media"], original])
    return "file"


def _testify(vault: Vault, body: bytes, opened: Opened, original: str, today: date) -> Came:
    told = parse(body, opened.meta, opened.digest, keyring.roots(vault))
    sequence = f"{told.account}-{told.sequence}"
    used = vault.holds("account", sequence)
    # That she takes it back must not fail by a number.
    if used and told.kind != "withdrawal":
        raise Unreadable("this account has already sent a statement of this number")
    if told.kind == "consent" or told.kind == "withdrawal":
        if not used:
            vault.put_json("account", sequence, told.kind)
        for each in hear(vault, told, today, used=used):
            notices.part(vault, each, today)
        if told.kind == "withdrawal":
            # Her signed word, by which what it takes back may be destroyed.
            vault.put_json("withdrawal", f"{told.account}:{original}", opened.digest.hex())
        return told.kind
    testimony = Testimony(
        TestimonyId(secrets.token_hex(8)),
        told.kind,
        told.lang,
        quarter_of(today),
        "received",
        told.consent,
        told.text,
        told.files,
    )
    vault.put_testimony(testimony)
    vault.put_json("account", sequence, testimony.id)
    vault.put_json("told-by", testimony.id, told.account)
    vault.put_json("told-as", testimony.id, told.sequence)
    hear(vault, told, today)
    vault.put_json("received", testimony.id, original)
    vault.journal.append("acc", "archive", [f"testimony:{testimony.id}"])
    return testimony.id


class _Counted:
    """A sink that takes the SHA-256 of what passes."""

    def __init__(self, into: Sink) -> None:
        self._into, self._sha256 = into, hashlib.sha256()

    def write(self, piece: bytes, /) -> int:
        self._sha256.update(piece)
        return self._into.write(piece)

    @property
    def digest(self) -> str:
        return self._sha256.hexdigest()
