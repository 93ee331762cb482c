"""What is told of a draft before somebody signs it: who is alone, what may be left, what links.

1. Read from what waits in the vault; nothing is decided, and nothing leaves this process.
2. Several figures, each with what it does not say, and never one score.
3. What links is sought among the words that archivists may search, through the gate.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from archive import ledger
from archive.consent import ConsentRefused, granted, rendition
from archive.notices import AUDIENCE, USES
from archive.redaction import choices, seeds
from archive.redaction.decision import marks_of
from archive.redaction.spans import RedactionError
from archive.release import RedactedTestimony, testimony_of
from archive.risk import leaks, linking
from archive.risk.chance import Interval, wilson
from archive.risk.leaks import Leaks
from archive.risk.linking import Link, Progress
from archive.risk.sweep import Left, Part, undecided
from archive.testimony import LANGUAGES, Language
from archive.vault import UnknownRecord, Vault

SENTENCE: Final[dict[Language, str]] = {
    "kor": "가리면 알아볼 가능성이 줄어듭니다. 그러나 이 사람을 알던 이들에게까지 "
    "이 사람을 숨겨 주지는 못합니다.",
    "zho": "遮盖会降低被认出的可能；但对认识她的人来说，她并不会因此成为无名的人。",
    "eng": "Masking reduces the chance of recognition; it does not make this person anonymous to those "
    "who knew them.",
}
"""What is true of every release, whatever the figures say."""


@dataclass(frozen=True)
class Held:
    """A testimony that the second look holds back. *left* is None when its words have changed since."""

    testimony_id: str
    lang: str
    parts: tuple[Part, ...] = field(repr=False)
    left: tuple[Left, ...] | None


@dataclass(frozen=True)
class Caught:
    """How many planted words reviewers caught, and what second readers still recognised."""

    planted: int
    caught: int
    rate: Interval | None
    """Wilson's interval; None where nothing was planted."""
    tries: int
    typed: int
    still_seen: int


def release(vault: Vault) -> dict[str, RedactedTestimony]:
    """The draft that waits, by the archive's own names."""
    return {id: testimony_of(told) for id, told in ledger.waiting(vault).items()}


def held(vault: Vault) -> list[Held]:
    """What the last look held back, may still be read, and nobody has chosen to show since."""
    found = []
    for id, (digest, places) in ledger.left(vault).items():
        try:
            made = rendition(vault, id, USES[0], AUDIENCE, also=USES[1:])
        except (ConsentRefused, RedactionError, UnknownRecord):
            continue
        texts = {each.id: each.text for each in made.segments}
        left = [Left(s, a, b, kind, texts.get(s, "")[a:b]) for s, a, b, kind in places]
        if ledger.digest_of(left) != digest:
            found.append(Held(id, made.lang, tuple(texts.items()), None))
        elif open_still := undecided(left, choices.shown(vault, id)):
            found.append(Held(id, made.lang, tuple(texts.items()), tuple(open_still)))
    return found


def expected(vault: Vault, told: Mapping[str, RedactedTestimony]) -> Leaks:
    """How many identifiers may be left in these testimonies, from what is hidden in them."""
    reviews = vault.every("review")
    hidden = Counter(
        (each.lang, mark.category) for id, each in told.items() for mark in marks_of(reviews.get(id, {}))
    )
    signs = Counter[str]()
    for each in told.values():
        signs[each.lang] += sum(len(segment.text) for segment in each.segments)
    known = {lang: many for lang, many in signs.items() if lang in LANGUAGES}
    return leaks.leaks(hidden, known)


def caught(vault: Vault, told: Mapping[str, RedactedTestimony]) -> Caught:
    """What was planted and caught, and tried, in these testimonies."""
    passes = [row for id in told for row in seeds.counted(vault, id)]
    tries = [each for id in told for each in choices.tries(vault, id)]
    planted, hit = sum(row[1] for row in passes), sum(row[2] for row in passes)
    typed, seen = sum(each.typed for each in tries), sum(each.still_seen for each in tries)
    return Caught(planted, hit, wilson(hit, planted), len(tries), typed, seen)


def linked(
    vault: Vault,
    told: Mapping[str, RedactedTestimony],
    public: Mapping[str, str],
    progress: Progress = lambda done, all: None,
) -> dict[str, list[Link]]:
    """The texts nearest to each, of the other testimonies as they were told and of *public* ones by name."""
    targets = {id: "\n".join(s.text for s in each.segments) for id, each in told.items()}
    allowed = granted(vault, vault.testimonies(), "index_search", "archivists", {})
    holdings = {str(made.testimony_id): "\n".join(s.text for s in made.segments) for made in allowed}
    return linking.links(targets, holdings | dict(public), progress)
