"""Signed notes, and what they say: keys, mandates, bundles, pages, releases, withdrawals."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Final

from archive import release, requests
from crypto import bundle, frames, keycard, mandate, outgoing, pages, withdrawal
from crypto.capsule import page
from crypto.notes import open_note, sign_note
from crypto.stick import MANIFEST
from tests.fuzz.keys import (
    FOLDER,
    MANDATE,
    ORIGIN,
    ROOT,
    TODAY,
    by_desk,
    by_root,
    followed,
    lying,
    refused,
    text_of,
)


def note(data: bytes) -> None:
    signed = sign_note("text\n", f"{ORIGIN}/root", ROOT)
    for candidate in (data, signed + data, signed[:6] + data):
        with refused():
            open_note(candidate, f"{ORIGIN}/root", ROOT.public)


def keycard_(data: bytes) -> None:
    for candidate in (data, by_root(data)):
        with refused():
            keycard.verify(candidate, origin=ORIGIN, root=ROOT.public, today=TODAY)


def mandate_(data: bytes) -> None:
    """*data* as what the root signs of other keys, and as what it is asked to."""
    for candidate in (data, by_root(data)):
        with refused():
            mandate.verify(candidate, origin=ORIGIN, root=ROOT.public, today=TODAY)
    for candidate in (data, followed(data)):
        with refused():
            mandate.verify_rotation(candidate, origin=ORIGIN, root=ROOT.public)
    with refused():
        requests.parse(text_of(data), ORIGIN)


def manifest(data: bytes) -> None:
    lying(MANIFEST, sign_note(text_of(data), "onggi-courier", ROOT))
    with refused():
        bundle.read(FOLDER, ROOT.public)


def outgoing_(data: bytes) -> None:
    for candidate in (data, by_desk(data)):
        lying(MANIFEST, candidate)
        with refused():
            outgoing.read(FOLDER, origin=ORIGIN, desk=ROOT.public)


def acknowledgement(data: bytes) -> None:
    for candidate in (data, by_desk(data)):
        with refused():
            bundle.read_acknowledgement(candidate, origin=ORIGIN, desk=ROOT.public)


def frames_(data: bytes) -> None:
    """*data* as what a camera read; what was cut joins again, whatever stands around it."""
    with refused():
        frames.join(data)
    with refused():
        assert frames.join("\n".join(reversed(frames.cut(data))).encode()) == ([data] if data else [])


def pages_(data: bytes) -> None:
    """*data* as a list of an intake's pages, unsigned and signed, and as a page with its note."""
    with refused():
        pages.read_listing(data, ORIGIN)
    for candidate in (data, by_desk(data)):
        with refused():
            pages.verify(candidate, origin=ORIGIN, desk=ROOT.public, today=TODAY)
        with refused():
            page.check(b"page", candidate, MANDATE, ROOT.public, TODAY)
    with refused():
        page.origin_in(data)


def withdrawal_(data: bytes) -> None:
    for candidate in (data, by_desk(data)):
        with refused():
            found = withdrawal.verify(candidate, origin=ORIGIN, desk=ROOT.public)
            again = withdrawal.issue(found, ORIGIN, ROOT)
            assert withdrawal.verify(again, origin=ORIGIN, desk=ROOT.public) == found


def release_(data: bytes) -> None:
    """*data* as the body of a signed release, and as its note."""
    lines = data.count(b"\n")
    signed = f"{ORIGIN}/release\nv1\n1\n{'0' * 64}\n{hashlib.sha256(data).hexdigest()}\n{lines}\n"
    lying(release.BODY, data)
    lying(release.MANDATE, MANDATE)
    for candidate in (signed.encode()[:-1], data):
        lying(release.NOTE, by_desk(candidate))
        with refused(release.ReleaseError):
            release.verify(FOLDER, ROOT.public, ORIGIN)


PARSERS: Final[dict[str, Callable[[bytes], None]]] = {
    "note": note,
    "keycard": keycard_,
    "mandate": mandate_,
    "manifest": manifest,
    "outgoing": outgoing_,
    "acknowledgement": acknowledgement,
    "frames": frames_,
    "pages": pages_,
    "withdrawal": withdrawal_,
    "release": release_,
}
