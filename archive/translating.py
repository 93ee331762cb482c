"""A translation for readers, at the desk: written from the redacted words by one person, approved by another.

1. Who translates sees what readers will see, through the gate; what is hidden she need not know.
2. What stands in brackets in a paragraph stands in its translation as often: no hidden place is lost.
3. What still tells something hidden is refused when it is written, and again before every release; so is,
   of a child, what tells a place, a date or a number narrower than `WIDE` (R39).

She may begin with a translation of all the words, where one was approved (`begin_with`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from archive import people, roles
from archive.consent import TOO_NARROW, Rendition, rendition, require_granted
from archive.notices import AUDIENCE, USES
from archive.people import Person
from archive.redaction import replacing, translated
from archive.redaction.decision import verify
from archive.redaction.profiles import WIDE
from archive.redaction.translated import CHANGED, Translated, TranslationRefused, source_of
from archive.risk.sweep import Left
from archive.risk.translations import telling
from archive.testimony import LANGUAGES, Language, Segment
from archive.vault import Vault
from archive.versions import basis, record
from archive.versions.derivation import Version
from archive.versions.segments import check, tidy

BRACKETS: Final = re.compile(r"\[[^\[\]]*\]")

BRACKETED: Final = "what stands in brackets in a paragraph has to stand in its translation as often"
TELLS: Final = "something that is hidden in the original can be read in the translation"


@dataclass(frozen=True)
class Beside:
    """A translation as it stands at the desk, and whether it is of the words as they are now."""

    told: Translated = field(repr=False)
    is_current: bool


def source(vault: Vault, testimony_id: str) -> Rendition:
    """What readers may read, and so what is translated; `ConsentRefused` or `RedactionError` where none is.

    Only where she allowed that it be translated.
    """
    require_granted(vault, testimony_id, "translate", "archivists")
    return rendition(vault, testimony_id, USES[0], AUDIENCE, also=USES[1:])


def standing(vault: Vault, testimony_id: str) -> dict[Language, Beside]:
    """The translations for readers that there are, by language."""
    known, now = people.known(vault), source_of(verify(vault, testimony_id))
    found = dict[Language, Beside]()
    for lang in translated.languages(vault, testimony_id):
        told = translated.translated(vault, testimony_id, lang, known)
        found[lang] = Beside(told, told.of == now)
    return found


def begin_with(vault: Vault, testimony_id: str, lang: str) -> dict[str, str]:
    """The newest approved translation of the words that count, by segment, with all that is hidden."""
    found, counts = record.history(vault, testimony_id), basis.chosen(vault, testimony_id)
    for each in reversed(found):
        if each.kind == "approved" and each.lang == lang and counts in _sources(found, each.number):
            return {part.id: part.text for part in each.segments}
    return {}


def write(
    vault: Vault, person: Person, testimony_id: str, lang: Language, texts: Mapping[str, str], today: date
) -> None:
    """Sign *texts*, by segment, as the translation into *lang*; an earlier one and its approval are gone."""
    with vault.together():
        roles.require(vault, person, *roles.MARKERS)
        made = source(vault, testimony_id)
        if lang not in LANGUAGES or lang == made.lang:
            raise TranslationRefused("a translation is in another language than what it translates")
        told = [Segment(each.id, tidy(texts.get(each.id, ""))) for each in made.segments]
        parts = check(each for each in told if each.text)
        left = _require_fit(vault, replace(made, lang=lang, segments=parts, labels=()), made)
        found: list[translated.Place] = [(each.segment, each.start, each.end, each.kind) for each in left]
        words, of = {each.id: each.text for each in parts}, verify(vault, testimony_id)
        if made.profile == "child" and (at := replacing.narrower_elsewhere(of, words, lang, WIDE.rungs)):
            raise TranslationRefused(TOO_NARROW, at)
        translated.put(vault, person, of, lang, words, found, today.isoformat())


def approve(vault: Vault, person: Person, testimony_id: str, lang: str, digest: str) -> None:
    """Sign, as a second person, the translation that she has read, or change nothing."""
    with vault.together():
        roles.require(vault, person, "reviewer")
        source(vault, testimony_id)
        known = people.known(vault)
        found = translated.translated(vault, testimony_id, lang, known)
        if found.of != source_of(verify(vault, testimony_id)):
            raise TranslationRefused(CHANGED)
        if known[found.translator].raw == person.key.public.raw:
            raise TranslationRefused("you wrote this translation; a second person must approve")
        if found.digest != digest:
            raise TranslationRefused("this is not the translation that you read; read it again")
        translated.sign(vault, person, testimony_id, lang)
        translated.translated(vault, testimony_id, lang, known)


def _require_fit(vault: Vault, made: Rendition, of: Rendition) -> list[Left]:
    """What recognisers find in *made*; `TranslationRefused` when it tells, or leaves out, what is hidden."""
    originals = {each.id: each.text for each in of.segments}
    for each in made.segments:
        if len(BRACKETS.findall(each.text)) != len(BRACKETS.findall(originals[each.id])):
            raise TranslationRefused(BRACKETED, each.id)
    shows, left = telling(vault, made, of)
    if shows:
        raise TranslationRefused(TELLS, min(shows))
    return left


def _sources(found: Sequence[Version], number: int) -> set[int]:
    """Version *number* and all that it was derived from."""
    chain, at = {number}, found[number].derived_from
    while at is not None:
        chain.add(at)
        at = found[at].derived_from
    return chain
