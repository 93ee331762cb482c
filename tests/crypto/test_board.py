"""What the reply board promises beyond its vectors."""

from __future__ import annotations

import hashlib
import secrets
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nacl.bindings import crypto_scalarmult_base
from nacl.public import Box, PrivateKey, PublicKey

from crypto import errors
from crypto.board import FRONT, SIZES, Board, issue, verify
from crypto.envelope import seal, unseal
from crypto.keys import IntakePublic, IntakeSecret, SigningKey
from crypto.notes import sign_note
from crypto.receipt import Receipt
from crypto.reply import ENTRY, PART, compose, dummy, read_replies, seal_reply

TODAY = date(2026, 11, 24)
DESK, HER, SENDER = SigningKey.generate(), IntakeSecret.generate(), secrets.token_bytes(32)
PUBLIC = crypto_scalarmult_base(SENDER)
SAID = st.text(st.characters(exclude_categories=("Cs", "Cc")) | st.sampled_from("\n\t가물"), min_size=1)


def posted(*entries: bytes, size: int = 256) -> bytes:
    return issue(
        entries,
        origin="archive.example",
        serial=7,
        issued=TODAY,
        expires=TODAY + timedelta(days=30),
        size=size,
        desk=DESK,
    )


def read(untrusted: bytes) -> Board:
    return verify(untrusted, origin="archive.example", desk=DESK.public, today=TODAY)


@given(SAID.filter(str.strip), st.integers(1, 999_999), st.integers(0, 7))
@settings(max_examples=60, deadline=None)
def test_what_the_archive_writes_is_what_she_reads(text: str, serial: int, times: int) -> None:
    """
    Any text, short or in many parts, comes back whole, in whatever order its parts lie.
    """
    reply = compose(serial, TODAY, "kor", text * 8**times if len(text) * 8**times < 6000 else text)
    entries = seal_reply(reply, HER.public, SENDER)

    assert read_replies(reversed(entries), HER, PUBLIC) == (reply,)
    assert reply.whole


@pytest.mark.parametrize("length", [1, PART - 1, PART, PART + 1, 16 * PART])
def test_a_text_is_cut_where_an_entry_ends(length: int) -> None:
    """
    A part that just fits, and one that just does not; sixteen full ones.
    """
    reply = compose(1, TODAY, "eng", "a" * length)

    assert len(reply.parts) == -(-length // PART)
    assert read_replies(seal_reply(reply, HER.public, SENDER), HER, PUBLIC) == (reply,)


@pytest.mark.parametrize("text", ["", " \n", "a" * (16 * PART + 1), "bell\a", "half \ud800", "line\r\n"])
def test_what_no_reply_can_say_is_refused_before_it_is_kept(text: str) -> None:
    """
    Nothing is written that she could not read: no words, too many, or signs that steer a screen.
    """
    with pytest.raises(errors.MalformedReply):
        compose(1, TODAY, "kor", text)


def test_her_words_alone_open_her_reply() -> None:
    """
    Of all on the board her receipt opens hers, another's opens another's, and a stranger's nothing.
    """
    root = SigningKey.generate().public
    hers, others, strangers = (Receipt.generate().keys(root).sealing for _ in range(3))
    to_her, to_other = compose(1, TODAY, "kor", "그대에게"), compose(1, TODAY, "zho", "给她")
    entries = seal_reply(to_her, hers.public, SENDER) + seal_reply(to_other, others.public, SENDER)
    board = read(posted(*entries))

    assert read_replies(board.entries, hers, PUBLIC) == (to_her,)
    assert read_replies(board.entries, others, PUBLIC) == (to_other,)
    assert read_replies(board.entries, strangers, PUBLIC) == ()


def test_a_board_with_no_reply_and_a_full_one_look_alike() -> None:
    """
    The same size, the same form of every entry, and in every other byte no pattern that counts replies.
    """
    [entry] = seal_reply(compose(1, TODAY, "kor", "한 마디"), HER.public, SENDER)
    full = [seal_reply(compose(n, TODAY, "kor", "한 마디"), HER.public, SENDER)[0] for n in range(1, 257)]
    boards = posted(), posted(*full)
    assert {len(board) for board in boards} == {FRONT + 256 * ENTRY}
    for board in boards:
        entries = read(board).entries
        assert {e[:21] for e in entries} == {entry[:21]}
        for at in range(21, ENTRY):
            # What were the same in one entry of four would show 64 times; chance shows a dozen.
            # The top bits of an X25519 point are zero, in both kinds alike: hence the wider limit.
            assert Counter(e[at] for e in entries).most_common(1)[0][1] < 24, at
    ends = [sum(e[1172] >> 7 for e in read(board).entries) for board in boards]
    assert ends == [0, 0]


def test_two_boards_have_no_entry_in_common() -> None:
    """
    A reply that stays for months is sealed anew each time, and so is every dummy: nothing can be followed.
    """
    reply = compose(1, TODAY, "kor", "한 마디")
    one, two = (read(posted(*seal_reply(reply, HER.public, SENDER))).entries for _ in range(2))

    assert not {e[21:1141] for e in one} & {e[21:1141] for e in two}
    assert not {e[1141:1287] for e in one} & {e[1141:1287] for e in two}
    assert not {e[1287:] for e in one} & {e[1287:] for e in two}


def test_each_dummy_has_a_key_of_its_own_that_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    No key opens two of them: a secret that stayed anywhere would tell dummies from replies.
    """
    drawn: list[IntakeSecret] = []
    generate = IntakeSecret.generate

    def draw() -> IntakeSecret:
        drawn.append(generate())
        return drawn[-1]

    monkeypatch.setattr(IntakeSecret, "generate", draw)
    dummies = [dummy() for _ in range(3)]

    assert [[_opens(each, key) for each in dummies] for key in drawn] == [
        [True, False, False],
        [False, True, False],
        [False, False, True],
    ]


def _opens(entry: bytes, key: IntakeSecret) -> bool:
    try:
        return unseal(entry, key, "reply") == ({}, b"")
    except errors.WrongKey:
        return False


def test_the_place_of_a_reply_tells_nothing() -> None:
    """
    Entries lie in a random order: over some boards the only reply is in many places.
    """
    [entry] = seal_reply(compose(1, TODAY, "kor", "한 마디"), HER.public, SENDER)
    filled = [entry, *(dummy() for _ in range(255))]
    places = {read(posted(*filled)).entries.index(entry) for _ in range(12)}

    assert len(places) > 6


def test_a_reply_proves_nothing_to_a_third_person() -> None:
    """
    She could have made the box herself: with her secret and the archive's public key, the same words.
    """
    message = "onggi-reply\nv1\nserial 1\nday 2026-11-24\nlang kor\npart 1 1\n\n지어낸 말".encode()
    hers = Box(PrivateKey(HER.x25519), PublicKey(PUBLIC)).encrypt(message)
    [reply] = read_replies([seal(hers, {}, [HER.public], "reply")], HER, PUBLIC)

    assert reply.parts == ("지어낸 말",)


@pytest.mark.parametrize("size", SIZES)
def test_a_board_that_is_too_small_is_not_made(size: int) -> None:
    """
    No reply is left out in silence: the next size is taken, or nothing.
    """
    with pytest.raises(errors.BoardFull):
        posted(*[bytes(ENTRY)] * (size + 1), size=size)
    with pytest.raises(errors.MalformedBoard):
        posted(size=size + 1)


@pytest.mark.parametrize("point", [bytes(32), b"\1" + bytes(31), (2**255 - 19).to_bytes(32, "little")])
def test_nothing_is_sealed_to_a_key_that_anyone_could_open(point: bytes) -> None:
    """
    An account with a small-order key is refused when a reply is written, not on the day of the board.
    """
    with pytest.raises(errors.MalformedReply):
        seal_reply(compose(1, TODAY, "kor", "말"), IntakePublic(point + HER.public.bundle[32:]), SENDER)
    broken = IntakePublic(HER.public.bundle[:32] + b"\xff" * 1216)
    with pytest.raises(errors.MalformedReply):
        seal_reply(compose(1, TODAY, "kor", "말"), broken, SENDER)
    assert read_replies([dummy()], HER, point) == ()


@given(st.binary(max_size=3000), st.integers(0, 3))
def test_strangers_boards_only_ever_raise_our_errors(untrusted: bytes, front: int) -> None:
    """
    No input reaches the caller as another library's exception.
    """
    whole = (untrusted[:front] + BOARD[front:])[: len(BOARD)]
    for candidate in (untrusted, whole.replace(b"serial", untrusted[:6].ljust(6, b"x"), 1)):
        if candidate != BOARD:
            with pytest.raises(errors.CryptoError):
                read(candidate)


@given(st.integers(0, FRONT + 256 * ENTRY - 1), st.integers(0, 7))
def test_no_changed_bit_of_a_board_is_accepted(at: int, bit: int) -> None:
    """
    Front, note, padding or entry: one changed bit anywhere is refused.
    """
    changed = bytearray(BOARD)
    changed[at] ^= 1 << bit
    with pytest.raises(errors.CryptoError):
        read(bytes(changed))


@given(st.binary(max_size=ENTRY))
def test_a_strangers_entry_is_passed_over(untrusted: bytes) -> None:
    """
    Whatever lies in an entry, reading goes on.
    """
    assert read_replies([untrusted, BOARD[FRONT : FRONT + 30] + untrusted], HER, PUBLIC) == ()


def test_no_word_of_a_reply_shows_in_a_repr() -> None:
    """
    Logging a reply by mistake logs its number and its day only.
    """
    assert "비밀" not in repr(compose(1, TODAY, "kor", "비밀"))


BOARD = posted()


def test_an_archive_with_too_long_a_name_posts_no_board() -> None:
    """
    The front of a board is of one size for everybody; a name that does not fit is refused, never cut.
    """

    def post(length: int) -> bytes:
        return issue(
            [],
            origin="a" * length,
            serial=7,
            issued=TODAY,
            expires=TODAY + timedelta(days=30),
            size=256,
            desk=DESK,
        )

    shortest = int.from_bytes(post(1)[:2], "little")
    longest = 1 + (FRONT - 2 - shortest) // 2  # the name is in the text, and in the line under it

    assert verify(post(longest), origin="a" * longest, desk=DESK.public, today=TODAY).serial == 7
    with pytest.raises(errors.MalformedBoard, match="too long"):
        post(longest + 1)


def test_a_part_that_an_entry_does_not_hold_is_not_sealed() -> None:
    """
    All entries are of one size: a longer one would stand out on every board.
    """
    long = replace(compose(1, TODAY, "kor", "a"), parts=("a" * ENTRY,))
    with pytest.raises(errors.MalformedReply, match="longer than an entry holds"):
        seal_reply(long, HER.public, SENDER)


def test_a_board_of_a_size_that_no_board_has_is_refused_though_the_desk_signed_it() -> None:
    """
    A board of three entries would say how few replies there are.
    """
    entries = dummy() * 3
    text = f"archive.example/board\nv1\nserial 7\nissued {TODAY}\nexpires {TODAY}\ncount 3\n"
    note = sign_note(f"{text}sha256 {hashlib.sha256(entries).hexdigest()}\n", "archive.example/desk", DESK)
    front = (len(note).to_bytes(2, "little") + note).ljust(FRONT, b"\0")

    with pytest.raises(errors.MalformedBoard, match="no board has this size"):
        read(front + entries)
