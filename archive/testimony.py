"""What a testimony is: her words, in parts with stable names, and what she allowed.

Field names and code lists: data-model.md's, as docs/glossary.md repeats them. Everything here is immutable.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import groupby
from typing import Any, Final, Literal, NewType, get_args

from archive.errors import ArchiveError

TestimonyId = NewType("TestimonyId", str)
Kind = Literal["life_history", "event", "import"]
Language = Literal["kor", "zho", "eng"]
Stage = Literal["received", "proposed", "approved", "released"]
Step = Literal["propose", "take_back", "approve", "release"]
Speaker = Literal["narrator", "interpreter", "interviewer"]
"""Who speaks in a recording: a role, and never a name (R38)."""
Use = Literal[
    "preserve", "research_read", "index_search", "translate", "quote_excerpt", "publish_full",
    "memoir_compilation", "teaching", "exhibition", "broadcast", "advocacy_submission",
    "legal_accountability", "statistics", "ai_processing_local", "recontact", "list_existence",
]  # fmt: skip
Audience = Literal["archivists", "named_partner", "vetted_researchers", "public"]
Grant = tuple[Use, Audience]

TAGS: Final[dict[str, str]] = {"kor": "ko", "zho": "zh", "eng": "en"}
"""How HTML, labels and programs name a language."""
KINDS: Final = get_args(Kind)
LANGUAGES: Final = get_args(Language)
USES: Final = get_args(Use)
AUDIENCES: Final = get_args(Audience)
SPEAKERS: Final = get_args(Speaker)
LETTERS: Final = "abcdefghjkmnpqrstvwxyz"
"""No digits, so that a name is never taken for a hidden number, and none of i, l, o, u, which are misread."""
STEPS: Final[dict[Step, tuple[frozenset[Stage], Stage]]] = {
    "propose": (frozenset({"received", "proposed", "approved", "released"}), "proposed"),
    "take_back": (frozenset({"proposed", "approved", "released"}), "received"),
    "approve": (frozenset({"proposed"}), "approved"),
    "release": (frozenset({"approved", "released"}), "released"),
}
"""From which stages a step may be taken, and where it leads. What is not listed is refused."""


class StepRefused(ArchiveError):
    """A step that this testimony's stage does not allow."""


class MalformedTestimony(ArchiveError, ValueError):
    """A testimony or a consent that does not follow the data model. Never quotes what it read."""


@dataclass(frozen=True)
class Segment:
    """A part with a stable name: s0001, s0002 and so on. Of a recording, with its time and who speaks."""

    id: str
    text: str = field(repr=False)
    t_start: int | None = None
    """Milliseconds from the beginning of the recording; none in what was written."""
    t_end: int | None = None
    speaker: Speaker | Literal[""] = ""


@dataclass(frozen=True)
class Attachment:
    """A file the statement lists: SHA-512 of its envelope's header, its padded size, its declared type."""

    digest: str = field(repr=False)
    size: int
    media: str

    def state(self, came: Sequence[Any] | None) -> str:
        """`here`, `waiting` while nothing came, or `differs` when size or type of what *came* are others."""
        if came is None:
            return "waiting"
        return "here" if tuple(came[:2]) == (self.size, self.media) else "differs"


@dataclass(frozen=True)
class Consent:
    """What she allowed, and the text she read in her language. What is not in `granted` is denied (R1)."""

    version: int
    lang: str
    text_sha256: str
    granted: frozenset[Grant]

    def to_json(self) -> dict[str, Any]:
        granted = [{"use": use, "audience": audience} for use, audience in sorted(self.granted)]
        return {"v": self.version, "lang": self.lang, "text_sha256": self.text_sha256, "granted": granted}

    @classmethod
    def from_json(cls, untrusted: object) -> Consent:
        """The consent in *untrusted*, or `MalformedTestimony` at anything missing or unknown (R4, R29)."""
        row = exactly(untrusted, {"v", "lang", "text_sha256", "granted"})
        version, lang, told = row["v"], row["lang"], row["text_sha256"]
        if type(version) is not int or version < 1:
            raise MalformedTestimony("a consent has a version of 1 or more")
        if not isinstance(lang, str) or not re.fullmatch(r"[a-z]{2,3}(-[A-Z][a-z]{3})?", lang, re.ASCII):
            raise MalformedTestimony("a consent names the language it was read in")
        if not isinstance(told, str) or not re.fullmatch(r"[0-9a-f]{64}", told, re.ASCII):
            raise MalformedTestimony("a consent names the text that was read by its SHA-256")
        if not isinstance(row["granted"], list) or len(row["granted"]) > len(USES) * len(AUDIENCES):
            raise MalformedTestimony("what is granted is a list")
        return cls(version, lang, told, frozenset(_grant(g) for g in row["granted"]))


@dataclass(frozen=True)
class Summary:
    """What a list says of a testimony; no word of it, nor its consent."""

    id: TestimonyId
    kind: Kind
    lang_original: Language
    received_quarter: str
    workflow_status: Stage
    attachments: tuple[Attachment, ...] = ()

    def to_json(self) -> list[Any]:
        files = [[a.digest, a.size, a.media] for a in self.attachments]
        return [self.kind, self.lang_original, self.received_quarter, self.workflow_status, files]

    @classmethod
    def from_json(cls, id: str, row: list[Any]) -> Summary:
        """What `to_json` wrote. Trusted: it comes out of the vault."""
        kind, lang, quarter, stage, files = row
        return cls(TestimonyId(id), kind, lang, quarter, stage, tuple(Attachment(*a) for a in files))


@dataclass(frozen=True)
class Testimony:
    """One testimony as it was received. Its words are in no `repr`."""

    id: TestimonyId
    kind: Kind
    lang_original: Language
    received_quarter: str
    workflow_status: Stage
    consent: Consent
    text: str = field(repr=False)
    attachments: tuple[Attachment, ...] = ()
    parts: tuple[Segment, ...] = field(default=(), repr=False)
    """The segments of the approved version that stands for what was received; none when nothing does."""

    @property
    def segments(self) -> tuple[Segment, ...]:
        """Its paragraphs, in order. They cover every word of the text."""
        return self.parts or tuple(
            Segment(f"s{n:04d}", part) for n, part in enumerate(paragraphs(self.text), 1)
        )

    @property
    def summary(self) -> Summary:
        """What a list says of it."""
        return Summary(
            self.id,
            self.kind,
            self.lang_original,
            self.received_quarter,
            self.workflow_status,
            self.attachments,
        )

    def after(self, step: Step) -> Testimony:
        """This testimony at the stage that *step* leads to, or `StepRefused`."""
        allowed, leads_to = STEPS[step]
        if self.workflow_status not in allowed:
            raise StepRefused(f"cannot {step.replace('_', ' ')}: this testimony is {self.workflow_status}")
        return replace(self, workflow_status=leads_to)

    def to_json(self) -> dict[str, Any]:
        """A row for the vault; `MalformedTestimony` for a version: it must not replace what was received."""
        if self.parts:
            raise MalformedTestimony("a version is not kept in the place of what was received")
        return {
            "kind": self.kind,
            "lang_original": self.lang_original,
            "received_quarter": self.received_quarter,
            "workflow_status": self.workflow_status,
            "consent": self.consent.to_json(),
            "text": self.text,
            "attachments": [[a.digest, a.size, a.media] for a in self.attachments],
        }

    @classmethod
    def from_json(cls, id: str, row: dict[str, Any]) -> Testimony:
        """What `to_json` wrote. Trusted: it comes out of the vault."""
        return cls(
            TestimonyId(id),
            row["kind"],
            row["lang_original"],
            row["received_quarter"],
            row["workflow_status"],
            Consent.from_json(row["consent"]),
            row["text"],
            tuple(Attachment(*a) for a in row["attachments"]),
        )


def paragraphs(text: str) -> tuple[str, ...]:
    """Cut at empty lines where there are any, at line ends otherwise; every word is in exactly one part."""
    lines = text.strip().split("\n")
    if all(line.strip() for line in lines):
        return tuple(line.strip() for line in lines)
    blocks = (list(block) for told, block in groupby(lines, lambda line: bool(line.strip())) if told)
    return tuple("\n".join(block).strip() for block in blocks)


def words_of(text: str) -> tuple[str, ...]:
    """The words by which what went in is compared with what came out: NFC, cut at white space."""
    return tuple(unicodedata.normalize("NFC", text).split())


def quarter_of(day: date) -> str:
    """The quarter of a year, the finest time that is kept of an arrival."""
    return f"{day.year}-Q{(day.month + 2) // 3}"


def exactly(untrusted: object, keys: Iterable[str]) -> dict[str, Any]:
    """*untrusted* when it is an object with these keys and no other, or `MalformedTestimony` (R29)."""
    if not isinstance(untrusted, dict) or set(untrusted) != set(keys):
        raise MalformedTestimony("a key is missing, or one is there that the format does not have")
    return untrusted


def drawn(letters: int = 10) -> str:
    """A name drawn at random, by which something is known outside or in a book; it says nothing."""
    return "".join(secrets.choice(LETTERS) for _ in range(letters))


def _grant(untrusted: object) -> Grant:
    row = exactly(untrusted, {"use", "audience"})
    if row["use"] not in USES or row["audience"] not in AUDIENCES:
        raise MalformedTestimony("a grant names a use and an audience of the data model")
    return row["use"], row["audience"]
