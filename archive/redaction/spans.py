"""What is hidden in a text, and the text without it.

1. `redact` either hides every span or raises; it never returns a text it is unsure of.
2. A label depends on the category and the language only, so it says nothing about what it covers.
3. What a person chose to stand instead is in brackets too, and shows nothing that is hidden in this text.
4. Nothing here touches a vault, a disk or a log, and no error quotes the text.
"""

import hashlib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from archive.errors import ArchiveError
from archive.redaction.sightings import sighted

LABELS: dict[str, dict[str, str]] = {
    "name": {"eng": "[name]", "kor": "[이름]", "zho": "[姓名]"},
    "place": {"eng": "[place]", "kor": "[장소]", "zho": "[地点]"},
    "date": {"eng": "[date]", "kor": "[날짜]", "zho": "[日期]"},
    "contact": {"eng": "[contact]", "kor": "[연락처]", "zho": "[联系方式]"},
    "number": {"eng": "[number]", "kor": "[번호]", "zho": "[号码]"},
    "organisation": {"eng": "[organisation]", "kor": "[단체]", "zho": "[机构]"},
    "other": {"eng": "[removed]", "kor": "[삭제]", "zho": "[删除]"},
}
LONGEST: Final = 60
"""Code points that may stand instead of hidden words: room for two names of regions, and for no sentence."""
APART: Final = " . . . "
"""Wider than the signs that `sightings` reads over, so that two replacements never spell a name together."""


class RedactionError(ArchiveError):
    """A redaction that cannot be applied exactly; no text was returned."""


@dataclass(frozen=True, order=True)
class Redaction:
    """Hide the code points from *start* up to *end* of an NFC text."""

    start: int
    end: int
    category: str
    shown: str = field(default="", repr=False)
    """What stands instead, brackets and all; empty is the label of the category."""

    def label(self, lang: str) -> str:
        """What a reader finds in the place of the words, in a text of this language."""
        labels = LABELS[self.category]
        return self.shown or labels.get(lang, labels["eng"])


def version_of(text: str) -> str:
    """Return the SHA-256 by which a decision names the text it was made on."""
    return hashlib.sha256(text.encode()).hexdigest()


def check(text: str, redactions: Iterable[Redaction], version_sha256: str) -> tuple[Redaction, ...]:
    """Return the redactions in order, or raise `RedactionError` at the first doubt."""
    if not unicodedata.is_normalized("NFC", text):
        raise RedactionError("the text is not in NFC; positions in it would shift")
    if version_of(text) != version_sha256:
        raise RedactionError("the redaction was made on another version of this text; review it again")
    ordered = tuple(sorted(redactions))
    reached = 0
    for redaction in ordered:
        if redaction.category not in LABELS:
            raise RedactionError(f"unknown category; use one of {', '.join(LABELS)}")
        if redaction.start >= redaction.end:
            raise RedactionError("a redaction is empty")
        if redaction.start < 0 or redaction.end > len(text):
            raise RedactionError("a redaction lies outside the text")
        if redaction.start < reached:
            raise RedactionError("two redactions overlap; join them into one")
        reached = redaction.end
    require_fit({each.shown for each in ordered}, {text[r.start : r.end] for r in ordered})
    return ordered


def require_fit(shown: Iterable[str], surfaces: Iterable[str]) -> None:
    """Return if all that is *shown* may stand in a text in which *surfaces* are hidden: `RedactionError`.

    Spellings are those of `sightings`: a name in another alphabet is **not** noticed.
    """
    standing = sorted({each for each in shown if each})
    for each in standing:
        inside = each[1:-1]
        if f"[{inside}]" != each or not inside.strip() or set("[]") & set(inside) or len(each) > LONGEST:
            raise RedactionError(f"what stands instead is in brackets, in one line, at most {LONGEST} long")
        if not each.isprintable() or not unicodedata.is_normalized("NFC", each):
            raise RedactionError("what stands instead has signs that cannot be seen; type it again")
    # Two syllables with a space between are too little for `sighted`; here nobody writes them by chance.
    closed = ["".join(filter(str.isalnum, each)) for each in standing]
    if standing and sighted(APART.join([*standing, *closed]), surfaces):
        raise RedactionError("what stands instead still shows words that are hidden here; choose another")


def redact(text: str, redactions: Iterable[Redaction], version_sha256: str, lang: str = "eng") -> str:
    """Return *text* with each redaction replaced by what stands instead, or raise `RedactionError`."""
    parts: list[str] = []
    reached = 0
    for redaction in check(text, redactions, version_sha256):
        parts += [text[reached : redaction.start], redaction.label(lang)]
        reached = redaction.end
    return "".join([*parts, text[reached:]])


def spread(text: str, redactions: Iterable[Redaction]) -> tuple[Redaction, ...]:
    """Return the redactions and every further exact occurrence of what they hide.

    Spellings that differ (case, hanja, romanisation) are **not** found.
    """
    found = sorted(redactions)
    taken = bytearray(len(text))
    for r in found:
        taken[r.start : r.end] = b"\1" * len(text[r.start : r.end])
    for r in sorted(found, key=lambda r: r.start - r.end):
        surface = text[r.start : r.end]
        at = text.find(surface) if surface.strip() else -1
        while at >= 0:
            end = at + len(surface)
            if not any(taken[at:end]):
                found.append(Redaction(at, end, r.category, r.shown))
                taken[at:end] = b"\1" * len(surface)
            at = text.find(surface, at + 1)
    return tuple(sorted(found))
