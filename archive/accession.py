"""Door one, from the inside: a bundle becomes testimonies, files, and what waits in quarantine.

1. Nothing is ever deleted because it cannot be read: it is set aside, as it came, with the reason.
2. An envelope that was taken in before is recognised by its header and not taken twice.
3. Each envelope is kept whole with its journal event, or not at all; a stopped accession is run again.
4. The acknowledgement names what this archive holds, quarantine included, and nothing else.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import BinaryIO, Final, Literal

from archive import courier, keyring, notices, quarantine
from archive.courier import NEW, Place
from archive.errors import ArchiveError
from archive.objects import Staged
from archive.standing import hear
from archive.statement import LARGEST, META, parse
from archive.testimony import Attachment, MalformedTestimony, Testimony, TestimonyId, quarter_of
from archive.vault import Vault
from crypto import bundle, durable
from crypto.capsule import container
from crypto.capsule.telling import MEDIA
from crypto.envelope import MAX_HEADER, Header, Opened, Sink, padded_size, parse_header, unseal_stream
from crypto.errors import DamagedPart, EnvelopeError
from crypto.keycard import Kind
from crypto.keys import IntakeSecret

UNDER_WAY: Final = "another accession is at work here; run this again when it is done"
Keys = dict[bytes, tuple[Kind, IntakeSecret]]
Other = Literal["file", "consent", "withdrawal"]


class AccessionUnderWay(ArchiveError):
    """Another process is taking in; two at once would take the same twice."""


class Unreadable(Exception):
    """This envelope goes to quarantine; the message is the reason that is shown."""


@dataclass
class Report:
    """What one accession did. Ids only. A capsule has the number 0 and is not acknowledged."""

    number: int
    taken: list[TestimonyId] = field(default_factory=list)
    files: int = 0
    changed: int = 0
    """Consents that were changed."""
    withdrawn: int = 0
    again: int = 0
    quarantined: list[str] = field(default_factory=list)
    damaged: tuple[str, ...] = ()
    bad: tuple[str, ...] = ()
    foreign: int = 0
    place: Place = NEW
    acknowledgement: bytes = b""


def accession(
    vault: Vault,
    folder: Path,
    *,
    today: Callable[[], date] = lambda: datetime.now(UTC).date(),
    progress: Callable[[int, int], None] = lambda done, all: None,
) -> Report:
    """Take in the bundle in *folder*; may be run again.

    A `BundleError` for a false one, `AccessionUnderWay` while another process takes something in.
    """
    found = bundle.read(folder, keyring.courier(vault))
    report = Report(found.number, damaged=found.damaged, bad=found.bad, foreign=found.foreign)
    held: list[str] = []
    with _alone(vault):
        secrets_by_id = keyring.intake_secrets(vault)
        vault.sweep()
        report.place = courier.place(vault, found)
        for number, entry in enumerate(found.entries, 1):
            try:
                _take(vault, entry.id, partial(found.copy, entry.id), secrets_by_id, today(), report)
            except DamagedPart:
                report.damaged = (*report.damaged, entry.id)
            else:
                held.append(entry.id)
            progress(number, len(found.entries))
        report.acknowledgement = courier.arrived(vault, found, held)
    return report


def accession_capsule(
    vault: Vault,
    file: Path,
    *,
    today: Callable[[], date] = lambda: datetime.now(UTC).date(),
    progress: Callable[[int, int], None] = lambda done, all: None,
) -> Report:
    """Take in a capsule that somebody carried here; may be run again. `MalformedCapsule` for another file.

    Of one that was cut on its way, what is whole is taken; the report's `damaged` names the other places.
    """
    secrets_by_id = keyring.intake_secrets(vault)
    vault.sweep()
    with _alone(vault), file.open("rb") as source:
        found = container.read(source)
        missing = range(len(found.entries) + 1, found.announced + 1)
        report = Report(0, damaged=tuple(str(number) for number in missing))
        for number, entry in enumerate(found.entries, 1):
            copy = partial(container.copy, source, entry)
            # Named by all its bytes: a damaged copy in quarantine must not keep a good one out.
            name = _Counted(_Nowhere())
            copy(name)
            _take(vault, name.digest[:32], copy, secrets_by_id, today(), report)
            progress(number, len(found.entries))
    vault.journal.append("tra", "archive", [f"capsule:{secrets.token_hex(8)}"])
    return report


def retry(vault: Vault, *, today: Callable[[], date] = lambda: datetime.now(UTC).date()) -> Report:
    """Try everything in quarantine again; what opens now is taken in, and the rest stays as it is."""
    with _alone(vault):
        return _retry(vault, today)


def _retry(vault: Vault, today: Callable[[], date]) -> Report:
    keys, report = keyring.intake_secrets(vault), Report(0)
    for name in vault.names("quarantine"):
        waiting = quarantine.folder(vault) / name
        try:
            before = report.again
            _open(vault, waiting, keys, today(), report)
            if report.again > before:
                continue  # one with this header is here; this may be a damaged copy of it, and is kept
        except (Unreadable, EnvelopeError, MalformedTestimony, OSError):
            report.quarantined.append(name)
        else:
            vault.shred("quarantine", name, "archive")
            waiting.unlink()
    return report


@contextmanager
def _alone(vault: Vault) -> Iterator[None]:
    folder = os.open(vault.home, os.O_RDONLY)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AccessionUnderWay(UNDER_WAY) from None
        yield
    finally:
        os.close(folder)


def attachment_state(vault: Vault, attachment: Attachment) -> str:
    """`here`, `waiting` while its envelope has not come, or `differs` when the statement lists another."""
    held = vault.holds("file", attachment.digest)
    return attachment.state(vault.json("file", attachment.digest) if held else None)


def _take(
    vault: Vault,
    entry_id: str,
    copy: Callable[[BinaryIO], None],
    keys: Keys,
    today: date,
    report: Report,
) -> None:
    folder = quarantine.folder(vault)
    folder.mkdir(mode=0o700, exist_ok=True)
    staged = folder / f"{entry_id}.part"
    try:
        with staged.open("wb") as file:
            copy(file)
            file.flush()
            os.fsync(file.fileno())
        name = _waiting_name(folder, entry_id, staged)
        if (folder / name).exists() and vault.holds("quarantine", name):
            report.again += 1
            return
        try:
            _open(vault, staged, keys, today, report)
        except (Unreadable, EnvelopeError, MalformedTestimony) as reason:
            durable.rename(staged, folder / name)
            with vault.together():
                vault.put_json("quarantine", name, [str(reason), today.isoformat()])
                vault.journal.append("qua", "archive", [f"envelope:{name}"], "fail")
            report.quarantined.append(name)
    finally:
        staged.unlink(missing_ok=True)


def _waiting_name(folder: Path, entry_id: str, staged: Path) -> str:
    """Its name in quarantine: the id, or its SHA-256 where other bytes lie under that id already."""
    held = folder / entry_id
    if not held.exists() or _sha256(held) == (own := _sha256(staged)):
        return entry_id
    # No id of a bundle is as long, so nobody can take this name beforehand.
    return own


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _open(vault: Vault, staged: Path, keys: Keys, today: date, report: Report) -> None:
    with staged.open("rb") as file:
        header = parse_header(file.read(MAX_HEADER))
        if vault.holds("envelope", header.digest.hex()):
            report.again += 1
            return
        key = next((keys[k] for k in header.key_ids if k in keys), None)
        if key is None:
            raise Unreadable("sealed to a key that this archive does not hold")
        file.seek(0)
        _keep(vault, file, header, key, staged.stat().st_size, today, report)


def _keep(
    vault: Vault,
    file: BinaryIO,
    header: Header,
    key: tuple[Kind, IntakeSecret],
    size: int,
    today: date,
    report: Report,
) -> None:
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
    _count(report, came)


def _count(report: Report, came: TestimonyId | Other) -> None:
    if came == "file":
        report.files += 1
    elif came == "consent":
        report.changed += 1
    elif came == "withdrawal":
        report.withdrawn += 1
    else:
        report.taken.append(TestimonyId(came))


def _record(
    vault: Vault, staged: Staged, opened: Opened, padded: int, original: str, today: date
) -> TestimonyId | Other:
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


def _testify(
    vault: Vault, body: bytes, opened: Opened, original: str, today: date
) -> TestimonyId | Literal["consent", "withdrawal"]:
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


class _Nowhere:
    """A sink that keeps nothing."""

    def write(self, piece: bytes, /) -> int:
        return len(piece)
