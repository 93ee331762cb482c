"""What might tell who somebody is, proposed for a person to decide: shapes, amounts, names, places.

1. Pure: text in, suggestions out. No disk but the models', no network, no vault.
2. The union of what the recognisers find, without an overlap; nothing that one of them saw is lost.
3. What was found once in a document is looked for in all of it, in its other spellings.

**Not** found: a sentence that tells who she is without a name ("the only one with twins"). A person reads on.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Final

from archive.redaction.amounts import glued
from archive.redaction.chain import chain
from archive.redaction.features import sentences
from archive.redaction.plain import Plain, plain
from archive.redaction.rules import Stretch, ruled, told
from archive.redaction.spreading import EXACT, spread
from archive.redaction.suggestion import EVERYDAY, FAINT, Suggestion, resolved
from archive.redaction.whole import whole
from archive.redaction.words import lexicon

LANGUAGES: Final = ("ko", "zh", "en")
PARTS: Final = ("model", "rules", "spreading")
THETA: Final = 0.98
"""Below this probability of being nothing, a unit is suggested: found rather than missed."""
SURE: Final = 0.9
"""A rule of this probability (a phone, a date with its year) is believed against any model."""
UNREAD: Final = 0.5
"""How likely a letter is nothing that no model has read."""
HANGUL: Final = re.compile("[\uac00-\ud7a3]")
HAN: Final = re.compile("[\u3400-\u9fff]")
LATIN: Final = re.compile("[A-Za-z\u00c0-\u024f]")


def suggest(
    texts: Sequence[str],
    *,
    language: str | None = None,
    theta: float = THETA,
    every_mention: bool = False,
    confirmed: Iterable[tuple[str, str]] = (),
    without: Collection[str] = (),
) -> list[tuple[Suggestion, ...]]:
    """Suggestions for each of the *texts* of one document, as code points of each.

    *confirmed*: surfaces and kinds that a person said to hide; they are looked for in all their spellings.
    *without*: which of `PARTS` to leave out, so that what each adds can be measured.
    """
    folded = [plain(text) for text in texts]
    found = [list(_recognised(each, language, theta, every_mention, without)) for each in folded]
    again = spread(folded, found, confirmed) if "spreading" not in without else [[] for _ in texts]
    return [resolved(text, (*each, *more)) for text, each, more in zip(texts, found, again, strict=True)]


def _recognised(
    folded: Plain, language: str | None, theta: float, every_mention: bool, without: Collection[str]
) -> Iterator[Suggestion]:
    stretches = list(_by_language(folded.text, language))
    found = list(ruled(folded, stretches))
    said = told(folded, found)
    found += glued(folded)
    nothing, taken = [UNREAD] * len(folded.text), bytearray(len(folded.text))
    for start, end, spoken in stretches:
        model = chain(spoken, every_mention)
        if model is not None and "model" not in without:
            reading = model.read(folded, said, start, end, theta)
            nothing[start:end] = reading.nothing
            for each in whole((*reading.named, *reading.faint), folded, spoken):
                if every_mention or each.kind != "KIN" or not _bare(each, folded, spoken):
                    yield each
            for each in reading.named:
                at = slice(folded.folded(each.start), folded.folded(each.end))
                taken[at] = b"\1" * (at.stop - at.start)
    for each in found if "rules" not in without else ():
        if (every_mention or each.rank != EVERYDAY) and _stands(each, folded, nothing, taken, theta):
            yield each


def _stands(each: Suggestion, folded: Plain, nothing: list[float], taken: bytearray, theta: float) -> bool:
    """Whether what a rule found stands beside the model, which may hold it for nothing.

    Rule and model are weighed as two witnesses: the odds are multiplied. Of letters that the model names, it
    says itself what they are; the others decide. What has a shape, and what is everyday and asked for, needs
    no second witness. Of what is faint the slider decides, whatever the model says.
    """
    here = range(folded.folded(each.start), folded.folded(each.end))
    free = [nothing[at] for at in here if not taken[at] and folded.text[at].isalnum()]
    if each.kind in EXACT or each.rank == EVERYDAY or each.probability >= SURE or not free:
        return True
    if each.rank == FAINT:
        return each.theta < theta
    against = min(free) * (1 - each.probability)
    return against < max(theta, 0.5) * (against + (1 - min(free)) * each.probability)


def _bare(each: Suggestion, folded: Plain, language: str) -> bool:
    """Whether this is a word for kin and no more: who is not told by it."""
    at = bisect_left(folded.starts, each.start)
    end = bisect_left(folded.starts, each.end)
    return folded.text[at:end].lower() in lexicon(f"{language}_kin")


def _by_language(text: str, language: str | None) -> Iterator[Stretch]:
    """Stretches of sentences in one language, told from the script that most of its letters are of."""
    if language is not None:
        yield 0, len(text), language
        return
    at, before = 0, ""
    for start, end in sentences(text):
        spoken = _script(text[start:end]) or before
        if before and spoken != before:
            yield at, start, before
            at = start
        before = spoken
    if before:
        yield at, len(text), before


def _script(text: str) -> str:
    counted = {
        # A syllable or a Chinese sign says as much as two or three Latin letters.
        "ko": 2 * len(HANGUL.findall(text)),
        "zh": 2 * len(HAN.findall(text)),
        "en": len(LATIN.findall(text)),
    }
    most = max(counted, key=lambda each: counted[each])
    return most if counted[most] else ""
