"""What the courier does at the intake: pack a bundle, and delete what the archive says it holds.

1. Packing deletes nothing. The same deposits are packed again until the archive acknowledges them.
   Stopped and run again into the same folder, it keeps what is whole there.
2. The oldest go first, as many as the stick holds. One that cannot be read stays, and keeps no other back.
3. An acknowledgement deletes exactly what it names, and only for a bundle that this intake packed.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from crypto import bundle
from crypto.errors import BundleError
from crypto.keys import SigningKey, VerifyKey
from crypto.stick import MANIFEST, Stick
from server.intake.deposits import Deposits
from server.intake.refusals import DepositError
from server.intake.shelf import FULL
from server.intake.tables import BundleRow

STICK: Final = 30_000_000_000
"""Bytes in one bundle: what a stick of 32 GB holds, whose small files are rounded up."""
MOST: Final = 10_000
"""Envelopes in one bundle: a folder of FAT32 has 65,536 places, and a name of 64 letters takes six."""
STICK_FULL: Final = (
    "the stick is full; run it again into the same folder with a smaller --at-most, or take a larger stick"
)


class CourierError(Exception):
    """A bundle cannot be packed, or an acknowledgement is not for us."""


@dataclass(frozen=True)
class Packed:
    """A bundle that lies in its folder: its number, how many envelopes it holds, and what stays behind."""

    number: int
    envelopes: int
    waiting: int
    unreadable: tuple[str, ...]


def pack(
    deposits: Deposits,
    courier: SigningKey,
    folder: Path,
    scratch: Path,
    *,
    at_most: int = STICK,
    most: int = MOST,
) -> Packed:
    """Write the oldest complete deposits into *folder* as the next bundle: *at_most* bytes, *most* envelopes.

    *scratch* (inside the intake's home) holds one sealed envelope at a time and is removed again.
    """
    shutil.rmtree(scratch, ignore_errors=True)  # what a killed run left
    waiting = deposits.waiting()
    if not waiting:
        raise CourierError("nothing is waiting; come back when a deposit is complete")
    with Session(deposits.engine) as session:
        last = session.scalars(select(BundleRow).order_by(BundleRow.number.desc())).first()
    number, previous = (last.number + 1, last.hash.hex()) if last else (1, bundle.FIRST)
    if Stick(folder).holds(MANIFEST):
        return _finish(deposits, courier, folder, number, previous, set(waiting))
    load = _Load(deposits, waiting, at_most, most)
    scratch.mkdir(mode=0o700, exist_ok=True)
    try:
        packed = bundle.write(
            folder, number=number, previous=previous, envelopes=load.envelopes(scratch), courier=courier
        )
    except OSError as error:
        if error.errno not in FULL:
            raise
        raise CourierError(STICK_FULL) from None
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    _remember(deposits, number, packed)
    left = len(waiting) - load.packed - len(load.unreadable)
    return Packed(number, load.packed, left, tuple(load.unreadable))


def _finish(
    deposits: Deposits, courier: SigningKey, folder: Path, number: int, previous: str, waiting: set[str]
) -> Packed:
    """The bundle of a run that was stopped before it could remember it; `CourierError` for any other."""
    try:
        found = bundle.read(folder, courier.public)
    except BundleError:
        found = None
    if found is None or (found.number, found.previous) != (number, previous):
        raise CourierError("this folder already holds a bundle; name an empty one")
    _remember(deposits, number, found.hash)
    left = waiting.difference(entry.id for entry in found.entries)
    return Packed(number, len(found.entries), len(left), ())


def _remember(deposits: Deposits, number: int, packed: str) -> None:
    try:
        with Session(deposits.engine) as session, session.begin():
            session.add(BundleRow(number=number, hash=bytes.fromhex(packed)))
    except IntegrityError:
        raise CourierError(f"another bundle {number} was packed meanwhile; pack again, elsewhere") from None


def acknowledge(deposits: Deposits, origin: str, desk: VerifyKey, untrusted: bytes) -> int:
    """Delete what the archive's *desk* acknowledges in *untrusted*; return how many deposits that were.

    Raises `CourierError` for a bundle that this intake did not pack, and what
    `bundle.read_acknowledgement` raises for a note that the archive did not sign.
    """
    told = bundle.read_acknowledgement(untrusted, origin=origin, desk=desk)
    with Session(deposits.engine) as session:
        row = session.get(BundleRow, told.number)
    if row is None or row.hash.hex() != told.hash:
        raise CourierError(f"bundle {told.number} was not packed here; is this another intake's stick?")
    held = set(told.ids)
    gone = [deposit for deposit in deposits.waiting() if deposit in held]
    for deposit in gone:
        deposits.hold(deposit)
    return len(gone)


@dataclass
class _Load:
    """What goes onto one stick, and what was found unreadable on the way."""

    deposits: Deposits
    waiting: dict[str, int]
    at_most: int
    most: int
    packed: int = 0
    unreadable: list[str] = field(default_factory=list)

    def envelopes(self, scratch: Path) -> Iterator[tuple[str, Path]]:
        """Each that fits, oldest first, until one does not; a `CourierError` before an empty bundle."""
        room = self.at_most
        for deposit, size in self.waiting.items():
            if size > room or self.packed == self.most:
                break
            path = scratch / deposit
            try:
                with path.open("wb") as file:
                    self.deposits.copy(deposit, file)
            except DepositError:
                self.unreadable.append(deposit)
            except OSError as error:
                raise CourierError(f"the intake's own disk: {error.strerror}") from None
            else:
                room, self.packed = room - size, self.packed + 1
                yield deposit, path
            path.unlink()
        if not self.packed:
            raise CourierError(self._why_empty())

    def _why_empty(self) -> str:
        if self.unreadable:
            named = ", ".join(self.unreadable)
            return f"nothing was packed: the parts of {named} cannot be read; look at the disk of the shelf"
        return "the oldest deposit is larger than this stick; allow more bytes and take a larger one"
