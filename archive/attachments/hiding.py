"""What two people hide in a safe copy: solid boxes on pixels, zeros for samples, a new file of the rest.

Blur and mosaic can be undone, and a sound laid over words can be subtracted; what is gone cannot be. As with
words one person proposes, another approves exactly that, both sign, and both signatures are checked each
time. A proposal is for one copy by its SHA-256; a copy made again needs a new one.

Format: docs/formats/attachments.md.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final

from archive.attachments import films, pictures
from archive.attachments.copies import DECISION, REDACTED, Copy, content, copy
from archive.attachments.films import Frames, Silence
from archive.attachments.memory import Memory
from archive.attachments.pictures import Box
from archive.attachments.sniff import HEAD, sniff
from archive.errors import ArchiveError
from archive.people import Person, known
from archive.vault import Vault
from crypto.errors import CryptoError
from crypto.keys import VerifyKey

KIND: Final = DECISION
BUILT: Final = REDACTED
MOST: Final = 500
"""Boxes and silences of one copy."""


class HidingRefused(ArchiveError):
    """What is to be hidden is not in this copy, or two people have not decided it."""


@dataclass(frozen=True)
class Hidden:
    """What is hidden in one copy, and who has signed it."""

    boxes: tuple[Box, ...] = ()
    silences: tuple[tuple[int, int], ...] = ()
    """In thousandths of a second; the second number is just outside."""
    proposer: str | None = None
    approver: str | None = None
    proposal: str | None = None
    """By which a second person says which proposal she has seen."""


def hidden(vault: Vault, name: str) -> Hidden:
    """What is proposed for the copy TESTIMONY:NUMBER:PART as it is now; nothing where it was made again."""
    row = _row(vault, copy(vault, name))
    if not row:
        return Hidden()
    boxes, silences = _marks(row)
    proposer, approver = ((row[role]["name"] if role in row else None) for role in ("proposer", "approver"))
    return Hidden(boxes, silences, proposer, approver, _proposal(name, row))


def propose(
    vault: Vault, person: Person, name: str, boxes: Iterable[Box], silences: Iterable[tuple[int, int]] = ()
) -> Hidden:
    """Sign what is to be hidden in this copy, in the place of what was proposed before; `HidingRefused`."""
    with vault.together():
        kept = copy(vault, name)
        row: dict[str, Any] = {"rendition_sha256": kept.sha256}
        row |= {"boxes": sorted(map(list, boxes)), "silences": sorted(map(list, silences))}
        _check(kept, *_marks(row))
        vault.put_json(KIND, name, row | {"proposer": _sign(person, _message(name, row, "proposer"))})
        if vault.holds(BUILT, name):
            vault.shred(BUILT, name, person.name)
        vault.journal.append("red", person.name, [f"rendition:{name}"])
        return hidden(vault, name)


def approve(vault: Vault, person: Person, name: str, proposal: str) -> str:
    """Sign, as a second person, the proposal that she has seen, and keep the file it makes; its SHA-256."""
    kept = copy(vault, name)
    row = _row(vault, kept)
    if "proposer" not in row:
        raise HidingRefused("nothing was proposed for this copy as it is now")
    if row["proposer"]["public"] == person.key.public.to_text():
        raise HidingRefused("you proposed this; a second person must approve")
    if proposal != _proposal(name, row):
        raise HidingRefused("this is not the proposal that you read; it has changed, read it again")
    signed = row | {"approver": _sign(person, _message(name, row, "approver"))}
    _verify(vault, name, signed)
    with build(vault, kept, *_marks(row)) as built, vault.stage() as staged:
        sha256 = hashlib.sha256()
        for piece in built.pieces():
            sha256.update(piece)
            staged.write(piece)
    try:
        with vault.together():
            if _row(vault, copy(vault, name)) != row:
                raise HidingRefused("this is not the proposal that you read; it has changed, read it again")
            vault.put_json(KIND, name, signed)
            vault.adopt(BUILT, name, staged)
            vault.put_json(BUILT, name, {"sha256": sha256.hexdigest(), "media": kept.media})
            vault.journal.append("app", person.name, [f"rendition:{name}"])
    except BaseException:
        if not vault.holds(BUILT, name):
            vault.discard(staged)
        raise
    return sha256.hexdigest()


def redacted(vault: Vault, name: str) -> Iterator[bytes]:
    """The copy as two people approved it, in pieces; `HidingRefused` when they did not."""
    row = _row(vault, copy(vault, name))
    _verify(vault, name, row)
    return vault.kept(BUILT, name)


def build(vault: Vault, kept: Copy, boxes: Sequence[Box], silences: Sequence[tuple[int, int]]) -> Memory:
    """A new file of this copy's pixels and samples but those that are hidden."""
    if kept.media.startswith("image/"):
        picture = pictures.reopened(b"".join(content(vault, kept))).covered(boxes)
        return Memory([picture.encoded("image/jpeg" if kept.media == "image/jpeg" else "image/png")]).seal()
    quiet: list[Silence] = [(start / 1000, end / 1000) for start, end in silences]
    made = Memory()
    try:
        with Memory(content(vault, kept)) as source, Memory() as sound:
            kind = sniff(source.seal().read(HEAD))
            heard = films.silenced(films.samples(source, kind), quiet)
            if kept.media == "audio/flac":
                films.flac(heard, made)
            else:
                first = next(heard, b"")
                if first:
                    films.opus(chain([first], heard), sound)
                film = films.frames(source, kind)
                shown = Frames(
                    film.width,
                    film.height,
                    (films.covered(frame, film.width, film.height, boxes) for frame in film.pieces),
                )
                films.webm(shown, sound.seal() if first else None, made, lambda second: None)
    except BaseException:
        made.close()
        raise
    return made.seal()


def _check(kept: Copy, boxes: Sequence[Box], silences: Sequence[tuple[int, int]]) -> None:
    if len(boxes) + len(silences) > MOST:
        raise HidingRefused(f"more than {MOST} places in one file")
    for left, top, right, bottom in boxes:
        if not (0 <= left < right <= kept.width and 0 <= top < bottom <= kept.height):
            raise HidingRefused("a box is left, top, right, bottom in pixels, inside the picture")
    if silences and kept.media.startswith("image/"):
        raise HidingRefused("a picture has no sound to silence")
    for start, end in silences:
        if not 0 <= start < end <= kept.milliseconds + 1000:
            raise HidingRefused("a silence is from and until, inside the recording")


def _marks(row: Mapping[str, Any]) -> tuple[tuple[Box, ...], tuple[tuple[int, int], ...]]:
    boxes = tuple((int(a), int(b), int(c), int(d)) for a, b, c, d in row["boxes"])
    return boxes, tuple((int(start), int(end)) for start, end in row["silences"])


def _row(vault: Vault, kept: Copy) -> dict[str, Any]:
    row: dict[str, Any] = vault.json(KIND, kept.name) if vault.holds(KIND, kept.name) else {}
    return row if row.get("rendition_sha256") == kept.sha256 else {}


def _message(name: str, row: Mapping[str, Any], role: str) -> bytes:
    body = json.dumps(
        [role, name, row["rendition_sha256"], row["boxes"], row["silences"]], separators=(",", ":")
    )
    return b"onggi-media1|" + body.encode()


def _proposal(name: str, row: Mapping[str, Any]) -> str:
    return hashlib.sha256(_message(name, row, "proposer")).hexdigest()[:32]


def _sign(person: Person, message: bytes) -> dict[str, str]:
    key = person.key
    return {"name": person.name, "public": key.public.to_text(), "signature": key.sign(message).hex()}


def _verify(vault: Vault, name: str, row: Mapping[str, Any]) -> None:
    people, signers = known(vault), set()
    try:
        for role in ("proposer", "approver"):
            key = VerifyKey.from_text(row[role]["public"])
            if key.raw != people[row[role]["name"]].raw:
                raise ValueError
            key.verify(bytes.fromhex(row[role]["signature"]), _message(name, row, role))
            signers.add(key.raw)
    except (KeyError, TypeError, ValueError, CryptoError):
        raise HidingRefused("the decision is missing, incomplete or was changed; review it again") from None
    if len(signers) < 2:
        raise HidingRefused("one key both proposed and approved; a second person must approve")
