"""What the courier does at the intake: pack a bundle, and delete what the archive says it holds.

1. Packing deletes nothing. The same deposits are packed again until the archive acknowledges them.
2. An acknowledgement deletes exactly what it names, and only for a bundle that this intake packed.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from crypto import bundle
from crypto.keys import SigningKey, VerifyKey
from server.intake.deposits import Deposits
from server.intake.tables import BundleRow


class CourierError(Exception):
    """A bundle cannot be packed, or an acknowledgement is not for us."""


@dataclass(frozen=True)
class Packed:
    """A bundle that lies in its folder: its number, and how many envelopes it holds."""

    number: int
    envelopes: int


def pack(deposits: Deposits, courier: SigningKey, folder: Path, scratch: Path) -> Packed:
    """Write every complete deposit into *folder* as the next bundle.

    *scratch* (inside the intake's home) holds one sealed envelope at a time and is removed again.
    """
    waiting = deposits.waiting()
    if not waiting:
        raise CourierError("nothing is waiting; come back when a deposit is complete")
    if (folder / bundle.MANIFEST).exists():
        raise CourierError("this folder already holds a bundle; name an empty one")
    with Session(deposits.engine) as session, session.begin():
        last = session.scalars(select(BundleRow).order_by(BundleRow.number.desc())).first()
        number, previous = (last.number + 1, last.hash.hex()) if last else (1, bundle.FIRST)
        try:
            envelopes = _envelopes(deposits, waiting, scratch)
            packed = bundle.write(
                folder, number=number, previous=previous, envelopes=envelopes, courier=courier
            )
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
        session.add(BundleRow(number=number, hash=bytes.fromhex(packed)))
    return Packed(number, len(waiting))


def acknowledge(deposits: Deposits, archive: VerifyKey, untrusted: bytes) -> int:
    """Delete what *archive* acknowledges in *untrusted*; return how many deposits that were.

    Raises `CourierError` for a bundle that this intake did not pack, and what
    `bundle.read_acknowledgement` raises for a note that the archive did not sign.
    """
    told = bundle.read_acknowledgement(untrusted, archive)
    with Session(deposits.engine) as session:
        row = session.get(BundleRow, told.number)
    if row is None or row.hash.hex() != told.hash:
        raise CourierError(f"bundle {told.number} was not packed here; is this another intake's stick?")
    gone = [deposit for deposit in deposits.waiting() if deposit in set(told.ids)]
    for deposit in gone:
        deposits.remove(deposit)
    return len(gone)


def _envelopes(deposits: Deposits, waiting: list[str], scratch: Path) -> Iterator[tuple[str, Path]]:
    scratch.mkdir(mode=0o700, exist_ok=True)
    for deposit in waiting:
        path = scratch / deposit
        with path.open("wb") as file:
            deposits.copy(deposit, file)
        yield deposit, path
        path.unlink()
