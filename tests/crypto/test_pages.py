"""The list of an intake's pages: what it says, who may say it, and what is found out with it."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta

import pytest

from crypto import pages
from crypto.errors import BadSignature, CryptoError, ForeignPage, MalformedPages, NoteError
from crypto.keycard import SLACK
from crypto.keys import SigningKey
from crypto.notes import sign_note
from tests.people import ORIGIN, Office

TODAY = date(2026, 11, 24)
OFFICE = Office()
SHOWN = {"/?lang=ko": b'<body data-floor="7">', "/static/app.js": b"seal()", "/static/style.css": b""}
LIST = pages.listing(ORIGIN, SHOWN)


def signed(serial: int = 1, today: date = TODAY, desk: SigningKey = OFFICE.desk) -> bytes:
    return pages.sign(LIST, ORIGIN, serial, today, desk)


def verified(note: bytes, today: date = TODAY, floor: int = 0) -> pages.SignedPages:
    return pages.verify(note, origin=ORIGIN, desk=OFFICE.desk.public, today=today, floor=floor)


def test_whatever_was_changed_on_the_way_is_named() -> None:
    """
    A file with one byte more, another page, a file that is gone: each by its address, and no other.
    """
    found = verified(signed())

    assert pages.differing(found, SHOWN) == []
    assert pages.differing(found, SHOWN | {"/static/app.js": b"seal();"}) == ["/static/app.js"]
    assert pages.differing(found, SHOWN | {"/?lang=ko": None, "/static/style.css": b" "}) == [
        "/?lang=ko",
        "/static/style.css",
    ]


def test_a_page_is_the_same_under_the_next_keycard() -> None:
    """
    The lowest serial that a page believes rises every month; nothing else in it may change.
    """
    found = verified(signed())

    assert pages.differing(found, SHOWN | {"/?lang=ko": b'<body data-floor="12345">'}) == []
    for other in (b'<body data-floor="">', b'<body data-floor="8" x>', b'<body data-floor="-1">'):
        assert pages.differing(found, SHOWN | {"/?lang=ko": other}) == ["/?lang=ko"]


def test_a_list_is_believed_from_the_desk_alone() -> None:
    """
    Not from another key, not when a hash was edited, and no other note of the desk is taken for one.
    """
    other = sign_note(f"{ORIGIN}/release\nv1\n\n\n\n\n", f"{ORIGIN}/desk", OFFICE.desk)
    for note, error in (
        (signed(desk=OFFICE.one), NoteError),
        (signed().replace(b" 6\n", b" 7\n"), BadSignature),
        (other, MalformedPages),
        (LIST, NoteError),
    ):
        with pytest.raises(error):
            verified(note)


def test_a_list_from_another_time_is_refused() -> None:
    """
    An older serial than one that was seen, one of next week, and one of the year before last.
    """
    assert verified(signed(3), floor=3).serial == 3
    for today, floor in ((TODAY, 4), (TODAY - timedelta(days=5), 0), (TODAY + timedelta(days=370), 0)):
        with pytest.raises(ForeignPage):
            verified(signed(3), today, floor)


ROW = f"file /a {64 * '0'} 1\n"


@pytest.mark.parametrize(
    "body",
    [
        "",
        ROW + ROW,
        ROW.replace("/a", "/b") + ROW,
        ROW.replace("/a", "a"),
        ROW.replace("/a", "/a b"),
        ROW.replace("/a", "/\x7f"),
        ROW.replace("0 1", "0 01"),
        ROW.replace("0 1", "0 1111111111"),
        ROW.replace("000 1", "00A 1"),
        ROW + "\n",
        "".join(ROW.replace("/a", f"/{n:04d}") for n in range(401)),
    ],
)
def test_a_list_with_one_flaw_is_refused(body: str) -> None:
    """
    The desk signs no list that does not follow the format, and nobody believes one.
    """
    head = f"{ORIGIN}/page\nv1\n"
    with pytest.raises(MalformedPages):
        pages.sign((head + body).encode(), ORIGIN, 1, TODAY, OFFICE.desk)
    days = f"serial 1\nissued {TODAY}\nexpires {TODAY}\n"
    with pytest.raises(CryptoError):
        verified(sign_note(head + days + body, f"{ORIGIN}/desk", OFFICE.desk))


def test_a_list_lives_a_year_at_most() -> None:
    """
    A desk that dates it further gives nobody a list that outlives its keys.
    """
    days = f"serial 1\nissued {TODAY}\nexpires {TODAY + timedelta(days=367)}\n"
    with pytest.raises(CryptoError):
        verified(sign_note(f"{ORIGIN}/page\nv1\n{days}{ROW}", f"{ORIGIN}/desk", OFFICE.desk))


@pytest.mark.parametrize(
    "untrusted",
    [
        LIST + "\u00e9".encode(),
        LIST + bytes(pages.LARGEST),
        LIST.removesuffix(b"\n"),
        LIST.replace(b"/page", b"/list", 1),
    ],
)
def test_what_is_no_list_is_not_signed(untrusted: bytes) -> None:
    """
    Another alphabet, any length, a last line that was cut, another archive's word.
    """
    with pytest.raises(MalformedPages):
        pages.sign(untrusted, ORIGIN, 1, TODAY, OFFICE.desk)


def test_a_signed_list_of_any_length_is_not_read() -> None:
    """
    It is bounded before its signature is looked for.
    """
    with pytest.raises(MalformedPages, match="at most 64 KiB"):
        verified(b"x" * (pages.LARGEST + 1))
    with pytest.raises(NoteError):
        verified(b"x" * pages.LARGEST)


def test_a_list_names_each_file_by_its_hash_and_its_size() -> None:
    """
    docs/formats/page.md: in the order of the addresses, of a page without its floor, and nothing else.
    """
    whole = b'<body data-floor="0">'
    expected = f"{ORIGIN}/page\nv1\nfile /?lang=ko {hashlib.sha256(whole).hexdigest()} {len(whole)}\n"
    shown = {"/?lang=ko": SHOWN["/?lang=ko"]}

    assert pages.listing(ORIGIN, shown).decode() == expected
    assert (
        pages.differing(verified(pages.sign(expected.encode(), ORIGIN, 1, TODAY, OFFICE.desk)), shown) == []
    )
    with pytest.raises(MalformedPages):
        pages.listing(ORIGIN, {})
    with pytest.raises(MalformedPages):
        pages.listing(ORIGIN, {"no address": b""})


def test_a_list_has_as_many_files_as_it_may_and_no_more() -> None:
    """
    Exactly the limit is signed.
    """
    rows = [ROW.replace("/a", f"/{n:04d}") for n in range(pages.MOST + 1)]
    head = f"{ORIGIN}/page\nv1\n"

    assert pages.sign((head + "".join(rows[:-1])).encode(), ORIGIN, 1, TODAY, OFFICE.desk)
    with pytest.raises(MalformedPages):
        pages.sign((head + "".join(rows)).encode(), ORIGIN, 1, TODAY, OFFICE.desk)


def test_a_list_holds_a_little_before_and_after_its_days() -> None:
    """
    By exactly the slack that clocks may be wrong, on both sides.
    """
    last = TODAY + pages.LIFE
    for today in (TODAY - SLACK, last + SLACK):
        assert verified(signed(), today).issued == TODAY
    for today in (TODAY - SLACK - timedelta(days=1), last + SLACK + timedelta(days=1)):
        with pytest.raises(ForeignPage):
            verified(signed(), today)
