"""What the archive's stick does at the intake: new notes, board and pages, and the deletion of what arrived.

Format: docs/formats/bundle.md.

1. Nothing on the stick is believed before the root's mandate says whose signature counts.
2. A damaged or useless file is named, and keeps no other back.
3. Stopped anywhere and run again, it ends in the same state: the number is remembered last, and only of a
   stick that was whole, so that a better copy of a damaged one is taken too.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

from crypto import durable, outgoing
from crypto import mandate as mandates
from crypto.errors import CryptoError
from crypto.keys import VerifyKey
from crypto.outgoing import Outgoing
from server.intake import board as boards
from server.intake import courier, notes, offline
from server.intake.config import MANDATE, ROTATION, IntakeConfig
from server.intake.deposits import Deposits

LAST: Final = "received"
"""The file in the intake's home that holds number and hash of the last whole stick."""


@dataclass
class Received:
    """What one stick did. `old` means that it did nothing; `refused` says why a whole file was not taken."""

    number: int
    old: bool = False
    last: int = 0
    """The number of the newest that was received, when this one is *old*."""
    gap: bool = False
    new_root: bool = False
    deleted: int = 0
    taken: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    damaged: tuple[str, ...] = ()
    foreign: int = 0


def receive(config: IntakeConfig, deposits: Deposits, folder: Path, today: date) -> Received:
    """Take what the archive sent in *folder*. A `CryptoError` for a false stick, and then nothing changed."""
    desk = _desk(config, folder, today)
    found = outgoing.read(folder, origin=config.origin, desk=desk)
    number, last = _last(config.home, desk)
    told = Received(found.number, damaged=found.damaged, foreign=found.foreign)
    if found.number <= number:
        told.old, told.last = True, number
        return told
    told.gap = bool(number) and (found.number, found.previous) != (number + 1, last)
    root = config.root
    config, told.refused = _take_notes(config, found, today)
    told.new_root = config.root != root
    if outgoing.BOARD in found.files:
        _take_board(config, found.files[outgoing.BOARD], desk, today, told)
    offline.take(config, found.files, desk, today, told.refused)
    _delete(config, deposits, desk, found, told)
    told.taken = sorted(found.files.keys() - told.refused.keys())
    if not found.damaged:
        durable.write(config.home / LAST, f"{found.number} {found.hash} {desk.key_id}\n".encode())
    return told


def _desk(config: IntakeConfig, folder: Path, today: date) -> VerifyKey:
    """Whose word counts: by the mandate on the stick if the root gave it, else by the one in the home."""
    untrusted = notes.read(folder)
    try:
        followed = notes.follow(config, untrusted)
        note = untrusted[MANDATE]
        return mandates.verify(
            note,
            origin=config.origin,
            root=followed.root,
            today=today,
            floor=config.floor_of(MANDATE, followed.root),
        ).desk
    except (CryptoError, KeyError):
        return config.desk(today)


def _take_notes(config: IntakeConfig, found: Outgoing, today: date) -> tuple[IntakeConfig, dict[str, str]]:
    try:
        return notes.take_usable(config, found.files, today)
    except CryptoError as reason:  # the rotation is none that leads on from here
        return config, {name: str(reason) for name in (*notes.KEPT, ROTATION) if name in found.files}


def _take_board(config: IntakeConfig, board: bytes, desk: VerifyKey, today: date, told: Received) -> None:
    try:
        boards.take(config, board, desk, today)
    except CryptoError as reason:
        told.refused[outgoing.BOARD] = str(reason)


def _delete(
    config: IntakeConfig, deposits: Deposits, desk: VerifyKey, found: Outgoing, told: Received
) -> None:
    for name, note in found.files.items():
        if name.startswith("acknowledgement-"):
            try:
                told.deleted += courier.acknowledge(deposits, config.origin, desk, note)
            except (CryptoError, courier.CourierError) as reason:
                told.refused[name] = str(reason)
    deposits.sweep()


def _last(home: Path, desk: VerifyKey) -> tuple[int, str]:
    """Number and hash of the last stick by this desk; a new desk counts anew, whatever a thief counted to."""
    try:
        number, last, key_id = (home / LAST).read_text("ascii").split()
    except FileNotFoundError:
        return 0, ""
    return (int(number), last) if key_id == desk.key_id else (0, "")
