"""What might tell who somebody is, proposed for a person to decide: shapes, amounts, names, places.

1. Pure: text in, suggestions out. No disk but the models', no network, no vault.
2. The union of what the recognisers find, without an overlap; nothing that one of them saw is lost.
3. What was found once in a document is looked for in all of it, in its other spellings.

**Not** found: a sentence that tells who she is without a name ("the only one with twins"). A person reads on.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from archive.redaction import chinese, english, korean
from archive.redaction.amounts import amounts
from archive.redaction.chain import chain
from archive.redaction.features import sentences
from archive.redaction.plain import Plain, plain
from archive.redaction.shapes import shaped
from archive.redaction.spreading import spread
from archive.redaction.suggestion import Suggestion, resolved
from archive.redaction.words import lexicon

LANGUAGES: Final = ("ko", "zh", "en")
RULES: Final = {"ko": korean.found_in, "zh": chinese.found_in, "en": english.found_in}
THETA: Final = 0.98
"""Below this probability of being nothing, a unit is suggested: found rather than missed."""
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
) -> list[tuple[Suggestion, ...]]:
    """Suggestions for each of the *texts* of one document, as code points of each.

    *confirmed*: surfaces and kinds that a person said to hide; they are looked for in all their spellings.
    """
    folded = [plain(text) for text in texts]
    found = [list(_recognised(each, language, theta, every_mention)) for each in folded]
    again = spread(folded, found, confirmed)
    return [resolved(text, (*each, *more)) for text, each, more in zip(texts, found, again, strict=True)]


def _recognised(
    folded: Plain, language: str | None, theta: float, every_mention: bool
) -> Iterator[Suggestion]:
    yield from shaped(folded)
    yield from amounts(folded)
    for start, end, spoken in _by_language(folded.text, language):
        for left, right, kind, probability, reason, rank in RULES[spoken](
            folded.text[start:end], every_mention
        ):
            here = folded.original(start + left, start + right)
            yield Suggestion(*here, kind, probability, reason, rank)
        model = chain(spoken, every_mention)
        if model is not None:
            for each in model.suggestions(folded, start, end, theta):
                if every_mention or each.kind != "KIN" or not _bare(each, folded, spoken):
                    yield each


def _bare(each: Suggestion, folded: Plain, language: str) -> bool:
    """Whether this is a word for kin and no more: who is not told by it."""
    at = bisect_left(folded.starts, each.start)
    end = bisect_left(folded.starts, each.end)
    return folded.text[at:end].lower() in lexicon(f"{language}_kin")


def _by_language(text: str, language: str | None) -> Iterator[tuple[int, int, str]]:
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
