"""The open form: the newest release as a bag that any archive can take, verify and read.

What is in it has left already, by two signatures: words redacted and allowed, codes as wide as they went out.
Every byte is looked through once more for what was hidden.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

from archive import keyring, releasing
from archive.consent import rendition
from archive.journal import Event
from archive.leaving import require_clean
from archive.notices import AUDIENCE, USES
from archive.people import Person
from archive.preservation import records
from archive.preservation.bags import bag
from archive.release import RedactedTestimony, verify
from archive.testimony import TAGS
from archive.vault import Vault
from crypto import durable


def write(vault: Vault, person: Person, number: int, into: Path, today: date) -> int:
    """The release of this number as the new bag *into*; how many testimonies it holds.

    Raises `releasing.ReleaseRefused` for one that is not the newest or that somebody no longer allows,
    `ResidueFound` when a hidden word can be read, and `BagRefused`.
    """
    origin = keyring.origin(vault)
    told = {
        "Source-Organization": origin,
        "External-Identifier": f"{origin}/release/{number}",
        "External-Description": "Redacted testimonies, as two people of the archive released them",
        "Bagging-Date": today.isoformat(),
        "Bag-Software-Agent": "Onggi",
    }
    with vault.together():
        with bag(into, told) as payload:
            releasing.write(vault, number, payload / "release", today)
            made = verify(payload / "release", keyring.root(vault), origin, today).testimonies
            ours, history = _ours(vault), records.histories(vault.journal.events())
            for each in made:
                for name, content in _files(
                    each, history.get(f"testimony:{ours[each.id]}", []), number, origin
                ):
                    path = payload / "testimonies" / each.id / name
                    path.parent.mkdir(parents=True, exist_ok=True)
                    durable.write(path, content)
            frame = [replace(each, segments=(), coding={}, translations={}) for each in made]
            said = [told for each in frame for _, told in _files(each, [], number, origin)]
            _look_through(vault, payload, [ours[each.id] for each in made], said)
        vault.journal.append("pac", person.name, [f"release:{number}"])
    return len(made)


def _ours(vault: Vault) -> dict[str, str]:
    """The archive's own name of everything that has one outside."""
    return {str(public): id for id, public in vault.every("released-id").items()}


def _files(
    each: RedactedTestimony, done: list[Event], number: int, origin: str
) -> Iterator[tuple[str, bytes]]:
    yield "words.txt", "\n\n".join(s.text for s in each.segments).encode() + b"\n"
    for lang, parts in each.translations.items():
        yield f"words.{TAGS.get(lang, lang)}.txt", "\n\n".join(s.text for s in parts).encode() + b"\n"
    told = {
        "identifier": f"{origin}/{each.id}@{number}",
        "title": each.title,
        "language": TAGS.get(each.lang, each.lang),
        "type": "Text",
        "format": "text/plain",
        "created": each.quarter,
        "rights": "Read under the terms of the archive; her consent may change, ask for the newest notice.",
        "accessRights": AUDIENCE,
        "isPartOf": f"{origin}/release/{number}",
    }
    if each.coding.get("exploitation"):
        told["subject"] = "; ".join(each.coding["exploitation"])
    if each.coding.get("year"):
        told["temporal"] = "/".join(dict.fromkeys((each.coding["year"][0], each.coding["year"][-1])))
    yield "description.xml", records.description(told)
    yield "events.xml", records.counted(each.id, done)


def _look_through(vault: Vault, payload: Path, ids: list[str], said: list[bytes]) -> None:
    made = [rendition(vault, id, USES[0], AUDIENCE, also=USES[1:]) for id in ids]
    paths = sorted(path for path in payload.rglob("*") if path.is_file())
    texts = [path.read_text("utf-8") for path in paths]
    require_clean(vault, made, texts, ours=[each.decode() for each in said], ids=ids)
