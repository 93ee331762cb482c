"""One sealed envelope, cut into parts as a client does."""

from __future__ import annotations

import secrets
from typing import Final

from crypto.envelope import seal
from crypto.keys import IntakeSecret
from server.intake.deposits import Deposits

KEY: Final = IntakeSecret.generate()
ENVELOPE: Final = seal(b"x" * 300_000, {}, [KEY.public])
PART: Final = 65536
PARTS: Final = range(0, len(ENVELOPE), PART)
LARGEST: Final = 10_000_000


def part(offset: int) -> bytes:
    return ENVELOPE[offset : offset + PART]


def begun(deposits: Deposits, size: int = len(ENVELOPE)) -> str:
    """The name of a deposit that has begun, such as a page derives from a receipt."""
    deposit = secrets.token_hex(16)
    assert deposits.begin(deposit, size, secrets.token_hex(32))
    return deposit
