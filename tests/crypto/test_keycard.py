"""Keycards beyond their vectors."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto import errors, keycard
from crypto.keys import IntakePublic, IntakeSecret, SigningKey
from crypto.notes import open_note, sign_note

ROOT, KEY = SigningKey.generate(), IntakeSecret.generate().public
ORIGIN = "archive.example"
FIRST = date(2026, 1, 1)
dates = st.dates(date(1900, 1, 1), date(9990, 12, 31))


def card_of(issued: date, days: int, serial: int = 42) -> keycard.Keycard:
    dated = keycard.DatedKey(issued, issued + timedelta(days=days), KEY)
    return keycard.Keycard(ORIGIN, serial, issued, issued + timedelta(days=days), 1, (dated,))


@given(dates, st.integers(0, 31), st.integers(0, 31), st.integers(0, 10**10 - 1))
def test_a_card_is_read_as_it_was_issued(issued: date, days: int, later: int, serial: int) -> None:
    """
    What the root wrote is what the client finds, on each of its days, and the key to seal to.
    """
    card = card_of(issued, days, serial)
    today = issued + timedelta(days=min(days, later))
    read = keycard.verify(keycard.issue(card, ROOT), origin=ORIGIN, root=ROOT.public, today=today)

    assert (read, read.current(today)) == (card, KEY)


@pytest.mark.parametrize("kind", keycard.LIVES)
def test_a_card_is_of_one_kind_and_says_so(kind: keycard.Kind) -> None:
    """
    What is sealed to one list of keys is never sealed to another because somebody took its place.
    """
    card = replace(card_of(FIRST, 20), kind=kind)
    note = keycard.issue(card, ROOT)

    for asked in keycard.LIVES:
        if asked == kind:
            assert keycard.verify(note, origin=ORIGIN, root=ROOT.public, today=FIRST, kind=asked) == card
        else:
            with pytest.raises(errors.MalformedKeycard):
                keycard.verify(note, origin=ORIGIN, root=ROOT.public, today=FIRST, kind=asked)


@given(st.integers(-400, 400))
def test_a_card_is_good_on_its_days_and_on_no_other(off: int) -> None:
    """
    Whatever the phone's date, a card from before or after is never used.
    """
    note, today = keycard.issue(card_of(FIRST, 20), ROOT), FIRST + timedelta(days=off)
    if 0 <= off <= 20:
        keycard.verify(note, origin=ORIGIN, root=ROOT.public, today=today)
    else:
        with pytest.raises(errors.ExpiredKeycard):
            keycard.verify(note, origin=ORIGIN, root=ROOT.public, today=today)


TEXT = open_note(keycard.issue(card_of(FIRST, 20), ROOT), f"{ORIGIN}/root", ROOT.public)


@given(st.integers(0, len(TEXT) - 1), st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=3))
def test_a_card_with_a_slip_only_ever_raises_our_errors(at: int, slip: str) -> None:
    """
    A root that signs nonsense does not break a client, at the end of the calendar either.
    """
    for text in (TEXT[:at] + slip + TEXT[at + len(slip) :], TEXT.replace("2026", "9999")):
        note = sign_note(text if text.endswith("\n") else text + "\n", f"{ORIGIN}/root", ROOT)
        with suppress(errors.CryptoError):
            keycard.verify(note, origin=ORIGIN, root=ROOT.public, today=FIRST)


def test_the_end_of_the_calendar_is_a_date_like_any_other() -> None:
    """
    A card issued on the last day there is is expired or early, and breaks nothing.
    """
    last = replace(card_of(FIRST, 0), issued=date.max, expires=date.max)
    with pytest.raises(errors.ExpiredKeycard):
        keycard.verify(keycard.issue(last, ROOT), origin=ORIGIN, root=ROOT.public, today=FIRST)


@given(st.binary(max_size=400))
def test_strangers_bytes_only_ever_raise_our_errors(untrusted: bytes) -> None:
    """
    Noise is not a keycard.
    """
    with pytest.raises(errors.CryptoError):
        keycard.verify(untrusted, origin=ORIGIN, root=ROOT.public, today=FIRST)


@given(st.binary(min_size=1248, max_size=1248))
def test_a_bundle_of_noise_seals_or_is_refused(bundle: bytes) -> None:
    """
    Keys are bytes from outside: they are used, or refused with our own error.
    """
    with suppress(errors.KeyFormatError):
        IntakePublic(bundle).encapsulate()


def test_a_card_of_any_length_is_not_read() -> None:
    """
    What a stranger sends is bounded before its signature is looked for; exactly the limit is still read.
    """
    with pytest.raises(errors.NoteError):
        keycard.verify(b"x" * keycard.MAX_SIZE, origin=ORIGIN, root=ROOT.public, today=FIRST)
    with pytest.raises(errors.MalformedKeycard, match="longer than 64 KiB"):
        keycard.verify(
            bytes(keycard.MAX_SIZE + 1),
            origin="archive.example",
            root=SigningKey.generate().public,
            today=date(2026, 11, 24),
        )


def test_a_clock_may_be_a_little_wrong_and_no_more() -> None:
    """
    By exactly the slack, on both sides; of serials, the one that is known is still good.
    """
    slack = keycard.SLACK
    for today in (FIRST - slack, FIRST + timedelta(days=20) + slack):
        keycard.check_life(7, FIRST, FIRST + timedelta(days=20), today=today, floor=7)
    for today in (FIRST - slack - timedelta(days=1), FIRST + slack + timedelta(days=21)):
        with pytest.raises(errors.ExpiredKeycard):
            keycard.check_life(7, FIRST, FIRST + timedelta(days=20), today=today, floor=7)
    with pytest.raises(errors.RolledBackKeycard):
        keycard.check_life(7, FIRST, FIRST + timedelta(days=20), today=FIRST, floor=8)


LINE = keycard.key_line(card_of(FIRST, 20).keys[0])
FLAWS = {
    "another archive": (f"{ORIGIN}/intake-keys", "other.example/intake-keys"),
    "another kind": ("/intake-keys", "/capsule-keys"),
    "another version": ("\nv1\n", "\nv2\n"),
    "no key": (f"key {LINE}\n", ""),
    "another label for the serial": ("\nserial ", "\nSerial "),
    "another label for a day": ("\nissued ", "\nIssued "),
    "another label for the client": ("\nmin-client ", "\nmax-client "),
    "another label for a key": ("\nkey ", "\nKey "),
    "a serial with a nought": ("\nserial 42", "\nserial 042"),
    "another verb": (" use ", " for "),
    "a word too many": (f"key {LINE}", f"key {LINE} more"),
    "a word too few": (" use ", " "),
    "days that run backwards": (" use 2026-01-01 2026-01-21 ", " use 2026-01-21 2026-01-01 "),
    "a day without its nought": (" use 2026-01-01 ", " use 2026-1-1 "),
    "a day without its lines": (" use 2026-01-01 ", " use 20260101 "),
    "a day of no calendar": ("\nexpires 2026-01-21", "\nexpires 2026-02-30"),
    "a life that runs backwards": ("\nexpires 2026-01-21", "\nexpires 2025-12-31"),
    "a life too long": ("\nexpires 2026-01-21", "\nexpires 2027-03-01"),
    "an id that is not the key's": (f"key {LINE[:4]}", f"key {'0000' if LINE[:4] != '0000' else '1111'}"),
    "another client": ("\nmin-client 1\n", f"\nmin-client {keycard.CLIENT + 1}\n"),
}


@pytest.mark.parametrize("flaw", FLAWS)
def test_a_card_with_one_flaw_is_refused_though_the_root_signed_it(flaw: str) -> None:
    """
    Two readers that pass over different slips would seal to different keys.
    """
    old, new = FLAWS[flaw]
    assert TEXT.count(old) == 1
    note = sign_note(TEXT.replace(old, new), f"{ORIGIN}/root", ROOT)

    with pytest.raises(errors.MalformedKeycard):
        keycard.verify(note, origin=ORIGIN, root=ROOT.public, today=FIRST)


def test_a_key_of_one_day_is_a_key() -> None:
    """
    Its first day may be its last.
    """
    dated = keycard.DatedKey(FIRST, FIRST, KEY)

    assert keycard.read_key(keycard.key_line(dated)) == dated
