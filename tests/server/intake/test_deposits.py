"""The intake's rules, over a real database and a real folder."""

from __future__ import annotations

import secrets
import threading
import zlib
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, inspect

from crypto.envelope import seal
from crypto.keys import IntakeSecret
from migrations.run import migrate
from server.intake.deposits import Deposits, Expired
from server.intake.refusals import (
    Incomplete,
    NoRoom,
    NotAnEnvelope,
    RefusedSize,
    Taken,
    TooEarly,
    UnknownDeposit,
    WrongPart,
)
from server.intake.shelf import Shelf
from tests.server.intake.sealed import ENVELOPE, LARGEST, PART, PARTS, begun, part
from tests.server.intake.shelves import Places, Watched


def stored(deposits: Deposits, deposit: str) -> bytes:
    return b"".join(deposits.shelf.read(deposit, n) for n in range(len(PARTS)))


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations([*PARTS, *PARTS[1:]]).map(lambda rest: [0, *rest]))
def test_after_the_first_part_the_others_may_come_in_any_order_and_twice(
    order: list[int], deposits: Deposits
) -> None:
    """
    A broken line costs a part, never the deposit.
    """
    deposit = begun(deposits)
    for offset in order:
        deposits.put(deposit, offset, part(offset))
    deposits.complete(deposit)

    assert stored(deposits, deposit) == ENVELOPE


def test_many_senders_of_one_deposit_do_not_mix_it(deposits: Deposits) -> None:
    """
    Parallel senders, of the same parts and each in another order, leave one whole envelope.
    """
    deposit = begun(deposits)
    failures: list[Exception] = []

    def send(turn: int) -> None:
        try:
            deposits.put(deposit, 0, part(0))
            for offset in [*PARTS[turn:], *PARTS[:turn]]:
                deposits.put(deposit, offset, part(offset))
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=send, args=[turn]) for turn in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    deposits.complete(deposit)

    assert failures == []
    assert stored(deposits, deposit) == ENVELOPE


def test_an_interrupted_deposit_says_what_is_missing(deposits: Deposits) -> None:
    """
    A client that comes back sends the missing parts only.
    """
    deposit = begun(deposits)
    for offset in (0, 2 * PART):
        deposits.put(deposit, offset, part(offset))
    with pytest.raises(Incomplete):
        deposits.complete(deposit)

    assert deposits.progress(deposit).missing == tuple(o for o in PARTS if o not in (0, 2 * PART))


@pytest.mark.parametrize("text", [b"my name is", "저는".encode(), b"ONGGIEN1" + bytes(70_000), b"<html>"])
def test_what_is_not_sealed_is_refused(deposits: Deposits, text: bytes) -> None:
    """
    The server takes nothing that it could read, whatever the client claims.
    """
    body = text.ljust(PART, b" ")[:PART]
    deposit = begun(deposits)
    with pytest.raises(NotAnEnvelope):
        deposits.put(deposit, 0, body)

    assert list(deposits.shelf.names()) == []


def test_nothing_is_kept_before_the_front_was_checked(deposits: Deposits) -> None:
    """
    Any other part waits for the first one, so that no byte comes to lie here behind a front nobody saw.
    """
    deposit = begun(deposits)
    with pytest.raises(TooEarly) as refused:
        deposits.put(deposit, PART, part(PART))

    assert "offset 0" in refused.value.hint
    assert list(deposits.shelf.names()) == []


@pytest.mark.parametrize("told", ["제가 강을 건넌 것은 겨울이었습니다. ", "My name is ", "\0"])
def test_words_behind_a_sealed_front_are_refused(deposits: Deposits, told: str) -> None:
    """
    A part that compresses was never sealed, whatever came before it.
    """
    deposit = begun(deposits)
    deposits.put(deposit, 0, part(0))
    with pytest.raises(NotAnEnvelope):
        deposits.put(deposit, PART, (told.encode() * PART)[:PART])

    assert deposits.progress(deposit).received == PART


@settings(max_examples=30, deadline=None)
@given(size=st.integers(512, PART), recipients=st.integers(1, 16))
def test_what_is_sealed_never_compresses(size: int, recipients: int) -> None:
    """
    No envelope, cut anywhere and sealed to however many, is mistaken for plain words.
    """
    envelope = seal(b"a" * PART, {}, [IntakeSecret.generate().public for _ in range(recipients)])

    for cut in (envelope[:size], envelope[-size:]):
        assert len(zlib.compress(cut, 1)) >= len(cut)


def test_a_full_shelf_is_told_before_it_is_full(engine: Engine, shelf: Shelf) -> None:
    """
    A deposit for which there is no room is refused at once, and so is a part when others took the room.
    """
    free = [len(ENVELOPE)]
    narrow = Deposits(engine, Watched(shelf, room=lambda: free[0]), PART, LARGEST)
    deposit = begun(narrow)
    with pytest.raises(NoRoom):
        begun(narrow, len(ENVELOPE) + 1)
    free[0] = PART - 1
    with pytest.raises(NoRoom):
        narrow.put(deposit, 0, part(0))

    assert list(narrow.shelf.names()) == []


def test_an_unpadded_size_is_refused(deposits: Deposits) -> None:
    """
    Padding is checked on the wire: a size that no padded envelope has is turned away.
    """
    deposit = begun(deposits, len(ENVELOPE) - 1)
    with pytest.raises(NotAnEnvelope):
        deposits.put(deposit, 0, part(0))


def test_a_part_never_replaces_another(deposits: Deposits) -> None:
    """
    What was accepted stays as it was.
    """
    deposit = begun(deposits)
    deposits.put(deposit, 0, part(0))
    deposits.put(deposit, PART, part(PART))
    with pytest.raises(Taken, match="already"):
        deposits.put(deposit, PART, secrets.token_bytes(PART))

    assert deposits.shelf.read(deposit, 1) == part(PART)


@pytest.mark.parametrize("offset", [1, -PART, PART * 100, PART // 2])
def test_a_part_out_of_place_is_refused(deposits: Deposits, offset: int) -> None:
    """
    Parts lie on exact multiples of the part size, inside the deposit.
    """
    deposit = begun(deposits)
    with pytest.raises(WrongPart):
        deposits.put(deposit, offset, part(0))


def test_too_large_a_deposit_is_refused_before_it_is_sent(deposits: Deposits) -> None:
    """
    The limit is told at once, not after two gigabytes.
    """
    for size in (0, -1, LARGEST + 1):
        with pytest.raises(RefusedSize):
            begun(deposits, size)


def test_old_and_orphaned_bytes_expire(engine: Engine, deposits: Deposits, places: Places) -> None:
    """
    Nothing waits for ever, and bytes without a row are swept up.
    """
    deposit = begun(deposits)
    deposits.put(deposit, 0, part(0))
    places.lay("ff" * 16, b"left behind")
    later: Callable[[], date] = lambda: date.today() + timedelta(days=40)  # noqa: E731

    assert Deposits(engine, deposits.shelf, PART, LARGEST, later).expire(30) == Expired(1, 0, 0, 1, 0)
    assert list(deposits.shelf.names()) == []
    with pytest.raises(UnknownDeposit):
        deposits.progress(deposit)


def test_migrations_go_up_and_down_with_rows(engine: Engine, deposits: Deposits) -> None:
    """
    A migration is tried on a database in use, both ways.
    """
    deposits.put(begun(deposits), 0, part(0))
    migrate(engine, "intake", "base")
    names = set(inspect(engine).get_table_names())
    migrate(engine, "intake")

    assert names == {"alembic_version"}
    assert begun(deposits)
