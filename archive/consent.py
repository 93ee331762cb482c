"""The one gate: asks for a use and an audience, and hands out text, never a flag (R1, R2, R3).

1. What was not granted, for exactly this use and this audience, is refused, and the reason is named.
2. Archivists get the words as they were told; everybody else what two people approved.
3. A rendition names the consent it was made under; one made under another is refused (R5).
4. Of several statements of one account the latest says what is allowed now, for all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from archive.errors import ArchiveError
from archive.redaction.decision import verify
from archive.testimony import Audience, Consent, Language, Segment, Testimony, TestimonyId, Use
from archive.vault import Vault
from crypto.keys import VerifyKey


class ConsentRefused(ArchiveError):
    """Not allowed. The message is the reason, and holds no word of the testimony."""


@dataclass(frozen=True)
class Rendition:
    """Text that may go to one audience for one use. Only `rendition` makes one."""

    testimony_id: TestimonyId
    use: Use
    audience: Audience
    lang: str
    quarter: str
    kind: str
    consent: Consent
    segments: tuple[Segment, ...] = field(repr=False)
    hidden: frozenset[tuple[str, str]] = field(repr=False)
    """Category and surface of what was taken out, for the residue scan."""


def require_granted(vault: Vault, testimony_id: str, use: Use, audience: Audience) -> None:
    """Return when this use was granted for this audience, or raise `ConsentRefused`."""
    _check(vault, vault.testimony(testimony_id), use, audience)


def rendition(
    vault: Vault,
    testimony_id: str,
    use: Use,
    audience: Audience,
    known: Mapping[str, VerifyKey] | None = None,
) -> Rendition:
    """The text that *audience* may have for *use*; `ConsentRefused`, or `RedactionError` when undecided.

    *known* are the people of `people.known`, for whoever asks for many.
    """
    testimony = vault.testimony(testimony_id)
    _check(vault, testimony, use, audience)
    segments, hidden = testimony.segments, frozenset[tuple[str, str]]()
    if audience != "archivists":
        approved = verify(vault, testimony_id, known)
        segments, hidden = tuple(Segment(*s) for s in approved.segments), approved.hidden
    return Rendition(
        testimony.id,
        use,
        audience,
        testimony.lang_original,
        testimony.received_quarter,
        testimony.kind,
        testimony.consent,
        segments,
        hidden,
    )


def _check(vault: Vault, testimony: Testimony, use: Use, audience: Audience) -> None:
    if (use, audience) not in testimony.consent.granted:
        raise ConsentRefused(f"{use} for {audience} was not granted")
    if vault.holds("told-by", testimony.id):
        _, latest = vault.json("latest", vault.json("told-by", testimony.id))
        if (use, audience) not in vault.testimony(latest).consent.granted:
            raise ConsentRefused(f"{use} for {audience} was not granted any more when she wrote again")


def still_granted(vault: Vault, made: Rendition) -> bool:
    """Whether *made* may still be used: the consent it was made under is the one that stands (R5)."""
    return vault.testimony(made.testimony_id).consent == made.consent


def granted(
    vault: Vault, ids: Iterable[str], use: Use, audience: Audience, refused: dict[str, str]
) -> Iterator[Rendition]:
    """The renditions of those that allow it; why the others do not goes into *refused*."""
    for testimony_id in ids:
        try:
            yield rendition(vault, testimony_id, use, audience)
        except ConsentRefused as reason:
            refused[testimony_id] = str(reason)


def language(vault: Vault, testimony_id: str) -> Language:
    """The language that a testimony was told in, or `UnknownRecord`; no word of it."""
    return vault.testimony(testimony_id).lang_original
