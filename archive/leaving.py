"""What would leave now, byte for byte, and why the rest stays.

1. Every text comes through the consent gate, on the day of the asking.
2. Every text is looked through for what was hidden in it or in another, and the whole file once more (R16).
   The recognisers look at it once more too: what they find, and nobody chose to show, holds it back.
3. Identifiers are drawn at random and kept: they say nothing of arrival, and a citation stays good.
4. With the words go how hard each part is to read and, of a coding, what `coding.outside` lets out.
5. A translation that may not leave stays by itself; the words it was made of go without it.

Nothing is signed here and nobody's decision is made; `releasing` does that.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from archive import care, people
from archive.coding import outside, versions
from archive.consent import ConsentRefused, Rendition, rendition, translations
from archive.journal import Head
from archive.notices import AUDIENCE, USES
from archive.redaction import profiles
from archive.redaction.choices import shown
from archive.redaction.profiles import WIDE
from archive.redaction.residue import ResidueFound
from archive.redaction.sightings import Texts, letters, sighted
from archive.redaction.spans import RedactionError
from archive.risk.sweep import Left, spelt_elsewhere, swept, undecided
from archive.risk.translations import Elsewhere, telling
from archive.testimony import LANGUAGES, drawn
from archive.vault import UnknownRecord, Vault
from archive.working import Progress

TITLES: Final = {"kor": "증언", "zho": "证言", "eng": "Testimony"}
EVERYWHERE: Final = {"name", "contact", "number", "other"}
"""Categories that name one person: hidden in one testimony, they are looked for in all of them."""
SHOWS: Final = (
    "it still shows, in some spelling, what is hidden in it, or a name or number that is hidden in another"
)
SWEPT: Final = (
    "something in it may be a name, a contact or a number, or a hidden name in another spelling; "
    "hide it or choose to show it"
)

SEEN_BY_NOBODY: Final = (
    "the recognisers find something in it that was not pointed out to those who signed it; sign it anew"
)


@dataclass(frozen=True)
class Leaving:
    """What may leave and why the rest stays, as it was at this *head* of the journal."""

    head: Head
    made: tuple[Rendition, ...]
    refused: dict[str, str]
    left: dict[str, list[Left]] = field(repr=False)
    """What the second look found in those that it holds back."""
    lines: dict[str, str] = field(repr=False)
    """The line of each testimony, by the archive's own name of it."""
    untold: dict[str, str] = field(default_factory=dict)
    """Why a translation stays here, by testimony and language (`t-1:eng`)."""

    @property
    def body(self) -> bytes:
        """The file, byte for byte; its order says nothing of arrival."""
        return "".join(sorted(self.lines.values())).encode()


def look(vault: Vault, progress: Progress = lambda done, all: None) -> Leaving:
    """Look through everything, while others go on reading and writing."""
    head = vault.journal.head()
    made, refused, left, looked = _renditions(vault, progress)
    beside, untold = _translations(vault, made, looked)
    rungs = profiles.current(vault).rungs
    lines = {
        id: line(released_id(vault, id), each, vault, rungs, beside.get(id, ()))
        for id, each in ((str(each.testimony_id), each) for each in made)
    }
    return Leaving(head, tuple(made), refused, left, lines, untold)


def as_it_is(vault: Vault, looked: Leaving) -> Leaving:
    """What was seen, if nothing has happened since; else what is seen now, within this transaction."""
    return looked if vault.journal.head() == looked.head else look(vault)


def require_clean(
    vault: Vault,
    made: Sequence[Rendition],
    texts: Sequence[str],
    *,
    ours: Sequence[str] = (),
    ids: Iterable[str] = (),
) -> None:
    """The last look, at what would leave itself: `ResidueFound` when a name or number can be read in it.

    Where something else than a release leaves: *ours* is what it says besides of itself, without a word of a
    testimony, and *ids* are names of ours that no reader may know.
    """
    names = _everywhere(made)
    rungs = profiles.current(vault).rungs
    bare = [replace(each, segments=()) for each in made]
    empty = Texts(
        [line("", each, vault, rungs, [replace(each, lang=at) for at in LANGUAGES]) for each in bare]
    )
    frame = Texts(ours)
    # What our own keys, titles and codes say is no residue: somebody may have hidden the word `증언`.
    said = {name for name in names if empty.showing([name]) or frame.showing([name])}
    if Texts(texts).showing((names - said).union(ids)):
        raise ResidueFound("hidden words are still readable in what would leave; nothing was let out")


def line(
    released: str,
    each: Rendition,
    vault: Vault,
    rungs: Mapping[str, str] = WIDE.rungs,
    beside: Iterable[Rendition] = (),
) -> str:
    """A testimony's line: words, how hard its parts are, codes as *rungs* tell them, translations."""
    parts = [(s.id, s.text) for s in each.segments]
    levels = care.severity(vault, each.testimony_id, each.lang, parts)
    row: dict[str, Any] = {
        "id": released,
        "lang": each.lang,
        "quarter": each.quarter,
        "kind": each.kind,
        "title": f"{TITLES[each.lang]} {released}",
        "segments": [
            {"id": id, "text": text} | ({"severity": levels[id].level} if levels[id].level else {})
            for id, text in parts
        ],
    }
    if each.profile == "child":
        rungs = profiles.wider(rungs, WIDE.rungs)
    coded = outside.summary(versions.current(vault, each.testimony_id).life, rungs)
    row |= {"coding": coded} if coded else {}
    told = {made.lang: [{"id": s.id, "text": s.text} for s in made.segments] for made in beside}
    row |= {"translations": told} if told else {}
    return json.dumps(row, ensure_ascii=False) + "\n"


def released_id(vault: Vault, testimony_id: str) -> str:
    """The ten letters by which readers know a testimony, the same in every release."""
    if not vault.holds("released-id", testimony_id):
        vault.put_json("released-id", testimony_id, drawn())
    return str(vault.json("released-id", testimony_id))


def _renditions(
    vault: Vault, progress: Progress
) -> tuple[list[Rendition], dict[str, str], dict[str, list[Left]], list[Rendition]]:
    """What may leave, why the rest stays, what was found in it, and all that was looked at.

    A text that stays holds up no other.
    """
    made, refused, known = [], dict[str, str](), people.known(vault)
    left = dict[str, list[Left]]()
    names = list(vault.testimonies())
    for number, testimony_id in enumerate(names, 1):
        try:
            made.append(rendition(vault, testimony_id, USES[0], AUDIENCE, known, also=USES[1:]))
            left[str(testimony_id)] = swept(vault, made[-1])
        except UnknownRecord:
            continue  # shredded meanwhile; the journal says so, and it is all looked at once more
        except (ConsentRefused, RedactionError) as reason:
            refused[str(testimony_id)] = str(reason)
        progress(number, len(names))
    for name, more in spelt_elsewhere(made):
        left[name] = [*left[name], *more]
    found = {id: still for id, each in left.items() if each and (still := undecided(each, shown(vault, id)))}
    refused |= dict.fromkeys(found, SWEPT) | dict.fromkeys(_held_back(made), SHOWS)
    leaves = [each for each in made if each.testimony_id not in refused]
    return leaves, dict(sorted(refused.items())), found, made


def _translations(
    vault: Vault, leaves: Sequence[Rendition], looked: Sequence[Rendition]
) -> tuple[dict[str, list[Rendition]], dict[str, str]]:
    """What may leave beside each testimony in other languages, and why the rest stays here."""
    untold, clean, known = dict[str, str](), list[Rendition](), people.known(vault)
    for source in leaves:
        found, refused = translations(vault, source, known)
        untold |= {f"{source.testimony_id}:{lang}": reason for lang, reason in refused.items()}
        for each in found:
            shows, left = telling(vault, each, source)
            if shows:
                untold[f"{source.testimony_id}:{each.lang}"] = SHOWS
            elif any(letters(one.words) not in each.seen for one in left):
                untold[f"{source.testimony_id}:{each.lang}"] = SEEN_BY_NOBODY
            else:
                clean.append(each)
    showing = list(Elsewhere(looked, _everywhere(looked)).shown_in(clean)) if clean else []
    untold |= {f"{each.testimony_id}:{each.lang}": SHOWS for each in showing}
    beside = dict[str, list[Rendition]]()
    for each in clean:
        if each not in showing:
            beside.setdefault(str(each.testimony_id), []).append(each)
    return beside, untold


def _held_back(made: list[Rendition]) -> set[str]:
    """The testimonies that still show what is hidden in them, or a name or number hidden in another."""
    texts = ["\n".join(segment.text for segment in each.segments) for each in made]
    own = {
        each.testimony_id
        for each, text in zip(made, texts, strict=True)
        if sighted(text, {surface for _, surface in each.hidden})
    }
    return own | {made[number].testimony_id for number in Texts(texts).showing(_everywhere(made))}


def _everywhere(made: Iterable[Rendition]) -> set[str]:
    return {surface for each in made for category, surface in each.hidden if category in EVERYWHERE}
