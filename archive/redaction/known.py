"""The case dictionary: every name that was hidden anywhere, looked for in a text in all its spellings.

Thousands of names are looked for in a page. Which of them could stand in it at all is found by letters first,
so that `spreading`, which knows the spellings, is asked about few. It would find two things more: a name of
Hangul in words of the Latin alphabet without a capital or a digit, and a given name alone in another script.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import pairwise, product
from typing import Final

from archive.redaction import hangul
from archive.redaction.pinyin import bare_latin
from archive.redaction.plain import plain
from archive.redaction.spreading import HANGUL, HANZI, LATIN, NORTH, SOUTH, romanised, spread
from archive.redaction.suggestion import Suggestion
from archive.redaction.words import readings, simplified

KNOWN: Final = "known name"
"""The reason of a suggestion that rests on a name which a person hid in some testimony."""
SOUTHERN: Final = str.maketrans(NORTH, SOUTH)
PROPER: Final = re.compile(
    r"(?<![A-Za-z])(?:[A-Z][A-Za-z'-]*(?:,? [A-Z][A-Za-z'-]*)*|[A-Za-z][\w.@-]*[\d_@][\w.@-]*)", re.ASCII
)
"""Words that are written like names, and handles."""


def known_in(
    texts: Sequence[str], aliases: Iterable[tuple[str, str]], *, given: bool = False
) -> list[tuple[Suggestion, ...]]:
    """Where one of *aliases* (surface and kind) stands in each text; *given*: alone in any script too."""
    folded = [plain(text) for text in texts]
    page = _Page.of("\n".join(each.text for each in folded))
    near = [each for each in sorted(set(aliases)) if page.may_show(*each)]
    found = spread(folded, [()] * len(folded), near) if near else [[] for _ in folded]
    letters = "\n".join(surface for surface, _ in near).translate(SOUTHERN).lower()
    return [
        tuple(
            sorted(
                {replace(s, reason=KNOWN) for s in row if given or not _alone(text[s.start : s.end], letters)}
            )
        )
        for text, row in zip(texts, found, strict=True)
    ]


def _alone(words: str, letters: str) -> bool:
    """Whether these words are a given name that no alias has in this script: June and 태국 are names too."""
    single = re.fullmatch("[A-Za-z]+|[가-힣]{2}", words)
    return single is not None and words.translate(SOUTHERN).lower() not in letters


@dataclass(frozen=True)
class _Page:
    """What a text has, script by script, to be asked quickly whether a name may be in it."""

    hangul: str
    """Every syllable, as the South begins it, without a sign between."""
    hanzi: str
    read: frozenset[str]
    """How two neighbouring Hanzi may be read in Korean."""
    latin: str
    """Words of the Latin alphabet, small."""
    proper: str
    """Those that may be names."""
    spoken: tuple[str, ...]
    """Hangul that may be a name."""
    spelled: dict[str, bool] = field(default_factory=dict)
    """Ends of names that were asked for in the Latin alphabet already."""

    @classmethod
    def of(cls, text: str) -> _Page:
        hanzi = "".join(simplified(c) if "\u3400" <= c <= "\u9fff" else c for c in text)
        runs = HANGUL.findall(text)
        fronts = {run[:many] for run in runs for many in (2, 3) if len(run) >= many}
        return cls(
            "".join(runs).translate(SOUTHERN),
            hanzi,
            frozenset(
                two for run in HANZI.findall(hanzi) for signs in pairwise(run) for two in _read(*signs)
            ),
            text.lower() if LATIN.search(text) else "",
            "\n".join(sorted({each[0] for each in PROPER.finditer(text)})),
            tuple(sorted(each for each in fronts if hangul.may_be_a_name(each))),
        )

    def may_show(self, surface: str, kind: str) -> bool:
        """Whether `spreading` may find this name here. It may say yes in vain, and never no in vain."""
        name = surface.strip()
        syllables = name.replace(" ", "")
        if HANGUL.fullmatch(syllables):
            # A whole name and its given part end alike.
            end = syllables[-2:].translate(SOUTHERN)
            if end in self.hangul or end in self.read:
                return True
            return kind == "PER" and self._spells(syllables[-2:])
        simple = "".join(map(simplified, name))
        if HANZI.fullmatch(simple):
            return simple[-2:] in self.hanzi or any(
                two in self.hangul for two in _read(*simple[-2:].rjust(2))
            )
        words = [word.lower() for word in re.split(r"\s+", name) if len(word) > 1]
        if self.latin and any(word in self.latin for word in words):
            return True
        plain_name = bare_latin(name)
        return kind == "PER" and any(romanised(each).search(plain_name) for each in self.spoken)

    def _spells(self, end: str) -> bool:
        """Whether a name of Hangul with this end may stand here in the Latin alphabet."""
        if end not in self.spelled:
            self.spelled[end] = bool(self.proper) and bool(romanised(end).search(self.proper))
        return self.spelled[end]


@lru_cache(maxsize=1 << 16)
def _read(one: str, other: str) -> tuple[str, ...]:
    """Two Hanzi as Korean may read them, as the South begins a word."""
    both = product(readings().get(one, ()), readings().get(other, ()))
    return tuple({"".join(each).translate(SOUTHERN) for each in both})
