"""What might tell who somebody is, proposed for a person to decide: shapes, amounts, names, places.

1. Pure: text in, suggestions out. No disk but the models', no network, no vault.
2. The union of what the recognisers find, without an overlap; nothing that one of them saw is lost.
3. What was found once in a document is looked for in all of it, in its other spellings.

**Not** found: a sentence that tells who she is without a name ("the only one with twins"). A person reads on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from archive.redaction.amounts import amounts
from archive.redaction.plain import Plain, plain
from archive.redaction.shapes import shaped
from archive.redaction.suggestion import Suggestion, resolved

LANGUAGES: Final = ("ko", "zh", "en")
THETA: Final = 0.98
"""Below this probability of being nothing, a unit is suggested: found rather than missed."""


def suggest(
    texts: Sequence[str], *, language: str | None = None, theta: float = THETA, every_mention: bool = False
) -> list[tuple[Suggestion, ...]]:
    """Suggestions for each of the *texts* of one document, as code points of each."""
    folded = [plain(text) for text in texts]
    found = [list(_recognised(each)) for each in folded]
    return [resolved(text, each) for text, each in zip(texts, found, strict=True)]


def _recognised(folded: Plain) -> Iterator[Suggestion]:
    yield from shaped(folded)
    yield from amounts(folded)
