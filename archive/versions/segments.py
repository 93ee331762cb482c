"""Segments of a version: what one may be, and how their names stay when the words are corrected.

1. A name is one segment's for ever: unchanged or edited words keep it, a removed one is not used again.
2. Nothing here touches a vault; no error quotes a word.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from typing import Final

from archive.errors import ArchiveError
from archive.letters import normalized
from archive.testimony import SPEAKERS, Segment

ID: Final = re.compile(r"s[0-9]{4,6}", re.ASCII)
MOST: Final = 20_000
"""Segments of one version; eight hours of talk in pieces of two seconds are fewer."""
LONGEST: Final = 4 << 20
"""Code points of one version, a dozen thick books."""
LAST: Final = 360_000_000
"""Milliseconds: a hundred hours, beyond which WebVTT's hours would have three digits."""
ALIKE: Final = 0.4
"""Share of pairs of letters that two texts have in common, from which one is the other, edited."""
PAIRS: Final = 100_000
"""Comparisons in one rewritten passage; in a longer one only what is unchanged keeps its name."""


class MalformedVersion(ArchiveError, ValueError):
    """Segments that do not follow docs/formats/version.md. Never quotes what it read."""


def text_of(segments: Iterable[Segment]) -> str:
    """The words of a version: its segments, an empty line between two."""
    return "\n\n".join(each.text for each in segments)


def digest_of(text: str) -> str:
    """The SHA-256 of an NFC text. As secret as the text: it is kept with it and nowhere else."""
    return hashlib.sha256(text.encode()).hexdigest()


def number_of(id: str) -> int:
    """The number in a segment's name."""
    return int(id[1:])


def named(number: int) -> str:
    """The name of segment *number*."""
    return f"s{number:04d}"


def check(segments: Iterable[Segment]) -> tuple[Segment, ...]:
    """The segments as they are, or `MalformedVersion` that says which of them is at fault."""
    found = tuple(segments)
    if not 0 < len(found) <= MOST or sum(len(each.text) for each in found) > LONGEST:
        raise MalformedVersion("a version has at least one segment, and not too many or too long")
    if len({each.id for each in found}) < len(found):
        raise MalformedVersion("two segments have one name")
    for at, each in enumerate(found, 1):
        _check_one(each, f"segment {at}")
    return found


def _check_one(each: Segment, at: str) -> None:
    if not ID.fullmatch(each.id):
        raise MalformedVersion(f"{at}: a segment is called s0001, s0002 and so on")
    if each.text != tidy(each.text) or not each.text:
        raise MalformedVersion(
            f"{at}: it is empty, not in NFC, or has an empty line or a sign that is no word"
        )
    if each.speaker and each.speaker not in SPEAKERS:
        raise MalformedVersion(f"{at}: who speaks is a role ({', '.join(SPEAKERS)}), never a name")
    if (each.t_start is None) != (each.t_end is None):
        raise MalformedVersion(f"{at}: it has one end in time and not the other")
    if each.t_start is not None and each.t_end is not None and not 0 <= each.t_start < each.t_end <= LAST:
        raise MalformedVersion(f"{at}: it ends before it begins, or beyond a hundred hours")


def tidy(text: str) -> str:
    """*text* in NFC, without empty lines, spaces around it, or signs that are no words."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    words = "".join(c for c in lines if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))
    composed = normalized("NFC", words)
    return "\n".join(line for line in composed.split("\n") if line.strip()).strip()


def follow(before: Sequence[Segment], texts: Iterable[str], first: int) -> tuple[Segment, ...]:
    """*texts* as segments: each keeps the name, time and speaker of the segment that it was, edited or not.

    What is new is named from number *first* on, which must be above every number that was ever used.
    """
    told = [text for text in map(tidy, texts) if text]
    source: dict[int, Segment] = {}
    same = SequenceMatcher(None, [each.text for each in before], told, autojunk=False)
    for what, i, j, k, m in same.get_opcodes():
        pairs = list(zip(range(i, j), range(k, m), strict=True)) if what == "equal" else []
        if what == "replace":
            pairs = _edited([each.text for each in before[i:j]], told[k:m], i, k)
        source |= {new: before[old] for old, new in pairs}
    fresh = iter(range(first, first + len(told)))
    return tuple(
        replace(source[at], text=text) if at in source else Segment(named(next(fresh)), text)
        for at, text in enumerate(told)
    )


def _edited(old: list[str], new: list[str], i: int, k: int) -> list[tuple[int, int]]:
    """Which of *old* became which of *new*, in order, so that most letters stay; counted from *i* and *k*."""
    if len(old) * len(new) > PAIRS:
        return []
    was, now = [_pairs(text) for text in old], [_pairs(text) for text in new]
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    gain = [[_alike(a, b) for b in now] for a in was]
    for a in reversed(range(len(old))):
        for b in reversed(range(len(new))):
            both = gain[a][b] + best[a + 1][b + 1] if gain[a][b] else 0.0
            best[a][b] = max(both, best[a + 1][b], best[a][b + 1])
    found, a, b = list[tuple[int, int]](), 0, 0
    while a < len(old) and b < len(new):
        if gain[a][b] and best[a][b] == gain[a][b] + best[a + 1][b + 1]:
            found.append((i + a, k + b))
            a, b = a + 1, b + 1
        elif best[a][b] == best[a + 1][b]:
            a += 1
        else:
            b += 1
    return found


def _pairs(text: str) -> frozenset[str]:
    return frozenset(text[at : at + 2] for at in range(max(1, len(text) - 1)))


def _alike(a: frozenset[str], b: frozenset[str]) -> float:
    share = 2 * len(a & b) / (len(a) + len(b))
    return share if share >= ALIKE else 0.0
