"""The release: a draft that one person signed, a second person's signature, and the desk's.

1. What would leave (`leaving`) is looked at twice: when drafted and again when signed. If anything changed in
   between, the draft is refused.
2. The lines of the draft are kept while it waits, so that whoever signs sees what she signs.
3. A release is the whole of what researchers may read now; each names the one before it.
4. What is out is out: where a testimony says more than it did, the second person names it as she signs; where
   so few are new that the release before gives them away, she says that they may leave all the same (R32).

Format: docs/formats/release.md. The ledger in the vault says what went out and under which consent.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

from archive import keyring, ledger, notices, roles
from archive.consent import ConsentRefused, require_granted
from archive.errors import ArchiveError
from archive.leaving import Leaving, as_it_is, look, require_clean
from archive.notices import AUDIENCE, USES
from archive.people import Person, PersonRefused, public_key
from archive.release import BODY, MANDATE, NOTE, ROTATION
from archive.risk.differences import Difference
from archive.vault import UnknownRecord, Vault
from archive.working import Progress
from crypto import durable
from crypto.errors import CryptoError
from crypto.keys import VerifyKey
from crypto.notes import countersign, open_note, sign_note
from crypto.withdrawal import NOTE as WITHDRAWAL
from crypto.withdrawal import line_digest

FIRST: Final = "0" * 64
NOTHING: Final = "nothing is both approved and allowed; `onggi archive list` shows what is missing"
SAYS_MORE: Final = "a testimony says more than it did when it was last let out; name it, or hide that again"
FEW_NEW: Final = (
    "so few testimonies are new that whoever has the release before can tell them apart; "
    "wait until there are five, or say that they may leave all the same"
)
UNDECIDED: Final = "what the second look found has to be decided first; nothing else may leave"


class ReleaseRefused(ArchiveError):
    """Nothing was written."""


@dataclass(frozen=True)
class Draft:
    """What would leave, and why the rest stays; *digest* is of every byte of it."""

    number: int
    ids: tuple[str, ...]
    refused: dict[str, str]
    digest: str
    proposer: str
    gone: tuple[str, ...] = ()
    """What the newest release holds and this one leaves out: the reading room drops it."""
    untold: dict[str, str] = field(default_factory=dict)
    """Why a translation of something that leaves stays here, by testimony and language."""


def draft(vault: Vault, person: Person, progress: Progress = lambda done, all: None) -> Draft:
    """Propose everything that is approved and allowed as the next release, signed by *person*."""
    roles.require(vault, person, *roles.MARKERS)
    looked = look(vault, progress)
    ledger.keep_left(vault, looked)
    with vault.together():
        roles.require(vault, person, *roles.MARKERS)
        looked = as_it_is(vault, looked)
        made, body, number = looked.made, looked.body, _last(vault)[0] + 1
        text = _text(vault, len(made), body)
        # After a first release an empty one is how the last testimony leaves the reading room.
        if not made and number == 1:
            raise ReleaseRefused(UNDECIDED if looked.left else NOTHING)
        digest = hashlib.sha256(body).hexdigest()
        proposed = {
            "number": number,
            "sha256": digest,
            "testimonies": [each.testimony_id for each in made],
            "refused": looked.refused,
            "untold": looked.untold,
            "proposer": person.name,
            "note": sign_note(text, _archivist(vault), person.key).decode(),
        }
        vault.put_json("draft", "release", proposed)
        ledger.keep_draft(vault, looked)
        vault.journal.append("ipc", person.name, [f"release:{number}"])
    return drafted(vault)


def drafted(vault: Vault) -> Draft:
    """The draft that waits for a second person, or `ReleaseRefused`."""
    try:
        row = vault.json("draft", "release")
    except UnknownRecord:
        raise ReleaseRefused("nothing is drafted; another person drafts first") from None
    ids = tuple(row["testimonies"])
    gone = tuple(sorted(released(vault) - set(ids)))
    untold = row.get("untold", {})
    return Draft(row["number"], ids, row["refused"], row["sha256"], row["proposer"], gone, untold)


def released(vault: Vault) -> set[str]:
    """The testimonies in the newest release."""
    names = vault.names("release")
    return set(vault.json("release", names[-1])["testimonies"]) if names else set()


def releases_of(vault: Vault, testimony_id: str) -> list[int]:
    """The numbers of the releases that a testimony went out in."""
    ledger = vault.every("release")
    return [int(number) for number, row in ledger.items() if testimony_id in row["testimonies"]]


def sign(
    vault: Vault,
    person: Person,
    digest: str,
    today: date,
    progress: Progress = lambda done, all: None,
    *,
    more: Collection[str] = (),
    few: bool = False,
) -> Draft:
    """Sign the draft of this *digest* as a second person, or raise `ReleaseRefused`. `write` lets it out.

    *more*: the testimonies that may say more than they did when they were last let out. *few*: so few new
    ones may leave that the release before gives them away.
    """
    roles.require(vault, person, *roles.MARKERS)
    drafted(vault)
    looked = look(vault, progress)
    require_clean(vault, looked.made, looked.body.decode().split("\n"))
    with vault.together():
        roles.require(vault, person, *roles.MARKERS)
        waiting = drafted(vault)
        now = as_it_is(vault, looked)
        number, body = _last(vault)[0] + 1, now.body
        proposer, note = _check_draft(vault, waiting, _text(vault, len(now.made), body))
        if waiting.digest != digest:
            raise ReleaseRefused("this is not the draft that you were shown; look at it again")
        if proposer == person.key.public:
            raise ReleaseRefused("you drafted this release; a second person must sign it")
        if public_key(vault, person.name) != person.key.public:
            raise ReleaseRefused("this archive does not know the key of that person")
        given, _ = keyring.mandate(vault, today)
        if not {proposer, person.key.public} <= set(given.archivists):
            raise ReleaseRefused("the mandate does not name you both; run `onggi archive keys publish`")
        change = ledger.differs(vault, released(vault), now.lines)
        if not {each.id for each in change.more} <= set(more):
            raise ReleaseRefused(SAYS_MORE)
        if change.few and not few:
            raise ReleaseRefused(FEW_NEW)
        note = countersign(note, _archivist(vault), person.key)
        note = countersign(note, f"{keyring.origin(vault)}/desk", keyring.desk(vault))
        if now is not looked:
            require_clean(vault, now.made, body.decode().split("\n"))
        _write_down(vault, number, note, now, change, person)
    return waiting


def write(vault: Vault, number: int, folder: Path, today: date) -> None:
    """Write release *number* into an empty *folder*, as it was signed; again when a stick was lost.

    Only the newest: an older one may hold somebody who was taken out since. And only while all who are in it
    allow it.
    """
    require_empty(folder)
    _require_allowed(vault, number)
    _, mandate = keyring.mandate(vault, today)
    try:
        kept = vault.json("release-files", f"{number:09d}")
    except UnknownRecord:
        raise ReleaseRefused(f"release {number} is not the newest; only that one can be written") from None
    vault.journal.append("exp", "archive", [f"release:{number}"])
    folder.mkdir(parents=True, exist_ok=True)
    with suppress(notices.NothingToTell):
        durable.write(folder / WITHDRAWAL, notices.sign(vault, today))
    # The note last: without it the reading room sees no release.
    durable.write(folder / MANDATE, mandate)
    rotation = keyring.rotation(vault)
    if rotation:
        durable.write(folder / ROTATION, rotation)
    for name in (BODY, NOTE):
        durable.write(folder / name, kept[name].encode())


def _require_allowed(vault: Vault, number: int) -> None:
    try:
        for testimony_id in released(vault):
            if notices.is_closed(vault, testimony_id, number):
                raise ConsentRefused("what it was released with was taken back")
            for use in USES:
                require_granted(vault, testimony_id, use, AUDIENCE)
    except (ConsentRefused, UnknownRecord):
        raise ReleaseRefused("somebody in this release does not allow it any more; draft the next") from None


def require_empty(folder: Path) -> None:
    """Raise `ReleaseRefused` when *folder* holds anything: a release never goes over another."""
    if folder.exists() and any(folder.iterdir()):
        raise ReleaseRefused("this folder is not empty; name one that is")


def _last(vault: Vault) -> tuple[int, str]:
    names = vault.names("release")
    return (int(names[-1]), str(vault.json("release", names[-1])["note_sha256"])) if names else (0, FIRST)


def _text(vault: Vault, count: int, body: bytes) -> str:
    """The text of the next release's note: what everyone who signs it signs."""
    number, previous = _last(vault)
    facts = [f"{keyring.origin(vault)}/release", "v1", str(number + 1), previous]
    return "\n".join([*facts, hashlib.sha256(body).hexdigest(), str(count)]) + "\n"


def _archivist(vault: Vault) -> str:
    return f"{keyring.origin(vault)}/archivist"


def _check_draft(vault: Vault, waiting: Draft, text: str) -> tuple[VerifyKey, bytes]:
    """Who drafted *text*, and the note with her signature; `ReleaseRefused` when it is not hers."""
    try:
        note = str(vault.json("draft", "release")["note"]).encode()
        proposer = public_key(vault, waiting.proposer)
        if open_note(note, _archivist(vault), proposer) == text:
            return proposer, note
    except (CryptoError, PersonRefused, KeyError):
        pass
    raise ReleaseRefused("the draft is not what would leave now; draft it again")


def _write_down(
    vault: Vault, number: int, note: bytes, now: Leaving, change: Difference, person: Person
) -> None:
    vault.put_json(
        "release",
        f"{number:09d}",
        {
            "note_sha256": hashlib.sha256(note).hexdigest(),
            "draft": vault.json("draft", "release"),
            "note": note.decode(),
            "approver": person.name,
            "testimonies": {r.testimony_id: r.consent.version for r in now.made},
            "new": len(change.new),
            "gone": len(change.gone),
            "changed": len(change.changed),
            "more": {each.id: [each.words, len(each.codes)] for each in change.more},
        },
    )
    for older in vault.names("release-files"):
        vault.shred("release-files", older, person.name)
    vault.put_json("release-files", f"{number:09d}", {NOTE: note.decode(), BODY: now.body.decode()})
    vault.shred("draft", "release", person.name)
    ledger.let_out(vault, now.lines)
    for each in now.made:
        vault.put_testimony(vault.testimony(each.testimony_id).after("release"))
        # Of the line as it went out, codes and severity included: the room reckons over the same.
        digest = line_digest(now.lines[str(each.testimony_id)].encode())
        vault.put_json(notices.LINE, f"{each.testimony_id}:{number:09d}", digest)
    vault.journal.append("dsg", person.name, [f"release:{number}"])
    vault.journal.append("exp", person.name, [f"testimony:{r.testimony_id}" for r in now.made])
