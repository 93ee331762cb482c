"""A text with its disguises taken off, and the way back: every span of it is a span of the original.

1. Composed (NFC), full-width and circled signs as plain ones (NFKC), dashes and quotes as one; what shows
   nothing (zero-width signs, Hangul fillers) is left out.
2. `dictated` also writes digits that are said (공일공, 幺三八, one three eight) as digits; `joined`
   writes as one word what stands one sign at a time.
3. `Plain.original` is monotone and exact: it never splits what a reader sees as one letter.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from dataclasses import dataclass, field
from typing import Final

FILLERS: Final = "\u115f\u1160\u3164\uffa0"
SAME: Final = str.maketrans(
    dict.fromkeys("‐‑‒–—―−", "-")
    | dict.fromkeys("‘’ʼʻ´", "'")
    | dict.fromkeys("“”", '"')
    | dict.fromkeys("・•‧･ㆍ", "·")
)
CLUSTER: Final = re.compile(
    # Conjoining jamo make one syllable together; any other letter takes the marks behind it.
    r"[\u1100-\u115f\ua960-\ua97c]+[\u1160-\u11a7\ud7b0-\ud7c6]*[\u11a8-\u11ff\ud7cb-\ud7fb]*|.",
    re.DOTALL,
)
QUIET: Final = re.compile(r"[\n\r\t -~\uac00-\ud7a3\u4e00-\u9fff\u3002]+")
"""Signs that folding leaves as they are and joins to nothing before them."""

DIGITS: Final = {
    digit: tuple(words.split())
    for digit, words in {
        "0": "공 영 빵 零 〇 ○ 洞 zero oh",
        "1": "일 하나 一 幺 壹 one",
        "2": "이 둘 二 两 兩 贰 two",
        "3": "삼 셋 三 叁 three",
        "4": "사 넷 四 肆 four",
        "5": "오 다섯 五 伍 five",
        "6": "육 륙 여섯 六 陆 six",
        "7": "칠 일곱 七 拐 柒 seven",
        "8": "팔 여덟 八 捌 eight",
        "9": "구 아홉 九 勾 玖 nine",
    }.items()
}
VALUE: Final = {word: digit for digit, words in DIGITS.items() for word in words}
TIMES: Final = {"double": 2, "triple": 3}
_WORD: Final = "|".join(sorted(map(re.escape, VALUE), key=len, reverse=True))
# A Hangul word glued to a digit is a particle (5678이), not one more digit.
_DIGIT: Final = rf"(?:(?:(?:double|triple)\s)?(?<!\d)(?:{_WORD})|\d)"
_JOINT: Final = r"(?:[\s.,\-·/]{0,2}|\s?(?:에|의|다시|대시|杠|dash)\s?)"
_CAPITAL: Final = "(?-i:[A-Z])"
DICTATED: Final = re.compile(
    # A number of an identity card may end with X; one of a passport begins with a letter and may hold one.
    rf"(?<![A-Za-z])(?:{_DIGIT}(?:{_JOINT}{_DIGIT}){{6,}}(?:\s?(?-i:X))?"
    rf"|{_CAPITAL}{{1,2}}(?:{_JOINT}{_DIGIT}){{3}}(?:{_JOINT}{_CAPITAL})?(?:{_JOINT}{_DIGIT}){{4,7}})(?![A-Za-z])",
    re.IGNORECASE,
)
SPACED: Final = re.compile(
    # One sign and one space in turn; or an @ or a dot with a space on each side.
    r"(?<![A-Za-z0-9])(?:\S ){4,}[!-~](?![A-Za-z0-9])|(?<=[a-z0-9]) (?:[@./_]|:\s?/\s?/) (?=[a-z0-9])"
)
_PART: Final = re.compile(rf"(?:(double|triple)\s)?({_WORD})|(\d)|(에|의|다시|대시|杠|dash)|(.)", re.I | re.S)


@dataclass(frozen=True)
class Plain:
    """The folded text; its sign *n* stands for the original's code points `starts[n]` up to `ends[n]`."""

    text: str = field(repr=False)
    starts: tuple[int, ...] = field(repr=False)
    ends: tuple[int, ...] = field(repr=False)

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The span of the original that these signs of the folded text stand for; none for an empty one."""
        return (self.starts[start], self.ends[end - 1]) if start < end else (0, 0)

    def folded(self, at: int) -> int:
        """Where in the folded text the code point *at* of the original stands."""
        return bisect_left(self.starts, at)


def plain(text: str) -> Plain:
    """Fold *text*, keeping the way back."""
    parts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    while at < len(text):
        quiet = QUIET.match(text, at)
        if quiet:
            # The last one may carry marks, so it goes with what comes after.
            end = quiet.end() if quiet.end() == len(text) else quiet.end() - 1
            parts.append(text[at:end])
            starts += range(at, end)
            ends += range(at + 1, end + 1)
            at = end
        if at < len(text):
            end = _cluster(text, at)
            folded = _fold(text[at:end])
            parts.append(folded)
            starts += [at] * len(folded)
            ends += [end] * len(folded)
            at = end
    return Plain("".join(parts), tuple(starts), tuple(ends))


def _cluster(text: str, at: int) -> int:
    found = CLUSTER.match(text, at)
    end = found.end() if found else at + 1
    # A syllable of two jamo composed already may be followed by its final.
    while end < len(text) and (unicodedata.category(text[end]) in ("Mn", "Cf", "Mc") or _final(text[end])):
        end += 1
    return end


def _final(letter: str) -> bool:
    return "\u11a8" <= letter <= "\u11ff"


def _fold(cluster: str) -> str:
    shown = "".join(c for c in cluster if c not in FILLERS and unicodedata.category(c) != "Cf")
    return unicodedata.normalize("NFKC", shown).translate(SAME)


def joined(folded: Plain) -> Plain:
    """*folded* without the spaces of what is written one sign at a time (1 3 8 0, l i l y _ 8 8)."""
    kept = set(range(len(folded.text)))
    for run in SPACED.finditer(folded.text):
        kept -= {at for at in range(*run.span()) if folded.text[at].isspace()}
    rows = sorted(kept)
    return Plain(
        "".join(folded.text[at] for at in rows),
        tuple(folded.starts[at] for at in rows),
        tuple(folded.ends[at] for at in rows),
    )


def dictated(folded: Plain) -> Plain:
    """*folded* with each run of seven or more digits that are said or spelled out written as digits."""
    parts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    reached = 0
    for run in DICTATED.finditer(folded.text):
        parts.append(folded.text[reached : run.start()])
        starts += folded.starts[reached : run.start()]
        ends += folded.ends[reached : run.start()]
        reached = run.end()
        said = any(c.isalpha() for c in run[0])
        for part in _PART.finditer(folded.text, run.start(), run.end()):
            times, word, digit, joint, other = part.groups()
            value = (
                VALUE[word.lower()]
                if word
                else digit or ("-" if joint or (said and other in ",.") else other)
            )
            written = value * TIMES.get((times or "").lower(), 1)
            parts.append(written)
            starts += [folded.starts[part.start()]] * len(written)
            ends += [folded.ends[part.end() - 1]] * len(written)
    parts.append(folded.text[reached:])
    return Plain("".join(parts), (*starts, *folded.starts[reached:]), (*ends, *folded.ends[reached:]))
