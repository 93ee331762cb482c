"""What is read instead, so that its sentence still reads: in brackets, and in Korean before its particle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

CLOSED: Final = ("은", "을", "과", "으로", "이나", "이라", "이었", "이고", "이에", "이 ", "이던")
OPEN: Final = ("는", "를", "와", "로", "가 ", "가,", "나 ", "라고", "였")
"""How a particle begins behind a closed syllable, and behind an open one."""


@dataclass(frozen=True)
class Wider:
    """A rung as it is said: the usual words first. *closed* and *open* are nouns to end on, in Korean."""

    words: tuple[str, ...]
    closed: str = ""
    open: str = ""

    def before(self, after: str) -> tuple[str, ...]:
        """The words in brackets, ending so that what stands *after* them fits; Korean only."""
        return tuple(f"[{self._ending(each, after)}]" for each in self.words)

    def _ending(self, words: str, after: str) -> str:
        if not "가" <= words[-1] <= "힣":
            return words
        final = (ord(words[-1]) - 0xAC00) % 28
        if self.closed and not final and after.startswith(CLOSED):
            return f"{words} {self.closed}"
        # Behind ㄹ it is 로 too.
        if self.open and final and after.startswith(OPEN) and not (final == 8 and after[:1] == "로"):
            return f"{words} {self.open}"
        return words
