"""The reply board at the intake: taken when the archive signed it, handed out whole to everybody alike.

1. A board that is not the archive's, not for today or older than the one that is here changes nothing.
2. Everybody gets the same bytes, whatever she asks with. Who asked is not known here, nor what she opened.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Final

from crypto import board as boards
from crypto.board import FRONT, SIZES, Board
from crypto.reply import ENTRY
from server.intake.config import IntakeConfig
from server.intake.notes import put

BOARD: Final = "board"
FLOOR: Final = "board.floor"
"""The serial of the board that is here: no older one is taken."""
LARGEST: Final = FRONT + max(SIZES) * ENTRY


def take(config: IntakeConfig, file: Path, today: date) -> Board:
    """Verify the board in *file* and put it in the place of the one before; a `CryptoError` otherwise."""
    with file.open("rb") as source:
        untrusted = source.read(LARGEST + 1)
    floor = config.home / FLOOR
    known = int(floor.read_text("ascii")) if floor.exists() else 0
    found = boards.verify(untrusted, origin=config.origin, desk=config.desk(today), today=today, floor=known)
    # The floor first: a machine that stops in between refuses an older board, and takes this one again.
    put(floor, str(found.serial).encode())
    put(config.home / BOARD, untrusted)
    return found


def content(config: IntakeConfig) -> bytes | None:
    """The board that is here, as it was signed; None when none ever came."""
    try:
        return (config.home / BOARD).read_bytes()
    except FileNotFoundError:
        return None
