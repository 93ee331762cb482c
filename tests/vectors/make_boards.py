"""Makes the vectors of reply boards once: `python -m tests.vectors.make_boards`. Those that exist stay.

A board is too large to keep fifty times. A vector keeps its front and the entries that matter, by place;
all others are filled in by `filler`, in both languages alike.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Sequence
from datetime import date
from typing import Any

from cryptography.cobblestone import Cobblestone256Encryptor
from nacl.bindings import crypto_scalarmult_base
from nacl.public import Box, PrivateKey, PublicKey

from crypto.board import FRONT
from crypto.envelope import seal
from crypto.keys import IntakeSecret, SigningKey
from crypto.notes import sign_note
from crypto.reply import ENTRY, compose, seal_reply
from crypto.stanza import wrap
from tests.vectors.make import TODAY, save

COUNT = 256
ORIGIN = "archive.example"
FORM = bytes.fromhex("4f4e474749454e310101020000000000000000f204")
DESK, STRANGER, HER, OTHER = (
    SigningKey.generate(),
    SigningKey.generate(),
    IntakeSecret.generate(),
    IntakeSecret.generate(),
)
REPLY, FOREIGN_REPLY = secrets.token_bytes(32), secrets.token_bytes(32)
SHORT = compose(3, TODAY, "kor", "잘 받았습니다. 서두르지 마십시오.")
LONG = compose(4, TODAY, "zho", "我们收到了。" * 250)
TOLD: list[Any] = [[3, TODAY.isoformat(), "kor", list(SHORT.parts)]]


def filler(at: int) -> bytes:
    """An entry in form; nobody holds a key to it."""
    return FORM + hashlib.shake_256(str(at).encode()).digest(ENTRY - len(FORM))


def assembled(vector: dict[str, Any]) -> bytes:
    """The whole board that a vector stands for."""
    given = {int(at): base64.b64decode(entry) for at, entry in vector["entries"].items()}
    entries = b"".join(given.get(at) or filler(at) for at in range(vector["count"]))
    return (base64.b64decode(vector["front_b64"]) + entries)[: vector["size"]].ljust(vector["size"], b"\0")


def note_of(entries: dict[int, bytes], **changes: object) -> str:
    """The text of a board's note; *changes* replace what a line says."""
    filled = b"".join(entries.get(at) or filler(at) for at in range(COUNT))
    lines: dict[str, object] = {
        "serial": 7,
        "issued": "2026-11-21",
        "expires": "2026-12-21",
        "count": COUNT,
        "sha256": hashlib.sha256(filled).hexdigest(),
    }
    return f"{ORIGIN}/board\nv1\n" + "".join(f"{k} {v}\n" for k, v in (lines | changes).items())


def front_of(text: str, desk: SigningKey = DESK) -> bytes:
    note = sign_note(text, f"{ORIGIN}/desk", desk)
    return (len(note).to_bytes(2, "little") + note).ljust(FRONT, b"\0")


def vector(
    name: str, expect: str, comment: str, placed: dict[int, bytes], front: bytes, **more: object
) -> None:
    known: dict[str, object] = {
        "expect": expect,
        "comment": comment,
        "origin": ORIGIN,
        "desk_hex": DESK.public.raw.hex(),
        "reply_hex": crypto_scalarmult_base(REPLY).hex(),
        "secret_hex": HER.to_bytes().hex(),
        "today": TODAY.isoformat(),
        "floor": 7,
        "count": COUNT,
        "size": FRONT + COUNT * ENTRY,
        "front_b64": base64.b64encode(front).decode(),
        "entries": {str(at): base64.b64encode(entry).decode() for at, entry in placed.items()},
    }
    save("board", name, known | more)


def opens(
    name: str, comment: str, entries: Sequence[bytes], replies: Sequence[object], hits: int | None = None
) -> None:
    """A board that is sound. *hits*: how many of *entries*, the first ones, open to her; all unless said."""
    placed = {(at * 83 + 17) % COUNT: entry for at, entry in enumerate(entries)}
    hers = list(placed)[: len(entries) if hits is None else hits]
    vector(name, "opens", comment, placed, front_of(note_of(placed)), opens=sorted(hers), replies=replies)


def message(
    serial: str = "3", day: str = "2026-11-24", lang: str = "kor", part: str = "1 1", v: str = "v1"
) -> str:
    return f"onggi-reply\n{v}\nserial {serial}\nday {day}\nlang {lang}\npart {part}\n\n"


def entry(told: str | bytes, sender: bytes = REPLY, meta: dict[str, object] | None = None) -> bytes:
    raw = told if isinstance(told, bytes) else told.encode()
    box = Box(PrivateKey(sender), PublicKey(HER.public.x25519))
    sealed = seal(box.encrypt(raw), meta or {}, [HER.public], "reply")
    assert len(sealed) == ENTRY
    return sealed


def endless() -> bytes:
    """An entry to her whose body says that it has more bytes than JavaScript can count."""
    file_key = secrets.token_bytes(32)
    header = b"ONGGIEN1\1\1" + wrap(HER.public, "reply", file_key)
    context = b"onggi-env1|reply|" + hashlib.sha512(header).digest()
    encryptor = Cobblestone256Encryptor(file_key, context)
    plain = (b"pt1\0\2\0\0\0" + b"\xff" * 8 + b"{}").ljust(2048, b"\0")
    return header + encryptor.update(plain) + encryptor.finalize()


def make_good() -> None:
    short, long = seal_reply(SHORT, HER.public, REPLY), seal_reply(LONG, HER.public, REPLY)
    long_told = [4, TODAY.isoformat(), "zho", list(LONG.parts)]
    opens("one-reply", "one reply of one part among dummies", short, TOLD)
    opens(
        "two-replies",
        "two replies, the later of three parts, none in order",
        [*long, *short],
        [*TOLD, long_told],
    )
    opens("no-reply", "nothing for her", [], [])
    opens("others-reply", "a reply, but to another account", seal_reply(SHORT, OTHER.public, REPLY), [], 0)
    missing = [4, TODAY.isoformat(), "zho", [LONG.parts[0], None, LONG.parts[2]]]
    opens("missing-part", "the second of three parts is not on the board", [long[0], long[2]], [missing])
    again = seal_reply(SHORT, HER.public, REPLY)
    opens("same-part-twice", "one part twice, sealed anew, word for word", [*short, *again], TOLD)
    top = entry(message("999999", part="16 16") + "가" * 640)
    told = [[999999, "2026-11-24", "kor", [None] * 15 + ["가" * 640]]]
    opens("last-of-sixteen", "the highest serial, the most parts, the most text", [top], told)
    mark = entry(message() + "\ufeff tab\tline\nend")
    opens(
        "mark-in-front",
        "a byte order mark is part of the text",
        [mark],
        [[3, "2026-11-24", "kor", ["\ufeff tab\tline\nend"]]],
    )


def make_passed_over() -> None:
    short = seal_reply(SHORT, HER.public, REPLY)

    def passed(name: str, comment: str, *flawed: bytes, hits: int | None = None) -> None:
        told = [] if name.startswith("disagree") else TOLD
        entries = list(flawed) if not told else [*short, *flawed]
        opens(name, comment, entries, told, hits)

    said = message("5") + "아무도 모르게"
    passed("disagree-text", "two texts for one part of one serial", *short, entry(message() + "다른 말"))
    passed("disagree-day", "one serial, two days", *short, entry(message(day="2026-11-23") + SHORT.parts[0]))  # type: ignore[operator]
    passed("disagree-of", "one serial, two numbers of parts", *short, entry(message(part="2 2") + "둘째"))
    passed("forged-box", "the box is by the reply key of another archive", entry(said, FOREIGN_REPLY))
    box_to_other = Box(PrivateKey(REPLY), PublicKey(OTHER.public.x25519)).encrypt(said.encode())
    passed(
        "anothers-box",
        "sealed to her, but the box is for another",
        seal(box_to_other, {}, [HER.public], "reply"),
    )
    passed(
        "unsigned-body", "the body is plain text and no box", seal(said.encode(), {}, [HER.public], "reply")
    )
    passed("no-body", "the body is empty", seal(b"", {}, [HER.public], "reply"))
    passed("meta", "the meta is not empty", entry(said, meta={"type": "reply"}))
    passed("version-2", "a later version", entry(message("5", v="v2") + "나중에"))
    passed("serial-0", "serials begin with 1", entry(message("0") + "말"))
    passed("serial-with-zero", "a serial with a leading zero", entry(message("05") + "말"))
    passed("no-such-day", "a day that no calendar has", entry(message("5", "2026-11-31") + "말"))
    passed("language", "a language of two letters", entry(message("5", lang="ko") + "말"))
    passed("part-2-of-1", "a part after the last", entry(message("5", part="2 1") + "말"))
    passed("seventeen-parts", "more parts than a reply has", entry(message("5", part="1 17") + "말"))
    passed("too-long", "1,921 bytes of text", entry(message("5") + "a" * 1921))
    passed("no-text", "a part without text", entry(message("5")))
    passed("decomposed", "text that is not in NFC", entry(message("5") + "\u1112\u1161\u11ab"))
    passed("control", "a carriage return in the text", entry(message("5") + "line\r\nline"))
    passed("not-utf-8", "half a letter at the end", entry((message("5") + "말").encode()[:-1]))
    passed("endless", "a body of 2 ** 64 - 1 bytes, it says", endless())
    late = bytearray(entry(said))
    late[-1] ^= 1
    passed("damaged", "the sealed box opens, the last tag does not", bytes(late))
    wing = bytearray(entry(said))
    wing[100] ^= 1
    passed("x-wing", "the sealed box opens, X-Wing does not", bytes(wing))
    for name, point in (
        ("zeros", bytes(32)),
        ("one", b"\1" + bytes(31)),
        ("p", (2**255 - 19).to_bytes(32, "little")),
    ):
        small = bytearray(entry(said))
        small[1141:1173] = point
        passed(f"small-order-{name}", "a point of small order in the sealed box", bytes(small), hits=1)
    box = bytearray(entry(said))
    box[1286] ^= 1
    passed("box", "one bit of the sealed box is changed", bytes(box), hits=1)


def make_refused() -> None:
    [short] = seal_reply(SHORT, HER.public, REPLY)
    placed = {100: short}
    front, whole = front_of(note_of(placed)), FRONT + COUNT * ENTRY

    def refused(name: str, expect: str, comment: str, front: bytes = front, **more: object) -> None:
        vector(name, expect, comment, placed, front, **more)

    refused("foreign-desk", "NoteError", "signed by another desk", front_of(note_of(placed), STRANGER))
    refused(
        "edited",
        "BadSignature",
        "the serial was edited after signing",
        front.replace(b"serial 7", b"serial 8"),
    )
    refused("other-origin", "NoteError", "a board of another archive", origin="other.example")
    refused("cut", "MalformedBoard", "the last byte is missing", size=whole - 1)
    refused("longer", "MalformedBoard", "one byte too many", size=whole + 1)
    refused("one-entry-less", "MalformedBoard", "the last entry is missing", size=whole - ENTRY)
    refused("empty", "MalformedBoard", "nothing at all", size=0)
    refused("count", "MalformedBoard", "the note says 512 entries", front_of(note_of(placed, count=512)))
    refused(
        "count-with-zero",
        "MalformedKeycard",
        "a number with a leading zero",
        front_of(note_of(placed, count="0256")),
    )
    other: dict[str, Any] = {"entries": {"100": base64.b64encode(filler(0)).decode()}}
    refused("changed-entry", "MalformedBoard", "an entry is not the one that was signed", **other)
    moved: dict[str, Any] = {
        "entries": {"101": base64.b64encode(short).decode(), "100": base64.b64encode(filler(101)).decode()}
    }
    refused("moved-entry", "MalformedBoard", "two entries have changed places", **moved)
    digest = hashlib.sha256(b"").hexdigest().upper()
    refused("upper-case", "MalformedBoard", "a digest in capitals", front_of(note_of(placed, sha256=digest)))
    refused("expired", "ExpiredKeycard", "two days after it expired", today="2026-12-23")
    refused("future", "ExpiredKeycard", "issued two days after this device's date", today="2026-11-19")
    refused("rolled-back", "RolledBackKeycard", "the serial is below the reader's floor", floor=8)
    long = front_of(note_of(placed, expires="2026-12-23"))
    refused("lives-too-long", "MalformedKeycard", "expires more than 31 days after it was issued", long)
    refused(
        "one-line-more",
        "MalformedBoard",
        "a line that version 1 has not",
        front_of(note_of(placed, more="1")),
    )
    v2 = front_of(note_of(placed).replace("\nv1\n", "\nv2\n"))
    refused("version", "MalformedBoard", "a later version of the board", v2)
    refused("marked", "MalformedBoard", "a byte after the note is not zero", front[:-1] + b"\1")
    refused("note-length", "MalformedBoard", "the note is longer than the front", b"\xff\xff" + front[2:])
    refused("note-not-utf-8", "NoteError", "the note is no text", front.replace(b"serial", b"seri\xffl"))


if __name__ == "__main__":
    assert date(2026, 11, 24) == TODAY
    make_good()
    make_passed_over()
    make_refused()
