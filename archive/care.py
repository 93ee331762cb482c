"""Who reads is looked after: how hard each part is to read, and how much of it one person is given (R23-R28).

1. A word list proposes a severity of 0 to 3 for each part; a person confirms or changes it. Until then the
   proposal counts.
2. A part of severity 3 is closed until somebody opens it on purpose; a person's summary stands there.
3. What somebody opened is journalled without content, and added up for herself alone.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

from archive import roles
from archive.errors import ArchiveError
from archive.people import Person
from archive.standing import require_not_taken_back
from archive.testimony import Testimony
from archive.vault import Vault

LEVELS: Final = (0, 1, 2, 3)
SEVERE: Final = 3
LONGEST: Final = 300
"""Letters of a summary: a line, and no retelling."""
RECORD: Final = "severity"
LISTS: Final = Path(__file__).with_name("severity.json")


class CareRefused(ArchiveError):
    """A severity or a setting that there is not."""


@dataclass(frozen=True)
class Severity:
    """How hard one part is to read; *by* is who said so, or nobody yet."""

    level: int
    summary: str = field(repr=False, default="")
    by: str | None = None


@dataclass(frozen=True)
class Pace:
    """When a rest is due, in minutes of work, and how many severe testimonies follow one another at most."""

    minutes: int = 45
    in_a_row: int = 3


@dataclass(frozen=True)
class Exposure:
    """How many severe parts one person opened."""

    today: int
    ever: int


@cache
def _pattern(lang: str, level: int) -> re.Pattern[str]:
    lists = json.loads(LISTS.read_text("utf-8"))
    words = "|".join(re.escape(unicodedata.normalize("NFC", word)) for word in lists[lang][str(level)])
    # Hangul and Hanzi stand without spaces; a Latin word must not begin inside another.
    return re.compile(rf"(?<!\w)(?:{words})" if lang == "eng" else words, re.IGNORECASE)


def proposed(text: str, lang: str) -> int:
    """What the word list says of a part, 0 to 3. It knows words and not what is told with them."""
    plain = unicodedata.normalize("NFC", text)
    return next((level for level in reversed(LEVELS[1:]) if _pattern(lang, level).search(plain)), 0)


def severity(
    vault: Vault, testimony_id: str, lang: str, segments: Iterable[tuple[str, str]]
) -> dict[str, Severity]:
    """Of each part, by its name, what a person said or else what the list proposes."""
    said = vault.json(RECORD, testimony_id) if vault.holds(RECORD, testimony_id) else {}
    return {
        id: Severity(*said[id]) if id in said else Severity(proposed(text, lang)) for id, text in segments
    }


def judge(vault: Vault, person: Person, told: Testimony, segment: str, level: int, summary: str) -> None:
    """Keep what *person* says of a part, or raise `CareRefused` or `roles.RoleRefused`."""
    summary = " ".join(summary.split())
    if level not in LEVELS:
        raise CareRefused("a severity is 0, 1, 2 or 3")
    if len(summary) > LONGEST:
        raise CareRefused(f"a summary is one line of at most {LONGEST} letters")
    with vault.together():
        roles.require(vault, person, *roles.MARKERS)
        require_not_taken_back(vault, told.id)
        if segment not in {each.id for each in told.segments}:
            raise CareRefused("there is no part of this name")
        said = vault.json(RECORD, told.id) if vault.holds(RECORD, told.id) else {}
        vault.put_json(RECORD, told.id, said | {segment: [level, summary, person.name]})
        vault.journal.append("mod", person.name, [f"testimony:{told.id}", f"part:{segment}"])


def opened(vault: Vault, person: Person, testimony_id: str, segments: Iterable[str]) -> None:
    """Journal that *person* opened severe parts, one event for each (R36)."""
    with vault.together():
        for segment in segments:
            vault.journal.append("dsp", person.name, [f"testimony:{testimony_id}", f"part:{segment}"])


def exposure(vault: Vault, person: Person, today: date) -> Exposure:
    """What *person*, whose key is open, has opened herself. There is no such number of anybody else."""
    days = [e.at[:10] for e in vault.journal.events() if e.type == "dsp" and e.agent == person.name]
    return Exposure(days.count(today.isoformat()), len(days))


def hand_over(vault: Vault, person: Person, testimony_id: str) -> None:
    """Leave a testimony to the others. No reason is asked, and the journal does not say who."""
    with vault.together():
        kept = vault.json("handed", testimony_id) if vault.holds("handed", testimony_id) else []
        vault.put_json("handed", testimony_id, sorted({*kept, person.name}))
        vault.journal.append("mod", "archive", [f"testimony:{testimony_id}"])


def handed_over(vault: Vault) -> dict[str, list[str]]:
    """The testimonies that somebody left to the others, and who is not asked again."""
    return vault.every("handed")


def pace(vault: Vault) -> Pace:
    """How much this archive gives one person at a time."""
    return Pace(**vault.json("setting", "pace")) if vault.holds("setting", "pace") else Pace()


def set_pace(vault: Vault, chosen: Pace) -> None:
    """Keep another pace, or raise `CareRefused`."""
    if not (5 <= chosen.minutes <= 240 and 1 <= chosen.in_a_row <= 20):
        raise CareRefused("a rest is due after 5 to 240 minutes, and 1 to 20 severe ones follow one another")
    with vault.together():
        vault.put_json("setting", "pace", {"minutes": chosen.minutes, "in_a_row": chosen.in_a_row})
        vault.journal.append("mod", "archive", ["setting:pace"])


def notice(vault: Vault) -> str | None:
    """Where help is, as this archive wrote it; or None, and the page says it in general."""
    return str(vault.json("setting", "help")) if vault.holds("setting", "help") else None


def set_notice(vault: Vault, text: str) -> None:
    """Keep where help is: plain text, shown beside everything severe (R27)."""
    if not text.strip() or len(text) > 4000:
        raise CareRefused("the notice is a text of at most 4,000 letters")
    with vault.together():
        vault.put_json("setting", "help", text.strip())
        vault.journal.append("mod", "archive", ["setting:help"])


def severe(vault: Vault, testimony_id: str, lang: str, segments: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The parts that are closed until somebody opens them, with their summaries."""
    found = severity(vault, testimony_id, lang, segments)
    return {id: each.summary for id, each in found.items() if each.level >= SEVERE}
