"""The notice of what is shown no more: it says what it was made to say, and any flaw is refused."""

from __future__ import annotations

import hashlib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto import withdrawal
from crypto.errors import BadSignature, MalformedNotice, NoteError
from crypto.keys import SigningKey
from crypto.notes import sign_note
from crypto.withdrawal import FOREVER, Gone, Left, Withdrawal

ORIGIN, DESK, DAY = "archive.example", SigningKey.generate(), date(2026, 11, 24)
NUMBERS = st.integers(0, FOREVER)
DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))
GONE = st.builds(Gone, st.sampled_from(["named", "silent", "closed"]), DAYS, NUMBERS)
LEFT = st.builds(Left, NUMBERS, st.binary(min_size=32, max_size=32).map(bytes.hex))
LETTERS = st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=40)
HEAD = f"{ORIGIN}/withdrawal\nv1\nserial 3\nissued 2026-11-24\n"
ROW, REST = "named abcdefghij 2026-11-24 7\n", f"left 7 2 {'0' * 64}\n"


def read(text: str) -> Withdrawal:
    return withdrawal.verify(sign_note(text, f"{ORIGIN}/desk", DESK), origin=ORIGIN, desk=DESK.public)


@given(NUMBERS, DAYS, st.dictionaries(LETTERS, GONE, max_size=5), st.dictionaries(NUMBERS, LEFT, max_size=5))
def test_a_notice_is_read_as_it_was_issued(
    serial: int, issued: date, gone: dict[str, Gone], left: dict[int, Left]
) -> None:
    """
    Whatever was taken back, and whatever remains of which release.
    """
    notice = Withdrawal(serial, issued, gone, left)
    note = withdrawal.issue(notice, ORIGIN, DESK)

    assert withdrawal.verify(note, origin=ORIGIN, desk=DESK.public) == notice


def test_a_notice_holds_for_the_releases_up_to_its_number() -> None:
    """
    The release of that very number may not show it; the next one may.
    """
    notice = read(f"{HEAD}{ROW}silent zyxwvutsrq 2026-11-24 {FOREVER}\n")

    assert notice.gone_in(7) == {"abcdefghij", "zyxwvutsrq"}
    assert notice.gone_in(8) == {"zyxwvutsrq"}


def test_what_remains_is_a_digest_over_the_digests_in_their_order() -> None:
    """
    docs/formats/withdrawal.md: SHA-256 over the SHA-256 of each line, its line feed included.
    """
    lines = [b'{"id":"a"}\n', b'{"id":"b"}\n']
    digests = [withdrawal.line_digest(line) for line in lines]
    whole = hashlib.sha256(b"".join(hashlib.sha256(line).digest() for line in lines)).hexdigest()

    assert withdrawal.remaining(digests) == Left(2, whole)
    assert withdrawal.remaining(reversed(digests)) != Left(2, whole)
    assert withdrawal.remaining([]) == Left(0, hashlib.sha256(b"").hexdigest())


@pytest.mark.parametrize(
    "text",
    [
        HEAD.replace("withdrawal", "release") + ROW,
        HEAD.replace("v1", "v2") + ROW,
        HEAD.replace("serial 3", "serial 03") + ROW,
        HEAD.replace("serial 3", f"serial {FOREVER + 1}") + ROW,
        HEAD.replace("2026-11-24", "1926-11-24") + ROW,
        HEAD.replace("2026-11-24", "2026-02-30") + ROW,
        HEAD + ROW + ROW,
        HEAD + REST + ROW,
        HEAD + ROW + REST + REST,
        HEAD + ROW.replace("named", "hidden"),
        HEAD + ROW.replace("abcdefghij", "Abcdefghij"),
        HEAD + ROW.replace("abcdefghij", "a" * 41),
        HEAD + ROW.replace("2026-11-24", "2026-13-01"),
        HEAD + ROW.replace(" 7", " 07"),
        HEAD + ROW.replace(" 7", " 7 "),
        HEAD + REST.replace("0" * 64, "0" * 63),
        HEAD + REST.replace("0" * 64, "A" * 64),
        HEAD + "\n",
    ],
)
def test_a_notice_with_one_flaw_is_refused(text: str) -> None:
    """
    Nothing is guessed of a notice: what would be shown again by a slip is what she took back.
    """
    assert read(HEAD + ROW + REST).serial == 3
    with pytest.raises(MalformedNotice):
        read(text)


def test_a_notice_is_believed_from_the_desk_alone() -> None:
    """
    Not from another key, not with another day, and not when it is too long to be one.
    """
    note = sign_note(HEAD + ROW, f"{ORIGIN}/desk", DESK)
    for untrusted, desk, error in (
        (note, SigningKey.generate(), NoteError),
        (note.replace(b"named", b"silent"), DESK, BadSignature),
        (HEAD.encode(), DESK, NoteError),
        (b"x" * (withdrawal.LARGEST + 1), DESK, MalformedNotice),
    ):
        with pytest.raises(error):
            withdrawal.verify(untrusted, origin=ORIGIN, desk=desk.public)


def test_the_desk_issues_nothing_that_nobody_could_read() -> None:
    """
    What is issued was verified first: a name of another kind stops here, and not at a reader.
    """
    with pytest.raises(MalformedNotice):
        withdrawal.issue(Withdrawal(1, DAY, {"a b": Gone("named", DAY, 1)}, {}), ORIGIN, DESK)
