"""A short word in quotation marks that is no ordinary one: what somebody was called, one time in two.

1. It is faint: a chain is told of it, and it stands by itself where the slider asks for as little.
2. A long quotation, and an ordinary word of Korean or Chinese, is left alone.
"""

# ruff: noqa: E501 (a pattern is read on one line)

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from archive.redaction import hangul
from archive.redaction.plain import Plain
from archive.redaction.segment import part_of_speech
from archive.redaction.suggestion import FAINT, Suggestion
from archive.redaction.words import simplified

LIKELY_AS_NOT: Final = 0.45
"""Of such words in the training testimonies 16 of 36 were by-names."""
CALLED: Final = "in quotation marks"
QUOTED: Final = re.compile(
    r"[‘“\"'「『《](?:(?P<ko>[가-힣]{1,4})|(?P<zh>[\u4e00-\u9fff]{2,3})|(?P<en>[A-Z][A-Za-z-]{0,14}(?: [A-Z][A-Za-z-]{0,14})?|No\. ?\d{1,5}))[’”\"'」』》]"
)
PROPER: Final = ("", "nr", "ns", "nz", "nt")


def quoted(folded: Plain) -> Iterator[Suggestion]:
    """Every such word in a folded text, as spans of the original."""
    for found in QUOTED.finditer(folded.text):
        script = found.lastgroup or "en"
        if not _ordinary(found[script], script):
            here = folded.original(*found.span(script))
            yield Suggestion(*here, "PER", LIKELY_AS_NOT, CALLED, FAINT, 1 - LIKELY_AS_NOT)


def _ordinary(word: str, script: str) -> bool:
    if script == "ko":
        return hangul.ordinary(word)
    told = "".join(map(simplified, word))
    return script == "zh" and part_of_speech(told)[:2] not in PROPER
