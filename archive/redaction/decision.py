"""What two people decided to hide, and what stands instead, checked again each time it is read.

Format: docs/formats/redaction.md. A decision of version 1 had labels only, and verifies as it was signed.
"""

import json
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from archive.people import known
from archive.redaction.spans import Redaction, RedactionError, check, redact, version_of
from archive.testimony import Segment, Testimony
from archive.vault import Vault
from archive.versions.basis import basis
from crypto.errors import CryptoError
from crypto.keys import VerifyKey

VERSION: Final = 2


class DecisionRefused(RedactionError):
    """The stored decision is not one that two known people signed."""


@dataclass(frozen=True)
class Label:
    """What stands instead of hidden words: code points of a segment as it was approved."""

    segment: str
    start: int
    end: int
    category: str
    surface: str = field(repr=False)
    """What is hidden there."""


@dataclass(frozen=True)
class ApprovedText:
    """A text as two people approved it, and what must not be read again. Only `verify` makes one."""

    testimony_id: str
    version_sha256: str
    segments: tuple[tuple[str, str], ...] = field(repr=False)
    hidden: frozenset[tuple[str, str]] = field(repr=False)
    """Category and surface of each redaction."""
    labels: tuple[Label, ...] = field(repr=False, default=())
    """Where in *segments* something stands instead of hidden words."""


def canonical(
    testimony_id: str, version_sha256: str, spans: tuple[Redaction, ...], role: str, version: int = VERSION
) -> bytes:
    """Return the bytes a person signs; the role keeps one signature from serving as the other."""
    body = json.dumps([role, testimony_id, version_sha256, rows(spans, version)], separators=(",", ":"))
    return f"onggi-redaction{version}|{body}".encode()


def rows(spans: tuple[Redaction, ...], version: int = VERSION) -> list[list[Any]]:
    """The spans as they are kept and signed; version 1 has no place for what stands instead."""
    return [[s.start, s.end, s.category, s.shown][: 3 if version == 1 else 4] for s in sorted(spans)]


def version_in(review: dict[str, Any]) -> int:
    """In which version a stored review was signed: `ValueError` for one that we do not know."""
    version = review.get("v", 1)
    if version not in (1, VERSION):
        raise ValueError("a review of a version that this archive does not know")
    return int(version)


def stored(vault: Vault, testimony_id: str) -> tuple[Redaction, ...]:
    """Return the marks as they stand, approved or not; none when nothing was proposed."""
    return marks_of(vault.json("review", testimony_id) if vault.holds("review", testimony_id) else {})


def marks_of(review: dict[str, Any]) -> tuple[Redaction, ...]:
    """Return the marks that a stored review holds."""
    return tuple(
        Redaction(int(a), int(b), str(c), *map(str, rest)) for a, b, c, *rest in review.get("spans", [])
    )


def verify(vault: Vault, testimony_id: str, people: Mapping[str, VerifyKey] | None = None) -> ApprovedText:
    """Return the redacted text, or raise `DecisionRefused` or `RedactionError`. *people*: who is known."""
    testimony, people = basis(vault, testimony_id), known(vault) if people is None else people
    try:
        review = vault.json("review", testimony_id)
        spans, form = marks_of(review), version_in(review)
        version = str(review["version_sha256"])
        if rows(spans, form) != review["spans"]:
            raise ValueError
        keys = [
            _signer(people, review[role], canonical(testimony_id, version, spans, role, form))
            for role in ("proposer", "approver")
        ]
    except (KeyError, TypeError, ValueError, CryptoError):
        raise DecisionRefused("the decision is missing, incomplete or was changed; review it again") from None
    if keys[0].raw == keys[1].raw:
        raise DecisionRefused("one key both proposed and approved; a second person must approve")
    check(testimony.text, spans, version)
    surfaces = frozenset((s.category, testimony.text[s.start : s.end]) for s in spans)
    labels = tuple(_labels(testimony, spans))
    return ApprovedText(testimony_id, version, segments_of(testimony, spans), surfaces, labels)


def _signer(people: Mapping[str, VerifyKey], signer: dict[str, str], message: bytes) -> VerifyKey:
    key = VerifyKey.from_text(signer["public"])
    if key.raw != people[signer["name"]].raw:
        raise ValueError
    key.verify(bytes.fromhex(signer["signature"]), message)
    return key


def segments_of(testimony: Testimony, spans: tuple[Redaction, ...]) -> tuple[tuple[str, str], ...]:
    """Return the parts of *testimony* with *spans* hidden, or raise when one reaches across two parts."""
    return tuple(
        (segment.id, redact(segment.text, mine, version_of(segment.text), testimony.lang_original))
        for segment, mine in _cut(testimony, spans)
    )


def _labels(testimony: Testimony, spans: tuple[Redaction, ...]) -> Iterator[Label]:
    for segment, mine in _cut(testimony, spans):
        moved = 0
        for span in mine:
            start, shown = span.start + moved, span.label(testimony.lang_original)
            surface = segment.text[span.start : span.end]
            yield Label(segment.id, start, start + len(shown), span.category, surface)
            moved += len(shown) - len(surface)


def _cut(testimony: Testimony, spans: tuple[Redaction, ...]) -> Iterator[tuple[Segment, list[Redaction]]]:
    """Each part with the spans in it, counted from its beginning."""
    reached, left = 0, deque(sorted(spans))
    for segment in testimony.segments:
        start = testimony.text.find(segment.text, reached)
        if start < 0:
            raise DecisionRefused("a segment is not part of the text")
        reached, mine = start + len(segment.text), []
        while left and start <= left[0].start and left[0].end <= reached:
            span = left.popleft()
            mine.append(replace(span, start=span.start - start, end=span.end - start))
        yield segment, mine
    if left:
        raise DecisionRefused("these words reach from one paragraph into the next; hide the two pieces")
