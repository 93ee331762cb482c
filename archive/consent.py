"""The one gate: asks for a use and an audience, and hands out text, never a flag (R1, R2, R3).

1. What was not granted, for exactly this use and this audience, is refused, and the reason is named.
2. Archivists get the words that count (`versions.basis`); everybody else what two people approved of them.
3. A rendition names the consent it was made under; one made under another is refused (R5).
4. Of several statements of one account the latest says what is allowed now, for all of them; what she
   took back is given to nobody.
5. Beyond her consent a policy may hold it back: asked each time, on the day of the asking (R31). Whoever is
   named and did not consent stops the text (R12, R40); a child's voice and picture stay, and so does a text
   that tells a place or a date of her narrower than `WIDE`, in any language (R39).
6. So does a passage that tells who she is and is not settled, and what she asked to be hidden.
7. A translation is handed out beside the text it was made of, and only as much of it as of that text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Final, Literal

from archive import people
from archive.coding import versions as codings
from archive.coding.record import Life
from archive.errors import ArchiveError
from archive.policy import versions as policies
from archive.policy.record import Policy
from archive.policy.verdict import Reason, reasons, reasons_of_names, reasons_of_part, was_minor
from archive.redaction import passages, replacing, translated, wishes
from archive.redaction.decision import Label, verify
from archive.redaction.profiles import WIDE
from archive.redaction.spans import RedactionError
from archive.standing import all_allowed, standing
from archive.testimony import Audience, Consent, Grant, Kind, Language, Segment, Testimony, TestimonyId, Use
from archive.vault import UnknownRecord, Vault
from archive.versions.basis import joined_in, standing_in
from archive.versions.record import VersionDamaged
from crypto.keys import VerifyKey

TOO_NARROW: Final = "she was a child, and a place, a date or a number is told too narrow"


class ConsentRefused(ArchiveError):
    """Not allowed. The message is the reason, and holds no word of the testimony."""

    def __init__(self, told: str, reasons: tuple[Reason, ...] = ()) -> None:
        super().__init__(told)
        self.reasons = reasons


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
    policy: int
    """The number of the policy it was made under; 0 is none."""
    profile: Literal["standard", "child"]
    """How wide codes have to be when they leave: as `WIDE` tells them, or wider, where a child was harmed."""
    labels: tuple[Label, ...] = field(repr=False, default=())
    """Where in *segments* something stands instead of hidden words."""
    seen: frozenset[str] = field(repr=False, default=frozenset())
    """Of a translation, what both who signed it have seen pointed out, by its letters."""


def require_granted(
    vault: Vault,
    testimony_id: str,
    use: Use,
    audience: Audience,
    *,
    part: str = "",
    today: date | None = None,
) -> None:
    """Return when this use is allowed for this audience on this day, or raise `ConsentRefused`.

    *part* asks for what stands beside the words as well: `images`, `audio`, `attachments`, or one segment.
    What names somebody is **not** looked for here; that `rendition` does, which has the text.
    """
    testimony, day = vault.testimony(testimony_id), today or _today()
    ruling = _ruling(vault, testimony, use, audience, day)
    for each in _joined(vault, testimony_id):
        _of_joined(vault, each, use, (), audience, day)
    if part:
        _refuse(reasons_of_part(ruling.policy, ruling.life, part, use, audience))


def rendition(
    vault: Vault,
    testimony_id: str,
    use: Use,
    audience: Audience,
    known: Mapping[str, VerifyKey] | None = None,
    *,
    also: Iterable[Use] = (),
    today: date | None = None,
) -> Rendition:
    """The text that *audience* may have for *use*; `ConsentRefused`, or `RedactionError` when undecided.

    *also* are further uses of the same text, which then has only what all of them allow. *known* are the
    people of `people.known`, for whoever asks for many. *today* is the machine's day.
    """
    testimony, day = vault.testimony(testimony_id), today or _today()
    ruling, *_ = [_ruling(vault, testimony, each, audience, day, known) for each in (use, *also)]
    joined = [
        _of_joined(vault, each, use, also, audience, day, known) for each in _joined(vault, testimony_id)
    ]
    segments, hidden = standing_in(vault, testimony).segments, frozenset[tuple[str, str]]()
    labels: tuple[Label, ...] = ()
    child = any(was_minor(each.policy, each.life) for each in (ruling, *joined))
    if audience != "archivists":
        approved = verify(vault, testimony_id, known)
        segments, hidden = tuple(Segment(*s) for s in approved.segments), approved.hidden
        labels = approved.labels
        if child and replacing.tells_narrower(approved, testimony.lang_original, WIDE.rungs):
            raise ConsentRefused(TOO_NARROW)
        if passages.unsettled(vault, testimony_id):
            raise ConsentRefused("a passage that tells who she is by what happened is not settled")
        if wishes.unmet(vault, testimony_id, "\n".join(segment.text for segment in segments)):
            raise ConsentRefused("she asked for words to be hidden that can be read in it")
    shown = tuple(s for s in segments if all(_may(ruling, s.id, each, audience) for each in (use, *also)))
    if segments and not shown:
        raise ConsentRefused("every part of it is withheld")
    for each in (ruling, *joined):
        _refuse(reasons_of_names(each.policy, each.life, shown, audience))
    return Rendition(
        testimony.id,
        use,
        audience,
        testimony.lang_original,
        testimony.received_quarter,
        testimony.kind,
        ruling.consent,
        shown,
        hidden,
        ruling.number,
        "child" if child else "standard",
        tuple(each for each in labels if each.segment in {s.id for s in shown}),
    )


def translations(
    vault: Vault, made: Rendition, known: Mapping[str, VerifyKey] | None = None
) -> tuple[tuple[Rendition, ...], dict[str, str]]:
    """*made*, a text for outside, in the languages in which two people signed it; and why others stay."""
    languages = translated.languages(vault, made.testimony_id)
    if not languages or made.audience == "archivists":
        return (), {}
    known = people.known(vault) if known is None else known
    found, refused, shown = list[Rendition](), dict[str, str](), {each.id for each in made.segments}
    for lang in languages:
        try:
            require_granted(vault, made.testimony_id, "translate", "archivists")
            text = verify(vault, made.testimony_id, known)
            told = translated.approved(vault, text, lang, known)
        except (ConsentRefused, RedactionError) as reason:
            refused[lang] = str(reason)
            continue
        parts = tuple(Segment(id, text) for id, text in told.segments if id in shown)
        if wishes.unmet(vault, made.testimony_id, "\n".join(each.text for each in parts)):
            refused[lang] = "she asked for words to be hidden that can be read in it"
        elif made.profile == "child" and replacing.narrower_elsewhere(
            text, dict(told.segments), lang, WIDE.rungs
        ):
            refused[lang] = TOO_NARROW
        elif parts:
            found.append(replace(made, lang=lang, segments=parts, labels=(), seen=told.seen))
    return tuple(found), refused


def against(
    vault: Vault, testimony_id: str, use: Use, audience: Audience, today: date | None = None
) -> tuple[Reason, ...]:
    """The reasons why nothing is handed out, or none: what a page shows beside a choice."""
    try:
        rendition(vault, testimony_id, use, audience, today=today)
    except ConsentRefused as refused:
        return refused.reasons or (Reason(str(refused)),)
    except RedactionError as undecided:
        return (Reason(str(undecided)),)
    return ()


def still_granted(vault: Vault, made: Rendition, today: date | None = None) -> bool:
    """Whether *made* may still be used: it is what the gate would hand out now (R5)."""
    try:
        return rendition(vault, made.testimony_id, made.use, made.audience, today=today) == made
    except (ConsentRefused, RedactionError):
        return False


def granted(
    vault: Vault, ids: Iterable[str], use: Use, audience: Audience, refused: dict[str, str]
) -> Iterator[Rendition]:
    """The renditions of those that allow it; why the others do not goes into *refused*."""
    known = people.known(vault)
    for testimony_id in ids:
        try:
            yield rendition(vault, testimony_id, use, audience, known)
        except ConsentRefused as reason:
            refused[testimony_id] = str(reason)


@dataclass(frozen=True)
class _Ruling:
    """Under what something is allowed."""

    consent: Consent
    number: int
    policy: Policy
    life: Life


def _ruling(
    vault: Vault,
    testimony: Testimony,
    use: Use,
    audience: Audience,
    today: date,
    known: Mapping[str, VerifyKey] | None = None,
) -> _Ruling:
    """The consent and the policy under which it is allowed, or `ConsentRefused`."""
    now = standing(vault, testimony)
    if now.taken_back:
        raise ConsentRefused("she took it back")
    if (use, audience) not in now.allowed:
        again = " any more when she wrote again" if (use, audience) in testimony.consent.granted else ""
        raise ConsentRefused(f"{use} for {audience} was not granted{again}")
    try:
        decided = policies.current(vault, testimony.id, known)
        outside = audience != "archivists"
        life = codings.current(vault, testimony.id, known).life if outside else codings.NOTHING
    except (policies.PolicyDamaged, codings.CodingDamaged) as damaged:
        # Who is named, and until when it is held back, cannot be known: nothing goes out.
        raise ConsentRefused(str(damaged)) from None
    _refuse(reasons(decided.policy, life, audience, today))
    return _Ruling(now.consent, decided.number, decided.policy, life)


def _joined(vault: Vault, testimony_id: str) -> tuple[str, ...]:
    try:
        return joined_in(vault, testimony_id)
    except VersionDamaged as damaged:
        raise ConsentRefused(str(damaged)) from None


def _of_joined(
    vault: Vault,
    testimony_id: str,
    use: Use,
    also: Iterable[Use],
    audience: Audience,
    today: date,
    known: Mapping[str, VerifyKey] | None = None,
) -> _Ruling:
    """The same for a later telling whose words stand in the text: no part of it may be withheld."""
    try:
        told = vault.testimony(testimony_id)
    except UnknownRecord:
        raise ConsentRefused("what she told later, and was joined to it, is not here any more") from None
    uses = (use, *also)
    ruling, *_ = [_ruling(vault, told, each, audience, today, known) for each in uses]
    if not all(_may(ruling, part.id, each, audience) for part in told.segments for each in uses):
        raise ConsentRefused("a part of what she told later, and was joined to it, is withheld")
    return ruling


def _may(ruling: _Ruling, part: str, use: Use, audience: Audience) -> bool:
    return not any(reasons_of_part(ruling.policy, ruling.life, part, use, audience))


def _refuse(found: Iterable[Reason]) -> None:
    if told := tuple(found):
        raise ConsentRefused("; ".join(map(str, told)), told)


def _today() -> date:
    """The machine's own day. The gate reads it each time, so that an embargo is nobody's to remember."""
    return datetime.now(UTC).date()


def quarters(vault: Vault) -> dict[str, str]:
    """When each testimony came, by its id; no word of any."""
    return {told.id: told.received_quarter for told in vault.read_testimonies()}


def known_of(vault: Vault) -> dict[str, tuple[str, frozenset[Grant]]]:
    """How far each testimony is, and what is granted of it today before any policy; no word of any."""
    told = list(vault.read_testimonies())
    now = all_allowed(vault, told)
    return {each.id: (each.workflow_status, now[each.id]) for each in told}


def language(vault: Vault, testimony_id: str) -> Language:
    """The language that a testimony was told in, or `UnknownRecord`; no word of it."""
    return vault.testimony(testimony_id).lang_original


def kind(vault: Vault, testimony_id: str) -> Kind:
    """How a testimony came: told to us, or imported; or `UnknownRecord`; no word of it."""
    return vault.testimony(testimony_id).kind
