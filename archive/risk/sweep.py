"""The second look, at what would leave: what the recognisers still find in it that nobody chose to show.

1. Looked for is who somebody is by a name, a contact or a number, where a recogniser is sure enough; and what
   is hidden in the same testimony, in any spelling that `spreading` knows: a part of a name, another script.
2. What a person chose to show is decided. Anything else is listed and holds its testimony back.
3. What was found is kept for the very words it was found in, as places in them and never as words, so that
   the next draft looks only at what is new. It goes with its testimony.

**Not** found: a sentence that tells who she is without a name. `docs/models.md` has how much is missed.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

import archive.redaction
from archive.consent import Rendition
from archive.redaction.chain import MODELS
from archive.redaction.decision import stored
from archive.redaction.plain import plain
from archive.redaction.sightings import letters
from archive.redaction.spans import LABELS
from archive.redaction.spellings import Spellings
from archive.redaction.spreading import spread
from archive.redaction.suggest import suggest
from archive.redaction.suggestion import Suggestion
from archive.redaction.worklist import DIRECT, LOOKING
from archive.vault import Vault

KIND: Final = "swept"
SURE: Final = 0.8
"""What a rule or a model is less sure of than this is not asked about again."""
SPELLING: Final = "spelling"
NAME: Final = "PER"

Part = tuple[str, str]
"""A segment's id and its words."""


@dataclass(frozen=True, order=True)
class Left:
    """Something in a redacted text that may tell who somebody is: code points of one segment."""

    segment: str
    start: int
    end: int
    kind: str
    """What the recogniser takes it for, or `SPELLING`: something that is hidden, spelt in another way."""
    words: str = field(repr=False, compare=False, default="")


def found(parts: Sequence[Part], names: Collection[str], labels: Collection[str]) -> list[Left]:
    """What is left in these *parts*: *names* are hidden in them, and *labels* stand in their place."""
    texts = [words for _, words in parts]
    with LOOKING:
        suggested = suggest(texts)
    again = spread(
        [plain(text) for text in texts], [()] * len(texts), [(name, NAME) for name in sorted(names)]
    )
    left = set[Left]()
    for (segment, words), mine, spelt in zip(parts, suggested, again, strict=True):
        covered = [each.span() for each in _of(labels).finditer(words)] if labels else []
        direct = [(each, each.kind) for each in mine if each.kind in DIRECT and _is_sure(each)]
        for each, kind in [*((each, SPELLING) for each in spelt), *direct]:
            for start, end in _outside(each.start, each.end, covered):
                if any(map(str.isalnum, words[start:end])):
                    left.add(Left(segment, start, end, kind, words[start:end]))
    return _apart(left)


def swept(vault: Vault, made: Rendition, *, beside: str = "") -> list[Left]:
    """What is left in one rendition, decided or not; looked for once, and kept for these words.

    *beside* names a text that stands beside it: its translation into this language.
    """
    name = f"{made.testimony_id}:{beside}" if beside else str(made.testimony_id)
    parts = [(each.id, each.text) for each in made.segments]
    names = sorted({surface for category, surface in made.hidden if category == "name"})
    standing = {mark.label(made.lang) for mark in stored(vault, made.testimony_id)}
    labels = sorted(standing | {named.get(made.lang, named["eng"]) for named in LABELS.values()})
    told = json.dumps([parts, names, labels, fingerprint()], ensure_ascii=False)
    version = hashlib.sha256(told.encode()).hexdigest()
    kept = vault.json(KIND, name) if vault.holds(KIND, name) else {}
    if kept.get("version") == version:
        return _read(kept["found"], parts)
    left = found(parts, names, labels)
    rows = [[each.segment, each.start, each.end, each.kind] for each in left]
    vault.put_json(KIND, name, {"version": version, "found": rows})
    return left


def spelt_elsewhere(made: Sequence[Rendition]) -> Iterator[tuple[str, list[Left]]]:
    """Where a whole name that is hidden in any of them stands in another script, by testimony."""
    names = Spellings(surface for each in made for category, surface in each.hidden if category == "name")
    for each in made:
        parts = ((s.id, s.text) for s in each.segments)
        left = [Left(id, *at, SPELLING, text[slice(*at)]) for id, text in parts for at in names.met(text)]
        if left:
            yield each.testimony_id, left


def undecided(left: Iterable[Left], shown: Iterable[str]) -> list[Left]:
    """What nobody chose to show. *shown* are the words that somebody did."""
    decided = {letters(words) for words in shown}
    return [each for each in left if letters(each.words) not in decided]


@cache
def fingerprint() -> str:
    """What the recognisers are: with other rules or models everything is looked through again."""
    told, here = hashlib.sha256(), Path(archive.redaction.__file__).parent
    for path in sorted([*here.glob("*.py"), *here.glob("*.json"), *MODELS.iterdir()]):
        told.update(hashlib.sha256(path.read_bytes()).digest())
    return told.hexdigest()


def _is_sure(each: Suggestion) -> bool:
    return each.probability >= SURE


def _read(rows: Iterable[Sequence[Any]], parts: Sequence[Part]) -> list[Left]:
    texts = dict(parts)
    return [Left(id, start, end, kind, texts[id][start:end]) for id, start, end, kind in rows]


def _of(labels: Collection[str]) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, sorted(labels, key=len, reverse=True))))


def _outside(start: int, end: int, covered: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The stretches between *start* and *end* that no label covers."""
    for left, right in covered:
        if left < end and start < right:
            if start < left:
                yield start, left
            start = right
    if start < end:
        yield start, end


def _apart(left: Iterable[Left]) -> list[Left]:
    """In order and each place once: the longest where two share letters."""
    kept, taken = list[Left](), dict[str, bytearray]()
    for each in sorted(left, key=lambda one: (one.start - one.end, one)):
        row = taken.setdefault(each.segment, bytearray())
        row.extend(bytes(max(0, each.end - len(row))))
        if not any(row[each.start : each.end]):
            row[each.start : each.end] = b"\1" * (each.end - each.start)
            kept.append(each)
    return sorted(kept)
