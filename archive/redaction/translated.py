"""What researchers may read in another language: made of the redacted words, and approved by a second person.

1. It names by their digest the words it was made of. When they change, or what is hidden in them does,
   nothing of it leaves any more.
2. Two known people sign it, with what the recognisers found in it, so that both have seen that.
3. Kept under the testimony and the language, and destroyed with it; one row, the newest.

Format: docs/formats/redaction.md.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from archive.people import Person
from archive.redaction.decision import ApprovedText
from archive.redaction.sightings import letters
from archive.redaction.spans import RedactionError
from archive.testimony import LANGUAGES, Language
from archive.vault import Vault
from crypto.errors import CryptoError
from crypto.keys import VerifyKey

KIND: Final = "translated"
CHANGED: Final = "the words have changed since they were translated, or what is hidden in them"
Role = Literal["translator", "approver"]
Place = tuple[str, int, int, str]
"""A segment, the code points in it, and what a recogniser takes it for."""


class TranslationRefused(RedactionError):
    """A translation that cannot be kept, or may not be read outside; *segment* is where it is at fault."""

    def __init__(self, told: str, segment: str = "") -> None:
        super().__init__(told)
        self.segment = segment


@dataclass(frozen=True)
class Translated:
    """A translation as its translator signed it. *approver* is empty until a second person has."""

    lang: Language
    day: str
    of: str = field(repr=False)
    """The digest of the redacted words it was made of."""
    segments: tuple[tuple[str, str], ...] = field(repr=False)
    found: tuple[Place, ...] = field(repr=False)
    """What the recognisers found in it when it was written."""
    translator: str
    approver: str
    digest: str
    """By which a second person says which translation she has read."""

    @property
    def seen(self) -> frozenset[str]:
        """The letters of the words that both who signed have seen pointed out."""
        texts = dict(self.segments)
        return frozenset(letters(texts.get(id, "")[start:end]) for id, start, end, _ in self.found)


def source_of(text: ApprovedText) -> str:
    """The digest of redacted words, by which a translation names them."""
    told = json.dumps([text.version_sha256, text.segments], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(told.encode()).hexdigest()


def languages(vault: Vault, testimony_id: str) -> list[Language]:
    """The languages in which there is a translation, approved or not."""
    return [lang for lang in LANGUAGES if vault.holds(KIND, f"{testimony_id}:{lang}")]


def translated(vault: Vault, testimony_id: str, lang: str, known: Mapping[str, VerifyKey]) -> Translated:
    """The newest translation into *lang*, verified, or `TranslationRefused`."""
    try:
        stored = vault.json(KIND, f"{testimony_id}:{lang}")
        row = {key: value for key, value in stored.items() if key not in ("translator", "approver")}
        if row["v"] != 1 or row["lang"] != lang:
            raise ValueError
        signed = dict(_signed(testimony_id, row, stored, known))
        if "translator" not in signed or len({key.raw for _, key in signed.values()}) < len(signed):
            raise ValueError
        return Translated(
            row["lang"],
            row["day"],
            row["of"],
            tuple((str(id), str(text)) for id, text in row["segments"]),
            tuple((str(id), int(start), int(end), str(kind)) for id, start, end, kind in row["found"]),
            signed["translator"][0],
            signed["approver"][0] if "approver" in signed else "",
            hashlib.sha256(_message(testimony_id, row, "translator")).hexdigest()[:32],
        )
    except (KeyError, TypeError, ValueError, CryptoError):
        raise TranslationRefused("a translation is not the one that people known here have signed") from None


def approved(vault: Vault, text: ApprovedText, lang: str, known: Mapping[str, VerifyKey]) -> Translated:
    """The translation into *lang* that two people signed, of exactly these words, or `TranslationRefused`."""
    found = translated(vault, text.testimony_id, lang, known)
    if not found.approver:
        raise TranslationRefused("a second person has not approved this translation yet")
    if found.of != source_of(text):
        raise TranslationRefused(CHANGED)
    return found


def put(
    vault: Vault,
    person: Person,
    text: ApprovedText,
    lang: Language,
    segments: Mapping[str, str],
    found: list[Place],
    day: str,
) -> None:
    """Keep a translation of *text* that *person* signs; who asks has looked whether it may be kept."""
    row = {
        "v": 1,
        "lang": lang,
        "day": day,
        "version_sha256": text.version_sha256,
        "of": source_of(text),
        "segments": [[id, words] for id, words in segments.items()],
        "found": [list(each) for each in found],
    }
    _put(vault, person, text.testimony_id, row, {}, "translator")


def sign(vault: Vault, person: Person, testimony_id: str, lang: str) -> None:
    """Add *person*'s approval to the translation into *lang*; who asks has looked whether she may give it."""
    stored = vault.json(KIND, f"{testimony_id}:{lang}")
    row = {key: value for key, value in stored.items() if key not in ("translator", "approver")}
    _put(vault, person, testimony_id, row, {"translator": stored["translator"]}, "approver")


def _put(
    vault: Vault, person: Person, testimony_id: str, row: dict[str, Any], signers: dict[str, Any], role: Role
) -> None:
    signature = person.key.sign(_message(testimony_id, row, role)).hex()
    signer = {"name": person.name, "public": person.key.public.to_text(), "signature": signature}
    with vault.together():
        vault.put_json(KIND, f"{testimony_id}:{row['lang']}", {**row, **signers, role: signer})
        vault.journal.append(
            "cre" if role == "translator" else "app", person.name, [f"testimony:{testimony_id}"]
        )


def _signed(
    testimony_id: str, row: dict[str, Any], stored: dict[str, Any], known: Mapping[str, VerifyKey]
) -> Iterator[tuple[Role, tuple[str, VerifyKey]]]:
    roles: tuple[Role, ...] = ("translator", "approver")
    for role in roles:
        if role in stored:
            by, key = stored[role], VerifyKey.from_text(stored[role]["public"])
            if key.raw != known[by["name"]].raw:
                raise ValueError
            key.verify(bytes.fromhex(by["signature"]), _message(testimony_id, row, role))
            yield role, (by["name"], key)


def _message(testimony_id: str, row: dict[str, Any], role: Role) -> bytes:
    body = json.dumps([role, testimony_id, row], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return b"onggi-translated1|" + body.encode()
