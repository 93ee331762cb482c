"""The mandate and the root that follows, beyond their vectors."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from crypto import keycard, mandate
from crypto.errors import BadSignature, CryptoError, MalformedKeycard, NoteError
from crypto.keys import SigningKey
from crypto.notes import countersign, sign_note

ORIGIN, DAY = "archive.example", date(2026, 11, 24)
OLD, NEW, THIRD = SigningKey.generate(), SigningKey.generate(), SigningKey.generate()


def test_a_rotation_leads_from_the_root_that_is_known_to_the_next() -> None:
    """
    Both signed it; whoever has neither, or the third one, is led nowhere.
    """
    note = mandate.issue_rotation(ORIGIN, DAY, OLD, NEW)

    assert mandate.verify_rotation(note, origin=ORIGIN, root=OLD.public) == NEW.public
    with pytest.raises(MalformedKeycard, match="does not lead"):
        mandate.verify_rotation(note, origin=ORIGIN, root=NEW.public)
    with pytest.raises(NoteError):
        mandate.verify_rotation(note, origin=ORIGIN, root=THIRD.public)


def test_the_old_root_alone_names_no_follower() -> None:
    """
    A stolen root cannot hand the archive to a key whose owner never agreed, nor to itself.
    """
    note = mandate.issue_rotation(ORIGIN, DAY, OLD, NEW)
    text = note.decode().partition("\n\n")[0] + "\n"

    with pytest.raises(NoteError, match="not signed"):
        mandate.verify_rotation(sign_note(text, f"{ORIGIN}/root", OLD), origin=ORIGIN, root=OLD.public)
    with pytest.raises(MalformedKeycard, match="does not lead"):
        mandate.verify_rotation(mandate.issue_rotation(ORIGIN, DAY, OLD, OLD), origin=ORIGIN, root=OLD.public)
    changed = note.replace(str(DAY).encode(), b"2026-11-25")
    with pytest.raises(BadSignature):
        mandate.verify_rotation(changed, origin=ORIGIN, root=OLD.public)


def test_a_rotation_says_where_it_ends_before_it_is_believed() -> None:
    """
    At the new root, and not at the one that it comes from.
    """
    note = mandate.issue_rotation(ORIGIN, DAY, OLD, NEW)

    assert mandate.leads_to(note, NEW.public)
    assert not mandate.leads_to(note, OLD.public)


def test_a_mandate_of_any_length_is_not_read() -> None:
    """
    What a stranger sends is bounded before its signature is looked for.
    """
    untrusted = bytes(keycard.MAX_SIZE + 1)
    with pytest.raises(MalformedKeycard, match="longer than 64 KiB"):
        mandate.read(untrusted, origin=ORIGIN, root=OLD.public)
    with pytest.raises(MalformedKeycard, match="longer than 64 KiB"):
        mandate.verify_rotation(untrusted, origin=ORIGIN, root=OLD.public)


def test_a_chain_of_any_length_is_not_read() -> None:
    """
    What leads to a root is bounded before the first signature is looked for.
    """
    note = mandate.issue_rotation(ORIGIN, DAY, OLD, NEW)
    padded = note * (keycard.MAX_SIZE // len(note) + 1)

    assert mandate.roots_before(note, NEW.public) == [OLD.public]
    assert mandate.roots_before(padded, NEW.public) == []


@pytest.mark.parametrize(("days", "floor"), [(-2, 0), (32, 0), (0, 8)])
def test_a_mandate_holds_on_its_days_and_never_after_a_newer_one(days: int, floor: int) -> None:
    """
    Before it was issued, after it expired, and below the highest serial that was seen.
    """
    given = mandate.Mandate(
        ORIGIN, 7, DAY, DAY + timedelta(days=30), NEW.public, bytes(32), (OLD.public, THIRD.public)
    )
    note = mandate.issue(given, OLD)

    assert mandate.verify(note, origin=ORIGIN, root=OLD.public, today=DAY, floor=7) == given
    with pytest.raises(CryptoError):
        mandate.verify(note, origin=ORIGIN, root=OLD.public, today=DAY + timedelta(days=days), floor=floor)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("\nv1\n", "\nv2\n"),
        ("/root-rotation\n", "/root-rotations\n"),
        ("\nissued 2026-11-24\n", "\nissued 2026-02-30\n"),
        ("\nissued ", "\nIssued "),
        ("\nfrom ", "\nFrom "),
        ("\nto ", "\nTo "),
        ("\nto ", "\nmore\nto "),
    ],
)
def test_a_rotation_with_one_flaw_leads_nowhere(old: str, new: str) -> None:
    """
    Though both roots signed it.
    """
    note = mandate.issue_rotation(ORIGIN, DAY, OLD, NEW).decode()
    text = note.partition("\n\n")[0] + "\n"
    assert text.count(old) == 1
    flawed = text.replace(old, new)
    signed = countersign(sign_note(flawed, f"{ORIGIN}/root", OLD), f"{ORIGIN}/root", NEW)

    with pytest.raises(MalformedKeycard):
        mandate.verify_rotation(signed, origin=ORIGIN, root=OLD.public)


def test_the_roots_before_are_those_from_which_a_chain_was_verified() -> None:
    """
    What anybody could have written in front, and a chain that ends elsewhere, name no earlier root.
    """
    chain = mandate.issue_rotation(ORIGIN, DAY, OLD, NEW) + mandate.issue_rotation(ORIGIN, DAY, NEW, THIRD)
    forged = f"{ORIGIN}/root-rotation\nv1\nissued {DAY}\nfrom {'ab' * 32}\nto {OLD.public.raw.hex()}\n"

    assert mandate.roots_before(chain, THIRD.public) == [NEW.public, OLD.public]
    assert mandate.roots_before(forged.encode() + chain, THIRD.public) == [NEW.public, OLD.public]
    for other in (chain, b"", b"\xff" + chain):
        assert mandate.roots_before(other, NEW.public) == []
