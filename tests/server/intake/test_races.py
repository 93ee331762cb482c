"""Two things at once at the intake: neither loses what the other keeps."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from server.intake.deposits import Deposits, UnknownDeposit
from server.intake.shelf import DiskShelf
from tests.server.intake.sealed import LARGEST, PART, PARTS, begun, part


class Watched(DiskShelf):
    """A shelf on which something happens at the worst moment."""

    def __init__(
        self,
        folder: Path,
        *,
        before_names: Callable[[], object] = int,
        before_put: Callable[[], object] = int,
        after_put: Callable[[], object] = int,
    ) -> None:
        super().__init__(folder)
        self._before_names, self._before_put, self._after_put = before_names, before_put, after_put

    def names(self) -> Iterator[str]:
        self._before_names()
        return super().names()

    def put(self, deposit: str, number: int, part: bytes) -> bool:
        self._before_put()
        kept = super().put(deposit, number, part)
        self._after_put()
        return kept


def test_a_deposit_that_begins_while_old_ones_expire_is_kept(engine: Engine, tmp_path: Path) -> None:
    """
    Sweeping looks at the shelf first: what lands after that has its row, or is not in the list.
    """
    landed: list[str] = []

    def land() -> None:
        landed.append(begun(plain))
        plain.put(landed[0], 0, part(0))

    plain = Deposits(engine, DiskShelf(tmp_path / "shelf"), PART, LARGEST)
    swept = Deposits(engine, Watched(tmp_path / "shelf", before_names=land), PART, LARGEST).expire(30)

    assert swept == 0
    assert plain.shelf.read(landed[0], 0) == part(0)


@pytest.mark.parametrize("moment", ["before_put", "after_put"])
def test_a_part_that_comes_while_its_deposit_goes_is_told_so(
    engine: Engine, tmp_path: Path, moment: str
) -> None:
    """
    The sender learns that the deposit is unknown, and the part leaves no bytes behind.
    """
    plain = Deposits(engine, DiskShelf(tmp_path / "shelf"), PART, LARGEST)
    deposit = begun(plain)
    shelf = Watched(tmp_path / "shelf", **{moment: lambda: plain.remove(deposit)})
    with pytest.raises(UnknownDeposit):
        Deposits(engine, shelf, PART, LARGEST).put(deposit, 0, part(0))

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
