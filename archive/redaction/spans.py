"""What is hidden in a text, and the text without it.

1. `redact` either hides every span or raises; it never returns a text it is unsure of.
2. A label depends on the category and the language only, so it says nothing about what it covers.
3. Nothing here touches a vault, a disk or a log, and no error quotes the text.
"""

import hashlib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from archive.errors import ArchiveError

LABELS: dict[str, dict[str, str]] = {
    "name": {"eng": "[name]", "kor": "[이름]", "zho": "[姓名]"},
    "place": {"eng": "[place]", "kor": "[장소]", "zho": "[地点]"},
    "date": {"eng": "[date]", "kor": "[날짜]", "zho": "[日期]"},
    "contact": {"eng": "[contact]", "kor": "[연락처]", "zho": "[联系方式]"},
    "number": {"eng": "[number]", "kor": "[번호]", "zho": "[号码]"},
    "organisation": {"eng": "[organisation]", "kor": "[단체]", "zho": "[机构]"},
    "other": {"eng": "[removed]", "kor": "[삭제]", "zho": "[删除]"},
}


class RedactionError(ArchiveError):
    """A redaction that cannot be applied exactly; no text was returned."""


@dataclass(frozen=True, order=True)
class Redaction:
    """Hide the code points from *start* up to *end* of an NFC text."""

    start: int
    end: int
    category: str


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
    return ordered


def redact(text: str, redactions: Iterable[Redaction], version_sha256: str, lang: str = "eng") -> str:
    """Return *text* with each redaction replaced by its label, or raise `RedactionError`."""
    parts: list[str] = []
    reached = 0
    for redaction in check(text, redactions, version_sha256):
        labels = LABELS[redaction.category]
        parts += [text[reached : redaction.start], labels.get(lang, labels["eng"])]
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
                found.append(Redaction(at, end, r.category))
                taken[at:end] = b"\1" * len(surface)
            at = text.find(surface, at + 1)
    return tuple(sorted(found))
