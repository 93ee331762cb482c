"""Safe copies in the vault: an original comes out sealed, a copy goes in, and what was done is on record.

1. The original is only read (R14), and checked against the SHA-256 that was taken when it came.
2. What is made is looked through for the original's metadata before it is kept (`metadata`).
3. Copies, metadata, outcome and journal event are kept together or not at all; a copy that fails leaves the
   one before it as it was.

Records: `attachment` and `metadata` under `TESTIMONY:NUMBER`, `rendition` under `TESTIMONY:NUMBER:PART`.
Format: docs/formats/attachments.md.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, Literal

from archive.attachments import metadata, sandbox
from archive.attachments.memory import Memory, NotOpened
from archive.attachments.metadata import Metadata, Tag
from archive.attachments.parts import SANITISER, Part, parts, read_metadata
from archive.attachments.pictures import Box
from archive.attachments.sandbox import SandboxUnavailable
from archive.attachments.sniff import HEAD, Detected, sniff
from archive.errors import ArchiveError
from archive.journal import EventType
from archive.objects import Staged
from archive.people import Person
from archive.standing import require_not_taken_back
from archive.testimony import Attachment
from archive.vault import UnknownRecord, Vault

SHOWN: Final = 256
"""Bytes that are shown of a file that is not opened."""
DECISION: Final = "media-redaction"
REDACTED: Final = "redacted-media"
_OF_A_PART: Final = ("rendition", DECISION, REDACTED)
_DONE: Final[tuple[EventType, ...]] = ("for", "mee", "ren")
State = Literal["closed", "copied", "refused", "bytes"]


class AttachmentRefused(ArchiveError):
    """There is no such file, it has not come yet, or it is not the one that came."""


@dataclass(frozen=True)
class Copy:
    """One safe copy of a file, or one page of it."""

    name: str
    """TESTIMONY:NUMBER:PART."""
    media: str
    sha256: str
    size: int
    width: int
    height: int
    milliseconds: int
    codes: tuple[Box, ...]


@dataclass(frozen=True)
class File:
    """A file that came with a testimony, as an archivist sees it before anything is opened."""

    name: str
    """TESTIMONY:NUMBER, the number from 1 on, in the order of the statement."""
    declared: str
    size: int
    """Bytes, when it is here; as it was padded on its way before that."""
    detected: Detected | None
    """None while its envelope has not come."""
    state: State
    why: str
    sanitiser: str
    copies: tuple[Copy, ...]
    tags: tuple[Tag, ...] = field(repr=False)


def files(vault: Vault, testimony_id: str) -> tuple[File, ...]:
    """The files of a testimony, in the order in which she listed them; `UnknownRecord`, or `TakenBack`."""
    require_not_taken_back(vault, testimony_id)
    listed = vault.testimony(testimony_id).attachments
    return tuple(_file(vault, f"{testimony_id}:{n}", each) for n, each in enumerate(listed, 1))


def first_bytes(vault: Vault, name: str) -> bytes:
    """What the file called TESTIMONY:NUMBER begins with, to be shown as numbers."""
    with vault.window("original", _original(vault, _attachment(vault, name))) as source:
        return source.read(SHOWN)


def copy(vault: Vault, name: str) -> Copy:
    """The safe copy TESTIMONY:NUMBER:PART, or `UnknownRecord`, or `TakenBack`."""
    require_not_taken_back(vault, name.partition(":")[0])
    return _copy(name, vault.json("rendition", name))


def content(vault: Vault, kept: Copy) -> Iterator[bytes]:
    """The bytes of a safe copy, in pieces."""
    return vault.kept("rendition", kept.name)


def opened(vault: Vault, agent: str, name: str) -> Copy:
    """The safe copy TESTIMONY:NUMBER:PART for *agent* to see, and the journal says that she did."""
    found = copy(vault, name)
    vault.journal.append("dsp", agent, [f"rendition:{name}"])
    return found


def make(
    vault: Vault,
    person: Person,
    name: str,
    today: date,
    progress: Callable[[int, int], None] = lambda done, all: None,
    *,
    dangerzone: bool = False,
) -> File:
    """Make the safe copies of TESTIMONY:NUMBER, and tell what came of it; may be asked for again.

    A file that cannot be opened is on record as refused, with the reason. `AttachmentRefused` for one that is
    not here, `SandboxUnavailable` where nothing may be opened: these leave everything as it was.
    """
    attachment = _attachment(vault, name)
    with _held(vault, attachment) as source:
        found = _sniffed(source.read, source.size)
        if found.treatment == "bytes":
            _refuse(vault, person, name, found, "bytes", "", today)
            return _file(vault, name, attachment)
        sandbox.require()
        told, kept = read_metadata(source), list[tuple[Staged, dict[str, Any]]]()
        try:
            for part in parts(source, found, told, progress, dangerzone=dangerzone):
                with part.content:
                    kept.append(_staged(vault, part, told))
            _keep(vault, person, name, found, told, kept, today)
        except SandboxUnavailable:
            _discard(vault, kept)
            raise
        except NotOpened as reason:
            _discard(vault, kept)
            _refuse(vault, person, name, found, "refused", str(reason), today)
        except BaseException:
            _discard(vault, kept)
            raise
    return _file(vault, name, attachment)


def _staged(vault: Vault, part: Part, told: Metadata) -> tuple[Staged, dict[str, Any]]:
    metadata.require_gone(told, part.content)
    sha256 = hashlib.sha256()
    with vault.stage() as staged:
        for piece in part.content.pieces():
            sha256.update(piece)
            staged.write(piece)
    row = {"media": part.media, "sha256": sha256.hexdigest(), "size": part.content.size}
    row |= {"width": part.width, "height": part.height, "milliseconds": part.milliseconds}
    return staged, row | {"codes": [list(box) for box in part.codes]}


def _keep(
    vault: Vault,
    person: Person,
    name: str,
    found: Detected,
    told: Metadata,
    kept: list[tuple[Staged, dict[str, Any]]],
    today: date,
) -> None:
    with vault.together():
        # What was hidden in a copy that is gone hides nothing in this one, and must not outlive it.
        for old in _parts_of(vault, name):
            for kind in (kind for kind in _OF_A_PART if vault.holds(kind, old)):
                vault.shred(kind, old, person.name)
        for number, (staged, row) in enumerate(kept, 1):
            vault.adopt("rendition", f"{name}:{number}", staged)
            vault.put_json("rendition", f"{name}:{number}", row)
        vault.put_json("metadata", name, [[tag.group, tag.name, tag.value] for tag in told.tags])
        _note(vault, name, found, "copied", "", today)
        for event in _DONE:
            vault.journal.append(event, person.name, [f"attachment:{name}"])


def _refuse(
    vault: Vault, person: Person, name: str, found: Detected, state: State, why: str, today: date
) -> None:
    with vault.together():
        if not _parts_of(vault, name):
            _note(vault, name, found, state, why, today)
        vault.journal.append("for", person.name, [f"attachment:{name}"])
        if state == "refused":
            vault.journal.append("ren", person.name, [f"attachment:{name}"], "fail")


def _note(vault: Vault, name: str, found: Detected, state: State, why: str, today: date) -> None:
    row = {"detected": found.media, "outcome": state, "why": why, "sanitiser": SANITISER}
    vault.put_json("attachment", name, row | {"day": today.isoformat()})


def _discard(vault: Vault, kept: list[tuple[Staged, dict[str, Any]]]) -> None:
    for staged, _ in kept:
        vault.discard(staged)


def _attachment(vault: Vault, name: str) -> Attachment:
    testimony_id, _, number = name.partition(":")
    require_not_taken_back(vault, testimony_id)
    listed = vault.testimony(testimony_id).attachments
    if not number.isdecimal() or not 0 < int(number) <= len(listed):
        raise UnknownRecord("this testimony has no file of this number")
    return listed[int(number) - 1]


def _original(vault: Vault, attachment: Attachment) -> str:
    if not vault.holds("file", attachment.digest):
        raise AttachmentRefused("this file has not come yet; the courier may still have it")
    size, media, name = vault.json("file", attachment.digest)
    if (size, media) != (attachment.size, attachment.media):
        raise AttachmentRefused("this is not the file that the statement lists; it stays closed")
    return str(name)


@contextmanager
def _held(vault: Vault, attachment: Attachment) -> Iterator[Memory]:
    """The original in memory, as it came."""
    name, sha256 = _original(vault, attachment), hashlib.sha256()

    def counted() -> Iterator[bytes]:
        for piece in vault.kept("original", name):
            sha256.update(piece)
            yield piece

    with Memory(counted()) as source:
        if sha256.hexdigest() != vault.json("original", name)["sha256"]:
            raise AttachmentRefused("the file is not as it was when it came; restore it from a backup")
        yield source.seal()


def _sniffed(read: Callable[[int, int], bytes], size: int) -> Detected:
    return sniff(read(HEAD, 0), read(HEAD, max(0, size - HEAD)))


def _file(vault: Vault, name: str, attachment: Attachment) -> File:
    try:
        original = _original(vault, attachment)
    except AttachmentRefused as reason:
        return File(name, attachment.media, attachment.size, None, "closed", str(reason), "", (), ())
    length = int(vault.json("original", original)["length"])
    row = vault.json("attachment", name) if vault.holds("attachment", name) else {}
    # Before anything was asked for, only its first bytes are looked at, and no program opens it.
    with vault.window("original", original) as source:
        found = _sniffed(lambda size, at: source.read(size) if source.seek(at) == at else b"", length)
    tags = vault.json("metadata", name) if vault.holds("metadata", name) else []
    copies = tuple(_copy(each, vault.json("rendition", each)) for each in _parts_of(vault, name))
    state: State = row.get("outcome", "bytes" if found.treatment == "bytes" else "closed")
    why, sanitiser = row.get("why", ""), row.get("sanitiser", "")
    return File(
        name, attachment.media, length, found, state, why, sanitiser, copies, tuple(Tag(*tag) for tag in tags)
    )


def _parts_of(vault: Vault, name: str) -> list[str]:
    found = [each for each in vault.names("rendition") if each.startswith(f"{name}:")]
    return sorted(found, key=lambda each: int(each.rpartition(":")[2]))


def _copy(name: str, row: dict[str, Any]) -> Copy:
    codes = tuple((box[0], box[1], box[2], box[3]) for box in row["codes"])
    measures = (row["width"], row["height"], row["milliseconds"])
    return Copy(name, row["media"], row["sha256"], row["size"], *measures, codes)
