"""The reply board at the intake: taken when the archive signed it, handed out whole to everybody alike.

1. A board that is not the archive's, not for today or older than the one that is here changes nothing.
2. Everybody gets the same bytes, whatever she asks with. Who asked is not known here, nor what she opened.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from crypto import board as boards
from crypto import durable
from crypto.board import FRONT, SIZES, Board
from crypto.keys import VerifyKey
from crypto.outgoing import BOARD
from crypto.reply import ENTRY
from server.intake.config import IntakeConfig, raise_floor

LARGEST: Final = FRONT + max(SIZES) * ENTRY


def take(config: IntakeConfig, untrusted: bytes, desk: VerifyKey, today: date) -> Board:
    """Put a board that *desk* signed in the place of the one before; a `CryptoError` otherwise."""
    floor = config.floor_of(BOARD, desk)
    found = boards.verify(untrusted, origin=config.origin, desk=desk, today=today, floor=floor)
    durable.write(config.home / BOARD, untrusted)
    raise_floor(config.home, BOARD, found.serial, desk)
    return found


def content(config: IntakeConfig) -> bytes | None:
    """The board that is here, as it was signed; None when none ever came."""
    try:
        return (config.home / BOARD).read_bytes()
    except FileNotFoundError:
        return None
