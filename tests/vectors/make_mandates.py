"""Makes the vectors of what the root signs beside the keycard: `python -m tests.vectors.make_mandates`."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
from datetime import date
from itertools import pairwise

from crypto import keycard
from crypto import mandate as mandates
from crypto.keys import IntakeSecret, SigningKey
from crypto.notes import sign_note
from tests.vectors.make import TODAY, save

ORIGIN = "archive.example"
NAME = f"{ORIGIN}/root"
ROOT, STRANGER = SigningKey.generate(), SigningKey.generate()
KNOWN = {"origin": ORIGIN, "root_hex": ROOT.public.raw.hex(), "today": TODAY.isoformat(), "floor": 40}
SMALL = bytes([1]) + bytes(31)
"""The identity point: as a key it makes one signature valid for any message in lenient verifiers."""


def text_of(note: bytes) -> str:
    return note.decode().rpartition("\n\n")[0] + "\n"


def resigned(text: str) -> bytes:
    return sign_note(text, NAME, ROOT)


def forged(text: str) -> bytes:
    """*text* under a signature that a small-order key makes valid for anything."""
    name_hash = hashlib.sha256(NAME.encode() + b"\n\x01" + SMALL).digest()[:4]
    return f"{text}\n\N{EM DASH} {NAME} {base64.b64encode(name_hash + SMALL + bytes(32)).decode()}\n".encode()


def make_mandates() -> None:
    people = tuple(SigningKey.generate().public for _ in range(2))
    desk, reply = SigningKey.generate().public, IntakeSecret.generate().public.x25519
    good = mandates.Mandate(ORIGIN, 42, date(2026, 11, 21), date(2027, 11, 21), desk, reply, people)

    def vector(name: str, expect: str, comment: str, note: bytes, **changes: object) -> None:
        known = KNOWN | {"desk_hex": desk.raw.hex(), "reply_hex": reply.hex(), "archivists": len(people)}
        save("mandate", name, {"expect": expect, "comment": comment, "note": note.decode()} | known | changes)

    note = mandates.issue(good, ROOT)
    text = text_of(note)
    lines = text.splitlines()
    vector("good", "opens", "within its dates, signed by the pinned root", note)
    alone = mandates.issue(dataclasses.replace(good, archivists=()), ROOT)
    vector("no-archivists", "opens", "a mandate may name a desk and nobody else", alone, archivists=0)
    vector("rollback", "RolledBackKeycard", "the serial is below the reader's floor", note, floor=43)
    vector("expired", "ExpiredKeycard", "two days after it expired", note, today="2027-11-23")
    vector("future", "ExpiredKeycard", "issued two days after this device's date", note, today="2026-11-19")
    vector("foreign-root", "NoteError", "signed by another root", mandates.issue(good, STRANGER))
    vector("edited", "BadSignature", "a key was edited after signing", note.replace(b"desk ", b"desk 0", 1))
    vector(
        "small-order-root",
        "BadSignature",
        "the root is a small-order point",
        forged(text),
        root_hex=SMALL.hex(),
    )
    flaws = {
        "lives-too-long": (
            "expires after 367 days",
            text.replace("expires 2027-11-21", "expires 2027-11-23"),
        ),
        "backwards": (
            "expires before it was issued",
            text.replace("expires 2027-11-21", "expires 2026-11-20"),
        ),
        "upper-case": ("a key in capitals", text.replace(lines[5], f"desk {desk.raw.hex().upper()}")),
        "short-key": ("a key of 31 bytes", text.replace(lines[6], lines[6][:-2])),
        "twice": ("one archivist is listed twice", text + lines[7] + "\n"),
        "unknown-line": ("a line that no version 1 mandate has", text + "guest " + "0" * 64 + "\n"),
        "no-reply-key": ("the reply key is missing", text.replace(lines[6] + "\n", "")),
        "keycard": ("well signed, but a keycard", text.replace("/mandate", "/intake-keys", 1)),
    }
    for name, (comment, changed) in flaws.items():
        vector(name, "MalformedKeycard", comment, resigned(changed))


def make_rotations() -> None:
    new = SigningKey.generate()
    note = mandates.issue_rotation(ORIGIN, TODAY, ROOT, new)

    def vector(name: str, expect: str, comment: str, note: bytes, **changes: object) -> None:
        known = {"origin": ORIGIN, "root_hex": ROOT.public.raw.hex(), "new_hex": new.public.raw.hex()}
        save(
            "rotation", name, {"expect": expect, "comment": comment, "note": note.decode()} | known | changes
        )

    dash = "\N{EM DASH}".encode()
    first = note[: note.rindex(dash)]
    second = note[: note.index(dash)] + note[note.rindex(dash) :]
    vector("good", "opens", "signed by the root before and by the new one", note)
    vector("old-alone", "NoteError", "the new root did not sign", first)
    vector("new-alone", "NoteError", "the root before did not sign", second)
    vector(
        "other-root",
        "NoteError",
        "from a root that this reader does not know",
        mandates.issue_rotation(ORIGIN, TODAY, STRANGER, new),
    )
    vector("edited", "BadSignature", "the day was changed after signing", note.replace(b"2026", b"2025", 1))
    swapped = text_of(note).replace(ROOT.public.raw.hex(), STRANGER.public.raw.hex())
    both = resigned(swapped) + sign_note(swapped, NAME, new)[len(swapped.encode()) + 1 :]
    vector("other-from", "MalformedKeycard", "signed by both, but from a third root", both)
    circle = text_of(note).replace(new.public.raw.hex(), ROOT.public.raw.hex())
    vector("to-itself", "MalformedKeycard", "leads to the root it comes from", resigned(circle))
    newest = SigningKey.generate()
    onward = mandates.issue_rotation(ORIGIN, TODAY, new, newest)
    led = {"new_hex": newest.public.raw.hex()}
    vector("chain", "opens", "two notes, the oldest first", note + onward, **led)
    middle = {"root_hex": new.public.raw.hex()}
    vector(
        "chain-from-its-middle",
        "opens",
        "what leads to the root known here is passed over",
        note + onward,
        **led,
        **middle,
    )
    vector("chain-backwards", "opens", "what stands before the root known here is passed over", onward + note)
    gap = mandates.issue_rotation(ORIGIN, TODAY, STRANGER, newest)
    vector("chain-with-a-gap", "NoteError", "the second note leads on from a stranger", note + gap)
    half = onward[: onward.rindex(dash)]
    vector("chain-half-signed", "NoteError", "the last root did not sign", note + half)
    back = mandates.issue_rotation(ORIGIN, TODAY, new, ROOT)
    vector("chain-in-a-circle", "MalformedKeycard", "leads back to the root known here", note + back)
    vector("chain-torn", "NoteError", "the second note ends in its text", note + onward[: onward.index(dash)])


def make_roots() -> None:
    """Which roots her words are tried with: those from which a chain leads to the page's."""
    keys = [SigningKey.generate() for _ in range(10)]
    notes = [mandates.issue_rotation(ORIGIN, TODAY, old, new) for old, new in pairwise(keys)]

    def vector(name: str, comment: str, note: bytes, newest: int, *roots: int) -> None:
        known = {"origin": ORIGIN, "root_hex": keys[newest].public.raw.hex()}
        hers = [keys[each].public.raw.hex() for each in (newest, *roots)]
        save("roots", name, {"comment": comment, "note": note.decode()} | known | {"roots": hers})

    vector("none", "there was one root only", b"", 2)
    vector("one", "one rotation", notes[0], 1, 0)
    vector("two", "two rotations, the oldest first", b"".join(notes[:2]), 2, 1, 0)
    vector("most", "nine rotations: the page goes back seven", b"".join(notes), 9, *range(8, 1, -1))
    vector("elsewhere", "the chain goes on from the page's root", b"".join(notes[:3]), 2)
    vector("stranger", "the chain ends at another root", notes[0], 5)
    vector("backwards", "the newest first", notes[1] + notes[0], 2)
    vector("gap", "a note is missing: what is before it is not hers", notes[0] + notes[2], 3, 2)
    dash = "\N{EM DASH}".encode()
    alone = notes[1][: notes[1].rindex(dash)]
    vector("unsigned", "the newest root did not sign", notes[0] + alone, 2)
    older = notes[0][: notes[0].rindex(dash)]
    vector("older-unsigned", "the middle root did not sign that it follows", older + notes[1], 2, 1)
    edited = notes[1].replace(keys[1].public.raw.hex().encode(), keys[7].public.raw.hex().encode())
    vector("edited", "a root was put in the place of another", edited, 2)
    foreign = mandates.issue_rotation("other.example", TODAY, keys[0], keys[1])
    vector("foreign", "begins with a note of another archive", foreign + notes[1], 2)
    circle = mandates.issue_rotation(ORIGIN, TODAY, keys[1], keys[0])
    vector("circle", "there and back again", notes[0] + circle + notes[0], 1, 0)


def make_capsule_cards() -> None:
    key = keycard.DatedKey(date(2026, 11, 20), date(2027, 11, 19), IntakeSecret.generate().public)
    good = keycard.Keycard(ORIGIN, 42, date(2026, 11, 21), date(2027, 11, 19), 1, (key,), "capsule")

    def vector(name: str, expect: str, comment: str, note: bytes, **changes: object) -> None:
        known = KNOWN | {"kind": "capsule"}
        save("keycard", name, {"expect": expect, "comment": comment, "note": note.decode()} | known | changes)

    note = keycard.issue(good, ROOT)
    vector("capsule-good", "opens", "a capsule's card lives for a year", note)
    vector(
        "capsule-as-intake",
        "MalformedKeycard",
        "a capsule's card where an intake's is asked for",
        note,
        kind="intake",
    )
    vector("capsule-expired", "ExpiredKeycard", "two days after it expired", note, today="2027-11-21")
    long = text_of(note).replace("expires 2027-11-19", "expires 2027-11-23")
    vector("capsule-lives-too-long", "MalformedKeycard", "expires after 367 days", resigned(long))


if __name__ == "__main__":
    make_mandates()
    make_rotations()
    make_roots()
    make_capsule_cards()
