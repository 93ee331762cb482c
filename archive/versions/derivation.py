"""What a version is, and what may be derived from what: a table, and pure.

1. A program's words are a draft: they count only when a person has signed them as a correction, another
   person has reviewed that, and it was approved.
2. Whoever signs what another wrote, as reviewed or approved, is not the one who wrote it.
3. A new segment takes a name that none ever had, so that what rests on a name rests on the same words.

Format: docs/formats/version.md. Kept and verified by `record`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, get_args

from archive.errors import ArchiveError
from archive.testimony import Language, Segment, Testimony
from archive.versions.segments import digest_of, number_of, text_of

Kind = Literal[
    "received_literal", "machine_literal", "corrected", "translation", "supplemented", "reviewed", "approved"
]
KINDS: Final = get_args(Kind)
PROGRAM: Final = re.compile(r"(recogniser|translator) [A-Za-z0-9][A-Za-z0-9 ._+()-]{0,99}")


class VersionRefused(ArchiveError):
    """A version that cannot be kept or is not there."""


@dataclass(frozen=True)
class Rule:
    """From which kinds a kind is derived, and whether its signer adds words or stands for another's."""

    sources: frozenset[Kind]
    words: bool
    language: Literal["same", "other", "any"] = "same"


_TOLD: Final = frozenset[Kind](
    {"received_literal", "corrected", "translation", "supplemented", "reviewed", "approved"}
)
RULES: Final[dict[Kind, Rule]] = {
    "machine_literal": Rule(_TOLD, True, "any"),
    "corrected": Rule(_TOLD | {"machine_literal"}, True),
    "translation": Rule(_TOLD | {"machine_literal"}, True, "other"),
    "supplemented": Rule(_TOLD, True),
    "reviewed": Rule(frozenset({"corrected", "translation", "supplemented"}), False),
    "approved": Rule(frozenset({"reviewed"}), False),
}
"""What may come of what. Whoever signs what another wrote (`words` is false) is not the one who wrote it."""


@dataclass(frozen=True)
class Version:
    """One version. Its words are in no `repr`."""

    testimony_id: str
    number: int
    kind: Kind
    lang: Language
    derived_from: int | None
    author: str
    """The person who signed it; nobody of the archive signed what was received."""
    day: str
    segments: tuple[Segment, ...] = field(repr=False)
    text_sha256: str = field(repr=False)
    source_sha256: str = field(default="", repr=False)
    """Of the text it was derived from."""
    program: str = ""
    """Which program drafted it, and its version."""
    recording: int = 0
    """Which of the testimony's files its times are of; 0 is none."""
    joins: str = ""
    """Which later telling of hers was added to its source; only what is `supplemented` has one."""
    gone: str = ""
    """Which later telling, taken back or destroyed, it had words of; then it has none."""
    highest: int = field(default=0, repr=False)
    """Of what is gone, the highest number that a segment of it had."""

    @property
    def text(self) -> str:
        return text_of(self.segments)


def received(told: Testimony) -> Version:
    """What was received, as version 0."""
    quarter, words = told.received_quarter, told.text
    return Version(
        told.id, 0, "received_literal", told.lang_original, None, "", quarter, told.segments, digest_of(words)
    )


def among(found: Sequence[Version], number: int) -> Version:
    """The one of this number in a history, or `VersionRefused`."""
    if not 0 <= number < len(found):
        raise VersionRefused("this testimony has no version of that number")
    if found[number].gone:
        raise VersionRefused("this version had words that she took back; choose another")
    return found[number]


def joined(versions: Sequence[Version], number: int) -> tuple[str, ...]:
    """The later tellings whose words stand in version *number*, by all that it was derived from."""
    found, at = list[str](), number
    while versions[at].derived_from is not None:
        found += [versions[at].joins] if versions[at].joins else []
        at = versions[at].derived_from or 0
    return tuple(reversed(found))


def highest(made: Version) -> int:
    """The highest number that a segment of it has, or had."""
    return max((number_of(each.id) for each in made.segments), default=made.highest)


def first_free(versions: Iterable[Version]) -> int:
    """The number from which no segment of these versions was ever named."""
    return 1 + max((highest(made) for made in versions), default=0)


def require(made: Version, found: Sequence[Version], files: int) -> None:
    """`VersionRefused` when *made* may not follow these."""
    if made.kind not in RULES:
        raise VersionRefused("what was received comes in through the door, and is not written here")
    if not follows(made, found):
        raise VersionRefused(_REFUSALS[made.kind])
    if made.kind == "machine_literal" and not PROGRAM.fullmatch(made.program):
        raise VersionRefused("a draft names the program that made it, and its version")
    if made.kind != "machine_literal" and made.program:
        raise VersionRefused("what a program wrote is kept as a draft, and as nothing else")
    if (made.kind == "supplemented") != bool(made.joins):
        raise VersionRefused(
            "a supplemented version names the later telling that was joined, and no other does"
        )
    if not 0 <= made.recording <= files:
        raise VersionRefused("this testimony has no file of that number")
    source, free = found[made.derived_from or 0], first_free(found)
    strange = {each.id for each in made.segments} - {each.id for each in source.segments}
    if any(number_of(each) < free for each in strange):
        raise VersionRefused("a segment's name was used before; new segments take new names")
    if made.lang != source.lang and strange:
        raise VersionRefused("a translation has the segments of what it translates, and no others")


_REFUSALS: Final[dict[Kind, str]] = {
    "machine_literal": "a program drafts from what a person wrote or said, and not from another draft",
    "corrected": "a correction is in the language of what it corrects",
    "translation": "a translation is in another language than what it translates",
    "supplemented": "what she told later is joined in the language that it was told in",
    "reviewed": "a second person reviews a correction or a translation, as it is",
    "approved": "another person than the reviewer approves what was reviewed, as it is",
}


def follows(made: Version, found: Sequence[Version]) -> bool:
    """Whether *made* may be derived from its source, by the table."""
    rule = RULES.get(made.kind)
    if rule is None or made.derived_from is None or not 0 <= made.derived_from < len(found):
        return False
    source = found[made.derived_from]
    if source.kind not in rule.sources or made.source_sha256 != source.text_sha256:
        return False
    if rule.language != "any" and (made.lang == source.lang) != (rule.language == "same"):
        return False
    return rule.words or (made.segments == source.segments and made.author != source.author)
