"""What is sealed, and what lies around sealed things: envelopes, capsules, boards, backups, custody."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from nacl.public import Box, PrivateKey, PublicKey

from archive.keeping.boxes import Boxes
from archive.keeping.keyring import Shut
from crypto import board, custody, resume
from crypto.capsule import container
from crypto.envelope import check_size, parse_header, unseal, unseal_seekable
from crypto.errors import CryptoError, MisreadSlip
from crypto.notes import sign_note
from crypto.plain import padded
from crypto.receipt import Receipt
from crypto.reply import ENTRY, read_replies
from tests.fuzz.keys import (
    FILE_KEY,
    FOLDER,
    KEY,
    ORIGIN,
    ROOT,
    SENDER,
    TODAY,
    lying,
    refused,
    sealed,
    text_of,
)

BODY: Final = bytes(range(256)) * 150
INSIDE: Final = b"pt1\0" + (2).to_bytes(4, "little") + len(BODY).to_bytes(8, "little") + b"{}" + BODY
PLAIN: Final = INSIDE + bytes(38912 - len(INSIDE))
FRONT: Final = b"ONGGICP1\x01\0"
ENTRIES: Final = bytes(board.SIZES[0] * ENTRY)
"""Of a board whose note is what is read."""


def header(data: bytes) -> None:
    with refused():
        check_size(parse_header(data), len(data) + 2120)


def envelope(data: bytes) -> None:
    """*data* as an envelope, and as what is sealed in one; both ways of opening must agree."""
    for made in (data, sealed(data)):
        try:
            whole = unseal(made, KEY, "reply")
        except CryptoError:
            with refused():
                opened, body = unseal_seekable(io.BytesIO(made), KEY, "reply")
                # Only padding that is not zeros is left to the stream.
                assert opened.length < len(data)
                body.read()
        else:
            opened, body = unseal_seekable(io.BytesIO(made), KEY, "reply")
            assert whole == (opened.meta, body.read())


def message(data: bytes) -> None:
    """A sealed stream whose reader looks where *data* says."""
    opened, body = unseal_seekable(io.BytesIO(sealed(PLAIN)), KEY, "reply")
    for at in range(0, len(data) - 3, 4):
        start, size = (
            int.from_bytes(data[at : at + 2], "little"),
            int.from_bytes(data[at + 2 : at + 4], "little"),
        )
        body.seek(start)
        assert body.read(size) == BODY[start : start + size]
    assert opened.length == len(BODY)


def entry_of(data: bytes) -> bytes:
    """An entry of a board with *data* as what the archive wrote to her."""
    box = Box(PrivateKey(SENDER.x25519), PublicKey(KEY.public.x25519)).encrypt(data, bytes(24))
    front = b"pt1\0" + (2).to_bytes(4, "little") + len(box).to_bytes(8, "little") + b"{}"
    inside = front + box
    return sealed(inside.ljust(padded(len(inside), "reply"), b"\0"))


def reply(data: bytes) -> None:
    """*data* as an entry, and as the message in one: never an error, and what is not hers is nothing."""
    for entry in (data, entry_of(data)):
        for told in read_replies([entry, entry], KEY, SENDER.public.x25519):
            assert told.whole == (len(told.parts) == 1)


def fronted(data: bytes) -> bytes:
    """*data* as the note at the front of a board."""
    note = sign_note(text_of(data), f"{ORIGIN}/desk", ROOT)[: board.FRONT - 2]
    return (len(note).to_bytes(2, "little") + note).ljust(board.FRONT, b"\0")


def board_(data: bytes) -> None:
    for front in (data[: board.FRONT].ljust(board.FRONT, b"\0"), fronted(data)):
        with refused():
            board.verify(front + ENTRIES, origin=ORIGIN, desk=ROOT.public, today=TODAY)


def capsule(data: bytes) -> None:
    """*data* as a capsule, and as what follows its front, and where the whole envelopes lie in it."""
    for file in (data, FRONT + data):
        with refused():
            found = container.read(io.BytesIO(file))
            end = container.FRONT
            for each in found.entries:
                assert end < each.at
                end = each.at + each.size
                container.copy(io.BytesIO(file), each, io.BytesIO())
            assert not found.entries or end <= len(file)


def custody_(data: bytes) -> None:
    """*data* as a table of slips, with a right sum too, and as the slip that somebody types."""
    for table in (data, data + hashlib.sha256(data).digest()):
        with refused():
            read = custody.Table.parse(table)
            assert read.to_bytes() == table
            slip = custody.Slip(read.set, 1, bytes(32))
            custody.combine(read, [slip])
    with suppress(MisreadSlip):
        typed = custody.Slip.parse(data.decode("utf-8", "replace"))
        assert custody.Slip.parse(typed.text()).share == typed.share


def receipt(data: bytes) -> None:
    with refused():
        made = Receipt.parse(data.decode("utf-8", "replace"))
        assert Receipt.parse(made.digits()).code == made.code


def arrived(data: bytes) -> None:
    for told in (data, resume.MAGIC + data):
        with refused():
            found = resume.parse_arrivals(told)
            assert resume.arrivals(found.items()) == told


def keyring(data: bytes) -> None:
    """*data* as the keyring of a backup on a medium that was in other hands."""
    for told in (data, b"ONGGIKR1" + data):
        with refused():
            Shut.read(lying("keyring", told)).open(FILE_KEY)


def boxes(data: bytes) -> None:
    """*data* as the mark of a folder of boxes, and as a pack in it."""
    for mark, pack in ((data, b""), (b"onggi boxes 1\n", data), (b"onggi boxes 1\n", b"ONGGIBX1" + data)):
        lying("boxes/onggi-boxes", mark)
        with refused():
            found = Boxes(FOLDER / "boxes")
            lying("boxes/records/a.pack", pack)
            assert sum(map(len, found.sealed())) <= len(pack)


PARSERS: Final[dict[str, Callable[[bytes], None]]] = {
    "header": header,
    "envelope": envelope,
    "message": message,
    "reply": reply,
    "board": board_,
    "capsule": capsule,
    "custody": custody_,
    "receipt": receipt,
    "arrived": arrived,
    "keyring": keyring,
    "boxes": boxes,
}
