"""What leaves: a draft that one person signed, the residue scan, a second person's signature, and the desk's.

1. Every text comes through the consent gate, twice: when drafted and again when signed. If anything changed
   in between, the draft is refused.
2. Every text is looked through for what was hidden in it or in another, and the whole file once more (R16).
3. Identifiers are drawn at random and kept: they say nothing of arrival, and a citation stays good.
4. With the words go how hard each part is to read and, of a coding, what `coding.outside` lets out.
5. A release is the whole of what researchers may read now; each names the one before it.

Format: docs/formats/release.md. The ledger in the vault says what went out and under which consent.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

from archive import care, durable, keyring, notices, people, roles
from archive.coding import outside, versions
from archive.consent import ConsentRefused, Rendition, rendition, require_granted
from archive.errors import ArchiveError
from archive.journal import Head
from archive.notices import AUDIENCE, USES
from archive.people import Person, PersonRefused, public_key
from archive.redaction.residue import ResidueFound
from archive.redaction.sightings import Texts, sighted
from archive.redaction.spans import RedactionError
from archive.release import BODY, MANDATE, NOTE, ROTATION
from archive.vault import UnknownRecord, Vault
from archive.working import Progress
from crypto.errors import CryptoError
from crypto.keys import VerifyKey
from crypto.notes import countersign, open_note, sign_note
from crypto.withdrawal import NOTE as WITHDRAWAL
from crypto.withdrawal import line_digest

FIRST: Final = "0" * 64
LETTERS: Final = "abcdefghjkmnpqrstvwxyz"
"""No digits, so that an id is never taken for a hidden number, and none of i, l, o, u, which are misread."""
TITLES: Final = {"kor": "증언", "zho": "证言", "eng": "Testimony"}
EVERYWHERE: Final = {"name", "contact", "number", "other"}
"""Categories that name one person: hidden in one testimony, they are looked for in all of them."""


SHOWS: Final = (
    "it still shows, in some spelling, what is hidden in it, or a name or number that is hidden in another"
)


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


def draft(vault: Vault, person: Person, progress: Progress = lambda done, all: None) -> Draft:
    """Propose everything that is approved and allowed as the next release, signed by *person*."""
    roles.require(vault, person, *roles.MARKERS)
    looked = _look(vault, progress)
    with vault.together():
        roles.require(vault, person, *roles.MARKERS)
        looked = _as_it_is(vault, looked)
        made, body, number = looked.made, looked.body, _last(vault)[0] + 1
        text = _text(vault, made, body)
        # After a first release an empty one is how the last testimony leaves the reading room.
        if not made and number == 1:
            raise ReleaseRefused(
                "nothing is both approved and allowed; `onggi archive list` shows what is missing"
            )
        digest = hashlib.sha256(body).hexdigest()
        proposed = {
            "number": number,
            "sha256": digest,
            "testimonies": [each.testimony_id for each in made],
            "refused": looked.refused,
            "proposer": person.name,
            "note": sign_note(text, _archivist(vault), person.key).decode(),
        }
        vault.put_json("draft", "release", proposed)
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
    return Draft(row["number"], ids, row["refused"], row["sha256"], row["proposer"], gone)


def released(vault: Vault) -> set[str]:
    """The testimonies in the newest release."""
    names = vault.names("release")
    return set(vault.json("release", names[-1])["testimonies"]) if names else set()


def releases_of(vault: Vault, testimony_id: str) -> list[int]:
    """The numbers of the releases that a testimony went out in."""
    ledger = vault.every("release")
    return [int(number) for number, row in ledger.items() if testimony_id in row["testimonies"]]


def sign(
    vault: Vault, person: Person, digest: str, today: date, progress: Progress = lambda done, all: None
) -> Draft:
    """Sign the draft of this *digest* as a second person, or raise `ReleaseRefused`. `write` lets it out."""
    roles.require(vault, person, *roles.MARKERS)
    drafted(vault)
    looked = _look(vault, progress)
    _require_clean(vault, looked.made, looked.body)
    with vault.together():
        roles.require(vault, person, *roles.MARKERS)
        waiting = drafted(vault)
        now = _as_it_is(vault, looked)
        made, body, number = now.made, now.body, _last(vault)[0] + 1
        proposer, note = _check_draft(vault, waiting, _text(vault, made, body))
        if waiting.digest != digest:
            raise ReleaseRefused("this is not the draft that you were shown; look at it again")
        if proposer == person.key.public:
            raise ReleaseRefused("you drafted this release; a second person must sign it")
        if public_key(vault, person.name) != person.key.public:
            raise ReleaseRefused("this archive does not know the key of that person")
        given, _ = keyring.mandate(vault, today)
        if not {proposer, person.key.public} <= set(given.archivists):
            raise ReleaseRefused("the mandate does not name you both; run `onggi archive keys publish`")
        note = countersign(note, _archivist(vault), person.key)
        note = countersign(note, f"{keyring.origin(vault)}/desk", keyring.desk(vault))
        if now is not looked:
            _require_clean(vault, made, body)
        _write_down(vault, number, note, made, person, body)
    return waiting


def write(vault: Vault, number: int, folder: Path, today: date) -> None:
    """Write release *number* into an empty *folder*, as it was signed; again when a stick was lost.

    Only the newest: an older one may hold somebody who was taken out since. And only while all who are in it
    allow it.
    """
    require_empty(folder)
    _require_allowed(vault)
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


def _require_allowed(vault: Vault) -> None:
    try:
        for testimony_id in released(vault):
            for use in USES:
                require_granted(vault, testimony_id, use, AUDIENCE)
    except (ConsentRefused, UnknownRecord):
        raise ReleaseRefused("somebody in this release does not allow it any more; draft the next") from None


def require_empty(folder: Path) -> None:
    """Raise `ReleaseRefused` when *folder* holds anything: a release never goes over another."""
    if folder.exists() and any(folder.iterdir()):
        raise ReleaseRefused("this folder is not empty; name one that is")


def _held_back(made: list[Rendition]) -> set[str]:
    """The testimonies that still show what is hidden in them, or a name or number hidden in another."""
    texts = ["\n".join(segment.text for segment in each.segments) for each in made]
    own = {
        each.testimony_id
        for each, text in zip(made, texts, strict=True)
        if sighted(text, {surface for _, surface in each.hidden})
    }
    return own | {made[number].testimony_id for number in Texts(texts).showing(_everywhere(made))}


def _everywhere(made: list[Rendition]) -> set[str]:
    return {surface for each in made for category, surface in each.hidden if category in EVERYWHERE}


def _require_clean(vault: Vault, made: list[Rendition], body: bytes) -> None:
    """The last look, at what would leave itself: `ResidueFound` when a name or number can be read in it."""
    names = _everywhere(made)
    empty = Texts([_line("", replace(each, segments=()), vault) for each in made])
    # What our own keys, titles and codes say is no residue: somebody may have hidden the word `증언`.
    ours = {name for name in names if empty.showing([name])}
    if Texts(body.decode().split("\n")).showing(names - ours):
        raise ResidueFound("hidden words are still readable in the release; nothing was signed")


@dataclass(frozen=True)
class _Looked:
    """What may leave, why the rest stays, and every byte of it, as it was at this *head* of the journal."""

    head: Head
    made: list[Rendition]
    refused: dict[str, str]
    body: bytes


def _look(vault: Vault, progress: Progress) -> _Looked:
    """Look through everything, while others go on reading and writing."""
    head = vault.journal.head()
    made, refused = _renditions(vault, progress)
    return _Looked(head, made, refused, _body(vault, made))


def _as_it_is(vault: Vault, looked: _Looked) -> _Looked:
    """What was seen, if nothing has happened since; else what is seen now, within this transaction."""
    return looked if vault.journal.head() == looked.head else _look(vault, lambda done, all: None)


def _renditions(vault: Vault, progress: Progress) -> tuple[list[Rendition], dict[str, str]]:
    """What may leave, and why the rest stays. A text that shows a hidden word holds up no other."""
    made, refused, known = [], dict[str, str](), people.known(vault)
    names = list(vault.testimonies())
    for number, testimony_id in enumerate(names, 1):
        try:
            made.append(rendition(vault, testimony_id, USES[0], AUDIENCE, known, also=USES[1:]))
        except UnknownRecord:
            continue  # shredded meanwhile; the journal says so, and it is all looked at once more
        except (ConsentRefused, RedactionError) as reason:
            refused[str(testimony_id)] = str(reason)
        progress(number, len(names))
    held_back = _held_back(made)
    refused |= dict.fromkeys(sorted(held_back), SHOWS)
    return [each for each in made if each.testimony_id not in held_back], refused


def _body(vault: Vault, made: list[Rendition]) -> bytes:
    lines = sorted(_line(_released_id(vault, each.testimony_id), each, vault) for each in made)
    return "".join(lines).encode()


def _line(released: str, each: Rendition, vault: Vault | None = None) -> str:
    """A testimony's line; with its codes and how hard its parts are when the *vault* is given."""
    row: dict[str, Any] = {
        "id": released,
        "lang": each.lang,
        "quarter": each.quarter,
        "kind": each.kind,
        "title": f"{TITLES[each.lang]} {released}",
        "segments": [{"id": s.id, "text": s.text} for s in each.segments],
    }
    if vault is not None:
        parts = [(s.id, s.text) for s in each.segments]
        levels = care.severity(vault, each.testimony_id, each.lang, parts)
        row["segments"] = [
            part | ({"severity": levels[part["id"]].level} if levels[part["id"]].level else {})
            for part in row["segments"]
        ]
        coded = outside.summary(versions.current(vault, each.testimony_id).life)
        row |= {"coding": coded} if coded else {}
    return json.dumps(row, ensure_ascii=False) + "\n"


def _released_id(vault: Vault, testimony_id: str) -> str:
    if not vault.holds("released-id", testimony_id):
        vault.put_json("released-id", testimony_id, "".join(secrets.choice(LETTERS) for _ in range(10)))
    return str(vault.json("released-id", testimony_id))


def _last(vault: Vault) -> tuple[int, str]:
    names = vault.names("release")
    return (int(names[-1]), str(vault.json("release", names[-1])["note_sha256"])) if names else (0, FIRST)


def _text(vault: Vault, made: list[Rendition], body: bytes) -> str:
    """The text of the next release's note: what everyone who signs it signs."""
    number, previous = _last(vault)
    facts = [f"{keyring.origin(vault)}/release", "v1", str(number + 1), previous]
    return "\n".join([*facts, hashlib.sha256(body).hexdigest(), str(len(made))]) + "\n"


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
    vault: Vault, number: int, note: bytes, made: list[Rendition], person: Person, body: bytes
) -> None:
    vault.put_json(
        "release",
        f"{number:09d}",
        {
            "note_sha256": hashlib.sha256(note).hexdigest(),
            "draft": vault.json("draft", "release"),
            "note": note.decode(),
            "approver": person.name,
            "testimonies": {r.testimony_id: r.consent.version for r in made},
        },
    )
    for older in vault.names("release-files"):
        vault.shred("release-files", older, person.name)
    vault.put_json("release-files", f"{number:09d}", {NOTE: note.decode(), BODY: body.decode()})
    vault.shred("draft", "release", person.name)
    for each in made:
        vault.put_testimony(vault.testimony(each.testimony_id).after("release"))
        line = _line(_released_id(vault, each.testimony_id), each).encode()
        vault.put_json(notices.LINE, f"{each.testimony_id}:{number:09d}", line_digest(line))
    vault.journal.append("dsg", person.name, [f"release:{number}"])
    vault.journal.append("exp", person.name, [f"testimony:{r.testimony_id}" for r in made])
