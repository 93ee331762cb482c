"""The versions of a testimony: each derived from one before it, signed by who made it, and never changed.

1. Version 0 is what was received, and is kept nowhere twice; the others lie under the id and their number.
2. What may be derived from what is a table. A program's words are a draft: they count only when a person has
   signed them as a correction, another person has reviewed that, and it was approved.
3. A version that was changed, renumbered or put in another's name does not verify; nor one whose source was.
4. Of what has words of a telling that was taken back or destroyed, the place is left and no word (`gone`).

Format: docs/formats/version.md.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final, Literal, get_args

from archive import people, roles
from archive.errors import ArchiveError
from archive.people import Person
from archive.standing import is_taken_back, require_not_taken_back
from archive.testimony import LANGUAGES, Language, Segment, Testimony
from archive.vault import Vault
from archive.versions.segments import check, digest_of, number_of, text_of
from crypto.errors import CryptoError
from crypto.keys import VerifyKey

Kind = Literal[
    "received_literal", "machine_literal", "corrected", "translation", "supplemented", "reviewed", "approved"
]
KINDS: Final = get_args(Kind)
KIND: Final = "version"
PLACE: Final = ("v", "number", "kind", "lang", "derived_from", "day", "joins")
"""What stays of a version whose words are gone."""
DESTROYED: Final = "destroyed"
"""Kind of the signed decisions by which testimonies were destroyed (`keeping.shredding`)."""
PROGRAM: Final = re.compile(r"(recogniser|translator) [A-Za-z0-9][A-Za-z0-9 ._+()-]{0,99}")


class VersionRefused(ArchiveError):
    """A version that cannot be kept or is not there."""


class VersionDamaged(ArchiveError):
    """A stored version is not the one that a known person signed."""


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


def history(vault: Vault, testimony_id: str) -> list[Version]:
    """Every version, what was received first; `TakenBack`, `UnknownRecord`, or `VersionDamaged` for all."""
    with vault.together():
        require_not_taken_back(vault, testimony_id)
        found, known = [received(vault.testimony(testimony_id))], people.known(vault)
        while vault.holds(KIND, name := f"{testimony_id}:{len(found)}"):
            row = vault.json(KIND, name)
            made = (
                _left_of(vault, testimony_id, row) if "gone" in row else _verified(testimony_id, row, known)
            )
            if made.number != len(found) or not (made.gone or _follows(made, found)):
                raise VersionDamaged(
                    "a version is not in its place, or its source is another than was signed"
                )
            found.append(made)
        back = {each.joins for each in found if each.joins and is_taken_back(vault, each.joins)}
        return [_without(each, back & {*joined(found, each.number)}) for each in found]


def version(vault: Vault, testimony_id: str, number: int) -> Version:
    """The version of this number, or `VersionRefused`."""
    return among(history(vault, testimony_id), number)


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


def first_free(versions: Iterable[Version]) -> int:
    """The number from which no segment of these versions was ever named."""
    return 1 + max((_highest(made) for made in versions), default=0)


def leave_place(vault: Vault, testimony_id: str, number: int, later: str) -> None:
    """Destroy the words of version *number*, which had some of *later*; its place and its source stay."""
    row = vault.json(KIND, name := f"{testimony_id}:{number}")
    highest = max(number_of(each["id"]) for each in row["segments"])
    kept = {key: row.get(key, "") for key in PLACE}
    author = row["by"]["name"]
    vault.put_json(KIND, name, {**kept, "author": author, "gone": later, "highest": highest})


def keep(
    vault: Vault,
    person: Person,
    testimony_id: str,
    kind: Kind,
    segments: Sequence[Segment],
    today: date,
    *,
    derived_from: int,
    lang: Language | None = None,
    program: str = "",
    recording: int | None = None,
    joins: str = "",
) -> Version:
    """Sign *segments* as the next version; `VersionRefused` or `MalformedVersion`, and nothing is kept.

    *lang* and *recording* are those of the source where they are not named. Reviewing is a reviewer's, all
    else an archivist's too: `roles.RoleRefused`.
    """
    with vault.together():
        roles.require(vault, person, *(("reviewer",) if kind == "reviewed" else roles.MARKERS))
        found = history(vault, testimony_id)
        source = among(found, derived_from)
        made = Version(
            testimony_id,
            len(found),
            kind,
            lang or source.lang,
            derived_from,
            person.name,
            today.isoformat(),
            check(segments),
            digest_of(text_of(segments)),
            source.text_sha256,
            program,
            source.recording if recording is None else recording,
            joins,
        )
        _require(made, found, len(vault.testimony(testimony_id).attachments))
        row = _row(made)
        signature = person.key.sign(_message(testimony_id, row)).hex()
        by = {"name": person.name, "public": person.key.public.to_text(), "signature": signature}
        _verified(testimony_id, row | {"by": by}, people.known(vault))
        vault.put_json(KIND, f"{testimony_id}:{made.number}", row | {"by": by})
        vault.journal.append(
            "cre" if kind in ("machine_literal", "translation") else "app" if kind == "approved" else "mod",
            person.name,
            [f"testimony:{testimony_id}", f"version:{testimony_id}:{made.number}"],
        )
    return made


def stand_for(vault: Vault, person: Person, testimony_id: str, number: int, today: date) -> Version:
    """Sign version *number*, which another wrote, as reviewed; or, where it is reviewed, as approved."""
    with vault.together():
        source = version(vault, testimony_id, number)
        kind: Kind = "approved" if source.kind == "reviewed" else "reviewed"
        return keep(vault, person, testimony_id, kind, source.segments, today, derived_from=number)


def _require(made: Version, found: Sequence[Version], files: int) -> None:
    """`VersionRefused` when *made* may not follow these."""
    if made.kind not in RULES:
        raise VersionRefused("what was received comes in through the door, and is not written here")
    if not _follows(made, found):
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


def _follows(made: Version, found: Sequence[Version]) -> bool:
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


def _highest(made: Version) -> int:
    return max((number_of(each.id) for each in made.segments), default=made.highest)


def _without(made: Version, back: set[str]) -> Version:
    if not back or made.gone:
        return made
    return replace(
        made, segments=(), text_sha256="", source_sha256="", gone=min(back), highest=_highest(made)
    )


def _left_of(vault: Vault, testimony_id: str, row: dict[str, Any]) -> Version:
    """The place of a version whose words are gone: only the destruction of a joined telling leaves one."""
    try:
        if not vault.holds(DESTROYED, row["gone"]) or row["v"] != 1 or row["kind"] not in KINDS:
            raise ValueError
        kept = {key: row[key] for key in ("number", "kind", "lang", "derived_from", "author", "day")}
        more = {key: row[key] for key in ("joins", "gone", "highest")}
        return Version(testimony_id, **kept, segments=(), text_sha256="", **more)
    except (KeyError, TypeError, ValueError):
        raise VersionDamaged("a version is missing, and no destroyed telling explains it") from None


def _row(made: Version) -> dict[str, Any]:
    row: dict[str, Any] = {
        "v": 1,
        "number": made.number,
        "kind": made.kind,
        "lang": made.lang,
        "derived_from": made.derived_from,
        "source_sha256": made.source_sha256,
        "day": made.day,
        "program": made.program,
        "recording": made.recording,
        "text_sha256": made.text_sha256,
        "segments": [
            {key: value for key, value in vars(s).items() if value not in ("", None)} for s in made.segments
        ],
    }
    return row | ({"joins": made.joins} if made.joins else {})


def _message(testimony_id: str, row: dict[str, Any]) -> bytes:
    body = json.dumps([testimony_id, row], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return b"onggi-version1|" + body.encode()


def _verified(testimony_id: str, stored: dict[str, Any], known: dict[str, VerifyKey]) -> Version:
    try:
        row, by = {key: value for key, value in stored.items() if key != "by"}, stored["by"]
        key = VerifyKey.from_text(by["public"])
        if key.raw != known[by["name"]].raw or row["v"] != 1:
            raise ValueError
        key.verify(bytes.fromhex(by["signature"]), _message(testimony_id, row))
        segments = check(Segment(**each) for each in row["segments"])
        if row["text_sha256"] != digest_of(text_of(segments)) or row["lang"] not in LANGUAGES:
            raise ValueError
        if (row["kind"] == "supplemented") != bool(row.get("joins")):
            raise ValueError
    except (KeyError, TypeError, ValueError, CryptoError):
        raise VersionDamaged("a version is not the one that somebody known here has signed") from None
    return Version(
        testimony_id,
        row["number"],
        row["kind"],
        row["lang"],
        row["derived_from"],
        by["name"],
        row["day"],
        segments,
        row["text_sha256"],
        row["source_sha256"],
        row["program"],
        row["recording"],
        row.get("joins", ""),
    )
