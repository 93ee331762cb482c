"""Unicode's forms, in a time that grows with the text.

Python sorts the marks of one letter by putting each into its place (CPython's `nfd_nfkd`): 80,000 of them
take twenty seconds, and a stranger may send millions. Here long rows of marks are sorted before; the outcome
is the same. Source: Unicode Standard Annex 15; no language has rows of more than 30 (its Stream-Safe Text).
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, partial
from typing import Final, Literal

Form = Literal["NFC", "NFD", "NFKC", "NFKD"]
USUAL: Final = 30
"""Marks in a row that Python may sort itself."""
_LAST: Final = 0x1F000
"""No mark has a number as high as this."""


def normalized(form: Form, text: str) -> str:
    """What `unicodedata.normalize` gives."""
    if text.isascii() or unicodedata.is_normalized(form, text):
        return text
    apart: Form = "NFKD" if "K" in form else "NFD"
    return unicodedata.normalize(form, _rows(apart).sub(partial(_in_order, apart), text))


@cache
def _rows(apart: Form) -> re.Pattern[str]:
    marks = [
        chr(at) for at in range(_LAST) if unicodedata.combining(unicodedata.normalize(apart, chr(at))[0])
    ]
    return re.compile(f"[{''.join(map(re.escape, marks))}]{{{USUAL + 1},}}")


def _in_order(apart: Form, row: re.Match[str]) -> str:
    return "".join(
        sorted("".join(unicodedata.normalize(apart, mark) for mark in row[0]), key=unicodedata.combining)
    )
