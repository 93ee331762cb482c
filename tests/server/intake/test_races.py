"""Two things at once at the intake: neither loses what the other keeps."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import Engine

from server.intake.deposits import Deposits
from server.intake.refusals import UnknownDeposit
from server.intake.shelf import Shelf
from tests.server.intake.sealed import LARGEST, PART, PARTS, begun, part
from tests.server.intake.shelves import Watched


def test_a_deposit_that_begins_while_old_ones_expire_is_kept(engine: Engine, shelf: Shelf) -> None:
    """
    Sweeping looks at the shelf first: what lands after that has its row, or is not in the list.
    """
    landed: list[str] = []

    def land() -> None:
        landed.append(begun(plain))
        plain.put(landed[0], 0, part(0))

    plain = Deposits(engine, shelf, PART, LARGEST)
    swept = Deposits(engine, Watched(shelf, before_names=land), PART, LARGEST).expire(30).removed

    assert swept == 0
    assert plain.shelf.read(landed[0], 0) == part(0)


@pytest.mark.parametrize("moment", ["before_put", "after_put"])
def test_a_part_that_comes_while_its_deposit_goes_is_told_so(
    engine: Engine, shelf: Shelf, moment: str
) -> None:
    """
    The sender learns that the deposit is unknown, and the part leaves no bytes behind.
    """
    plain = Deposits(engine, shelf, PART, LARGEST)
    deposit = begun(plain)
    watched = Watched(shelf, None, **{moment: lambda: plain.remove(deposit)})
    with pytest.raises(UnknownDeposit):
        Deposits(engine, watched, PART, LARGEST).put(deposit, 0, part(0))

    assert list(plain.shelf.names()) == []


def test_removing_beside_many_senders_breaks_neither(deposits: Deposits) -> None:
    """
    Each sender is told that the deposit is unknown, or that its part is kept; then nothing of it is left.
    """
    strange: list[Exception] = []

    def send(deposit: str) -> None:
        try:
            for offset in [*PARTS, *PARTS]:
                deposits.put(deposit, offset, part(offset))
        except UnknownDeposit:
            pass
        except Exception as error:
            strange.append(error)

    for _ in range(24):
        deposit = begun(deposits)
        senders = [threading.Thread(target=send, args=[deposit]) for _ in range(4)]
        for sender in senders:
            sender.start()
        while any(sender.is_alive() for sender in senders) and not deposits.progress(deposit).received:
            pass
        deposits.remove(deposit)
        for sender in senders:
            sender.join()

    assert strange == []
    assert list(deposits.shelf.names()) == []
