"""The one gate: asks for a use and an audience, and hands out text, never a flag (R1, R2, R3).

1. What was not granted, for exactly this use and this audience, is refused, and the reason is named.
2. Archivists get the words that count (`versions.basis`); everybody else what two people approved of them.
3. A rendition names the consent it was made under; one made under another is refused (R5).
4. Of several statements of one account the latest says what is allowed now, for all of them; what she
   took back is given to nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from archive.errors import ArchiveError
from archive.redaction.decision import verify
from archive.standing import standing
from archive.testimony import Audience, Consent, Language, Segment, Testimony, TestimonyId, Use
from archive.vault import Vault
from archive.versions.basis import standing_in
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
    consent = _check(vault, testimony, use, audience)
    segments, hidden = standing_in(vault, testimony).segments, frozenset[tuple[str, str]]()
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
        consent,
        segments,
        hidden,
    )


def _check(vault: Vault, testimony: Testimony, use: Use, audience: Audience) -> Consent:
    """The consent under which it is allowed."""
    now = standing(vault, testimony)
    if now.taken_back:
        raise ConsentRefused("she took it back")
    if (use, audience) not in now.allowed:
        again = " any more when she wrote again" if (use, audience) in testimony.consent.granted else ""
        raise ConsentRefused(f"{use} for {audience} was not granted{again}")
    return now.consent


def still_granted(vault: Vault, made: Rendition) -> bool:
    """Whether *made* may still be used: the consent it was made under is the one that stands (R5)."""
    now = standing(vault, vault.testimony(made.testimony_id))
    return not now.taken_back and now.consent == made.consent and (made.use, made.audience) in now.allowed


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
