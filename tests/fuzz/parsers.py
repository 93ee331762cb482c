"""Every parser of bytes from outside, as a function of bytes that must raise nothing but our own errors.

`python -m tests.fuzz.parsers` lists the names. What each may cost: docs/formats/bounds.md.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from tests.fuzz import asked, sealed, signed, told

LARGEST: Final = 4096
"""Bytes of one input. All parsers are linear in it, so this also bounds the time and memory of a replay."""
PARSERS: Final[dict[str, Callable[[bytes], None]]] = (
    sealed.PARSERS | signed.PARSERS | told.PARSERS | asked.PARSERS
)

if __name__ == "__main__":
    print(*PARSERS)
