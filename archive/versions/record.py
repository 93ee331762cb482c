"""The versions of a testimony: each derived from one before it, signed by who made it, and never changed.

1. Version 0 is what was received, and is kept nowhere twice; the others lie under the id and their number.
2. What may be derived from what is a table in `derivation`.
3. A version that was changed, renumbered or put in another's name does not verify; nor one whose source was.
4. Of what has words of a telling that was taken back or destroyed, the place is left and no word (`gone`).

Format: docs/formats/version.md.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final

from archive import people, roles
from archive.errors import ArchiveError
from archive.people import Person
from archive.standing import is_taken_back, require_not_taken_back
from archive.testimony import LANGUAGES, Language, Segment
from archive.vault import Vault
from archive.versions.derivation import (
    KINDS,
    Kind,
    Version,
    among,
    follows,
    highest,
    joined,
    received,
    require,
)
from archive.versions.segments import check, digest_of, number_of, text_of
from crypto.errors import CryptoError
from crypto.keys import VerifyKey

KIND: Final = "version"
PLACE: Final = ("v", "number", "kind", "lang", "derived_from", "day", "joins")
"""What stays of a version whose words are gone."""
DESTROYED: Final = "destroyed"
"""Kind of the signed decisions by which testimonies were destroyed (`keeping.shredding`)."""


class VersionDamaged(ArchiveError):
    """A stored version is not the one that a known person signed."""


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
            if made.number != len(found) or not (made.gone or follows(made, found)):
                raise VersionDamaged(
                    "a version is not in its place, or its source is another than was signed"
                )
            found.append(made)
        back = {each.joins for each in found if each.joins and is_taken_back(vault, each.joins)}
        return [_without(each, back & {*joined(found, each.number)}) for each in found]


def version(vault: Vault, testimony_id: str, number: int) -> Version:
    """The version of this number, or `VersionRefused`."""
    return among(history(vault, testimony_id), number)


def leave_place(vault: Vault, testimony_id: str, number: int, later: str) -> None:
    """Destroy the words of version *number*, which had some of *later*; its place and its source stay."""
    row = vault.json(KIND, name := f"{testimony_id}:{number}")
    last = max(number_of(each["id"]) for each in row["segments"])
    kept = {key: row.get(key, "") for key in PLACE}
    author = row["by"]["name"]
    vault.put_json(KIND, name, {**kept, "author": author, "gone": later, "highest": last})


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
        require(made, found, len(vault.testimony(testimony_id).attachments))
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


def _without(made: Version, back: set[str]) -> Version:
    if not back or made.gone:
        return made
    return replace(made, segments=(), text_sha256="", source_sha256="", gone=min(back), highest=highest(made))


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
