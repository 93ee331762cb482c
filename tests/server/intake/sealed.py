"""One sealed envelope, cut into parts as a client does."""

from __future__ import annotations

from typing import Final

from crypto.envelope import seal
from crypto.keys import IntakeSecret

KEY: Final = IntakeSecret.generate()
ENVELOPE: Final = seal(b"x" * 300_000, {}, [KEY.public])
PART: Final = 65536
PARTS: Final = range(0, len(ENVELOPE), PART)
LARGEST: Final = 10_000_000


def part(offset: int) -> bytes:
    return ENVELOPE[offset : offset + PART]
