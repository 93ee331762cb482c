"""Whether a translation for readers still tells what is hidden in the words it was made of.

1. Looked for is what is hidden in the testimony: as it is spelt there, names in other scripts, places under
   the other names that the gazetteer has, and numbers by their digits. Nobody can choose to show these.
2. What is hidden in other testimonies is looked for as in every text that leaves.
3. What else the recognisers find, both who sign a translation have seen; anything more holds it back.

**Not** found: a nickname that was translated, pinyin of a Korean name, a place that no gazetteer has.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Final

from archive.consent import Rendition
from archive.redaction.gazetteer import meaning, names_of
from archive.redaction.plain import plain
from archive.redaction.sightings import Texts, sighted
from archive.redaction.spellings import Spellings
from archive.redaction.spreading import spread
from archive.risk.sweep import NAME, Left, swept
from archive.vault import Vault

DIGITS: Final = re.compile(r"\d{3,}")
"""Of a hidden number or date; two digits are an age, a day or a price in any text."""


def telling(vault: Vault, made: Rendition, source: Rendition) -> tuple[set[str], list[Left]]:
    """The segments of *made* that show something hidden in *source*, and what recognisers found in it."""
    told = " ".join(segment.text for segment in source.segments)
    sought = {form for category, surface in source.hidden for form in _forms(category, surface, told)}
    names = [(surface, NAME) for category, surface in sorted(source.hidden) if category == "name"]
    spelt = spread([plain(each.text) for each in made.segments], [()] * len(made.segments), names)
    shows = {
        each.id for each, name in zip(made.segments, spelt, strict=True) if name or sighted(each.text, sought)
    }
    return shows, swept(vault, made, beside=made.lang)


class Elsewhere:
    """What is hidden in all testimonies that may leave, to be looked for in their translations."""

    def __init__(self, made: Iterable[Rendition], everywhere: Collection[str]) -> None:
        names = {surface for each in made for category, surface in each.hidden if category == "name"}
        self._names, self._everywhere = Spellings(names), everywhere

    def shown_in(self, texts: Sequence[Rendition]) -> Iterator[Rendition]:
        """Those of *texts* in which something of it can be read."""
        words = ["\n".join(segment.text for segment in each.segments) for each in texts]
        showing = Texts(words).showing(self._everywhere)
        for number, (each, text) in enumerate(zip(texts, words, strict=True)):
            if number in showing or any(self._names.met(text)):
                yield each


def _forms(category: str, surface: str, told: str) -> Iterator[str]:
    """How a hidden word could stand in another language; digits where none of them stand in the original."""
    yield surface
    yield from (run for run in DIGITS.findall(surface) if run not in told)
    if category == "place":
        yield from (name for place in meaning(surface).places for name in names_of(place))
