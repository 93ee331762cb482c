"""The archivists' own collection: what they may find among the words as they were told, and by what is coded.

1. Everything comes through the gate; what may not be searched by archivists is in no result and in no count.
2. The index and all that is known beside it are in memory only. What the analyzer made of each text is kept
   in the vault, sealed under a key of its own and destroyed with it, so that the next index takes seconds.
3. Filters narrow what words found. Somebody is found by a name that is coded, in any testimony (`person`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from archive import consent, people
from archive.coding import versions as codings
from archive.coding.record import Life
from archive.consent import granted
from archive.journal import Head
from archive.redaction.sightings import letters
from archive.search.document import Document
from archive.search.index import Index, Results
from archive.standing import choices
from archive.testimony import Grant
from archive.vault import CUT, UnknownRecord, Vault, VaultError
from archive.vocabulary.places import province

CODED: Final = (
    "act_terms",
    "recruitment",
    "control",
    "exploitation",
    "sex_exploitation",
    "legal_instruments",
)
"""The fields of an act whose codes are looked for, besides its type, its venue and its provinces."""


@dataclass(frozen=True)
class Wanted:
    """What is looked for beside the words. Empty, everything is; all *codes* have to be there."""

    stage: str = ""
    lang: str = ""
    quarter: str = ""
    codes: tuple[str, ...] = ()
    grant: Grant | None = None
    person: str = field(default="", repr=False)


@dataclass(frozen=True)
class Facts:
    """What is known of one testimony beside its words."""

    stage: str
    allowed: frozenset[Grant]
    codes: frozenset[str]
    people: frozenset[str] = field(repr=False)


class Collection:
    """What may be found now. Made anew by `collection` when a testimony, a choice or a policy changed."""

    def __init__(self, vault: Vault, progress: Callable[[int], None] = lambda done: None) -> None:
        self._checked: Head = vault.journal.head()
        self._made_of: Final = _made_of(vault)
        self.index, self.refused = private_index(vault, progress)
        self._vault, self._facts = vault, dict[str, Facts]()
        self._seen: Head | None = None

    @property
    def ids(self) -> list[str]:
        """The testimonies that can be found."""
        return self.index.ids

    def text(self, id: str) -> str:
        """The words of one testimony, as the gate handed them out."""
        return "\n".join(text for _, text in self._document(id).segments)

    def language(self, id: str) -> str:
        return self._document(id).lang

    def _document(self, id: str) -> Document:
        found = self.index.document(id)
        if found is None:
            raise UnknownRecord("no testimony of this name can be found")
        return found

    def is_current(self) -> bool:
        """Whether nothing has changed since about what may be found."""
        head = self._vault.journal.head()
        if head != self._checked and self._made_of == _made_of(self._vault):
            self._checked = head
        return head == self._checked

    def search(self, words: str, wanted: Wanted = Wanted(), *, start: int = 0, size: int = 20) -> Results:
        """Testimonies with these words for which *wanted* holds; `search.words.QueryRefused`."""
        filters = {"lang": wanted.lang, "quarter": wanted.quarter}
        asked = {name: value for name, value in filters.items() if value}
        return self.index.search(words, asked, within=self._within(wanted), start=start, size=size)

    def facts(self) -> Mapping[str, Facts]:
        """Stage, codes and named people of each, as they are now."""
        head = self._vault.journal.head()
        if head != self._seen:
            self._facts, self._seen = _facts(self._vault, self.ids), head
        return self._facts

    def codes(self) -> dict[str, int]:
        """Which codes there are, with how many testimonies have each."""
        counted = Counter(code for each in self.facts().values() for code in each.codes)
        return dict(sorted(counted.items()))

    def _within(self, wanted: Wanted) -> frozenset[str] | None:
        if not (wanted.stage or wanted.codes or wanted.grant or wanted.person):
            return None
        facts, who = self.facts(), letters(wanted.person)
        return frozenset(
            id
            for id, each in facts.items()
            if wanted.stage in ("", each.stage)
            and set(wanted.codes) <= each.codes
            and (not wanted.grant or wanted.grant in each.allowed)
            and (not wanted.person or who in each.people)
        )


def private_index(
    vault: Vault, progress: Callable[[int], None] = lambda done: None
) -> tuple[Index, dict[str, str]]:
    """The index, and why each of the others may not be found."""
    refused: dict[str, str] = {}
    allowed = granted(vault, vault.testimonies(), "index_search", "archivists", refused)
    documents = (
        Document(r.testimony_id, r.lang, r.quarter, r.kind, tuple((s.id, s.text) for s in r.segments))
        for r in allowed
    )
    index = Index(documents, progress, _Cuts(vault))
    findable = set(index.ids)
    vault.store.remove((CUT, id) for id in vault.names(CUT) if id not in findable)
    return index, refused


class _Cuts:
    """The cuts of the archivists' own collection, in the vault."""

    def __init__(self, vault: Vault) -> None:
        self._vault, self._store, self._made_of = vault, vault.store, _made_of(vault)

    def read(self, ids: Sequence[str]) -> dict[str, bytes]:
        with self._store.together():
            return {id: cut for id in ids if (cut := self._cut(id))}

    def _cut(self, id: str) -> bytes:
        try:
            return self._store.get(CUT, id)
        except (UnknownRecord, VaultError):
            return b""  # made anew; a damaged one too

    def keep(self, made: dict[str, bytes]) -> None:
        with self._store.together():
            # Words that somebody destroyed while they were read must not come back with their cut.
            if _made_of(self._vault) == self._made_of:
                for id, cut in made.items():
                    self._store.put(CUT, id, cut)


def codes_of(life: Life) -> frozenset[str]:
    """Every code of a life by which it is found: what was done, how, where (ISO 3166-2)."""
    found: set[str] = set()
    for act in life.acts:
        found |= {act.type, act.venue_type, act.industry}
        found |= {code for name in CODED for code in getattr(act, name)}
        ways = [place for move in act.movements for place in (move.from_ref, move.to_ref)]
        found |= {province(place) for place in (act.place_ref, *ways) if place}
    return frozenset(found - {""})


def names_of(life: Life) -> frozenset[str]:
    """The letters of every name that is coded, in either order of its words."""
    spelt = (form for each in life.actors for name in each.names for form in (name.form, name.romanisation))
    return frozenset(way for form in spelt if form for way in (letters(form), letters(_turned(form))))


def _facts(vault: Vault, ids: list[str]) -> dict[str, Facts]:
    now = consent.known_of(vault)
    lives = dict(_lives(vault, ids, people.known(vault)))
    nothing = codings.NOTHING
    return {
        id: Facts(*now[id], codes_of(lives.get(id, nothing)), names_of(lives.get(id, nothing)))
        for id in ids
        if id in now
    }


def _lives(vault: Vault, ids: list[str], known: Mapping[str, Any]) -> Iterator[tuple[str, Life]]:
    coded = {name for name in vault.names(codings.KIND) if ":" not in name}
    for id in ids:
        if id in coded:
            try:
                yield id, codings.current(vault, id, known).life
            except codings.CodingDamaged:
                continue  # it is found by its words; what is coded of it nobody can vouch for


def _made_of(vault: Vault) -> tuple[Any, ...]:
    """Another value when something else may be found than before."""
    return tuple(vault.testimonies()), choices(vault)


def _turned(name: str) -> str:
    return " ".join(reversed(name.split()))
