"""The narrator's yes: by chapter, to exactly these words; any later change takes it back (R34).

1. A chapter's hash is over what a reader would read of it, its manner, and whose words it rests on.
2. Everybody who speaks in a chapter has to say yes to it: to the archivist in person, or by a message that
   came from her account. Of a text that was published before, an archivist says so in the place of a yes.
3. An archivist signs what she heard; a yes that was changed or put to another chapter does not verify.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal, get_args

from archive import people, replies, roles
from archive.consent import kind
from archive.errors import ArchiveError
from archive.manuscripts.binder import Chapter, Project
from archive.manuscripts.quoting import Sources
from archive.people import Person
from archive.vault import UnknownRecord, Vault
from crypto.errors import CryptoError
from crypto.keys import VerifyKey
from crypto.reply import MOST_PARTS, PART

Heard = Literal["in_person", "by_message", "published_before"]
HEARD: Final = get_args(Heard)
ROOM: Final = MOST_PARTS * (PART - 3)
"""Bytes that one reply carries: no part is cut within a letter."""
RECORD: Final = "project-yes"
"""Named by the testimony first, so that it is destroyed with it."""


class ApprovalRefused(ArchiveError):
    """A yes that cannot be kept."""


@dataclass(frozen=True)
class Yes:
    """That somebody agreed to a chapter, and how an archivist knows."""

    testimony: str
    heard: Heard
    day: str
    by: str
    message: str
    """The testimony by which her yes came; empty otherwise."""


def hash_of(sources: Sources, chapter: Chapter) -> str:
    """The SHA-256 of a chapter as a reader would read it; `QuoteRefused` when something of it is blocked."""
    told = [
        [block.kind, sources.text(block), sorted(block.testimonies), block.ref] for block in chapter.blocks
    ]
    body = json.dumps([chapter.title, chapter.manner, told], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(b"onggi-chapter1|" + body.encode()).hexdigest()


def approve(
    vault: Vault,
    person: Person,
    project: Project,
    chapter: str,
    testimony: str,
    heard: Heard,
    today: date,
    message: str = "",
) -> None:
    """Keep that whoever told *testimony* agreed to *chapter* as it is now, or `ApprovalRefused`."""
    with vault.together():
        roles.require(vault, person, *roles.MARKERS)
        if people.public_key(vault, person.name) != person.key.public:
            raise ApprovalRefused("this archive does not know the key of that person")
        told = project.chapter(chapter)
        if testimony not in told.testimonies:
            raise ApprovalRefused("this testimony does not speak in the chapter")
        _require_heard(vault, testimony, heard, message)
        digest = hash_of(Sources(vault, project), told)
        row = {"chapter": digest, "heard": heard, "day": today.isoformat(), "message": message}
        name = f"{testimony}:{project.id}:{chapter}"
        signature = person.key.sign(_signed(name, row)).hex()
        row |= {"by": person.name, "public": person.key.public.to_text(), "signature": signature}
        vault.put_json(RECORD, name, row)
        vault.journal.append("app", person.name, [f"project:{project.id}", f"testimony:{testimony}"])


def given(vault: Vault, project: Project, chapter: Chapter, digest: str) -> dict[str, Yes]:
    """Of everybody who speaks in a chapter and agreed to *digest*, her yes; a false one counts as none."""
    known, found = people.known(vault), dict[str, Yes]()
    for testimony in sorted(chapter.testimonies):
        name = f"{testimony}:{project.id}:{chapter.id}"
        try:
            row = vault.json(RECORD, name)
            yes = _verified(known, name, row)
        except UnknownRecord:
            continue
        if yes and row["chapter"] == digest:
            found[testimony] = yes
    return found


def missing(vault: Vault, project: Project, chapter: Chapter, sources: Sources) -> list[str]:
    """The testimonies in *chapter* whose tellers have not agreed to it as it is now."""
    if not chapter.testimonies:
        return []
    agreed = given(vault, project, chapter, hash_of(sources, chapter))
    return sorted(chapter.testimonies - set(agreed))


def read_back(
    vault: Vault, person: Person, project: Project, chapter: str, testimony: str, today: date
) -> int:
    """Send the chapter to whoever told *testimony*, as replies on the board; how many.

    `QuoteRefused`, `replies.ReplyRefused` without an account, or `ConsentRefused` without *recontact*.
    """
    with vault.together():
        told, sources = project.chapter(chapter), Sources(vault, project)
        lang = sources.rendition(testimony).lang
        text = "\n\n".join([told.title, *filter(None, map(sources.text, told.blocks))])
        letters = list(_cut(text))
        for letter in letters:
            replies.write(vault, person, testimony, letter, lang, today)  # type: ignore[arg-type]
        vault.journal.append("dis", person.name, [f"project:{project.id}", f"testimony:{testimony}"])
    return len(letters)


def _cut(text: str) -> list[str]:
    """*text* in pieces that one reply can carry, cut between paragraphs where there are any."""
    pieces, room = [""], ROOM
    for paragraph in text.split("\n"):
        line = paragraph + "\n"
        if len((pieces[-1] + line).encode()) <= room:
            pieces[-1] += line
            continue
        while line:
            fits = len(line.encode()[:room].decode(errors="ignore"))
            pieces.append(line[:fits])
            line = line[fits:]
    return [piece.strip() for piece in pieces if piece.strip()]


def _require_heard(vault: Vault, testimony: str, heard: str, message: str) -> None:
    if heard not in HEARD or (heard == "by_message") != bool(message):
        raise ApprovalRefused(
            f"a yes is heard {', '.join(HEARD)}; by a message, name the testimony it came in"
        )
    if heard == "published_before" and kind(vault, testimony) != "import":
        raise ApprovalRefused("only what was imported can have been published before")
    if message:
        try:
            same = vault.json("told-by", message) == vault.json("told-by", testimony)
        except UnknownRecord:
            same = False
        if not same:
            raise ApprovalRefused("that message did not come from the account of this testimony")


def _verified(known: dict[str, VerifyKey], name: str, row: dict[str, Any]) -> Yes | None:
    try:
        key = VerifyKey.from_text(row["public"])
        signed = {each: row[each] for each in ("chapter", "heard", "day", "message")}
        key.verify(bytes.fromhex(row["signature"]), _signed(name, signed))
        if known[row["by"]].raw == key.raw:
            return Yes(name.partition(":")[0], row["heard"], row["day"], row["by"], row["message"])
    except (CryptoError, KeyError, ValueError):
        pass
    return None


def _signed(name: str, row: dict[str, Any]) -> bytes:
    return b"onggi-chapter-yes1|" + json.dumps([name, row], separators=(",", ":"), sort_keys=True).encode()
